"""What the simulator promises: strict where Sterling is, each switch, faults, counts, its commands."""

from __future__ import annotations

import httpx
import pytest
from local.sterling import SterlingApi, SterlingServer, Switches
from local.sterling.__main__ import main

ADMIN = ("admin", "password")


@pytest.fixture
def server():
    with SterlingServer(api=SterlingApi()) as running:
        yield running


def call(server, method, path, auth=ADMIN, **options):
    return httpx.request(method, f"{server.url}/B2BAPIs/svc/{path}", auth=auth, timeout=5, **options)


def test_names_are_lower_case_unless_switched(server):
    assert call(server, "GET", "mailboxMessages/").status_code == 404
    server.api.switches = Switches(lenient_case=True)
    assert call(server, "GET", "mailboxMessages/").status_code == 200


def test_a_wrong_login_is_a_json_401_and_locks_the_account_in_the_end(server):
    for _ in range(5):
        answer = call(server, "GET", "mailboxes/", auth=("admin", "x"))
        assert (answer.status_code, answer.json()["errorCode"]) == (401, 401)
        assert "WWW-Authenticate" in answer.headers
    assert call(server, "GET", "mailboxes/").status_code == 401


def test_a_window_is_inclusive_and_fields_can_be_chosen(server):
    for n in range(5):
        server.api.state.drop("/A", f"m{n}", b"x")
    server.api.switches = Switches(content_range=True)
    answer = call(server, "GET", "mailboxmessages/?_range=1-2&_include=name")
    assert answer.json() == [{"name": "m1"}, {"name": "m2"}]
    assert answer.headers["Content-Range"] == "items 1-2/5"


def test_full_reads_have_code_objects_and_contents_plain_values(server):
    message = server.api.state.drop("/A", "m", b"x")
    mailbox = server.api.state.find_mailbox("/A").id
    full = call(server, "GET", f"mailboxmessages/{message.id}").json()
    [item] = call(server, "GET", f"mailboxcontents/?parentMailboxId={mailbox}&detail=true").json()
    assert full["extractableAlways"] == {"code": True, "display": "Yes"}
    assert item["extractableAlways"] is True
    assert full["creationDate"].endswith(".000+0000")


def test_extraction_takes_from_the_count_and_ends_at_zero(server):
    message = server.api.state.drop("/A", "m", b"x", count=1)
    path = f"mailboxmessages/{message.id}/actions/extract"
    assert call(server, "POST", path).status_code == 200
    assert call(server, "POST", path).status_code == 400
    assert call(server, "GET", f"mailboxmessages/{message.id}").json()["extractableCount"] == 0


def test_two_policies_at_once_are_refused(server):
    message = server.api.state.drop("/A", "m", b"x")
    body = {"extractableAlways": True, "extractableCount": 1}
    answer = call(server, "PUT", f"mailboxmessages/{message.id}", json=body)
    assert "Multiple Extractable Types" in answer.json()["errorDescription"]


@pytest.mark.parametrize(("mode", "left"), [("keep", 2), ("replace", 1)])
def test_messages_of_one_name_coexist_or_replace_each_other(server, mode, left):
    server.api.switches = Switches(duplicate_names=mode)
    server.api.state.create_mailbox("/A")
    for _ in range(2):
        files = {"upstream": ("same", b"x")}
        call(server, "POST", "messagebatches/", files=files, data={"mailboxName": "/A"})
    assert len(server.api.state.in_mailbox("/A")) == left


def test_faults_counts_and_journal_are_steered_over_http(server):
    plan = [{"path": "mailboxes", "fault": "status", "status": 503}]
    httpx.post(f"{server.url}/_control/faults", json=plan)
    assert [call(server, "GET", "mailboxes/").status_code for _ in range(2)] == [503, 200]
    assert httpx.get(f"{server.url}/_control/counts").json()["total"] == 2
    journal = httpx.get(f"{server.url}/_control/journal").json()
    assert [(entry["status"], entry["fault"]) for entry in journal] == [(503, "status"), (200, "")]


def test_a_partner_drops_files_and_reads_an_outbox(server, tmp_path, capsys):
    file = tmp_path / "po.edi"
    file.write_bytes(b"ISA*\x00")
    port = str(server.port)
    assert main(["drop", "--port", port, "/ACME/Inbox", str(file)]) == 0
    assert main(["outbox", "--port", port, "/ACME/Inbox", "--into", str(tmp_path / "out"), "--take"]) == 0
    assert (tmp_path / "out" / "po.edi").read_bytes() == b"ISA*\x00"
    assert "po.edi\t5 bytes" in capsys.readouterr().out
    assert server.api.state.in_mailbox("/ACME/Inbox") == []


def test_the_state_outlives_a_restart(tmp_path):
    data = tmp_path / "sterling.json"
    with SterlingServer(data=data) as first:
        httpx.post(f"{first.url}/_control/drop?mailbox=/A&name=m", content=b"x")
    with SterlingServer(data=data) as second:
        assert [message.name for message in second.api.state.in_mailbox("/A")] == ["m"]
