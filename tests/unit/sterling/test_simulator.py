"""What the simulator promises: strict where Sterling is, each switch, faults, counts, its commands."""

from __future__ import annotations

import httpx
import pytest
from local.sterling import SterlingApi, SterlingServer, Switches
from local.sterling.__main__ import main
from local.sterling.state import Rule, User

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


# Permissions


def test_a_user_sees_and_uses_only_the_mailboxes_it_has_the_permission_for(server):
    state = server.api.state
    ours, theirs = state.drop("/A", "m", b"x"), state.drop("/B", "m", b"x")
    state.users["u"] = User("u", "p", mailboxes=["/A"])
    names = lambda path: [found["_id"] for found in call(server, "GET", path, auth=("u", "p")).json()]  # noqa: E731 - one line three times
    assert names("mailboxmessages/") == [str(ours.id)]
    assert names("mailboxes/") == [str(state.find_mailbox("/A").id)]
    for method, path, body in (
        ("GET", f"mailboxmessages/{theirs.id}", None),
        ("DELETE", f"mailboxmessages/{theirs.id}", None),
        ("PUT", f"mailboxmessages/{theirs.id}", {"extractableAlways": False}),
        ("GET", f"mailboxcontents/?parentMailboxId={state.find_mailbox('/B').id}", None),
        ("POST", f"mailboxmessages/{ours.id}/actions/move", {"mailboxPath": "/B"}),
        ("POST", "mailboxmessages/", {"documentId": ours.document_id, "mailboxPath": "/B", "name": "n"}),
    ):
        answer = call(server, method, path, auth=("u", "p"), json=body)
        assert (answer.status_code, answer.json()["errorCode"]) == (403, 403), path
    files = {"upstream": ("n", b"x")}
    refused = call(
        server, "POST", "messagebatches/", auth=("u", "p"), files=files, data={"mailboxName": "/B"}
    )
    assert refused.status_code == 403
    assert len(state.messages) == 2


def test_a_user_without_the_permission_api_user_may_do_nothing(server):
    server.api.state.users["u"] = User("u", "p", api_user=False)
    answer = call(server, "GET", "mailboxes/", auth=("u", "p"))
    assert (answer.status_code, "API User" in answer.text) == (403, True)


def test_users_are_set_over_http(server):
    user = {"name": "u", "password": "p", "mailboxes": ["/A"]}
    httpx.put(f"{server.url}/_control/users", json=user)
    assert call(server, "GET", "mailboxes/", auth=("u", "p")).status_code == 200


# Each resource


@pytest.mark.parametrize(
    ("resource", "name", "body", "change", "changed"),
    [
        (
            "communities",
            "DEMO",
            {"name": "DEMO", "sshListening": False},
            {"sshListening": True},
            {"sshListening": True},
        ),
        (
            "tradingpartners",
            "ACME",
            {"partnerName": "ACME", "username": "u", "community": "DEMO"},
            {"phone": "1"},
            {"phone": "1", "username": "u"},
        ),
        (
            "routingrules",
            "r",
            {
                "name": "r",
                "action": "BP",
                "actionType": "bp",
                "evaluationMode": "manual",
                "runRuleAs": "u",
            },
            {"action": "Other", "actionType": "bp", "evaluationMode": "automatic", "runRuleAs": "u"},
            {"action": "Other", "evaluationMode": "automatic"},
        ),
    ],
)
def test_a_named_resource_is_created_once_read_changed_and_deleted(
    server, resource, name, body, change, changed
):
    created = call(server, "POST", f"{resource}/", json=body)
    assert (created.status_code, created.json()["Location"].rpartition("/")[2]) == (201, name)
    assert call(server, "POST", f"{resource}/", json=body).status_code == 400
    assert call(server, "GET", f"{resource}/{name}").json()["_id"] == name
    assert [found["_id"] for found in call(server, "GET", f"{resource}/").json()] == [name]
    assert call(server, "PUT", f"{resource}/{name}", json=change).json() == {"rowsAffected": 1}
    assert changed.items() <= call(server, "GET", f"{resource}/{name}").json().items()
    assert call(server, "DELETE", f"{resource}/{name}").json() == {"rowsAffected": 1}
    for method in ("GET", "PUT", "DELETE"):
        gone = call(server, method, f"{resource}/{name}", json=change if method == "PUT" else None)
        assert (gone.status_code, "API000464" in gone.text) == (404, True)


