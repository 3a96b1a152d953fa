from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_connector.sterling.messages import MailboxMessage
from ml_connector.sterling.walking import Place, Walk


class List:
    """A list of messages that others change, on a server that may cap its pages."""

    def __init__(self, numbers, cap=10_000):
        self.numbers, self.cap, self.calls = list(numbers), cap, 0

    def fetch(self, first, last):
        self.calls += 1
        asked = self.numbers[first : min(last + 1, first + self.cap)]
        return [MailboxMessage(str(number), "a") for number in asked]


def read_once(listed, place, size, *, left=(), confirm_end=False):
    """Return the numbers one page brought, the walk, and where it stopped."""
    walk = Walk(listed.fetch, size, place, confirm_end=confirm_end)
    numbers = [int(message.message_id) for message in walk.read()]
    return numbers, walk, walk.stop(left)


def test_a_list_of_one_page_is_read_whole_each_time():
    listed, place = List(range(1, 6)), Place()
    for _ in range(3):
        numbers, walk, place = read_once(listed, place, 10)
        assert (numbers, walk.whole, walk.round_over) == ([1, 2, 3, 4, 5], True, True)
        assert (place.position, place.visit_newest) == (0, False)
    assert listed.calls == 3


CHANGES = st.lists(
    st.tuples(st.sampled_from(["delete", "append", "prepend", "insert", "nothing"]), st.integers(0, 99)),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(
    length=st.integers(0, 60),
    size=st.integers(2, 20),
    order=st.sampled_from([1, -1]),
    lives=st.lists(CHANGES, min_size=30, max_size=90),
)
def test_a_round_has_come_by_everything_that_was_listed_all_the_time(length, size, order, lives):
    listed, place = List(range(1, length + 1)[::order]), Place()
    drawn, staying, seen = length, set(listed.numbers), set()
    for changes in lives:
        if place.position == 0:
            staying, seen = set(listed.numbers), set()
        numbers, walk, place = read_once(listed, place, size)
        seen |= set(numbers)
        if walk.whole:
            assert set(listed.numbers) <= set(numbers)
        elif walk.round_over:
            assert staying <= seen, (staying - seen, listed.numbers)
        for change, where in changes:
            index = where % (len(listed.numbers) + 1)
            if change == "delete":
                staying -= set(listed.numbers[index : index + 1])
                del listed.numbers[index : index + 1]
            elif change != "nothing":
                drawn += 1
                listed.numbers.insert({"append": len(listed.numbers), "prepend": 0}.get(change, index), drawn)


@pytest.mark.parametrize("size", [2, 3, 10, 100])
@pytest.mark.parametrize("order", [1, -1])
def test_a_quiet_list_is_read_in_rounds_of_one_call_a_poll(size, order):
    listed, place, seen, polls = List(range(1, 301)[::order]), Place(), set(), 0
    while not polls or place.position:
        numbers, _, place = read_once(listed, place, size)
        seen |= set(numbers)
        polls += 1
    assert seen == set(range(1, 301))
    progress = size - max(1, size // 4)
    assert listed.calls == polls <= 2 * (300 // progress + 1)


@pytest.mark.parametrize("order", [1, -1])
def test_news_are_seen_by_the_second_poll(order):
    listed, place = List(range(1, 301)[::order]), Place()
    for _ in range(40):  # a round, so that the newest is known
        _, _, place = read_once(listed, place, 20)
    for number in range(301, 330):
        listed.numbers.insert(len(listed.numbers) if order == 1 else 0, number)
        seen = set()
        for _ in range(2):
            numbers, _, place = read_once(listed, place, 20)
            seen |= set(numbers)
        assert number in seen


def test_the_cap_of_a_server_is_found_out_by_confirming_the_end_and_kept():
    listed = List(range(1, 121), cap=50)
    numbers, walk, place = read_once(listed, Place(), 1000)
    assert (numbers[-1], walk.round_over) == (50, True), "not asked to confirm the end"
    numbers, walk, place = read_once(listed, Place(), 1000, confirm_end=True)
    assert (walk.round_over, place.short, place.visit_newest) == (False, 50, False)
    numbers, _, place = read_once(listed, place, 1000, confirm_end=True)
    assert (numbers[0], place.cap) == (51, 50)
    seen = set(range(1, 51)) | set(numbers)
    while place.position:
        numbers, _, place = read_once(listed, place, 1000)
        seen |= set(numbers)
    assert seen == set(range(1, 121))
    listed.cap = 10_000
    _, _, place = read_once(listed, place, 1000)
    assert place.cap == 0, "a longer page disproves it"


def test_the_next_poll_begins_before_the_first_that_was_left():
    listed = List(range(1, 101))
    walk = Walk(listed.fetch, 10, Place())
    for _ in range(4):
        walk.read()
    place = walk.stop({"25", "27"})
    assert not place.visit_newest
    numbers, _, _ = read_once(listed, place, 10)
    assert numbers[0] == 25
    assert Walk(listed.fetch, 10, Place()).stop(()).position == 0


def test_a_list_that_lost_all_that_was_read_last_is_read_from_further_back():
    listed, place = List(range(1, 101)), Place()
    _, _, place = read_once(listed, place, 20)
    place = place.model_copy(update={"visit_newest": False})
    del listed.numbers[5:20]
    seen = set()
    for _ in range(12):
        numbers, walk, place = read_once(listed, place, 20)
        place = place.model_copy(update={"visit_newest": False})
        seen |= set(numbers)
        if walk.round_over:
            break
    assert set(range(21, 101)) <= seen
