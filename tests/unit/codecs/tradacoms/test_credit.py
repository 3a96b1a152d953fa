from __future__ import annotations

from hypothesis import given, settings
from tests.unit.codecs.roundtrip import content, faults, left_of_content, read, written
from tests.unit.codecs.tradacoms.generated import credit_notes


@given(document=credit_notes())
@settings(max_examples=30, deadline=None)
def test_a_credit_note_reads_back_as_it_was_written(document):
    data = written(document, "tradacoms", "")
    [found] = read(data)

    assert content(found) == content(document)
    assert left_of_content(found) == []
    assert faults(data) == []