def test_a_partners_mailbox_comes_with_it_and_a_community_in_use_stays(server):
    call(server, "POST", "communities/", json={"name": "DEMO"})
    partner = {"partnerName": "ACME", "username": "u", "community": "DEMO"}
    call(server, "POST", "tradingpartners/", json=partner)
    assert server.api.state.find_mailbox("/ACME") is not None
    assert call(server, "DELETE", "communities/DEMO").status_code == 400
    call(server, "DELETE", "tradingpartners/ACME")
    assert call(server, "DELETE", "communities/DEMO").status_code == 200


def test_a_mailbox_is_created_changed_and_deleted_but_never_the_dead_letters(server):
    body = {"path": "/A/B", "description": "d"}
    assert call(server, "POST", "mailboxes/", json=body).status_code == 400
    answer = call(server, "POST", "mailboxes/", json={**body, "createParentMailbox": True})
    path = "mailboxes/" + answer.json()["Location"].rpartition("/")[2]
    assert "already exists" in call(server, "POST", "mailboxes/", json=body).text
    assert call(server, "PUT", path, json={"description": "new"}).json() == {"rowsAffected": 1}
    assert call(server, "GET", path).json()["description"] == "new"
    assert call(server, "PUT", path, json={"path": "/C"}).status_code == 400
    assert call(server, "DELETE", path).status_code == 200
    dead = server.api.state.find_mailbox("/DeadLetter").id
    assert call(server, "DELETE", f"mailboxes/{dead}").status_code == 400


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("", 3), ("/A", 2), ("/A%", 2), ("%B", 2), ("/A/B", 1), ("/a", 2), ("/X", 0), ("%", 3), ("%%", 3)],
)
def test_mailboxes_are_found_by_the_start_of_their_path_or_by_a_pattern(server, pattern, found):
    for path in ("/A/B", "/CB"):
        server.api.state.create_mailbox(path)
    del server.api.state.mailboxes[server.api.state.find_mailbox("/DeadLetter").id]
    assert len(call(server, "GET", "mailboxes/", params={"path": pattern}).json()) == found


def test_a_document_is_base64_both_ways_and_may_be_deleted(server):
    refused = call(server, "POST", "documents/", json={"payload": "no base64!"})
    assert refused.status_code == 400
    answer = call(server, "POST", "documents/", json={"payload": "SVNB", "documentName": "d"})
    path = "documents/" + answer.json()["Location"].rpartition("/")[2]
    assert call(server, "GET", path).json()["payload"] == "SVNB"
    assert call(server, "DELETE", path).status_code == 200
    assert call(server, "GET", path).status_code == 404


def test_what_a_message_must_have_is_checked(server):
    server.api.state.create_mailbox("/A")
    document = server.api.state.create_document("d", b"x").id
    whole = {"documentId": document, "mailboxPath": "/A", "name": "n"}
    wrong = [
        {**whole, "documentId": "none"},
        {**whole, "mailboxPath": "/Nowhere"},
        {**whole, "name": ""},
        {**whole, "name": "n" * 256},
        {**whole, "extractableCount": -1},
        {**whole, "extractableUntil": "tomorrow"},
        {**whole, "extractableAlways": True, "extractableCount": 1},
    ]
    for body in wrong:
        assert call(server, "POST", "mailboxmessages/", json=body).status_code == 400, body
    assert call(server, "POST", "mailboxmessages/", json=whole).status_code == 201
    assert len(server.api.state.messages) == 1


@pytest.mark.parametrize(
    ("body", "shown", "extractable"),
    [
        ({"extractableAlways": False}, ("extractableAlways", {"code": False, "display": "No"}), False),
        ({"extractableAlways": "1"}, ("extractableAlways", {"code": True, "display": "Yes"}), True),
        ({"extractableCount": 2}, ("extractableCount", 2), True),
        ({"extractableCount": 0}, ("extractableCount", 0), False),
        ({"extractableUntil": "20200101T0000"}, ("extractableUntil", "2020-01-01T00:00:00.000+0000"), False),
        ({"extractableUntil": "29990101T0000"}, ("extractableUntil", "2999-01-01T00:00:00.000+0000"), True),
    ],
)
def test_a_message_has_one_policy_and_the_others_are_left_out(server, body, shown, extractable):
    message = server.api.state.drop("/A", "m", b"x")
    path = f"mailboxmessages/{message.id}"
    assert call(server, "PUT", path, json=body).status_code == 200
    fields = call(server, "GET", path).json()
    assert {name: value for name, value in fields.items() if name.startswith("extractable")} == dict([shown])
    assert (call(server, "POST", f"{path}/actions/extract").status_code == 200) is extractable
    assert call(server, "GET", path).status_code == 200, "it is still listed"


