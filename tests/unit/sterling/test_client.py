"""The client against the simulator over real sockets, and what a ping says of what may be wrong."""

from __future__ import annotations

import io
import socket

import httpx
import pytest
from local.sterling import SterlingApi, SterlingServer, Switches
from local.sterling.faults import FaultPlan, FaultRule
from local.sterling.state import Rule

from ml_connector.errors import Misconfigured, OutcomeUnknown, Unavailable
from ml_connector.sterling import SterlingClient, SterlingCredentials, SterlingSettings
from ml_connector.sterling.answers import LoginRefused
from ml_connector.sterling.client import NoSuchMailbox
from ml_connector.sterling.messages import MailboxMessage
from ml_connector.sterling.ping import check
from ml_connector.sterling.settings import AfterReceipt

ADMIN = SterlingCredentials(username="admin", password="password")
OAUTH = SterlingCredentials(client_id="connector", client_secret="secret")


@pytest.fixture
def server():
    with SterlingServer(api=SterlingApi()) as running:
        running.api.state.create_mailbox("/ACME/Inbox")
        yield running


@pytest.fixture
def connect(server):
    opened = []

    def make(credentials=ADMIN, **given):
        http = httpx.Client(timeout=5)
        opened.append(http)
        return SterlingClient(settings_of(server, **given), credentials, http=http)

    yield make
    for http in opened:
        http.close()


def settings_of(server, **given):
    return SterlingSettings(host="127.0.0.1", port=server.port, scheme="http", **given)


def inbox(server):
    state = server.api.state
    return [(m.name, state.documents[m.document_id].content) for m in state.in_mailbox("/ACME/Inbox")]


@pytest.mark.parametrize("encoded", [False, True])
def test_document_and_message_are_two_calls_whatever_the_location_looks_like(server, connect, encoded):
    server.api.switches = Switches(encode_location=encoded)
    client = connect()
    number = client.create_document("a.edi", io.BytesIO(bytes(range(256)) * 1000))
    client.create_message("/ACME/Inbox", "a.edi", number)
    assert inbox(server) == [("a.edi", bytes(range(256)) * 1000)]
    [found] = client.find_named("/ACME/Inbox", "A.EDI")
    with client.read_payload(client.read_details(found)) as payload:
        assert payload.read() == bytes(range(256)) * 1000


def test_a_batch_is_one_call_and_keeps_every_byte(server, connect):
    connect().create_batch("/ACME/Inbox", "b.edi", io.BytesIO(b"\r\n--x\r\n\r\n\x00"))
    assert inbox(server) == [("b.edi", b"\r\n--x\r\n\r\n\x00")]


def test_a_token_is_fetched_once_and_renewed_when_refused(server, connect):
    server.api.switches = Switches(auth="oauth2")
    client = connect(OAUTH, auth_mode="oauth2", token_url=f"{server.url}/oauth2/token")
    client.list_mailboxes()
    client.list_mailboxes()
    server.api.state.tokens.clear()
    client.list_mailboxes()
    assert sum("oauth2" in entry["target"] for entry in server.api.journal) == 2


def test_a_wrong_login_is_tried_once(server, connect):
    client = connect(SterlingCredentials(username="admin", password="wrong"))
    with pytest.raises(LoginRefused, match="Authentication failed"):
        client.list_messages()
    assert server.api.state.users["admin"].failures == 1


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "truncate"])
def test_a_read_cut_short_is_unavailable(server, connect, fault):
    server.api.state.drop("/ACME/Inbox", "a", b"x" * 5000)
    client = connect()
    [message] = client.list_messages()
    server.api.faults = FaultPlan([FaultRule(fault=fault)])
    with pytest.raises(Unavailable):
        client.read_payload(message)


@pytest.mark.parametrize("fault", [{"fault": "cut_after"}, {"status": 500}, {"status": 503}])
def test_a_write_without_a_clear_answer_is_of_unknown_outcome(server, connect, fault):
    server.api.faults = FaultPlan([FaultRule(method="POST", **fault)])
    with pytest.raises(OutcomeUnknown):
        connect().create_batch("/ACME/Inbox", "b", io.BytesIO(b"x"))


def test_nothing_was_sent_when_nobody_listens(server, connect):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = connect()
        client.settings = client.settings.model_copy(update={"port": free.getsockname()[1]})
        client._transport._settings = client.settings
        with pytest.raises(Unavailable):
            client.create_batch("/ACME/Inbox", "b", io.BytesIO(b"x"))


def test_retry_after_is_passed_on(server, connect):
    server.api.faults = FaultPlan([FaultRule(status=429, retry_after=17)])
    with pytest.raises(Unavailable) as caught:
        connect().list_messages()
    assert caught.value.retry_after == 17


