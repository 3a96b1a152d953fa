"""What is written is read back the same, and passes validation, for every set and both releases."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.unit.codecs.roundtrip import content, read, written
from tests.unit.codecs.x12.generated import (
    despatch_advices,
    invoices,
    order_changes,
    order_responses,
    orders,
    remittances,
)

from ml_connector.edi import Status, read_interchanges, validate

VERSIONS = ("004010", "005010")
moderately = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def proves(document, version):
    data = written(document, "x12", version)
    (found,) = read(data)
    assert content(found) == content(document)
    assert found.raw_extensions == ()
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            assert [f.as_dict() for f in validate(message) if f.severity.value != "info"] == []
        assert interchange.status is Status.ACCEPTED
        assert interchange.findings == []


@pytest.mark.parametrize("version", VERSIONS)
class TestRoundTrip:
    @moderately
    @given(document=orders)
    def test_order(self, version, document):
        proves(document, version)

    @moderately
    @given(document=order_changes)
    def test_order_change(self, version, document):
        proves(document, version)

    @moderately
    @given(document=order_responses)
    def test_order_response(self, version, document):
        proves(document, version)

    @moderately
    @given(document=invoices)
    def test_invoice(self, version, document):
        proves(document, version)

    @moderately
    @given(document=despatch_advices())
    def test_pick_and_pack(self, version, document):
        proves(document, version)

    @moderately
    @given(document=despatch_advices("shipment_order_item"))
    def test_standard_despatch(self, version, document):
        proves(document, version)

    @moderately
    @given(document=despatch_advices("shipment_package_order_item"))
    def test_despatch_packed_across_orders(self, version, document):
        proves(document, version)

    @moderately
    @given(document=remittances)
    def test_remittance(self, version, document):
        proves(document, version)
