from __future__ import annotations

import pytest
from tests.unit.store.fake_table import FakeTable

from ml_connector.errors import Held
from ml_connector.store.gatherings import Gatherings
from ml_connector.workflow.send_document import Sending, send_document


class Sterling:
    def __init__(self):
        self.consignments = []

    def __call__(self, consignment):
        self.consignments.append(consignment)
        return {"mailbox": consignment.mailbox, "name": "n", "message_id": "1", "attempts": 1}


@pytest.fixture
def sterling():
    return Sterling()


@pytest.fixture
def send(audit, store, configuration, origin, sterling):
    formatted = store.put("outbound/d.edi", b"UNB").model_dump()
    document = {"id": "d", "direction": "out", "type": "PurchaseOrder", "number": "51", "partner": "acme"}
    parts = Sending(audit, audit, configuration, sterling, Gatherings(FakeTable()))

    def run(**instructions):
        return send_document(
            {"document": document, "formatted": formatted, "instructions": instructions}, parts, origin
        )

    return run


def test_a_document_goes_to_its_partner_under_its_own_identity(send, sterling, audit):
    send()
    (consignment,) = sterling.consignments
    assert (consignment.send_id, consignment.partner) == ("d", "acme")
    assert audit.of("d") == ["sent"]


def test_a_rerouted_document_is_another_consignment(send, sterling):
    send(mailbox="/acme/New")
    (consignment,) = sterling.consignments
    assert (consignment.send_id, consignment.mailbox) == ("d-/acme/New", "/acme/New")


def test_a_held_document_is_not_sent(send, sterling, audit):
    audit.states["d"] = {"held_because": "the buyer asked"}
    with pytest.raises(Held, match="the buyer asked"):
        send()
    assert not sterling.consignments
