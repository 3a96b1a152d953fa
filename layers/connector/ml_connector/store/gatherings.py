"""Documents that wait to travel in one interchange: which stands in which, decided once.

Under ``pk = gathering#<scope>``: ``current``, the number that is being gathered; one item for each number,
with its members and whether it is closed; ``of#<member>``, the number a member was meant for. The item of a
number is the truth, and changes only by its version: a closed one never changes again. What is meant is
written before, so that a repeat after a crash finds where it stood. Under ``pk = gatherings`` is one item
for each number that is not closed yet, for the poll that sends them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict

from ml_connector.errors import Unavailable
from ml_connector.store.state_table import StateTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb.service_resource import Table

_OPEN = "gatherings"
_CURRENT = "current"
# Executions that join at the same time contend for one item; each loss is another's success.
_MOST_TRIES = 50


class Gathering(BaseModel):
    """One interchange to be: its members in the order they joined.

    Attributes:
        scope: What is gathered: one message of one partner, written one way.
        number: Which one of the scope it is, from 1 on.
        closed: It takes no more members and loses none.
        version: Counts the changes of this record.
    """

    model_config = ConfigDict(frozen=True)

    scope: str
    number: int
    members: tuple[str, ...] = ()
    closed: bool = False
    version: int = 0


class Gatherings:
    """Keeps what is gathered.

    Args:
        table: The state table.
    """

    def __init__(self, table: Table) -> None:
        self._state = StateTable(table)

    def join(self, scope: str, member: str, most: int) -> Gathering:
        """Return the gathering a member stands in: the same whenever it is asked again.

        One that was closed without the member, as when it was held, lets it join the next.

        Raises:
            Unavailable: The table did not answer, or too many joined at the same time.
        """
        for _ in range(_MOST_TRIES):
            meant = self._meant_for(scope, member)
            number = meant or self._current(scope)
            found = self.find(scope, number)
            if member in found.members:
                return found
            if found.closed or len(found.members) >= most:
                self._go_on(scope, member, meant, number)
            elif meant or self._mean(scope, member, None, number):
                self._open(found)
                joined = found.model_copy(update={"members": (*found.members, member)})
                if self._change(joined):
                    return joined
        raise Unavailable(f"Too many documents are gathered for {scope} at the same time.", retry_after=5.0)

    def close(self, scope: str, number: int, leaves: Callable[[str], bool]) -> Gathering:
        """Return a gathering with the members it leaves with; closing it again changes nothing.

        Args:
            scope: What is gathered.
            number: Which one.
            leaves: Tells whether a member leaves now; others join the next one when they are sent again.

        Raises:
            Unavailable: The table did not answer, or documents join it at this moment.
        """
        for _ in range(_MOST_TRIES):
            found = self.find(scope, number)
            members = found.members if found.closed else tuple(filter(leaves, found.members))
            closed = found.model_copy(update={"members": members, "closed": True})
            if found.closed or self._change(closed):
                self._state.delete(_OPEN, _open_key(scope, number))
                return closed
        raise Unavailable(f"Gathering {number} of {scope} did not come to rest.", retry_after=5.0)

    def find(self, scope: str, number: int) -> Gathering:
        """Return a gathering as it is; an empty one where nothing has joined it."""
        item = self._state.get(_pk(scope), _sk(number))
        given = {name: item[name] for name in Gathering.model_fields if name in item} if item else {}
        return Gathering.model_validate({"scope": scope, "number": number, **given})

    def waiting(self) -> Iterator[Gathering]:
        """Yield the gatherings of all scopes that hold somebody and are not closed."""
        for item in self._state.query(_OPEN):
            found = self.find(str(item["scope"]), int(item["number"]))
            if found.closed:  # its closing was interrupted before this
                self._state.delete(_OPEN, str(item["sk"]))
            elif found.members:
                yield found

    def _current(self, scope: str) -> int:
        item = self._state.get(_pk(scope), _CURRENT)
        return int(item["number"]) if item else 1

    def _meant_for(self, scope: str, member: str) -> int | None:
        item = self._state.get(_pk(scope), f"of#{member}")
        return int(item["number"]) if item else None

    def _mean(self, scope: str, member: str, before: int | None, number: int) -> bool:
        """Write which number a member is meant for; False if another execution wrote one meanwhile."""
        condition = Attr("pk").not_exists() if before is None else Attr("number").eq(before)
        return self._state.put({"pk": _pk(scope), "sk": f"of#{member}", "number": number}, condition)

    def _go_on(self, scope: str, member: str, meant: int | None, number: int) -> None:
        """Begin the next number, if nobody has, and mean the member for the one begun last."""
        condition = Attr("pk").not_exists() | Attr("number").lte(number)
        self._state.put({"pk": _pk(scope), "sk": _CURRENT, "number": number + 1}, condition)
        if meant is not None:
            self._mean(scope, member, meant, self._current(scope))

    def _open(self, gathering: Gathering) -> None:
        if not gathering.members:
            key = {"pk": _OPEN, "sk": _open_key(gathering.scope, gathering.number)}
            self._state.put({**key, "scope": gathering.scope, "number": gathering.number})

    def _change(self, gathering: Gathering) -> bool:
        """Write the next version; False if another came in between."""
        following = gathering.model_copy(update={"version": gathering.version + 1})
        fresh = Attr("pk").not_exists()
        item = {
            "pk": _pk(gathering.scope),
            "sk": _sk(gathering.number),
            **following.model_dump(mode="json"),
        }
        return self._state.put(item, Attr("version").eq(gathering.version) if gathering.version else fresh)


def _pk(scope: str) -> str:
    return f"gathering#{scope}"


def _sk(number: int) -> str:
    return f"{number:09d}"


def _open_key(scope: str, number: int) -> str:
    return f"{scope}#{_sk(number)}"
