from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest

from ml_connector.assembly import handler as handlers
from ml_connector.errors import Held, Misconfigured, Unavailable


class LoginRefused(Misconfigured):
    """An error of a class no state machine knows."""


class FakeAudit:
    def __init__(self):
        self.recorded = []

    def record(self, item, event, *, origin, state=None, facts=None):
        self.recorded.append((item, event, origin, state))
        return True


@pytest.fixture
def parts(monkeypatch):
    fake = SimpleNamespace(audit=FakeAudit(), invocation=None, forgotten=[])
    fake.visma_clients = list
    fake.forget_credentials = lambda: fake.forgotten.append(True)
    monkeypatch.setattr(handlers, "warm_parts", lambda: fake)
    return fake


LAMBDA = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-north-1:123456789012:function:f",
    aws_request_id="r-1",
    get_remaining_time_in_millis=lambda: 30_000,
)
EVENT = {
    "input": {"document": {"id": "d-1-1"}},
    "context": {
        "Execution": {"Id": "arn:x", "RedriveCount": 0},
        "State": {"EnteredTime": "2026-03-02T12:00:00Z", "RetryCount": 1},
    },
}


def handler_that(answers):
    def run(parts, origin, given):
        if isinstance(answers, Exception):
            raise answers
        return answers | {"retry": origin.retry, "item": given["document"]["id"]}

    return handlers.step_handler("parse")(run)


def test_a_step_gets_its_input_and_its_origin(parts):
    assert handler_that({"ok": True})(EVENT, LAMBDA) == {"ok": True, "retry": 1, "item": "d-1-1"}
    assert parts.invocation is LAMBDA
    assert parts.audit.recorded == []


@pytest.mark.parametrize(
    ("raised", "family", "event"),
    [
        (LoginRefused("No.", advice="Mend it."), Misconfigured, "failed"),
        (Held("Look."), Held, "held"),
        (Unavailable("Down."), Unavailable, "delayed"),
    ],
)
def test_what_a_step_raises_is_recorded_and_raised_under_its_familys_name(
    parts, capsys, raised, family, event
):
    with pytest.raises(family) as caught:
        handler_that(raised)(EVENT, LAMBDA)
    assert type(caught.value) is family
    assert f'"{event.capitalize()}"' in capsys.readouterr().out
    ((item, recorded, origin, state),) = parts.audit.recorded
    assert (item, recorded, origin.step) == ("d-1-1", event, "parse")
    assert state["reason"] == raised.message


def test_credentials_that_may_have_been_refused_are_forgotten(parts):
    with pytest.raises(Misconfigured):
        handler_that(LoginRefused("No."))(EVENT, LAMBDA)
    with pytest.raises(Unavailable):
        handler_that(Unavailable("Down."))(EVENT, LAMBDA)
    assert parts.forgotten == [True]


def test_a_defect_is_recorded_and_raised_without_its_words(parts):
    with pytest.raises(handlers.Defect, match="KeyError") as caught:
        handler_that(KeyError("Anna Example"))(EVENT, LAMBDA)
    assert "Anna Example" not in str(caught.value)
    assert parts.audit.recorded[0][1] == "failed"


@pytest.mark.parametrize(
    "raised",
    [
        LoginRefused("No supplier Anna Example.", advice="Ask Anna Example.", payload="Anna Example"),
        Unavailable("Anna Example"),
        ValueError("Anna Example"),
    ],
)
def test_neither_the_log_nor_what_is_raised_holds_the_words_of_a_document(parts, monkeypatch, raised):
    stream = io.StringIO()
    for written_by in handlers.logger.registered_handler, *handlers.logger._logger.handlers:
        monkeypatch.setattr(written_by, "stream", stream)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each of them, and its words are judged below
        handler_that(raised)(EVENT, LAMBDA)
    assert type(raised).__name__ in stream.getvalue()
    assert "Anna Example" not in stream.getvalue() + str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_what_was_raised_is_counted_by_its_family(parts, capsys):
    with pytest.raises(Misconfigured):
        handler_that(LoginRefused("no"))(EVENT, LAMBDA)
    (counted,) = [line for line in emitted(capsys) if "Failures" in line]
    assert counted["family"] == "Misconfigured"
    assert counted["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service", "family"]]


def test_what_is_no_error_of_ours_is_counted_as_a_defect(parts, capsys):
    with pytest.raises(handlers.Defect):
        handler_that(ZeroDivisionError())(EVENT, LAMBDA)
    (counted,) = [line for line in emitted(capsys) if "Defects" in line]
    assert counted["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]


def emitted(capsys):
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line]


class FakeVisma:
    settings = SimpleNamespace(company_id="4242")
    calls, token_renewals, rate_left = 3, 1, 14_000


def test_what_visma_was_asked_is_counted_once(parts, capsys):
    visma = FakeVisma()
    parts.visma_clients = lambda: [visma]
    run = handler_that({"ok": True})
    run(EVENT, LAMBDA)
    assert use_of_visma(capsys) == {"VismaCalls": 3, "TokenRenewals": 1, "VismaRateLeft": 14_000}
    visma.calls = 5
    run(EVENT, LAMBDA)
    assert use_of_visma(capsys) == {"VismaCalls": 2, "VismaRateLeft": 14_000}


def use_of_visma(capsys):
    found = {}
    for line in emitted(capsys):
        found |= {
            name: line[name][0] for name in ("VismaCalls", "TokenRenewals", "VismaRateLeft") if name in line
        }
    return found
