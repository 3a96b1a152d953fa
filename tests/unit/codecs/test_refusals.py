"""What a message can't carry is refused by name, never cut, replaced or left out: every message written."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.cli.test_edi_written import CASES

from ml_connector.codecs import encode
from ml_connector.errors import ConnectorError, Misconfigured

NUMBERS = ("order_number", "response_number", "despatch_number", "invoice_number", "number")
#: One document for each message and version; UBL has no lengths and takes every character.
MESSAGES = {case[:3]: case[3] for case in CASES if case[0] != "ubl"}
NAMED = {key: document for key, document in MESSAGES.items() if getattr(document, "parties", ())}
briefly = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
each = pytest.mark.parametrize("key", MESSAGES, ids="-".join)
each_named = pytest.mark.parametrize("key", NAMED, ids="-".join)


def written(key, document):
    standard, message, version = key
    return encode(
        document, standard=standard, version="" if standard == "tradacoms" else version, message=message
    )


@each
@briefly
@given(digits=st.text("123456789", min_size=71, max_size=200))
def test_a_number_longer_than_its_place_is_refused(key, digits):
    document = MESSAGES[key]
    field = next(name for name in NUMBERS if name in type(document).model_fields)

    with pytest.raises(Misconfigured, match=digits[:20]):
        written(key, document.model_copy(update={field: digits}))


@each_named
@briefly
@given(letters=st.text("\u6f22\u5b57\u304b\u0416\u05d0", min_size=1, max_size=10))
def test_a_name_the_charset_has_no_letters_for_is_refused(key, letters):
    parties = tuple(party.model_copy(update={"name": letters}) for party in NAMED[key].parties)

    with pytest.raises(ConnectorError, match="has no such character"):
        written(key, NAMED[key].model_copy(update={"parties": parties}))


@pytest.mark.parametrize(
    ("standard", "message", "fields"),
    [
        ("x12", "850", ("issue_date",)),
        ("x12", "860", ("issue_date", "change_date")),
        ("x12", "856", ("issue_datetime", "despatch_datetime")),
        ("x12", "820", ("amount",)),
        ("edifact", "ORDCHG", ("issue_date", "change_date")),
        ("edifact", "ORDRSP", ("issue_date",)),
        ("edifact", "REMADV", ("issue_date", "value_date")),
        ("edifact", "PAYORD", ("amount",)),
    ],
)
def test_a_document_without_what_is_mandatory_is_refused(standard, message, fields):
    for key, document in MESSAGES.items():
        if key[:2] == (standard, message):
            with pytest.raises(Misconfigured, match="can't be written"):
                written(key, document.model_copy(update=dict.fromkeys(fields)))
