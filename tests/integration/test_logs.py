"""No secret, token or content of a document is in anything the functions write, whatever happens to them."""

from __future__ import annotations

import io
import json

import pytest
from tests.audit_store import aws_in_memory
from tests.integration import logs_world
from tests.integration.logs_world import (
    ANSWERS,
    CLIENT_SECRET,
    EVENT,
    LEAVING,
    MAILBOX,
    NAME,
    PASSWORD,
    PRICE,
    invoice,
)


@pytest.fixture(scope="module")
def world():
    with (
        pytest.MonkeyPatch.context() as patch,
        aws_in_memory(patch),
        logs_world.world(patch, io.StringIO()) as made,
    ):
        yield made


@pytest.fixture(autouse=True)
def _afresh(world):
    yield
    world.sterling.answers = world.visma.answers = None
    world.know()
    world.raised.clear()
    world.outcomes.clear()
    world.parts.started.clear()
    world.stream.seek(0)
    world.stream.truncate()


pytestmark = pytest.mark.xdist_group("logs")  # one process makes the world
ORDER = {
    "id": "o-1",
    "direction": "out",
    "type": "PurchaseOrder",
    "number": "000051",
    "partner": "malmberg-verktyg",
}


@pytest.fixture(scope="module")
def posted(world):
    """What each step was given of an invoice that was posted and of an order that was sent."""
    split, [started] = world.split(invoice())
    mapped = world.run(started, "parse_document", "map_document")
    formatted = world.run({"document": ORDER}, "fetch_document", "format_document")
    return {
        "acknowledge_interchange": split,
        "map_document": world.run(started, "parse_document"),
        "post_document": mapped,
        "fetch_document": {"document": ORDER},
        "send_document": formatted,
    }


def test_documents_that_are_posted_and_sent_leave_no_words(world, posted, capsys):
    world.drop(MAILBOX, f"{NAME}.edi", invoice())
    assert world.call("poll_sterling", EVENT)["started"] == 1
    assert world.call("poll_visma", EVENT)
    for function, given in posted.items():
        assert world.step(function, given)
    assert world.open("/")["statusCode"] == 200
    assert world.visma.tokens
    assert world.found(capsys, *LEAVING) == []


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_a_system_answers_is_not_written_whatever_it_quotes(world, posted, capsys, answer):
    world.drop(MAILBOX, f"{NAME}.edi", invoice())
    world.sterling.answers = world.visma.answers = ANSWERS[answer]
    world.call("poll_sterling", EVENT)
    world.call("poll_visma", EVENT)
    for function, given in posted.items():
        world.step(function, given)
    assert len(world.raised) >= 2
    assert world.found(capsys, *LEAVING) == []


SECRETS = {
    "no JSON": f'{{"password": "{PASSWORD}", "client_secret": {CLIENT_SECRET}',
    "another name": {"user": "admin", "passwort": PASSWORD, "clientsecret": CLIENT_SECRET},
    "no object": json.dumps([PASSWORD, CLIENT_SECRET]),
    "nested": {
        "username": {"password": PASSWORD},
        "client_id": [CLIENT_SECRET],
        "client_secret": [CLIENT_SECRET],
    },
}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_that_is_not_usable_is_not_written(world, posted, capsys, secret):
    world.know(sterling=SECRETS[secret], visma=SECRETS[secret])
    world.call("poll_sterling", EVENT)
    world.call("poll_visma", EVENT)
    world.run(posted["map_document"], "map_document")
    world.run(posted["post_document"], "post_document")
    world.run(posted["send_document"], "send_document")
    assert len(world.raised) >= 2
    assert world.found(capsys) == []


BROKEN = {
    "cut off": invoice()[:430],
    "a price that is none": invoice(price=f"{PRICE}x"),
    "a price that differs": invoice(price=PRICE),
    "a supplier that is unknown": invoice(**{"*92*50005": "*92*59999", "GREATLAKES ": "STRANGER   "}),
    "a wrong count": invoice(**{"SE*14": "SE*4"}),
    "an unknown currency": invoice(**{"*USD": f"*{NAME}"}),
    "no EDI": f"{NAME} {PRICE}".encode(),
    "XML": f"<Invoice><Name>{NAME}</Name><Price>{PRICE}</Invoice>".encode(),
    "no text": bytes(range(256)) + NAME.encode(),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_wrong_with_a_document_is_not_written(world, capsys, broken):
    split, started = world.split(BROKEN[broken], number=broken)
    if split and split.get("acknowledge"):
        world.step("acknowledge_interchange", split)
    for given in started:
        world.run(given, "parse_document", "map_document", "post_document")
    assert world.outcomes
    assert world.found(capsys) == []


@pytest.mark.parametrize("function", ["parse_document", "map_document", "format_document"])
def test_stored_objects_that_are_not_as_they_were_are_not_written(world, posted, capsys, function):
    for reference in ("raw", "bytes", "parsed", "mapped", "fetched"):
        stored = world.parts.documents.put(f"broken/{reference}", f'{{"name": "{NAME}"'.encode()).model_dump()
        given = {**posted["post_document"], **posted["send_document"], **posted["acknowledge_interchange"]}
        given = {
            **given,
            "document": {**posted["post_document"]["document"], "bytes": stored},
            reference: stored,
        }
        world.step(function, given)
    assert world.raised
    assert world.found(capsys) == []


def test_the_end_of_an_execution_leaves_no_words(world, capsys):
    event = json.loads((logs_world.ROOT / "events/record_failure.json").read_text())
    for given in (json.dumps({"document": {"id": "d-9"}, "text": NAME}), f"[{NAME}", json.dumps([NAME])):
        detail = {
            **event["detail"],
            "status": "FAILED",
            "input": given,
            "error": NAME,
            "cause": f"{NAME} {PRICE}",
        }
        world.call("record_failure", {**event, "detail": detail})
    assert [outcome for _, outcome in world.outcomes] == ["succeeded", "Defect", "Defect"]
    assert world.found(capsys) == []


def test_the_web_page_leaves_no_words(world, posted, capsys):
    document = posted["post_document"]["document"]["id"]
    for path in ("/", "/document", "/bytes", "/overview", "/partner", "/matching"):
        for query in (f"id={document}", f"id={NAME}&number={PRICE}&page={NAME}&from={NAME}"):
            world.open(path, rawQueryString=query)
    form = {"method": "POST", "path": "/act"}
    context = json.loads((logs_world.ROOT / "events/console.json").read_text())["requestContext"]
    world.open(
        "/act", requestContext={**context, "http": form}, body=f"id={document}&action=replay&token={NAME}"
    )
    assert world.found(capsys, "clerk@example.com") == []
