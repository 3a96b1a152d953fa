"""Names and keys made from what partners write hold nothing that a path or a header could trip over."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ml_connector.sterling.messages import MailboxMessage
from ml_connector.workflow.tickets import execution_name

HOSTILE = st.text(max_size=200) | st.sampled_from(
    ["../../etc", "a\r\nSet-Cookie: x", "x/../y", "\x00", "%2e%2e/"]
)


@given(kind=HOSTILE, partner=HOSTILE, number=HOSTILE)
def test_an_execution_is_named_as_step_functions_allows(kind, partner, number):
    name = execution_name(kind, partner, number, "ae9446d3acccaa17-1-1", attempt=2)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)
    assert name.endswith("ae9446d3acccaa17-1-1-r2")


@given(mailbox=HOSTILE, name=HOSTILE)
def test_raw_bytes_are_kept_under_a_key_without_a_way_out(mailbox, name):
    message = MailboxMessage(
        message_id="4711", mailbox=mailbox, name=name, arrived_at=datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert re.fullmatch(r"raw/sterling/[A-Za-z0-9._-]+/[0-9/]+/[A-Za-z0-9%._~-]+", message.raw_key)
    assert "/../" not in message.raw_key
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", message.execution_name)
