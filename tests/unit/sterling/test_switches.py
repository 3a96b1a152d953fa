"""Each switch of the simulator, off and on: what it changes is seen over HTTP."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest
from local.sterling import InProcessTransport, State, SterlingApi, Switches

from ml_connector.sterling.timestamps import parse_time

NOON = datetime(2026, 3, 2, 12, 0, 0, 700_000, tzinfo=UTC)
BASE = "http://sterling.test/B2BAPIs/svc"


class Sterling:
    """The simulator without a socket, and calls to it."""

    def __init__(self, **switches):
        self.now = NOON
        self.waited = []
        self.state = State(clock=self.clock)
        self.api = SterlingApi(self.state, Switches(**switches), sleep=self.waited.append)
        self.http = httpx.Client(transport=InProcessTransport(self.api))

    def clock(self):
        return self.now.timestamp()

    def call(self, method, path, auth=("admin", "password"), **options):
        return self.http.request(method, f"{BASE}/{path}", auth=auth, **options)

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def token(self):
        answer = self.http.post(
            "http://sterling.test/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=("connector", "secret"),
        )
        return answer.json()

    def upload(self, name="m", path="/A", content=b"x"):
        files = {"upstream": (name, content)}
        return self.call("POST", "messagebatches/", files=files, data={"mailboxName": path})


def auth(basic, bearer):
    assert basic.get("mailboxes/").status_code == 200
    assert bearer.get("mailboxes/").status_code == 401
    token = bearer.token()["access_token"]
    assert (
        bearer.get("mailboxes/", auth=None, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    )


def token_seconds(usual, short):
    assert usual.token()["expires_in"] == 300
    told = short.token()
    assert told["expires_in"] == 10
    short.api.switches = Switches(auth="oauth2", token_seconds=10)
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    assert short.get("mailboxes/", auth=None, headers=headers).status_code == 200
    short.now = NOON.replace(second=10)
    short.now = short.now.replace(microsecond=800_000)
    assert short.get("mailboxes/", auth=None, headers=headers).status_code == 401


def lock_after(five, two):
    for sterling in (five, two):
        for _ in range(2):
            sterling.get("mailboxes/", auth=("admin", "wrong"))
    assert [five.get("mailboxes/").status_code, two.get("mailboxes/").status_code] == [200, 401]


def empty_list(array, refused):
    assert array.get("tradingpartners/").json() == []
    answer = refused.get("tradingpartners/")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, 404)
    assert answer.json()["errorDescription"].startswith("API000464:")


def encode_location(raw, encoded):
    body = {"payload": base64.b64encode(b"x").decode()}
    raw_number = raw.call("POST", "documents/", json=body).json()["Location"].rpartition("/")[2]
    assert ":" in raw_number
    number = encoded.call("POST", "documents/", json=body).json()["Location"].rpartition("/")[2]
    assert (":" in number, "%3A" in number) == (False, True)


def internal_host(usual, other):
    for sterling, host in ((usual, "sterling.internal:5074"), (other, "h:45164")):
        message = sterling.state.drop("/A", "m", b"x")
        assert sterling.get(f"mailboxmessages/{message.id}").json()["href"].startswith(f"http://{host}/")


def content_range(without, with_it):
    for sterling in (without, with_it):
        sterling.state.drop("/A", "m", b"x")
    assert "Content-Range" not in without.get("mailboxmessages/").headers
    assert with_it.get("mailboxmessages/?_range=0-9").headers["Content-Range"] == "items 0-0/1"


def max_window(usual, small):
    for sterling in (usual, small):
        for _ in range(5):
            sterling.state.drop("/A", "m", b"x")
    assert len(usual.get("mailboxmessages/?_range=0-999").json()) == 5
    assert len(small.get("mailboxmessages/?_range=0-999").json()) == 2
    assert len(small.get("mailboxmessages/").json()) == 2


def list_messages(answers, refuses):
    assert answers.get("mailboxmessages/").status_code == 200
    assert refuses.get("mailboxmessages/").status_code == 405


def list_fields(all_of_them, few):
    for sterling in (all_of_them, few):
        sterling.state.drop("/A", "m", b"x")
    assert "documentId" in all_of_them.get("mailboxmessages/").json()[0]
    assert set(few.get("mailboxmessages/").json()[0]) == {"_id", "id", "name"}


def contents_fields(with_details, without):
    for sterling in (with_details, without):
        sterling.state.drop("/A", "m", b"x")
        sterling.number = sterling.state.find_mailbox("/A").id
    path = "mailboxcontents/?detail=true&parentMailboxId="
    assert "size" in with_details.get(f"{path}{with_details.number}").json()[0]
    assert set(without.get(f"{path}{without.number}").json()[0]) == {"id", "name", "type"}


def plain_values(shown, plain):
    for sterling in (shown, plain):
        sterling.message = sterling.state.drop("/A", "m", b"x").id
    coded = shown.get(f"mailboxmessages/{shown.message}").json()
    assert coded["extractableAlways"] == {"code": True, "display": "Yes"}
    assert plain.get(f"mailboxmessages/{plain.message}").json()["extractableAlways"] is True


def payload(encoded, raw):
    for sterling in (encoded, raw):
        sterling.path = f"documents/{quote(sterling.state.create_document('d', b'ISA*').id, safe='')}"
    assert base64.b64decode(encoded.get(encoded.path).json()["payload"]) == b"ISA*"
    assert raw.get(raw.path).content == b"ISA*"


def lenient_case(strict, lenient):
    assert strict.get("mailboxMessages/").status_code == 404
    assert lenient.get("mailboxMessages/").status_code == 200


def lenient_slash(strict, lenient):
    assert strict.get("mailboxmessages").status_code == 404
    assert lenient.get("mailboxmessages").status_code == 200


def router_seconds(without, with_it):
    for sterling in (without, with_it):
        sterling.state.create_mailbox("/A")
        plan = [{"method": "POST", "fault": "latency", "seconds": 200}]
        sterling.http.post("http://sterling.test/_control/faults", json=plan)
    assert (without.upload().status_code, without.waited) == (201, [200])
    answer = with_it.upload()
    assert (answer.status_code, with_it.waited) == (504, [180])
    assert answer.text.startswith("<html>")
    assert len(with_it.state.in_mailbox("/A")) == 1, "the server went on"


def duplicate_names(keep, replace):
    for sterling in (keep, replace):
        sterling.state.create_mailbox("/A")
        for name in ("same", "same", "SAME"):
            sterling.upload(name)
    assert [message.name for message in keep.state.in_mailbox("/A")] == ["same", "same", "SAME"]
    assert [message.name for message in replace.state.in_mailbox("/A")] == ["SAME"]
    assert len(replace.state.documents) == 3, "documents survive their messages"


def extract_decrements(counts, leaves):
    for sterling in (counts, leaves):
        message = sterling.state.drop("/A", "m", b"x", always=None, count=1)
        path = f"mailboxmessages/{message.id}/actions/extract"
        sterling.statuses = [sterling.call("POST", path).status_code for _ in range(2)]
    assert (counts.statuses, leaves.statuses) == ([200, 400], [200, 200])


def written(sterling):
    message = sterling.state.drop("/A", "m", b"x")
    return sterling.get(f"mailboxmessages/{message.id}").json()["creationDate"]


def clock_skew(right, ahead):
    assert written(right) == "2026-03-02T12:00:00.000+0000"
    assert written(ahead) == "2026-03-02T13:00:00.000+0000"


def mislabelled_zone(right, local):
    assert written(right).endswith("12:00:00.000+0000")
    assert written(local) == "2026-03-02T17:30:00.000+0000"
    assert parse_time(written(local), "Asia/Kolkata") == NOON.replace(microsecond=0)


def milliseconds(seconds, finer):
    assert written(seconds) == "2026-03-02T12:00:00.000+0000"
    assert written(finer) == "2026-03-02T12:00:00.700+0000"


def routing(off, on):
    for sterling in (off, on):
        body = {
            "name": "r",
            "action": "BP",
            "actionType": "bp",
            "evaluationMode": "automatic",
            "runRuleAs": "u",
        }
        assert sterling.call("POST", "routingrules/", json=body).status_code == 201
        sterling.state.drop("/A", "m", b"x")
        for second in (0, 30, 59):
            sterling.now = NOON.replace(minute=5, second=second)
            sterling.get("mailboxes/")
        sterling.early = len(sterling.state.runs)
        sterling.state.drop("/A", "m", b"x")
        sterling.now = NOON.replace(minute=5, second=30)
        sterling.get("mailboxes/")
        sterling.between = len(sterling.state.runs)
        sterling.now = NOON.replace(minute=6, second=1)
        sterling.get("mailboxes/")
    assert (off.early, off.between, len(off.state.runs)) == (0, 0, 0)
    # The second message waits for the next minute; the first is considered only once.
    assert (on.early, on.between, len(on.state.runs)) == (1, 1, 2)


def max_payload(usual, small):
    for sterling in (usual, small):
        sterling.state.create_mailbox("/A")
        sterling.document = quote(sterling.state.create_document("d", b"xxxx").id, safe="")
    assert usual.upload(content=b"xxxx").status_code == 201
    assert small.upload(content=b"xxxx").status_code == 500
    assert "OutOfMemoryError" in small.get(f"documents/{small.document}").text
    body = {"payload": base64.b64encode(b"xxxx").decode()}
    assert small.call("POST", "documents/", json=body).status_code == 500


def newest_first(rising, falling):
    for sterling in (rising, falling):
        for name in ("a", "b"):
            sterling.state.drop("/A", name, b"x")
    assert [found["name"] for found in rising.get("mailboxmessages/").json()] == ["a", "b"]
    assert [found["name"] for found in falling.get("mailboxmessages/").json()] == ["b", "a"]


# The switch's other value, and what sees the difference between the default and it.
SWITCHED = [
    (auth, "oauth2"),
    (token_seconds, 10),
    (lock_after, 2),
    (empty_list, "404"),
    (encode_location, True),
    (internal_host, "h:45164"),
    (content_range, True),
    (max_window, 2),
    (list_messages, "405"),
    (list_fields, "few"),
    (contents_fields, False),
    (plain_values, True),
    (payload, "raw"),
    (lenient_case, True),
    (lenient_slash, True),
    (router_seconds, 180.0),
    (duplicate_names, "replace_caseless"),
    (extract_decrements, False),
    (clock_skew, 3600.0),
    (mislabelled_zone, "Asia/Kolkata"),
    (milliseconds, True),
    (routing, True),
    (max_payload, 3),
    (newest_first, True),
]


@pytest.mark.parametrize(("check", "other"), SWITCHED, ids=lambda given: getattr(given, "__name__", ""))
def test_a_switch_changes_what_it_says(check, other):
    check(Sterling(), Sterling(**{check.__name__: other}))


def test_every_switch_is_tried():
    assert {check.__name__ for check, _ in SWITCHED} == set(Switches.model_fields)


@pytest.mark.parametrize(
    ("switch", "value", "seen"),
    [
        ("empty_list", "400", lambda s: s.get("tradingpartners/").status_code == 400),
        ("list_messages", "400", lambda s: s.get("mailboxmessages/").status_code == 400),
        ("list_messages", "404", lambda s: s.get("mailboxmessages/").status_code == 404),
    ],
)
def test_the_further_values_of_a_switch(switch, value, seen):
    assert seen(Sterling(**{switch: value}))


def test_a_plain_payload_says_that_it_is():
    sterling = Sterling(payload="plain")
    number = quote(sterling.state.create_document("d", b"ISA*\xe6").id, safe="")
    body = sterling.get(f"documents/{number}").json()
    assert (body["payload"], body["isPlainText"]) == ("ISA*\xe6", True)


def test_replaced_messages_of_one_name_keep_case_apart():
    sterling = Sterling(duplicate_names="replace")
    sterling.state.create_mailbox("/A")
    for name in ("same", "same", "SAME"):
        sterling.upload(name)
    assert [message.name for message in sterling.state.in_mailbox("/A")] == ["same", "SAME"]
