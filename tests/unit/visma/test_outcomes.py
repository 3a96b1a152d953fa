"""What each answer of Visma is to the connector: which error, with which words, and how long to wait."""

from __future__ import annotations

import httpx
import pytest

from ml_connector.errors import ConnectorError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from ml_connector.visma.outcomes import (
    STATUSES,
    outcome_of,
    raise_for_response,
    raise_for_transport,
    read_fault,
    retry_after,
)

VISMA_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
REQUEST = httpx.Request("POST", "https://visma.example/v1/purchaseorder")


def answer(status, **given):
    return httpx.Response(status, request=REQUEST, **given)


def refused(response, *, writing=True):
    with pytest.raises(ConnectorError) as caught:
        raise_for_response(response, writing=writing)
    return caught.value


@pytest.mark.parametrize("status", [*STATUSES, 418, 500, 502, 503, 504])
@pytest.mark.parametrize("writing", [False, True])
def test_each_status_is_the_error_of_its_row(status, writing):
    row = outcome_of(status)
    error = refused(answer(status), writing=writing)
    assert type(error) is (row.writing if writing else row.reading)
    assert error.advice == row.advice
    assert error.context["status"] == status


@pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 504])
def test_a_write_that_may_have_happened_is_in_doubt(status):
    assert type(refused(answer(status))) is OutcomeUnknown


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_read_that_failed_may_be_repeated(status):
    assert type(refused(answer(status), writing=False)) is Unavailable


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_raises_nothing(status):
    raise_for_response(answer(status), writing=True)


@pytest.mark.parametrize(
    "given",
    [
        {"json": {"message": f"VismaId: {VISMA_ID}. Error: no such supplier"}},
        {"json": {"ExceptionMessage": f"VismaId: {VISMA_ID}. Error: no such supplier"}},
        {"text": f"VismaId: {VISMA_ID}. Error: no such supplier"},
    ],
)
def test_each_shape_of_body_keeps_its_message_and_its_visma_id(given):
    error = refused(answer(400, **given))
    assert type(error) is Rejected
    assert error.context["visma_id"] == VISMA_ID
    assert "no such supplier" in error.context["visma_message"]


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_body_that_says_nothing_still_has_a_message(text):
    assert read_fault(answer(503, text=text)).message


@pytest.mark.parametrize("code", ["12002", "12027"])
def test_a_fault_of_the_company_is_for_the_configuration(code):
    body = {"ExceptionFaultCode": code, "ExceptionMessage": "No license for this company."}
    assert type(refused(answer(500, json=body))) is Misconfigured


def test_a_call_that_the_erp_ended_itself_may_be_looked_up_at_once():
    assert refused(answer(500, json={"message": f"VismaId: {VISMA_ID}. Error"})).context["ended"] is True
    assert refused(answer(409)).context["ended"] is True
    assert refused(answer(502, text="Bad gateway")).context["ended"] is False


def test_a_throttled_call_says_when_to_come_back():
    error = refused(answer(429, headers={"Retry-After": "17", "X-RateLimit-Reset": "90"}))
    assert type(error) is Unavailable
    assert error.retry_after == 17


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"X-RateLimit-Reset": "90"}, 90),
        (429, {"Retry-After": "soon", "X-RateLimit-Reset": "90"}, 90),
        (429, {}, None),
        (503, {"Retry-After": "5"}, 5),
        (503, {"X-RateLimit-Reset": "90"}, None),
        (503, {"Retry-After": "-5"}, 0),
    ],
)
def test_the_wait_is_retry_after_or_the_reset_of_the_window(status, headers, seconds):
    assert retry_after(answer(status, headers=headers)) == seconds


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_a_write_that_was_never_sent_may_be_repeated(failure):
    with pytest.raises(Unavailable):
        raise_for_transport(failure("gone"), writing=True, what="POST /v1/purchaseorder")


@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
def test_a_write_without_an_answer_is_in_doubt_and_a_read_is_not(failure):
    with pytest.raises(OutcomeUnknown):
        raise_for_transport(failure("cut"), writing=True, what="POST /v1/purchaseorder")
    with pytest.raises(Unavailable):
        raise_for_transport(failure("cut"), writing=False, what="GET /v1/purchaseorder")
