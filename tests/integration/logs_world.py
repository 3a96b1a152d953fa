"""Every function in this process, with both systems behind a mirror that throws back what it was told.

All secrets and contents are marked. What is written is kept: to the console, through logging, and what a
function raises, which Lambda writes to its log.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import logging
import re
import threading
import traceback
from base64 import b64encode
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import httpx
from local.sterling.server import SterlingServer
from local.visma.company import Company, load_data
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.audit_store import INVOICE, StoredParts, create_state_table

from ml_connector.assembly import handler as handlers
from ml_connector.partners.configuration import load

ROOT = Path(__file__).parents[2]
PASSWORD, CLIENT_SECRET, NAME, TEXT, PRICE = (
    "marked-password-4711",
    "marked-client-secret-4712",
    "Marked Supplier Inc",
    "Marked torque wrench",
    "48151.62",
)
LOGIN = b64encode(f"admin:{PASSWORD}".encode()).decode()
MARKS = (PASSWORD, CLIENT_SECRET, NAME, TEXT, PRICE, LOGIN, "Bearer ")
# Of a company of the simulator, in documents that leave.
LEAVING = ("Malmberg Verktyg", "895.00")
GROUPS = "[ml-connector-read ml-connector-act ml-connector-payload]"
EVENT = json.loads((ROOT / "events/poll_sterling.json").read_text())
MAILBOX = "/great-lakes-tools/Inbound"
LAMBDA = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-north-1:123456789012:function:f",
    aws_request_id="r-1",
    get_remaining_time_in_millis=lambda: 60_000,
)


def invoice(price="655", **replaced):
    """Return the demo's invoice with marked words."""
    text = INVOICE.read_text().replace("Great Lakes Tools Inc", NAME)
    text = text.replace("Torque wrench 20-100 Nm", TEXT).replace("*655*", f"*{price}*")
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text.encode()


class Mirror(ThreadingHTTPServer):
    """Hands requests on to a simulator, or answers as told, quoting all it was sent and every mark.

    Attributes:
        answers: Status and form of the body; none to hand on.
        tokens: The tokens that were issued through it.
    """

    daemon_threads = True

    def __init__(self, behind):
        super().__init__(("127.0.0.1", 0), _Reflection)
        self.behind, self.answers, self.tokens = behind, None, set()


