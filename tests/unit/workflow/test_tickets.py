from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ml_connector.workflow.tickets import execution_name, item_of, message_item, origin_of

ALLOWED = re.compile(r"[A-Za-z0-9_.+-]{1,80}")


@given(
    st.lists(st.text(), max_size=4),
    st.from_regex(r"[0-9a-f]{16}-[1-9]-[1-9]{1,6}", fullmatch=True),
    st.integers(0, 999),
)
def test_an_execution_name_is_allowed_whatever_partners_send(words, document, attempt):
    name = execution_name(*words, document, attempt=attempt)
    assert ALLOWED.fullmatch(name)
    assert document in name


def test_names_of_different_attempts_differ_however_long_the_words():
    names = {execution_name("x" * 200, "doc-1", attempt=n) for n in range(20)}
    assert len(names) == 20


def test_a_name_reads_as_type_partner_number_and_document():
    assert execution_name("810", "acme", "INV 7/2026", "abc-1-1") == "810-acme-INV-7-2026-abc-1-1"


def test_a_messages_item_depends_on_system_mailbox_and_id():
    assert message_item("sterling", "/in", "1") == message_item("sterling", "/in", "1")
    assert (
        len({message_item(*parts) for parts in [("s", "/in", "1"), ("s", "/in", "2"), ("s", "/im", "1")]})
        == 3
    )


def test_the_item_of_an_input_is_its_documents_or_else_its_messages():
    message = {"system": "sterling", "mailbox": "/in", "message_id": "1"}
    assert item_of({"document": {"id": "d"}, "message": message}) == "d"
    assert item_of({"message": message}) == message_item("sterling", "/in", "1")
    assert item_of({}) == ""


def test_an_origin_tells_visits_retries_and_redrives_apart():
    context = {
        "Execution": {"Id": "arn:x", "RedriveCount": 1},
        "State": {"EnteredTime": "2026-03-02T12:00:00.123Z", "RetryCount": 2},
    }
    origin = origin_of("parse", context)
    assert (origin.execution, origin.retry, origin.redrive) == ("arn:x", 2, 1)
    assert origin.token == "2026-03-02T12:00:00.123000#parse#1.2"
