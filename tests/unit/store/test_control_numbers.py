from __future__ import annotations

import threading

import pytest

from ml_connector.store.control_numbers import HIGHEST, ControlNumberStore, NumberRange, scope_of

SCOPE = scope_of("x12", "interchange", "ZZ:NORDLYS", "ZZ:ACME", test=False)


@pytest.fixture
def numbers(table):
    return ControlNumberStore(table)


def test_each_purpose_draws_its_own_number_and_keeps_it(numbers):
    assert [numbers.draw(SCOPE, purpose) for purpose in ("a", "b", "a", "c")] == [1, 2, 1, 3]


def test_scopes_count_by_themselves(numbers):
    other = scope_of("x12", "interchange", "ZZ:NORDLYS", "ZZ:ACME", test=True)
    assert (numbers.draw(SCOPE, "a"), numbers.draw(other, "a")) == (1, 1)


def test_a_bumped_counter_goes_on_after_the_bump(numbers):
    numbers.bump(SCOPE, 500)
    assert numbers.draw(SCOPE, "a") == 501
    assert numbers.current(SCOPE) == 501


def test_numbers_wrap_after_the_highest(numbers):
    numbers.bump(SCOPE, HIGHEST - 1)
    assert [numbers.draw(SCOPE, purpose) for purpose in ("a", "b")] == [HIGHEST, 1]


class Serialised:
    """The table with one call at a time, as DynamoDB has it; moto checks and writes in two steps."""

    def __init__(self, table):
        self._table, self._lock = table, threading.Lock()

    def __getattr__(self, name):
        def call(**how):
            with self._lock:
                return getattr(self._table, name)(**how)

        return call


@pytest.mark.parametrize("within", [NumberRange(), NumberRange(5, 100)])
def test_runs_at_the_same_time_never_share_a_number(table, within):
    numbers, drawn = ControlNumberStore(Serialised(table)), []
    threads = [
        threading.Thread(target=lambda n=n: drawn.append(numbers.draw(SCOPE, f"p{n}", within)))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(within.first, within.first + 8))


def test_a_partners_range_is_gone_through_whole_before_a_number_comes_again(numbers):
    within = NumberRange(700, 702)
    drawn = [numbers.draw(SCOPE, f"p{n}", within) for n in range(7)]
    assert drawn == [700, 701, 702, 700, 701, 702, 700]


def test_a_counter_outside_its_range_begins_with_the_first(numbers):
    numbers.bump(SCOPE, 9000)
    assert numbers.draw(SCOPE, "a", NumberRange(100, 8999)) == 100


def test_of_two_runs_that_find_the_end_of_the_range_only_one_begins_anew(table):
    class Interrupted(ControlNumberStore):
        """Another run draws between this one's look at the counter and its beginning anew."""

        rivals = 1

        def current(self, scope):
            seen = super().current(scope)
            if self.rivals:
                self.rivals = 0
                drawn.append(ControlNumberStore(table).draw(scope, "rival", within))
            return seen

    within, drawn = NumberRange(5, 9), []
    numbers = Interrupted(table)
    numbers.bump(SCOPE, 9)
    drawn.append(numbers.draw(SCOPE, "mine", within))
    assert drawn == [5, 6]
