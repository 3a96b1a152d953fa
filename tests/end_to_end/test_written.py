"""No payload, credential or token is in what the functions wrote, whatever happened to documents."""

from __future__ import annotations

import base64
import re

import pytest
from local.demo.main import INTERCHANGES
from local.demo.surroundings import STERLING_CREDENTIALS, VISMA_CREDENTIALS

# The beginnings of envelopes and documents.
RAW = ("ISA*", "ISA|", "UNB+", "UNH+", "NAD+", "<Invoice", "<cbc:", "EDI_DC40")
LOGIN = ":".join(STERLING_CREDENTIALS[name] for name in ("username", "password"))
SECRETS = (
    VISMA_CREDENTIALS["client_secret"],
    base64.b64encode(LOGIN.encode()).decode(),
    "mistyped-4711",
    "Bearer ",
    "access_token",
)


def words_of_partners():
    """Names, streets and descriptions that the demo's files hold: what has a space between two letters."""
    found = set()
    for path in INTERCHANGES.glob("*/*.*"):
        text = path.read_text(encoding="utf-8", errors="ignore")
        values = re.split(r"[*+:\'~<>|\n]", text)
        found |= {one.strip() for one in values if re.search(r"\w \w", one) and len(one.strip()) > 8}
    return found


@pytest.fixture(scope="module")
def written(deployment, first_run):
    """Everything the functions wrote, by function."""
    files = deployment.site.logs.glob(f"{deployment.site.stack}-*.log*")
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def test_the_functions_wrote_of_success_and_of_failure(written):
    everything = "".join(written.values())
    assert len(written) >= 9
    for sign in ('"Succeeded"', '"Failures"', "Misconfigured"):
        assert sign in everything


def test_no_payload_is_in_any_log(written):
    marks = words_of_partners()
    assert len(marks) > 20
    assert found(written, (*RAW, *marks)) == set()


def test_no_credential_or_token_is_in_any_log(written):
    assert found(written, SECRETS) == set()


def found(written, marks):
    return {(name, mark) for name, text in written.items() for mark in marks if mark in text}
