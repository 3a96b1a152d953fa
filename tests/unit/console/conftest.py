from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest
from tests.audit_store import INVOICE, example_parts, tell_received

from ml_connector.console.app import respond

HOSTILE = "<script>alert(1)</script>\"'\u202egnp.exe"
GROUPS = {"read": "readers", "act": "actors", "payload": "viewers"}


class Browser:
    """Asks for pages as API Gateway hands requests on, and keeps the cookie."""

    def __init__(self, parts, rights=("read", "act", "payload"), name="kari@example.no"):
        self.parts = parts
        self.claims = {"sub": "s-1", "email": name, "groups": f"[{' '.join(GROUPS[one] for one in rights)}]"}
        self.authorizer = {"jwt": {"claims": self.claims, "scopes": None}}
        self.cookies = []

    def ask(self, path, *, method="GET", body="", headers=None, **query):
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": urlencode(query),
            "queryStringParameters": query,
            "headers": {"host": "console.example", **(headers or {})},
            "cookies": self.cookies,
            "requestContext": {
                "http": {"method": method, "path": path},
                "stage": "$default",
                "authorizer": self.authorizer,
            },
            "body": body,
            "isBase64Encoded": False,
        }
        answer = respond(self.parts, event)
        self.cookies = [cookie.split(";")[0] for cookie in answer.get("cookies", ())] or self.cookies
        return answer

    def get(self, path, **query):
        answer = self.ask(path, **query)
        assert answer["statusCode"] == 200, answer["body"]
        return answer["body"]

    def act(self, document, action, *, headers=None, **fields):
        page = self.ask("/document", id=document)["body"]
        token = re.search(r'name="token" value="(\w+)"', page)
        form = {"id": document, "action": action, "token": token[1] if token else "", **fields}
        same = {"origin": "https://console.example", "sec-fetch-site": "same-origin"}
        return self.ask(
            "/act", method="POST", body=urlencode(form), headers=same if headers is None else headers
        )


@pytest.fixture
def parts(monkeypatch):
    with example_parts(monkeypatch) as stored:
        stored.environment.variables |= {f"CONSOLE_{right.upper()}": group for right, group in GROUPS.items()}
        yield stored


@pytest.fixture
def browser(parts):
    return Browser(parts)


@pytest.fixture
def visit(parts):
    return lambda *rights, **more: Browser(parts, rights, **more)


@pytest.fixture
def invoice(parts):
    tell_received(parts, "m-1-1", "INV-1")
    parts.tell("m-1-1", "failed", state={"error": "Misconfigured", "reason": "no supplier", "step": "map"})
    return "m-1-1"


@pytest.fixture
def hostile(parts):
    content = INVOICE.read_bytes().replace(b"GL-7001", b"<b>x</b>")
    tell_received(parts, "m-2-1", HOSTILE, content)
    parts.tell(
        "m-2-1",
        "failed",
        state={"reason": HOSTILE, "advice": HOSTILE, "mailbox": HOSTILE},
        facts={"reason": HOSTILE},
    )
    return "m-2-1"


def text_of(page):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))