def test_settings_come_from_the_environment_and_name_what_is_wrong():
    read = SterlingSettings.from_environment(
        {
            "STERLING_HOST": "h",
            "STERLING_MAILBOXES": "/A/Inbox, /B/*",
            "STERLING_PARTNER_MAILBOXES": '{"ACME": "/ACME/In"}',
            "STERLING_PORT": "",
        }
    )
    assert (read.mailboxes, read.port) == (("/A/Inbox", "/B/*"), 5075)
    assert read.mailbox_of("ACME") == "/ACME/In"
    assert read.mailbox_of("Beta") == "/Beta/Inbox"
    with pytest.raises(Misconfigured, match=r"STERLING_PORT.*STERLING_SERVER_TZ_OVERRIDE"):
        SterlingSettings.from_environment(
            {"STERLING_HOST": "h", "STERLING_PORT": "x", "STERLING_SERVER_TZ_OVERRIDE": "Mars/Base"}
        )


def test_secrets_are_not_shown():
    assert "password'" not in repr(ADMIN).replace("username", "")
    with pytest.raises(Misconfigured) as caught:
        SterlingCredentials.from_secret("hunter2")
    assert "hunter2" not in str(caught.value)


def failing(checks):
    return [found.name for found in checks if not found.ok]


def test_a_ping_finds_all_in_order(server):
    checks = check(settings_of(server, mailboxes=("/ACME/Inbox",)), ADMIN)
    assert [found.name for found in checks] == ["network", "login", "mailboxes /ACME/Inbox", "message list"]
    assert failing(checks) == []


def test_a_ping_says_what_to_do(server):
    missing = check(settings_of(server, mailboxes=("/Nope",), partner_mailboxes={"B": "/B"}), ADMIN)
    assert failing(missing) == ["mailboxes /Nope", "mailbox of B"]
    wrong = check(settings_of(server), SterlingCredentials(username="admin", password="wrong"))
    assert failing(wrong) == ["login"]
    assert "locks the account" in wrong[-1].advice or "lock the account" in wrong[-1].advice
    no_tls = check(settings_of(server).model_copy(update={"scheme": "https"}), ADMIN)
    assert failing(no_tls) == ["TLS"]


# Other resources


def test_trading_partners_are_listed_by_the_start_of_their_names(server, connect):
    for name in ("ACME", "ACME Nord", "Beta"):
        server.api.state.partners[name] = {"partnerName": name, "_id": name, "community": "DEMO"}
    assert [found["partnerName"] for found in connect().trading_partners("ACME")] == ["ACME", "ACME Nord"]
    assert len(connect().trading_partners()) == 3


def test_routing_rules_are_listed(server, connect):
    server.api.state.rules["r"] = Rule("r", "ProcessOrder", ["/ACME/Inbox"])
    [found] = connect().routing_rules()
    assert (found["name"], found["mailboxes"]) == ("r", ["/ACME/Inbox"])


def test_the_steps_of_a_process_are_read_whole(server, connect):
    server.api.state.runs += [
        {"workFlowId": number, "wfdName": "ProcessOrder", "docId": "d"} for number in (7, 8)
    ]
    [step] = connect().workflow_steps(7)
    assert (step["workFlowId"], step["exeState"]) == (7, "Success")
    assert "_range" not in server.api.journal[-1]["target"]


def test_a_business_process_is_never_terminated_whatever_the_settings_say(server, connect):
    names = dict.fromkeys(("messagebatches", "documents", "mailboxmessages"), "workflowmonitors")
    client = connect(resource_paths=names)
    for write in (
        lambda: client.create_batch("/ACME/Inbox", "b", io.BytesIO(b"x")),
        lambda: client.create_document("b", io.BytesIO(b"x")),
        lambda: client.create_message("/ACME/Inbox", "b", "d"),
        lambda: client.settle(MailboxMessage("1", "b"), AfterReceipt.MOVE),
        lambda: client.settle(MailboxMessage("1", "b"), AfterReceipt.DELETE),
        lambda: client.settle(MailboxMessage("1", "b"), AfterReceipt.NOT_EXTRACTABLE),
    ):
        with pytest.raises(Misconfigured, match="terminate"):
            write()
    assert server.api.counts == {}


@pytest.mark.parametrize(
    "setting",
    [
        {"action_slugs": {"move": "../../workflowmonitors/"}},
        {"resource_paths": {"mailboxmessages": "WorkflowMonitors/"}},
        {"resource_paths": {"mailboxmessages": "workflowmonitors"}},
        {"resource_paths": {"workflowmonitors": "processes", "mailboxmessages": "processes"}},
    ],
)
def test_no_roundabout_way_leads_to_workflowmonitors(server, connect, setting):
    server.api.switches = Switches(lenient_case=True)
    client = connect(after_receipt="move", move_to="/Done", **setting)
    with pytest.raises(Misconfigured, match="terminate or restart"):
        client.settle(MailboxMessage("7", "a"), AfterReceipt.MOVE)
    assert server.api.counts == {}


