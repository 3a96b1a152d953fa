from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from ml_connector.assembly import observability
from ml_connector.assembly.figures import count_match, measure_latency
from ml_connector.errors import Rejected
from ml_connector.matching.model import Result

NOW = datetime(2026, 3, 2, 12, 1, 30, tzinfo=UTC)


class Queries:
    def __init__(self, states):
        self.states = states

    def state(self, item):
        return self.states.get(item)


class Unreachable:
    def state(self, item):
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")


@pytest.fixture
def written(capsys):
    def read():
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return {
            metric["Name"]: line[metric["Name"]]
            for line in lines
            if "_aws" in line
            for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        }

    return read


def test_a_documents_latency_runs_from_its_messages_arrival(written):
    known = Queries({"0123456789abcdef": {"arrived_at": "2026-03-02T12:00:00+00:00"}})
    measure_latency(known, "0123456789abcdef-1-2", NOW)
    assert written() == {"MailboxToVisma": [90.0]}


def test_clocks_that_disagree_make_no_negative_latency(written):
    measure_latency(Queries({"0a": {"arrived_at": "2026-03-02T12:01:31+00:00"}}), "0a-1-1", NOW)
    assert written() == {"MailboxToVisma": [0.0]}


@pytest.mark.parametrize("queries", [Queries({}), Queries({"0a": {"arrived_at": None}}), Unreachable()])
def test_without_a_known_arrival_nothing_is_measured_and_nothing_fails(queries, written):
    measure_latency(queries, "0a-1-1", NOW)
    assert written() == {}


@pytest.mark.parametrize(
    ("result", "counted"),
    [
        (Result.MATCHED, {"InvoicesCompared": [1.0], "InvoicesUntouched": [1.0]}),
        (Result.WITHIN_TOLERANCE, {"InvoicesCompared": [1.0], "InvoicesUntouched": [1.0]}),
        (Result.EXCEPTION, {"InvoicesCompared": [1.0], "InvoicesUntouched": [0.0]}),
        (Result.NOT_MATCHED, {}),
    ],
)
def test_invoices_compared_are_counted_and_those_untouched(result, counted, written):
    count_match(SimpleNamespace(result=result))
    assert written() == counted


def test_a_document_that_a_person_redrove_is_not_counted_again(written):
    observability.count_stop(Rejected("No."), redrive=1)
    assert written() == {}
    observability.count_stop(Rejected("No."))
    assert written() == {"Stopped": [1.0]}
