"""The web page in headless Chromium, served from stores in memory by the demo's own front."""

from __future__ import annotations

import os
import shutil
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from local.console.front import CLERK, front
from moto import mock_aws
from tests.audit_store import StoredParts

from ml_connector.console.app import respond
from ml_connector.partners import parse, read_folder

ROOT = Path(__file__).parents[2]
INTERCHANGES = ROOT / "local/demo/interchanges"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items):
    """One process runs them all: they share the browser."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("There is no chromium, and CI must test the web page: apt-get install chromium")
        pytest.skip("There is no chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def parts():
    kept = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-north-1",
    }
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in kept.items():
            patch.setenv(name, value)
        stored = StoredParts(parse(read_folder(ROOT / "examples" / "configuration")))
        stored.environment.variables |= {
            f"CONSOLE_{right}": f"ml-connector-{right.lower()}" for right in ("READ", "ACT", "PAYLOAD")
        }
        _fill(stored)
        yield stored


@pytest.fixture(scope="module")
def address(parts):
    """Where the page is served; one request after another, as one Lambda environment does."""
    lock = threading.Lock()

    def answer(event):
        with lock:
            return respond(parts, event)

    server = ThreadingHTTPServer(("127.0.0.1", 0), front(answer, CLERK))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def page(request, chromium, address):
    context = chromium.new_context(base_url=address, java_script_enabled=request.param == "with JavaScript")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def scripted(chromium, address):
    """A page with scripts, the problems its console told, and what it was forbidden."""
    context = chromium.new_context(base_url=address, bypass_csp=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.problems = []
    page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


def _fill(parts):
    invoice = (INTERCHANGES / "great-lakes-tools/invoice-7001.edi").read_bytes()
    _receive(parts, "m-1-1", "GL-7001", invoice)
    parts.tell(
        "m-1-1",
        "posted",
        state={"visma_number": "002004", "visma_entity": "SupplierInvoice"},
        numbers={"visma": "002004"},
    )
    _receive(parts, "m-2-1", "GL-7002", invoice.replace(b"SE*", b"SE*9"))
    parts.tell(
        "m-2-1",
        "failed",
        state={"reason": "The supplier is unknown.", "advice": "Add it.", "error": "Misconfigured"},
    )
    _receive(parts, "m-3-1", "GL-7003<script>document.title='x'</script>", invoice)
    parts.tell("m-3-1", "failed", state={"reason": "<img src=x onerror=alert(1)> \u202eabc"})
    _receive(parts, "m-4-1", "GL-7004", invoice)
    parts.tell("m-4-1", "failed", state={"reason": "The order is unknown."})


def _receive(parts, document, number, content):
    reference = parts.documents.put(f"messages/{document}", content).model_dump()
    state = {"kind": "document", "direction": "in", "standard": "x12", "type": "810", "number": number}
    state |= {"partner": "great-lakes-tools", "parent": "m-0", "bytes": reference}
    parts.tell(document, "received", state=state, numbers={"number": number})
