"""The posting matrix: every fault at every call of the step, with one execution and with eight.

The calls are learnt by watching the step once, so a call added later is in the matrix at once. They are those
to Visma, to the ledger, to the audit trail and to the stored bytes. Executions restart in between.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, get_args

from local.visma.faults import Kind as FaultKind
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.integration.visma.step import Step, assert_told
from tests.integration.visma.world import CHANGE, KINDS, STORE_FAULTS, Kind, MemoryTable, World

from ml_connector.store.ledger import PostingLedger, PostingState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.integration.visma.world import Port

HTTP_FAULTS: tuple[str, ...] = get_args(FaultKind)
DEATHS = ("kill_before", "kill_after")
ALL_KINDS = (*KINDS, CHANGE)
# After these the document's fate is open, so the calls that follow are those of a look-up.
DOUBTS = ("cut_before", "cut_after", "error_after", "background")
# Most of a case is waiting for what never comes.
_WORKERS = 6


@dataclass(frozen=True)
class Case:
    """One fault at one call.

    Attributes:
        kind: What is posted.
        executions: How many executions are at it at the same time.
        place: Whose call it is: ``visma``, ``ledger`` or ``stores``.
        index: Which call of that place, counted from the first.
        fault: What happens there.
        doubt: A fault at the step's first write, before it.
        first_write: Which call to Visma that write is.
    """

    kind: Kind
    executions: int
    place: str
    index: int
    fault: str
    doubt: str = ""
    first_write: int = -1

    def __str__(self) -> str:
        doubt = f" after {self.doubt}" if self.doubt else ""
        place = f"{self.place} call {self.index}{doubt}"
        return f"{self.kind.name}: {self.fault} at {place}, {self.executions} at once"


def step_of(server: VismaServer, kind: Kind) -> Step:
    """Return the step of a kind in a new world; invoices are released, which makes the most calls."""
    world = World(server, MemoryTable())
    world.lose_patience()
    return Step(world, kind, release=kind.entity == "SupplierInvoice")


def cases(server: VismaServer, executions: int, kinds: Iterable[Kind] = ALL_KINDS) -> Iterator[Case]:
    """Yield every fault at every call that the step makes when nothing else goes wrong."""
    for kind in kinds:
        step = step_of(server, kind)
        step.drive()
        for place, calls, faults in (
            ("visma", len(step.hooks.port.calls), (*HTTP_FAULTS, *DEATHS)),
            ("ledger", len(step.world.table.calls), STORE_FAULTS),
            ("stores", len(step.kept.port.calls), STORE_FAULTS),
        ):
            yield from (Case(kind, executions, place, n, fault) for n in range(calls) for fault in faults)


def cases_in_doubt(
    server: VismaServer, executions: int, kinds: Iterable[Kind] = ALL_KINDS, doubts: Iterable[str] = DOUBTS
) -> Iterator[Case]:
    """Yield every fault at every call that follows a write whose outcome is not known."""
    for kind in kinds:
        first = _first_write(server, kind)
        for doubt in doubts:
            step = step_of(server, kind)
            step.world.strike_http(first, doubt)
            step.drive()
            for place, calls, faults in (
                ("visma", range(first + 1, len(step.hooks.port.calls)), (*HTTP_FAULTS, *DEATHS)),
                ("ledger", range(len(step.world.table.calls)), STORE_FAULTS),
            ):
                yield from (
                    Case(kind, executions, place, n, fault, doubt, first) for n in calls for fault in faults
                )


def _first_write(server: VismaServer, kind: Kind) -> int:
    step = step_of(server, kind)
    step.drive()
    calls = step.hooks.port.calls
    return next(n for n, call in enumerate(calls) if not call.startswith("GET") and "token" not in call)


def play(case: Case, server: VismaServer) -> None:
    """Run the step under a case until each execution is done, and hold it to its promise."""
    step = step_of(server, case.kind)
    if case.doubt:
        step.world.strike_http(case.first_write, case.doubt)
    _strike(step, case)
    try:
        step.drive(case.executions, restart=case.index % 2 == 0)
        assert_told(step)
        _assert_ledger(step)
    except AssertionError as error:
        story = [f"{event.name} {event.facts.get('reason', '')}" for event in step.kept.events]
        raise AssertionError(f"{case}\n{error}\n" + "\n".join(story)) from error


def _strike(step: Step, case: Case) -> None:
    if case.place == "visma" and case.fault in HTTP_FAULTS:
        # A rule counts only the calls that no rule before it took.
        step.world.strike_http(case.index - bool(case.doubt), case.fault)
        return
    port = _port(step, case.place)
    port.fail_at, port.how = case.index, case.fault


def _port(step: Step, place: str) -> Port:
    return {"visma": step.hooks.port, "ledger": step.world.table, "stores": step.kept.port}[place]


def _assert_ledger(step: Step) -> None:
    """The ledger knows the one document; a change of an order keeps its mark in the order itself."""
    if step.kind is CHANGE:
        return
    record = PostingLedger(step.world.table.table).read(step.kind.posting().key)
    assert record is not None
    assert (record.state, record.number) == (PostingState.POSTED, step.kept.states["visma_number"])


def play_all(chosen: Iterable[Case]) -> int:
    """Play cases, several at a time, each worker with a server of its own, and return how many there were."""
    with ExitStack() as stack, ThreadPoolExecutor(_WORKERS) as workers:
        free: SimpleQueue[VismaServer] = SimpleQueue()
        for _ in range(_WORKERS):
            free.put(stack.enter_context(VismaServer(Simulator())))
        return sum(workers.map(lambda case: _play_on(case, free), chosen))


def _play_on(case: Case, free: SimpleQueue[VismaServer]) -> int:
    server = free.get()
    try:
        play(case, server)
    finally:
        free.put(server)
    return 1
