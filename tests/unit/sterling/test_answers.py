"""What each answer of Sterling means, whatever its body looks like."""

from __future__ import annotations

import httpx
import pytest

from ml_connector.errors import Misconfigured, OutcomeUnknown, Unavailable
from ml_connector.sterling.answers import (
    ApiMissing,
    LoginRefused,
    NotPermitted,
    NotThere,
    RequestRefused,
    error_of,
    read_fault,
)

HTML = "<html><body><h1>Not  Found</h1>\n<p>Context Root</p></body></html>"


def body_of(status, text="API000464: Not found."):
    return f'{{"errorCode": {status}, "errorDescription": "{text}"}}'


def answer(status, body="", **headers):
    request = httpx.Request("GET", "http://h/B2BAPIs/svc/mailboxes/")
    return httpx.Response(status, text=body, headers=headers, request=request)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, body_of(401, "Authentication failed."), LoginRefused),
        (401, HTML, LoginRefused),
        (401, "", LoginRefused),
        (403, body_of(403), NotPermitted),
        (403, HTML, NotPermitted),
        (404, body_of(404), NotThere),
        (404, HTML, ApiMissing),
        (404, "", ApiMissing),
        (400, body_of(400), NotThere),
        (400, body_of(400, "API000319: Duplicate RoutingRule."), RequestRefused),
        (400, body_of(400, "API000001: java.lang.NullPointerException"), RequestRefused),
        (400, HTML, RequestRefused),
        (400, "", RequestRefused),
        (405, body_of(405, "API000103: Not supported."), RequestRefused),
        (406, "", RequestRefused),
        (429, "", Unavailable),
        (500, body_of(500), Unavailable),
        (503, HTML, Unavailable),
        (504, "", Unavailable),
    ],
)
def test_a_read_that_failed_is_what_its_status_and_body_say(status, body, kind):
    assert type(error_of(answer(status, body), wrote=False)) is kind


@pytest.mark.parametrize("body", [body_of(500), HTML, ""])
def test_a_write_that_ended_in_5xx_may_have_been_carried_out(body):
    assert isinstance(error_of(answer(503, body), wrote=True), OutcomeUnknown)
    assert isinstance(error_of(answer(429, body), wrote=True), Unavailable)
    assert isinstance(error_of(answer(403, body), wrote=True), Misconfigured)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (body_of(404), "API000464: Not found."),
        (HTML, "Not Found Context Root"),
        ("", "Not Found"),
        ("{broken", "{broken"),
        ("[]", "[]"),
        ('{"other": 1}', '{"other": 1}'),
        ("x" * 5000, "x" * 200),
    ],
)
def test_the_reason_is_the_description_an_excerpt_or_the_phrase(body, text):
    assert read_fault(answer(404, body)).text == text


def test_the_time_to_wait_is_passed_on_where_it_is_a_number():
    assert error_of(answer(503, **{"Retry-After": "17"}), wrote=False).retry_after == 17
    assert (
        error_of(answer(503, **{"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), wrote=False).retry_after
        is None
    )