class _Reflection(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asks_token = self.path.endswith("/connect/token")
        told = self.server.answers
        if told is None or (asks_token and told[0] != "token"):
            answer = httpx.request(
                self.command,
                self.server.behind + self.path,
                headers=self._passed_on(),
                content=body,
                timeout=30,
            )
            self.server.tokens |= set(re.findall(r'"access_token": ?"([^"]+)"', answer.text))
            sent = {
                n: v
                for n, v in answer.headers.items()
                if n not in ("content-length", "transfer-encoding", "content-encoding")
            }
            return self._send(answer.status_code, answer.content, sent)
        _, status, form = told
        if status == 0:
            self.close_connection = True
            return None
        sent = f"{self.headers.get('Authorization', '')} {body.decode(errors='replace')[:3000]}"
        quoted = f"{sent} {' '.join(MARKS)}"
        return self._send(status, form(quoted).encode(), {"Content-Type": "application/json"})

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names BaseHTTPRequestHandler calls

    def _passed_on(self):
        return {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("host", "content-length")
        }

    def _send(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Write nothing: what is written here is judged."""


FORMS = {
    "api": lambda quoted: json.dumps(
        {"errorCode": 1, "errorDescription": quoted, "message": quoted, "ExceptionMessage": quoted}
    ),
    "text": lambda quoted: f"<html><body>{quoted}</body></html>",
    "list": lambda quoted: json.dumps(
        [{"_id": quoted, "path": quoted, "messageId": quoted, "number": quoted}]
    ),
}
# What a system may answer: to which calls, with which status (0 cuts the connection), in which form.
ANSWERS = {
    f"{status} {form}{' for a token' if calls == 'token' else ''}": (calls, status, FORMS[form])
    for calls, status, form in (
        ("all but a token", 200, "text"),
        ("all but a token", 200, "list"),
        ("all but a token", 400, "api"),
        ("all but a token", 401, "api"),
        ("all but a token", 403, "text"),
        ("all but a token", 404, "text"),
        ("all but a token", 409, "api"),
        ("all but a token", 503, "text"),
        ("token", 200, "list"),
        ("token", 401, "api"),
        ("token", 503, "text"),
    )
} | {"no answer": ("all but a token", 0, None)}


class World:
    """The connector's functions, what they work with, and what was written."""

    def __init__(self, sterling, visma, stream):
        self.sterling, self.visma, self.stream = sterling, visma, stream
        self.parts = StoredParts(load(ROOT / "examples/configuration"))
        create_state_table()
        self.raised, self.outcomes = [], []
        self._apps = {}
        secrets = self.parts.client("secretsmanager")
        for system in ("sterling", "visma"):
            secrets.create_secret(Name=system, SecretString="{}")
        self.know()
        self.parts.environment.variables |= {
            "ENVIRONMENT": "production",
            "STERLING_SECRET": "sterling",
            "STERLING_HOST": "127.0.0.1",
            "STERLING_PORT": str(sterling.server_address[1]),
            "STERLING_SCHEME": "http",
            "STERLING_MAILBOXES": "/*/Inbound",
            "VISMA_SECRET": "visma",
            "VISMA_BASE_URL": f"http://127.0.0.1:{visma.server_address[1]}",
            "VISMA_SALES_ORDER_URL": f"http://127.0.0.1:{visma.server_address[1]}",
            "VISMA_TOKEN_URL": f"http://127.0.0.1:{visma.server_address[1]}/connect/token",
            "VISMA_COMPANY_ID": "4242",
            "CONSOLE_READ": "ml-connector-read",
            "CONSOLE_ACT": "ml-connector-act",
            "CONSOLE_PAYLOAD": "ml-connector-payload",
        }

    def know(self, **secrets):
        """Fill the secrets, with the right logins where none are given."""
        tenant = load_data()["company"]["tenant"]
        right = {
            "sterling": {"username": "admin", "password": PASSWORD},
            "visma": {"client_id": "isv_ml_connector", "client_secret": CLIENT_SECRET, "tenant_id": tenant},
        }
        for system, values in (right | secrets).items():
            text = values if isinstance(values, str) else json.dumps(values)
            self.parts.client("secretsmanager").put_secret_value(SecretId=system, SecretString=text)
        self.parts.forget_credentials()

    def call(self, function, event):
        """Run a handler and return its answer; None if it raised, which is kept as Lambda would write it."""
        if function not in self._apps:
            path = ROOT / "functions" / function / "app.py"
            spec = importlib.util.spec_from_file_location(f"{function}_app", path)
            self._apps[function] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(self._apps[function])
        try:
            answer = self._apps[function].handle(event, LAMBDA)
        except Exception as error:  # noqa: BLE001 - every one of them is judged
            self.raised.append("".join(traceback.format_exception(error)))
            self.outcomes.append((function, type(error).__name__))
            return None
        self.outcomes.append((function, "succeeded"))
        return answer

    def step(self, function, given):
        """Run a step's handler in an execution of its own."""
        execution = {"Id": f"arn:x:{len(self.outcomes)}", "RedriveCount": 0}
        state = {"EnteredTime": datetime.now(UTC).isoformat(), "RetryCount": 0}
        return self.call(function, {"input": given, "context": {"Execution": execution, "State": state}})

    def split(self, content, number="1"):
        """Return what *split* made of a message, and what it started executions with."""
        message = {"system": "sterling", "mailbox": MAILBOX, "message_id": number, "name": f"{NAME}.edi"}
        raw = self.parts.documents.put(f"raw/sterling/{number}", content).model_dump()
        split = self.step("split_interchange", {"message": message, "raw": raw})
        started = [given for given in self.parts.started.values() if given["machine"] == "PROCESS_MACHINE"]
        self.parts.started.clear()
        return split, started

    def run(self, given, *functions):
        """Run step after step; None if one of them raised."""
        for function in functions:
            given = given and self.step(function, given)
        return given

    def open(self, path, **more):
        """Ask the web page for something as somebody who may do all."""
        event = json.loads((ROOT / "events/console.json").read_text())
        event |= {"rawPath": path, "rawQueryString": "", **more}
        return self.call("console", event)

    def found(self, capsys, *more):
        """Return the marks that were written, each with what stands around it."""
        out, err = capsys.readouterr()
        written = "\n".join((out, err, self.stream.getvalue(), *self.raised))
        marks = {*MARKS, *more, *self.visma.tokens}
        return [
            (mark, written[max(at - 200, 0) : at + 80]) for mark in marks if (at := written.find(mark)) >= 0
        ]


@contextmanager
def served(server):
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@contextmanager
def world(patch, stream):
    """Give a world on stores in memory; logging writes to the stream, as on Lambda from warnings upward."""
    data = copy.deepcopy(load_data())
    data["applications"][0]["client_secret"] = CLIENT_SECRET
    for written_by in (handlers.logger.registered_handler, *handlers.logger._logger.handlers):
        patch.setattr(written_by, "stream", stream)
    kept = logging.StreamHandler(stream)
    kept.setFormatter(logging.Formatter("%(name)s %(message)s"))
    logging.getLogger().addHandler(kept)
    patch.setattr(logging.getLogger("ml_connector"), "level", logging.DEBUG)
    with ExitStack() as open_until_the_end:
        enter = open_until_the_end.enter_context
        sterling, visma = enter(SterlingServer()), enter(VismaServer(Simulator(company=Company(data))))
        sterling.api.state.users["admin"].password = PASSWORD
        for partner in ("great-lakes-tools", "malmberg-verktyg"):
            sterling.api.state.create_mailbox(f"/{partner}/Outbound")
        mirrors = [enter(served(Mirror(server.url))) for server in (sterling, visma)]
        made = World(*mirrors, stream)
        made.drop = sterling.api.state.drop
        patch.setattr(handlers, "warm_parts", lambda: made.parts)
        yield made
    logging.getLogger().removeHandler(kept)