def test_reading_is_no_extraction(server):
    message = server.api.state.drop("/A", "m", b"x", always=None, count=1)
    call(server, "GET", f"mailboxmessages/{message.id}")
    call(server, "GET", f"documents/{message.document_id.replace(':', '%3A')}")
    assert message.count == 1


def test_a_message_tells_its_actions_and_moves(server):
    message = server.api.state.drop("/A", "m", b"x")
    server.api.state.create_mailbox("/B")
    assert set(call(server, "GET", f"mailboxmessages/{message.id}/actions").json()) == {"extract", "move"}
    call(server, "POST", f"mailboxmessages/{message.id}/actions/move", json={"mailboxPath": "/B"})
    assert message.mailbox == "/B"


def test_a_deleted_message_leaves_its_document(server):
    message = server.api.state.drop("/A", "m", b"x")
    assert call(server, "DELETE", f"mailboxmessages/{message.id}").json() == {"rowsAffected": 1}
    assert message.document_id in server.api.state.documents


def test_a_routed_message_is_considered_again_only_when_resubmitted(server):
    clock = [1000.0]
    server.api.state.clock = lambda: clock[0]
    server.api.switches = Switches(routing=True)
    message = server.api.state.drop("/A", "m.edi", b"x")

    def a_minute_later():
        clock[0] += 60
        call(server, "GET", "mailboxes/")
        return len(server.api.state.runs)

    assert a_minute_later() == 0
    server.api.state.rules["r"] = Rule("r", "BP", ["/A"], "*.edi")
    assert a_minute_later() == 0, "it came before the rule"
    call(server, "PUT", f"mailboxmessages/{message.id}", json={"resubmitMessage": 1})
    assert [a_minute_later(), a_minute_later()] == [1, 1]
    call(server, "POST", "routingrules/r/actions/evaluate")
    assert len(server.api.state.runs) == 2, "by hand every matching message is routed each time"


def test_a_post_to_workflowmonitors_terminates_and_only_the_vendors_accept_restarts(server):
    server.api.state.runs.append({"workFlowId": 7, "wfdName": "BP", "docId": "d"})
    state = lambda: call(server, "GET", "workflowmonitors/?workFlowId=7&_range=5-9").json()[0]["exeState"]  # noqa: E731 - one line
    assert state() == "Success"
    call(server, "POST", "workflowmonitors/", json={"workFlowId": 7})
    assert state() == "terminated"
    accept = {"Accept": "application/vnd.ibm.tenx.workflowmonitor.restartworkflowmonitor+json"}
    call(server, "POST", "workflowmonitors/", json={"workFlowId": 7}, headers=accept)
    assert state() == "Active"


def test_lists_are_sorted_and_fields_left_out(server):
    for name in ("b", "a"):
        server.api.state.drop("/A", name, b"x")
    names = lambda query: [found["name"] for found in call(server, "GET", f"mailboxmessages/?{query}").json()]  # noqa: E731 - one line twice
    assert names("_sort=name") == ["a", "b"]
    assert names("_sort=-name") == ["b", "a"]
    assert "name" not in call(server, "GET", "mailboxmessages/?_exclude=name,href").json()[0]
    assert call(server, "GET", "mailboxmessages/?_range=5-1").status_code == 400


def test_several_files_of_a_batch_become_several_messages(server):
    for path in ("/A", "/B"):
        server.api.state.create_mailbox(path)
    files = [("upstream", ("one", b"1")), ("upstream", ("two", b"2"))]
    call(server, "POST", "messagebatches/", files=files, data={"mailboxName": ["/A", "/B"]})
    assert [(m.mailbox, m.name) for m in server.api.state.messages.values()] == [("/A", "one"), ("/B", "two")]


def test_other_methods_content_and_paths_are_refused_as_sterling_does(server):
    assert call(server, "PATCH", "mailboxes/").status_code == 405
    assert call(server, "GET", "mailboxes/", headers={"Accept": "application/xml"}).status_code == 406
    assert call(server, "POST", "documents/", content=b"[]").status_code == 400
    assert call(server, "POST", "messagebatches/", json={}).status_code == 400
    page = httpx.get(f"{server.url}/elsewhere", auth=ADMIN)
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html")


