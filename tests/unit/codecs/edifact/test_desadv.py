from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.unit.codecs.edifact.generated import despatch_advices
from tests.unit.codecs.roundtrip import content, faults, read, written


@pytest.mark.parametrize("version", ["D.96A", "D.01B"])
@given(document=despatch_advices())
@settings(max_examples=20, deadline=None)
def test_a_despatch_advice_reads_back_as_it_was_written(version, document):
    data = written(document, "edifact", version)
    [found] = read(data)

    assert content(found) == content(document)
    assert found.raw_extensions == ()
    assert faults(data) == []
