"""Random life of a few mailboxes and the polls on them, and what must hold whatever happens.

Messages arrive with ties, late and skewed times and out of the order of their numbers; others delete and hide
them; payloads can't be read; time runs out; polls die, overlap and stall.

What must hold: a message that stays readable has exactly one execution, with its own bytes. A poll that runs
to its end leaves only messages behind that trouble it, and those on pages it was not to read. It makes one
call and two for each message not received. Messages are received in order. Failures are tried again ever more
seldom. One poll at a time calls Sterling.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from local.sterling import Switches
from local.sterling.faults import FaultPlan, FaultRule
from local.sterling.shaping import Shape
from tests.unit.workflow.sterling_world import World

from ml_connector.errors import ConnectorError
from ml_connector.sterling.polling import later
from ml_connector.sterling.timestamps import parse_time
from ml_connector.workflow.poll_sterling import LEASE, ListKnown, poll_sterling

if TYPE_CHECKING:
    from local.sterling.state import Message

ACTIONS = ("nothing", "not_extractable", "move", "delete")
MAILBOXES = ("/ACME/Inbox", "/Beta/Inbox")
# Longer than any lease: the poll's 300 seconds and the margin.
LEASE_SECONDS = 331
# Without sweeps, watermarks and numbers alone must find everything.
NEVER = timedelta(days=3650)
# Seconds before now that a new message says it arrived: within the overlap, beyond it, and in the future.
AGES = (0, 60, 899, 901, 7200, 20_000, 86_400, -3600)


# Moments of a poll: the early ones, at which its list is read page by page, more often than the others.
PICKS = st.one_of(st.integers(0, 15), st.integers(0, 1000))
# The moment after the first page of a poll's list: lease, login, records and last sweep came before it, two
# moments each.
_FIRST_PAGE_READ = 9
# A message by its place in the list: what happens to the first moves all others.
FIRST_OR_ANY = st.one_of(st.just(0), st.integers(0, 1000))


@dataclass
class Arrival:
    """A message that came and its bytes; whether it has to be received at all, and without a sweep."""

    message: Message
    content: bytes
    must: bool = True
    soon: bool = True


def make_world(action="nothing", switches=None, **given):
    world = World(
        switches,
        after_receipt=action,
        move_to="/Done",
        exclude_mailboxes=("/Done",),
        max_payload_bytes=100,
        **{"page_size": 3, "detail_page_size": 3, **given},
    )
    world.state.create_mailbox("/Done")
    for path in MAILBOXES:
        world.state.create_mailbox(path)
    return world


def settle(world):
    """Poll until nothing is left to do."""
    world.api.faults = FaultPlan()
    world.remaining = 300.0
    world.state.users["admin"].mailboxes = ["*"]
    quiet_rounds, started, begun = 0, 0, len(world.starts)
    for _ in range(400):
        world.pass_time(minutes=90)
        metrics = world.poll()
        assert len(world.starts) - begun <= len(world.executions), "something is started again and again"
        settled = metrics["backlog"] == 0 and not world.ports().receipts.on_the_way()
        if quiet_rounds:
            assert len(world.starts) == started, "a settled message was received again"
        if known_list(world).place.position == 0:
            quiet = settled and len(world.starts) == started
            quiet_rounds, started = quiet_rounds + 1 if quiet else 0, len(world.starts)
        if quiet_rounds == 2:
            return
    raise AssertionError(f"never settled: {metrics}")


def known_list(world):
    """What polls remember of the list."""
    text = world.ports().marks.read("listing").get("round")
    return ListKnown.model_validate_json(text) if text else ListKnown()


def check_received(world, arrived):
    """Each message that stayed has one execution, with its own bytes; none has more than one."""
    for arrival in arrived:
        names = world.started_for(arrival.message.id)
        assert len(names) == int(arrival.must) or (not arrival.must and len(names) <= 1), (arrival, names)
        for name in names:
            raw = world.executions[name]["raw"]
            versions = world.raw.objects.get(raw["key"], [])
            assert versions[int(raw["version_id"]) - 1 :][:1] == [arrival.content], (arrival, raw)
            assert is_treated(world, arrival.message), (arrival, world.settings.after_receipt)


def is_treated(world, message):
    """Whether a received message is as the setting says, unless others took it."""
    there = world.state.messages.get(message.id)
    if there is None:
        return True
    treated = {
        "nothing": True,
        "not_extractable": there.always is False,
        "move": there.mailbox == "/Done",
        "delete": False,
    }
    return treated[world.settings.after_receipt]


def calls_of_a_poll(world):
    """How many moments a poll would have now."""
    copy = world.fork()
    copy.poll()
    return copy.moment


def is_received(world, message):
    on_the_way = world.ports().receipts.on_the_way().get(str(message.id))
    kept = on_the_way is not None and on_the_way.state != "troubled"
    return kept or bool(world.started_for(message.id))


class Polling(RuleBasedStateMachine):
    """Random life of a few mailboxes."""

    @initialize(
        action=st.sampled_from(ACTIONS),
        strategy=st.sampled_from(["auto", "mailboxcontents"]),
        page_size=st.sampled_from([3, 1000]),
        sweep_every=st.sampled_from([timedelta(hours=1), NEVER]),
        backlog=st.lists(
            st.tuples(st.sampled_from(MAILBOXES), st.sampled_from(AGES)), min_size=3, max_size=9
        ),
        switches=st.builds(
            Switches,
            newest_first=st.booleans(),
            milliseconds=st.booleans(),
            list_fields=st.sampled_from(["all", "few"]),
            empty_list=st.sampled_from(["array", "404", "400"]),
        ),
    )
    def begin(self, action, strategy, page_size, sweep_every, backlog, switches):
        self.world = make_world(
            action, switches, poll_strategy=strategy, page_size=page_size, sweep_every=sweep_every
        )
        self.counted = action == "nothing" and strategy == "auto"
        self.in_rounds = page_size == 3 and strategy == "auto"
        self.arrived, self.troubled, self.tried_everywhere = [], {}, False
        # Another node of Sterling drew these numbers and is slow to write their messages.
        self.reserved = [self.world.state.next_id() for _ in range(8)]
        self.ordered = strategy != "auto" or switches.list_fields == "all"
        for mailbox, late in backlog:
            self.arrive(1, mailbox, late)

    # What others do

    @rule(count=st.integers(1, 5), mailbox=st.sampled_from(MAILBOXES), late=st.sampled_from(AGES))
    def arrive(self, count, mailbox, late):
        for _ in range(count):
            content = b"ISA*%d" % len(self.arrived)
            at = self.world.now.timestamp() - late
            message = self.world.arrive("same name.edi", content, mailbox, arrived_at=at)
            self.arrived.append(Arrival(message, content))

    @precondition(lambda self: getattr(self, "reserved", None))
    @rule(mailbox=st.sampled_from(MAILBOXES), late=st.sampled_from([30, 60, 840, 7200]))
    def appear_out_of_turn(self, mailbox, late):
        self.arrive(1, mailbox, late)
        arrival, state = self.arrived[-1], self.world.state
        del state.messages[arrival.message.id]
        arrival.message.id = self.reserved.pop(0)
        state.messages[arrival.message.id] = arrival.message
        arrival.soon = self._is_promised(arrival.message)
        arrival.must = arrival.soon or self.world.settings.sweep_every != NEVER
        self._poll({})

    def _is_promised(self, message):
        """Only a sweep finds what has a lower number and is older than the watermark less the overlap."""
        marks = later(self.world.ports().watermarks.read(), known_list(self.world).seen)
        mark = marks.get(message.mailbox)
        if mark is None or message.id > mark.message_id:
            return True
        written = parse_time(Shape(self.world.state, self.world.api.switches).time(message.arrived_at))
        return written >= mark.arrived_at - timedelta(minutes=15)

    @rule(pick=FIRST_OR_ANY)
    def delete_by_others(self, pick):
        listed = sorted(
            (found for found in self.arrived if found.message.id in self.world.state.messages),
            key=lambda found: found.message.id,
        )
        if listed:
            arrival = listed[pick % len(listed)]
            del self.world.state.messages[arrival.message.id]
            arrival.must = arrival.soon = is_received(self.world, arrival.message)

    @rule(pick=FIRST_OR_ANY, times=st.integers(1, 4), status=st.sampled_from([404, 429, 500, 503]))
    def make_unreadable(self, pick, times, status):
        new = [found for found in self.arrived if not is_received(self.world, found.message)]
        if new:
            path = new[pick % len(new)].message.document_id.replace(":", "%3A")
            fault = FaultRule(path=path, times=times, status=status, html=False)
            self.world.api.faults = FaultPlan([fault])

    @precondition(lambda self: hasattr(self, "world") and self.world.settings.poll_strategy == "auto")
    @rule(shown=st.sampled_from(MAILBOXES))
    def hide_the_other_mailbox(self, shown):
        self.world.state.users["admin"].mailboxes = [shown, "/Done"]
        for arrival in self.arrived:
            # A round that ends meanwhile has passed them by: only a sweep finds those below the watermark.
            hidden = arrival.message.mailbox != shown and not is_received(self.world, arrival.message)
            if self.in_rounds and hidden:
                arrival.soon = False
                arrival.must &= self.world.settings.sweep_every != NEVER

    @rule()
    def show_all_mailboxes(self):
        self.world.state.users["admin"].mailboxes = ["*"]

    @rule(skew=st.sampled_from([0, 0, 3600, -7200]))
    def set_clock(self, skew):
        given = self.world.api.switches.model_dump() | {"clock_skew": skew}
        self.world.api.switches = Switches(**given)

    @rule(minutes=st.sampled_from([1, 5, 20, 90]))
    def wait(self, minutes):
        self.world.pass_time(minutes=minutes)

    # What the connector does

    @rule()
    def poll(self):
        known, begun = self.world.ports().receipts.on_the_way(), len(self.world.starts)
        self._poll({})
        messages = [self.world.executions[name]["message"] for name in self.world.starts[begun:]]
        new = [(m["arrived_at"], int(m["message_id"])) for m in messages if m["message_id"] not in known]
        assert new == sorted(new) or not self.ordered, "not in the order of arrival and number"

    @rule(pick=PICKS)
    def poll_and_die(self, pick):
        if self._poll({self._moment(pick): self.world.die}) is None:
            self.world.pass_time(seconds=LEASE_SECONDS)  # until then its lease keeps the others out

    @rule(pick=PICKS)
    def poll_overlapping(self, pick):
        self._poll({self._moment(pick): self._overlap})

    @rule(pick=PICKS)
    def poll_beside_a_running_one(self, pick):
        self._poll({self._moment(pick): self._poll_beside})

    @rule(pick=PICKS)
    def poll_that_stalls_until_another_runs(self, pick):
        """It ends after its lease did: the lease it gives back must not be the other's."""
        leases, tokens = self.world.ports().leases, []

        def stall():
            self.world.pass_time(seconds=LEASE_SECONDS)
            tokens.append(leases.take(LEASE, LEASE_SECONDS))

        self._poll({self._moment(pick): stall})
        if tokens and tokens[0]:
            assert self._is_leased(), "a lease was given back that was another's"
            self._poll_beside()
            leases.give_back(LEASE, tokens[0])

    @rule(pick=PICKS, late=st.sampled_from([0, 30]), mailbox=st.sampled_from(MAILBOXES))
    def poll_while_messages_arrive(self, pick, late, mailbox):
        self._poll({self._moment(pick): lambda: self.arrive(3, mailbox, late)})

    @rule(pick=PICKS, which=FIRST_OR_ANY)
    def poll_while_others_delete(self, pick, which):
        self._poll({self._moment(pick): lambda: self.delete_by_others(which)})

    @rule(page=st.integers(0, 6), mailbox=st.sampled_from(MAILBOXES), which=FIRST_OR_ANY)
    def poll_new_ones_while_others_delete_between_pages(self, page, mailbox, which):
        self.arrive(5, mailbox, 7200)
        self._poll({_FIRST_PAGE_READ + 2 * page: lambda: self.delete_by_others(which)})

    @precondition(lambda self: hasattr(self, "world") and self.world.settings.poll_strategy != "auto")
    @rule(skip=st.integers(0, 2), times=st.integers(1, 3), status=st.sampled_from([403, 404, 500]))
    def poll_while_mailboxes_fail(self, skip, times, status):
        path = "mailboxes/|mailboxcontents/"
        self.world.api.faults = FaultPlan(
            [FaultRule(path=path, skip=skip, times=times, status=status, html=False)]
        )
        with suppress(ConnectorError):  # none of them could be listed
            self.world.poll()
        self.world.api.faults = FaultPlan()

    @rule(looks=st.integers(0, 6))
    def poll_short_of_time(self, looks):
        left = [looks]

        def remaining():
            left[0] -= 1
            return 100.0 if left[0] >= 0 else 1.0

        before = self.world.api.counts.get("GET documents", 0)
        self._poll({}, remaining_seconds=remaining)
        assert self.world.api.counts.get("GET documents", 0) - before <= looks, "went on without time"

    # Details

    def _moment(self, pick):
        """A moment of the next poll, now and then one that it doesn't reach."""
        new = sum(
            self._is_shown(found) and not is_received(self.world, found.message) for found in self.arrived
        )
        return pick % (20 + 14 * new)

    def _poll(self, at, **other):
        self.world.pass_time(seconds=25)  # sooner than the first retry
        before = [arrival for arrival in self.arrived if self._is_shown(arrival)]
        waiting = len(self.world.ports().receipts.on_the_way())
        metrics = self.world.poll(at, **other)
        if metrics and not metrics["lease_contended"] and not metrics["out_of_time"] and not self.in_rounds:
            self._check_rest_went_on(before)
        if metrics and self.counted and not at:
            assert metrics["calls"] <= 1 + 2 * (waiting + metrics["new"]), "too many calls"
        return metrics

    def _is_shown(self, arrival):
        shown = self.world.state.users["admin"].mailboxes
        there = arrival.message.id in self.world.state.messages
        return there and (shown == ["*"] or arrival.message.mailbox in shown)

    def _check_rest_went_on(self, before):
        held = self.world.ports().receipts.on_the_way()
        for arrival in before:
            received = is_received(self.world, arrival.message) or str(arrival.message.id) in held
            gone = arrival.message.id not in self.world.state.messages
            assert received or gone or not arrival.soon, f"left behind: {arrival}"

    def _overlap(self):
        """Let the lease of the running poll end and another poll run from start to end."""
        self.world.pass_time(seconds=LEASE_SECONDS)
        poll_sterling(self.world.ports())

    def _poll_beside(self):
        """Poll while another may run: its lease keeps this one from calling Sterling."""
        leased, calls = self._is_leased(), sum(self.world.api.counts.values())
        metrics = poll_sterling(self.world.ports())
        if leased:
            assert metrics["lease_contended"], "two polls at a time"
            assert sum(self.world.api.counts.values()) == calls, "called Sterling without the lease"

    def _is_leased(self):
        lease = self.world.table.items.get((f"lease#{LEASE}", "lease"))
        return lease is not None and lease["held_until"] > self.world.clock()

    @invariant()
    def nothing_is_started_under_two_names(self):
        ids = [given["message"]["message_id"] for given in self.world.executions.values()]
        assert len(ids) == len(set(ids))

    @invariant()
    def retries_grow_apart(self):
        if not hasattr(self, "world"):
            return
        held = self.world.ports().receipts.on_the_way()
        troubled = {key: receipt for key, receipt in held.items() if receipt.state == "troubled"}
        for key, receipt in troubled.items():
            before = self.troubled.get(key, receipt)
            if receipt.retry_at != before.retry_at:
                assert receipt.at >= before.retry_at, "tried too early"
                growing = _distance(receipt) > _distance(before)
                assert growing or _distance(receipt) == timedelta(hours=1), "not ever more seldom"
        self.troubled = troubled

    def teardown(self):
        if hasattr(self, "world"):
            settle(self.world)
            check_received(self.world, self.arrived)


class PollingToDeath(Polling):
    """The same life, in which once every death is tried that a poll could die there and then."""

    @precondition(lambda self: not self.tried_everywhere and len(self.arrived) <= 12)
    @rule()
    def poll_dying_at_every_call(self):
        """Try on copies of this world what a death at each moment of a poll would leave."""
        self.tried_everywhere = True
        for moment in range(calls_of_a_poll(self.world)):
            copy = self.world.fork()
            copy.poll({moment: copy.die})
            settle(copy)
            check_received(copy, self.arrived)


def _distance(receipt):
    return receipt.retry_at - receipt.at