# Faults


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ({"fault": "status", "status": 503, "retry_after": 7}, False),
        ({"fault": "status", "status": 500, "html": False}, False),
        ({"fault": "status_after", "status": 504}, True),
        ({"fault": "cut_before"}, False),
        ({"fault": "cut_after"}, True),
        ({"fault": "cut_late", "seconds": 60}, False),
        ({"fault": "truncate"}, True),
        ({"fault": "slow_body", "seconds": 0.001}, True),
        ({"fault": "latency", "seconds": 0.001}, True),
    ],
)
def test_each_fault_does_what_the_plan_says(server, fault, done):
    server.api.state.create_mailbox("/A")
    httpx.post(f"{server.url}/_control/faults", json=[{"method": "POST", **fault}]).raise_for_status()
    files = {"upstream": ("m", b"x")}
    try:
        answer = call(server, "POST", "messagebatches/", files=files, data={"mailboxName": "/A"})
    except httpx.TransportError:
        assert fault["fault"].startswith("cut") or fault["fault"] == "truncate"
    else:
        assert answer.status_code == fault.get("status", 201)
        assert answer.headers.get("Retry-After") == (
            str(fault["retry_after"]) if "retry_after" in fault else None
        )
        assert (answer.headers["Content-Type"] == "text/html") is (
            "status" in fault and fault.get("html", True)
        )
    assert bool(server.api.state.in_mailbox("/A")) is done
    journal = httpx.get(f"{server.url}/_control/journal").json()
    assert journal[0]["fault"] == fault["fault"]


def test_what_was_cut_before_it_was_done_is_done_later(server):
    clock = [1000.0]
    server.api.state.clock = lambda: clock[0]
    server.api.state.create_mailbox("/A")
    httpx.post(f"{server.url}/_control/faults", json=[{"method": "POST", "fault": "cut_late", "seconds": 60}])
    with pytest.raises(httpx.TransportError):
        call(server, "POST", "messagebatches/", files={"upstream": ("m", b"x")}, data={"mailboxName": "/A"})
    seen = []
    for moment in (1059.0, 1060.0):
        clock[0] = moment
        call(server, "GET", "mailboxes/")
        seen.append(len(server.api.state.in_mailbox("/A")))
    assert seen == [0, 1]


def test_a_fault_strikes_after_some_calls_and_so_many_times(server):
    plan = [{"path": "mailboxes/", "skip": 1, "times": 2, "status": 500}]
    httpx.post(f"{server.url}/_control/faults", json=plan)
    assert [call(server, "GET", "mailboxes/").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert httpx.post(f"{server.url}/_control/faults", json=[{"fault": "none"}]).status_code == 400


# Steering


def test_switches_rules_and_messages_are_steered_and_counts_cleared_over_http(server):
    steer = f"{server.url}/_control"
    assert httpx.patch(f"{steer}/switches", json={"milliseconds": True}).json()["milliseconds"] is True
    assert httpx.get(f"{steer}/switches").json()["milliseconds"] is True
    assert httpx.patch(f"{steer}/switches", json={"nope": 1}).status_code == 400
    httpx.put(f"{steer}/rules", json={"name": "r", "action": "BP"})
    assert "r" in server.api.state.rules
    number = httpx.post(f"{steer}/drop?mailbox=/A&name=m", content=b"x").json()["id"]
    assert httpx.get(f"{steer}/mailboxes").json() == {"/A": 1, "/DeadLetter": 0}
    assert httpx.delete(f"{steer}/messages/{number}").status_code == 200
    assert httpx.delete(f"{steer}/messages/{number}").status_code == 404
    call(server, "GET", "mailboxes/")
    httpx.delete(f"{steer}/journal")
    assert httpx.get(f"{steer}/counts").json() == {"total": 0, "by_call": {}}
    assert httpx.get(f"{steer}/nothing").status_code == 404


def test_an_outbox_is_read_and_left_unless_taken(server):
    server.api.state.drop("/A", "m", b"x")
    shown = httpx.get(f"{server.url}/_control/outbox?mailbox=/A").json()
    assert [(found["name"], found["payload"]) for found in shown] == [("m", "eA==")]
    assert len(server.api.state.in_mailbox("/A")) == 1
