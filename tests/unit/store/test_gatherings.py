from __future__ import annotations

import itertools

import pytest
from tests.unit.store.fake_table import FakeTable

from ml_connector.errors import Unavailable
from ml_connector.store.gatherings import Gatherings

SCOPE = "acme|CustomerInvoice|00000000"


class Died(BaseException):
    pass


class Table(FakeTable):
    """The table; at its n-th moment something else happens."""

    def __init__(self):
        super().__init__(self._moment)
        self.at, self.count = {}, 0

    def _moment(self, _call):
        self.count += 1
        action = self.at.pop(self.count, None)
        if action:
            action()


def die():
    raise Died


def everybody(_member):
    return True


@pytest.fixture
def table():
    return Table()


@pytest.fixture
def gatherings(table):
    return Gatherings(table)


def test_members_join_in_order_and_stand_where_they_stood(gatherings):
    assert [gatherings.join(SCOPE, one, 9).members for one in "aba"] == [("a",), ("a", "b"), ("a", "b")]


def test_a_full_gathering_takes_nobody_and_the_next_begins(gatherings):
    joined = [gatherings.join(SCOPE, one, 2) for one in "abcde"]
    assert [one.number for one in joined] == [1, 1, 2, 2, 3]
    assert gatherings.join(SCOPE, "b", 2).number == 1


def test_scopes_gather_by_themselves(gatherings):
    gatherings.join(SCOPE, "a", 9)
    assert gatherings.join("other", "a", 9).members == ("a",)


def test_a_closed_gathering_never_changes(gatherings):
    gatherings.join(SCOPE, "a", 9)
    closed = gatherings.close(SCOPE, 1, everybody)
    assert gatherings.join(SCOPE, "b", 9).number == 2
    assert gatherings.close(SCOPE, 1, lambda _: False) == gatherings.find(SCOPE, 1)
    assert gatherings.find(SCOPE, 1).members == closed.members == ("a",)


def test_who_does_not_leave_joins_the_next(gatherings):
    for one in "ab":
        gatherings.join(SCOPE, one, 9)
    assert gatherings.close(SCOPE, 1, lambda member: member == "b").members == ("b",)
    assert gatherings.join(SCOPE, "a", 9).number == 2
    assert gatherings.join(SCOPE, "b", 9).number == 1


def test_what_waits_is_what_holds_somebody_and_is_not_closed(gatherings):
    for one in "abc":
        gatherings.join(SCOPE, one, 2)
    assert [one.number for one in gatherings.waiting()] == [1, 2]
    gatherings.close(SCOPE, 1, everybody)
    assert [one.number for one in gatherings.waiting()] == [2]


@pytest.mark.parametrize("moment", range(1, 40))
def test_after_a_death_at_any_moment_each_member_stands_in_one_gathering(table, gatherings, moment):
    table.at[moment] = die
    for step in (*"abcd", 1, *"ef", 2, 3):
        for _ in range(2):
            try:
                gatherings.join(SCOPE, step, 2) if isinstance(step, str) else gatherings.close(
                    SCOPE, step, lambda member: member != "c"
                )
                break
            except Died:
                continue
    places = {one: gatherings.join(SCOPE, one, 2).number for one in "abcdef"}
    told = {one: gatherings.find(SCOPE, number).members for one, number in places.items()}
    assert all(one in members for one, members in told.items())
    everywhere = [member for number in range(1, 9) for member in gatherings.find(SCOPE, number).members]
    assert sorted(everywhere) == list("abcdef")
    closed = {1, 2, 3}
    assert closed.isdisjoint(one.number for one in gatherings.waiting())


@pytest.mark.parametrize(
    ("moment", "other"), [*itertools.product(range(1, 14), ["same", "another", "close", "fill"])]
)
def test_what_happens_at_the_same_time_leaves_each_member_in_one_gathering(table, moment, other):
    mine, theirs = Gatherings(table), Gatherings(table)
    mine.join(SCOPE, "z", 3)
    do = {
        "same": lambda: theirs.join(SCOPE, "a", 3),
        "another": lambda: theirs.join(SCOPE, "b", 3),
        "close": lambda: theirs.close(SCOPE, 1, everybody),
        "fill": lambda: [theirs.join(SCOPE, one, 3) for one in "bcd"],
    }
    table.count, table.at = 0, {moment: do[other]}
    joined = mine.join(SCOPE, "a", 3)
    table.at = {}
    everywhere = [member for number in range(1, 5) for member in mine.find(SCOPE, number).members]
    assert len(everywhere) == len(set(everywhere))
    assert mine.join(SCOPE, "a", 3).number == joined.number
    assert "a" in mine.find(SCOPE, joined.number).members


def test_a_table_that_never_takes_the_member_is_told(table, gatherings):
    table.put_item = lambda **_: FakeTable._check(table, ("", ""), _never())
    with pytest.raises(Unavailable, match="at the same time"):
        gatherings.join(SCOPE, "a", 9)


def _never():
    from boto3.dynamodb.conditions import Attr

    return Attr("pk").eq("nothing")
