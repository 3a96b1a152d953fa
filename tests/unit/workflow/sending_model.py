"""Random life of consignments on their way into one mailbox, and what must hold whatever happens.

Calls are cut before, after and long before they take effect, refused and answered by proxies; the process
dies at any moment; two executions send the same thing; the mailbox is hidden for a while and full of other
messages. At no time is there more than one message of a consignment, and in the end there is exactly one,
with the bytes of one attempt.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from local.sterling import Switches
from local.sterling.faults import FaultPlan, FaultRule
from tests.unit.workflow.sterling_world import Died, World

from ml_connector.errors import ConnectorError
from ml_connector.workflow.send_to_sterling import Consignment, message_name, send_to_sterling

MAILBOX = "/ACME/Inbox"
_LONGEST_LATE = 180  # seconds after which a router gives up on a server that goes on
_COUNT = 4
_WRITES = "mailboxmessages/|messagebatches/"

# Writes that are done although nobody says so, now or when the router has given up.
DOUBTS = st.builds(
    FaultRule,
    method=st.just("POST"),
    path=st.just(_WRITES),
    fault=st.sampled_from(["status_after", "cut_after", "truncate", "cut_late"]),
    status=st.sampled_from([500, 503, 504]),
    seconds=st.sampled_from([100.0, float(_LONGEST_LATE)]),
)
REFUSALS = st.builds(
    FaultRule,
    method=st.just("POST"),
    path=st.sampled_from([_WRITES, "documents/"]),
    times=st.integers(1, 2),
    fault=st.sampled_from(["status", "cut_before"]),
    status=st.sampled_from([429, 500, 503, 504]),
)
FAULTS = st.one_of(DOUBTS, REFUSALS)


class Sending(RuleBasedStateMachine):
    """Random life of a few consignments that look alike."""

    @initialize(way=st.sampled_from(["document", "batch"]), others=st.sampled_from([0, 50]))
    def begin(self, way, others):
        # A server that caps its pages at 50: a search that stops at the first page finds nothing.
        self.world, self.others = World(Switches(max_window=50), send_way=way), others
        self.world.state.create_mailbox(MAILBOX)
        for number in range(others):
            self.world.state.drop(MAILBOX, f"other-{number}.edi", b"other")
        self.contents = {n: [b"UNB+%d'" % n] for n in range(_COUNT)}
        self.consignments = [
            Consignment(f"invoice|ACME|{n}", "ACME", "invoice", self._stored(n)) for n in range(_COUNT)
        ]

    def _stored(self, which):
        content = io.BytesIO(self.contents[which][-1])
        return self.world.raw.put(f"out/{which}", content, metadata={})

    # What goes wrong

    @rule(fault=FAULTS)
    def make_fail(self, fault):
        self.world.api.faults = FaultPlan([fault.model_copy()])

    @rule(shown=st.booleans())
    def show_or_hide_the_mailbox(self, shown):
        self.world.state.users["admin"].mailboxes = ["*"] if shown else ["/Elsewhere"]

    @rule(seconds=st.sampled_from([1, 60, 150, 250]))
    def wait(self, seconds):
        self.world.pass_time(seconds=seconds)

    @rule(which=st.integers(0, _COUNT - 1))
    def make_anew(self, which):
        """The document is formatted again, with other bytes, as after a person mended its mapping."""
        self.contents[which].append(self.contents[which][-1] + b"+")
        self.consignments[which] = replace(self.consignments[which], content=self._stored(which))

    # What the connector does

    @rule(which=st.integers(0, _COUNT - 1))
    def send(self, which):
        answer = self._send(which)
        if answer:
            message = self.world.state.messages.get(int(answer["message_id"] or self._found(which)))
            assert message is not None, answer
            assert (message.name, message.mailbox) == (self._name(which), MAILBOX)

    @rule(
        which=st.integers(0, _COUNT - 1),
        fault=DOUBTS,
        failing_searches=st.sampled_from([1, 1, 0, 2]),
        hidden=st.booleans(),
        seconds=st.sampled_from([150, 250]),
    )
    def send_in_trouble(self, which, fault, failing_searches, hidden, seconds):
        """A call goes wrong, the search after it too, and the next attempt finds the mailbox hidden."""
        search = FaultRule(
            method="GET", path="mailboxcontents/|mailboxes/", status=503, times=failing_searches
        )
        self.world.api.faults = FaultPlan([fault.model_copy(), search])
        self._send(which)
        self.world.pass_time(seconds=seconds)
        self.show_or_hide_the_mailbox(shown=not hidden)
        self._send(which)
        self.show_or_hide_the_mailbox(shown=True)

    @rule(which=st.integers(0, _COUNT - 1), moment=st.integers(0, 30))
    def send_and_die(self, which, moment):
        self._send(which, {moment: self.world.die})

    @rule(which=st.integers(0, _COUNT - 1), moment=st.integers(0, 30), other=st.integers(0, _COUNT - 1))
    def send_while_another_is_sent(self, which, moment, other):
        self._send(which, {moment: lambda: self._attempt(other)})

    # Details

    def _send(self, which, at=None):
        self.world.moment, self.world.at, self.world.dead = 0, dict(at or {}), False
        try:
            return self._attempt(which)
        except Died:
            return None
        finally:
            self.world.dead, self.world.at = False, {}

    def _attempt(self, which):
        # Another process: it knows no mailbox yet.
        self.world.client = self.world.new_client()
        before, surprises = set(self.world.state.messages), self.world.api.owes_calls
        try:
            return send_to_sterling(self.consignments[which], self.world.send_ports())
        except ConnectorError:
            return None
        finally:
            if not surprises:
                self._check_bytes(which, before)

    def _check_bytes(self, which, before):
        """What an attempt put there has the bytes of this attempt, not of an earlier one."""
        for number in self.world.state.messages.keys() - before:
            message = self.world.state.messages[number]
            if message.name == self._name(which):
                document = self.world.state.documents[message.document_id]
                assert document.content == self.contents[which][-1]

    def _name(self, which):
        return message_name(self.consignments[which])

    def _found(self, which):
        in_mailbox = self.world.state.in_mailbox(MAILBOX)
        found = [message.id for message in in_mailbox if message.name == self._name(which)]
        assert len(found) == 1, f"{len(found)} messages of {self.consignments[which]}"
        return found[0]

    @invariant()
    def nothing_is_there_twice(self):
        if hasattr(self, "world"):
            names = Counter(message.name for message in self.world.state.in_mailbox(MAILBOX))
            assert max(names.values(), default=1) == 1, names

    def teardown(self):
        if not hasattr(self, "world"):
            return
        self.world.api.faults = FaultPlan()
        self.world.state.users["admin"].mailboxes = ["*"]
        for which in range(_COUNT):
            self._send_until_sent(which)
        self.world.pass_time(seconds=_LONGEST_LATE + 1)
        self.world.client.list_mailboxes()  # what was cut and is still to be done is done with the next call
        assert len(self.world.state.in_mailbox(MAILBOX)) == self.others + _COUNT
        for which, contents in self.contents.items():
            message = self.world.state.messages[self._found(which)]
            assert self.world.state.documents[message.document_id].content in contents

    def _send_until_sent(self, which):
        for _ in range(10):
            self.world.pass_time(seconds=250)
            if self._send(which):
                return
        raise AssertionError(f"never sent: {self.consignments[which]}")
