from __future__ import annotations

import copy
import json
from urllib.parse import urlencode

import pytest
from local.visma.company import Company, load_data
from local.visma.routing import Request
from local.visma.simulator import Simulator

DATA = load_data()
_SCOPES = " ".join(f"vismanet_erp_service_api:{verb}" for verb in ("read", "create", "update", "delete"))


class Caller:
    """Calls a simulator as the wire would, with a token."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.token = self._issue().body["access_token"]

    def _issue(self):
        application = DATA["applications"][0]
        form = {
            "grant_type": "client_credentials",
            "client_id": application["client_id"],
            "client_secret": application["client_secret"],
            "tenant_id": DATA["company"]["tenant"],
            "scope": _SCOPES,
        }
        return self.simulator.answer(Request("POST", "/connect/token", content=urlencode(form).encode()))

    def __call__(self, method, path, body=None, *, headers=None, query=None, fault=None):
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(
            method,
            path,
            {name.lower(): value for name, value in (query or {}).items()},
            {
                "authorization": f"Bearer {self.token}",
                "content-type": "application/json",
                **(headers or {}),
            },
            content,
            "http://visma",
        )
        answer = self.simulator.answer(request, fault)
        self.simulator.note(request, answer, fault)
        return answer


@pytest.fixture
def simulator():
    return Simulator(company=Company(copy.deepcopy(DATA)))


@pytest.fixture
def call(simulator):
    return Caller(simulator)
