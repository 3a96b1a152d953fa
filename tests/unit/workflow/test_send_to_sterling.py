"""Sending once: case by case, and with the process dying or the connection breaking at every moment."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from local.sterling.faults import FaultPlan, FaultRule
from tests.unit.workflow.sterling_world import Died, World

from ml_connector.errors import ConnectorError, Misconfigured, Unavailable
from ml_connector.sterling.answers import LoginRefused
from ml_connector.sterling.client import NoSuchMailbox
from ml_connector.workflow.send_to_sterling import Consignment, message_name, send_to_sterling

MAILBOX = "/ACME/Inbox"
CONTENT = b"UNB+UNOC:3'\x00\xff\r\n--boundary"


def make(**settings):
    world = World(**settings)
    world.state.create_mailbox(MAILBOX)
    ref = world.raw.put("out/1", io.BytesIO(CONTENT), metadata={})
    return world, Consignment(send_id="inv|ACME|4711", partner="ACME", label="invoice 4711", content=ref)


def delivered(world):
    found = world.state.in_mailbox(MAILBOX)
    return [(message.name, world.state.documents[message.document_id].content) for message in found]


def send(world, consignment, at=None):
    """Send once; returns None if the process died or has to try again."""
    world.moment, world.at, world.dead = 0, dict(at or {}), False
    try:
        return send_to_sterling(consignment, world.send_ports())
    except (Died, Unavailable):
        return None
    finally:
        world.dead, world.at = False, {}


def send_until_sent(world, consignment):
    for _ in range(10):
        world.pass_time(seconds=250)
        if answer := send(world, consignment):
            return answer
    raise AssertionError("never sent")


def fail(world, path, **fault):
    world.api.faults = FaultPlan([FaultRule(method="POST", path=path, **fault)])


@pytest.mark.parametrize("way", ["document", "batch"])
def test_a_message_arrives_with_its_bytes_and_its_identity_in_the_name(way):
    world, consignment = make(send_way=way)
    answer = send_to_sterling(consignment, world.send_ports())
    assert delivered(world) == [(message_name(consignment), CONTENT)]
    assert answer["mailbox"] == MAILBOX
    assert int(answer["message_id"]) in world.state.messages


def test_sending_again_sends_nothing():
    world, consignment = make()
    first = send(world, consignment)
    assert send(world, consignment) == first
    assert len(delivered(world)) == 1


def test_large_payloads_go_as_a_batch_and_small_ones_as_document_and_message():
    world, consignment = make(batch_above_bytes=len(CONTENT))
    send(world, consignment)
    assert world.api.counts == {"POST documents": 1, "POST mailboxmessages": 1}
    world, consignment = make(batch_above_bytes=len(CONTENT) - 1)
    send(world, consignment)
    assert world.api.counts == {"POST messagebatches": 1}


def test_a_refused_login_is_not_repeated_by_other_consignments_nor_by_the_poll():
    world, consignment = make()
    world.client = world.new_client(password="old", version="1")
    with pytest.raises(LoginRefused):
        send_to_sterling(consignment, world.send_ports())
    calls = sum(world.api.counts.values())
    for number in range(20):
        other = replace(consignment, send_id=f"other-{number}")
        with pytest.raises(LoginRefused, match="not tried again until"):
            send_to_sterling(other, world.send_ports())
    assert world.poll()["login_held"] == 1
    assert sum(world.api.counts.values()) == calls
    assert world.state.users["admin"].failures == 1
    world.client = world.new_client(version="2")
    send_to_sterling(consignment, world.send_ports())
    assert len(delivered(world)) == 1


def test_what_is_sent_already_is_told_while_the_login_is_refused():
    world, consignment = make()
    first = send(world, consignment)
    world.client = world.new_client(password="old")
    with pytest.raises(LoginRefused):
        send_to_sterling(replace(consignment, send_id="other"), world.send_ports())
    assert send_to_sterling(consignment, world.send_ports()) == first


def test_names_stay_short_plain_and_distinct():
    ref = World().raw.put("k", b"", metadata={})
    names = {message_name(Consignment(f"id{n}", "Ærø A/S", "x" * 300, ref)) for n in range(50)}
    assert len(names) == 50
    assert all(len(name) <= 100 and name.isascii() and "/" not in name for name in names)


@pytest.mark.parametrize(("way", "path"), [("document", "mailboxmessages/"), ("batch", "messagebatches/")])
@pytest.mark.parametrize(
    "fault", [{"fault": "cut_after"}, {"fault": "cut_before"}, {"status": 500}, {"status": 504}]
)
def test_after_a_doubt_the_mailbox_is_searched_before_sending_again(way, path, fault):
    world, consignment = make(send_way=way)
    fail(world, path, **fault)
    send(world, consignment)
    assert world.api.counts["GET mailboxcontents"] == 1
    send_until_sent(world, consignment)
    assert delivered(world) == [(message_name(consignment), CONTENT)]


def test_a_doubt_is_not_sent_again_before_the_server_can_have_settled():
    world, consignment = make()
    fail(world, "mailboxmessages/", fault="cut_before")
    with pytest.raises(Unavailable) as caught:
        send_to_sterling(consignment, world.send_ports())
    assert caught.value.retry_after == 200
    world.pass_time(seconds=199)
    assert send(world, consignment) is None
    assert world.api.counts["POST mailboxmessages"] == 1
    world.pass_time(seconds=1)
    assert send(world, consignment)["attempts"] == 2


def test_a_clear_refusal_is_told_and_a_mended_mailbox_gets_the_message():
    world, consignment = make()
    world.state.mailboxes = {n: box for n, box in world.state.mailboxes.items() if box.path != MAILBOX}
    with pytest.raises(Misconfigured, match="does not exist"):
        send_to_sterling(consignment, world.send_ports())
    world.state.create_mailbox(MAILBOX)
    send_to_sterling(consignment, world.send_ports())
    assert len(delivered(world)) == 1


def test_a_mailbox_that_cannot_be_searched_is_not_taken_for_an_empty_one():
    world, consignment = make()
    fail(world, "mailboxmessages/", fault="cut_after")
    world.state.users["admin"].mailboxes = [MAILBOX]
    hidden = world.client.list_mailboxes
    world.client.list_mailboxes = lambda path="": [] if path else hidden()
    with pytest.raises(NoSuchMailbox):
        send_to_sterling(consignment, world.send_ports())
    world.client.list_mailboxes = hidden
    send_until_sent(world, consignment)
    assert len(delivered(world)) == 1


@pytest.mark.parametrize("way", ["document", "batch"])
@pytest.mark.parametrize("fault", [None, "cut_after", "cut_before"])
def test_dying_at_any_moment_leaves_exactly_one_message(way, fault):
    moment, died = 0, True
    while died:
        world, consignment = make(send_way=way)
        if fault:
            fail(world, "mailboxmessages/|messagebatches/", fault=fault)
        reached = []

        def die(world=world, reached=reached):
            reached.append(True)
            world.die()

        send(world, consignment, {moment: die})
        died = bool(reached)
        send_until_sent(world, consignment)
        assert delivered(world) == [(message_name(consignment), CONTENT)], moment
        moment += 1
    assert moment > 8


@pytest.mark.parametrize("way", ["document", "batch"])
def test_two_executions_at_once_put_one_message_there(way):
    moment, reached = 0, [True]
    while reached:
        world, consignment = make(send_way=way)
        reached = []
        send(world, consignment, {moment: lambda w=world, c=consignment, r=reached: r.append(_other(w, c))})
        send_until_sent(world, consignment)
        assert len(delivered(world)) == 1, moment
        moment += 1
    assert moment > 6


def _other(world, consignment):
    try:
        send_to_sterling(consignment, world.send_ports())
    except ConnectorError:
        return False
    return True


def test_what_was_refused_goes_to_the_mailbox_that_was_mended_meanwhile():
    world, consignment = make()
    with pytest.raises(ConnectorError):
        send_to_sterling(replace(consignment, mailbox="/nobody"), world.send_ports())
    assert send_to_sterling(consignment, world.send_ports())["mailbox"] == MAILBOX
    assert len(delivered(world)) == 1