@pytest.mark.parametrize("empty", ["array", "404", "400"])
def test_every_list_may_be_empty_in_every_form(server, connect, empty):
    server.api.switches = Switches(empty_list=empty)
    client = connect()
    assert client.list_messages() == []
    assert client.list_mailbox("/ACME/Inbox") == []
    assert client.list_mailboxes("/Nowhere") == []
    assert client.trading_partners() == []
    assert client.routing_rules() == []


def test_a_mailbox_that_is_gone_is_no_empty_one(server, connect):
    server.api.switches = Switches(empty_list="404")
    client = connect()
    assert client.find_named("/ACME/Inbox", "a") == []
    assert client.find_named("/ACME/Inbox", "a") == []
    mailbox = server.api.state.find_mailbox("/ACME/Inbox")
    del server.api.state.mailboxes[mailbox.id]
    with pytest.raises(NoSuchMailbox):
        client.find_named("/ACME/Inbox", "a")
    server.api.state.drop("/ACME/Inbox", "a", b"x")
    assert [found.name for found in client.find_named("/ACME/Inbox", "a")] == ["a"]


@pytest.mark.parametrize("plain", [False, True])
def test_both_shapes_of_a_value_are_read_alike(server, connect, plain):
    server.api.switches = Switches(plain_values=plain)
    server.api.state.drop("/ACME/Inbox", "a", b"x", always=False)
    [listed], [found] = connect().list_messages(), connect().list_mailbox("/ACME/Inbox")
    assert listed.extractable is found.extractable is False
    assert listed.arrived_at == found.arrived_at


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"Location": "http://other:5074/B2BAPIs/svc/documents/h:node1:170d8cdabf4:17"}, {}),
        ({"Location": "http://other:5074/B2BAPIs/svc/documents/h%3Anode1%3A170d8cdabf4%3A17"}, {}),
        ({"Location": "http://other:5074/B2BAPIs/svc/documents/h%3Anode1%3A170d8cdabf4%3A17/"}, {}),
        ({}, {"Location": "/B2BAPIs/svc/documents/h:node1:170d8cdabf4:17"}),
    ],
)
def test_the_new_id_is_read_from_either_location(body, headers):
    answers = httpx.MockTransport(lambda _request: httpx.Response(201, json=body, headers=headers))
    with httpx.Client(transport=answers) as http:
        client = SterlingClient(SterlingSettings(host="h", scheme="http"), ADMIN, http=http)
        assert client.create_document("a", io.BytesIO(b"x")) == "h:node1:170d8cdabf4:17"


def test_a_token_is_renewed_before_it_ends(server, connect, monkeypatch):
    server.api.switches = Switches(auth="oauth2")
    client = connect(OAUTH, auth_mode="oauth2", token_url=f"{server.url}/oauth2/token")
    clock = [1000.0]
    monkeypatch.setattr(client._transport._login, "_clock", lambda: clock[0])
    client.list_mailboxes()
    clock[0] += 239  # four fifths of 300 seconds
    client.list_mailboxes()
    assert server.api.counts["POST oauth2"] == 1
    clock[0] += 2
    client.list_mailboxes()
    assert server.api.counts["POST oauth2"] == 2


def test_a_refused_client_of_oauth_is_asked_for_once(server, connect):
    server.api.switches = Switches(auth="oauth2")
    wrong = SterlingCredentials(client_id="connector", client_secret="wrong")
    client = connect(wrong, auth_mode="oauth2", token_url=f"{server.url}/oauth2/token")
    with pytest.raises(LoginRefused, match="token endpoint"):
        client.list_mailboxes()
    assert server.api.counts == {"POST oauth2": 1}


def test_a_token_refused_twice_is_not_tried_a_third_time(server, connect):
    server.api.switches = Switches(auth="oauth2", token_seconds=0)
    client = connect(OAUTH, auth_mode="oauth2", token_url=f"{server.url}/oauth2/token")
    with pytest.raises(LoginRefused):
        client.list_mailboxes()
    assert server.api.counts["GET mailboxes"] == 2


def test_other_names_base_path_and_query_are_settings(server, connect):
    server.api.switches = Switches(lenient_case=True)
    client = connect(resource_paths={"mailboxmessages": "mailboxMessages"}, list_query={"mailboxPath": "/B"})
    server.api.state.drop("/ACME/Inbox", "a", b"x")
    server.api.state.drop("/B", "b", b"x")
    assert [found.name for found in client.list_messages()] == ["b"]
    assert "/mailboxMessages/?mailboxPath=%2FB&_range=0-999" in server.api.journal[-1]["target"]


def test_a_payload_may_be_at_another_address_under_another_name():
    def answer(request):
        assert request.url.path == "/B2BAPIs/svc/mailboxmessages/7/payload"
        return httpx.Response(200, json={"content": "SVNB"})

    settings = SterlingSettings(
        host="h",
        scheme="http",
        payload_path="mailboxmessages/{message_id}/payload",
        payload_field="content",
        payload_encoding="base64",
    )
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        client = SterlingClient(settings, ADMIN, http=http)
        with client.read_payload(MailboxMessage("7", "a", document_id="d")) as payload:
            assert payload.read() == b"ISA"
