"""Lists read to their end, whatever shape they come in; times as Visma writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ml_connector.errors import Unavailable
from ml_connector.visma.paging import changed_since, filter_time, read_indexed_pages, read_pages, read_time


class Asked:
    """A list cut into pages, and which pages were asked for."""

    def __init__(self, *pages):
        self.pages, self.asked = pages, []

    def __call__(self, page):
        self.asked.append(page["pageNumber"])
        return self.pages[page["pageNumber"] - 1] if page["pageNumber"] <= len(self.pages) else []


def rows(*numbers, total=None):
    metadata = {} if total is None else {"metadata": {"totalCount": total}}
    return [{"n": number, **metadata} for number in numbers]


def read(asked, size=2):
    return [row["n"] for page in read_pages(asked, size) for row in page]


def test_the_total_in_the_elements_ends_the_list_without_another_call():
    asked = Asked(rows(1, 2, total=3), rows(3, total=3))
    assert (read(asked), asked.asked) == ([1, 2, 3], [1, 2])


def test_a_page_size_that_visma_cuts_loses_nothing():
    asked = Asked(rows(1, total=3), rows(2, total=3), rows(3, total=3))
    assert (read(asked, size=500), asked.asked) == ([1, 2, 3], [1, 2, 3])


def test_without_a_total_a_short_page_is_the_last():
    asked = Asked(rows(1, 2), rows(3))
    assert (read(asked), asked.asked) == ([1, 2, 3], [1, 2])


def test_a_list_that_is_not_paged_is_read_once():
    assert read(lambda _: rows(1, 2)) == [1, 2]


def test_an_empty_list_is_empty():
    assert read(Asked()) == []


def test_an_envelope_is_read_like_a_list():
    envelopes = ({"records": rows(1, 2), "totalCount": 3}, {"records": rows(3), "totalCount": 3})
    assert read(Asked(*envelopes)) == [1, 2, 3]


@pytest.mark.parametrize("body", [None, "maintenance", {"message": "no"}])
def test_what_is_no_list_is_not_taken_for_an_empty_one(body):
    with pytest.raises(Unavailable, match="no list"):
        read(lambda _: body)


def test_pages_counted_from_zero_are_read_to_the_total():
    pages = {0: rows(1, 2), 1: rows(3)}
    found = read_indexed_pages(lambda page: {"value": pages[page["pageIndex"]], "totalCount": 3}, page_size=2)
    assert [row["n"] for page in found for row in page] == [1, 2, 3]


def test_a_delta_has_both_its_parameters_and_none_without_a_moment():
    moment = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
    assert changed_since(moment, field="createdDateTime") == {
        "createdDateTime": "2026-03-20T09:30:00.000",
        "createdDateTimeCondition": ">=",
    }
    assert changed_since(None) == {}


def test_a_filter_has_no_zone():
    assert (
        filter_time(datetime(2026, 3, 20, 1, tzinfo=timezone(timedelta(hours=2))))
        == "2026-03-19T23:00:00.000"
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-08-05T15:13:15.643", datetime(2020, 8, 5, 15, 13, 15, 643000)),  # noqa: DTZ001 - Visma's have no zone
        ("2023-12-31T00:00:00", datetime(2023, 12, 31)),  # noqa: DTZ001
        ("2023-12-31T00:00:00.1234567", datetime(2023, 12, 31, 0, 0, 0, 123456)),  # noqa: DTZ001
        ("2023-12-31T00:00:00Z", datetime(2023, 12, 31)),  # noqa: DTZ001
        ("", None),
        (None, None),
    ],
)
def test_times_are_read_in_each_form(text, moment):
    assert read_time(text) == moment
