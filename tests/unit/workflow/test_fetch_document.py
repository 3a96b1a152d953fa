from __future__ import annotations

import json
from decimal import Decimal

import pytest

from ml_connector.errors import Held, Unavailable
from ml_connector.store.objects import ObjectRef
from ml_connector.visma.client import Fetched
from ml_connector.workflow.fetch_document import Fetching, fetch_document

ORDER = {
    "orderNbr": "000051",
    "status": "Open",
    "supplier": {"number": "50002"},
    "orderTotal": Decimal("10.10"),
    "lastModifiedDateTime": "2026-03-02T09:00:00.123",
}
GIVEN = {"document": {"id": "d", "type": "PurchaseOrder", "number": "000051", "partner": "acme"}}


class Visma:
    def __init__(self, body):
        self.body, self.asked = body, []

    def find(self, path):
        self.asked.append(path)
        if isinstance(self.body, Exception):
            raise self.body
        return Fetched(self.body, "") if self.body else None


@pytest.fixture
def fetch(store, audit, origin, configuration):
    return lambda visma: fetch_document(
        GIVEN, Fetching(store, audit, visma, audit, configuration.company), origin
    )


def test_the_document_is_kept_as_visma_has_it_now(fetch, store, audit):
    visma = Visma(ORDER)
    given = fetch(visma)
    assert visma.asked == ["/v1/purchaseorder/000051"]
    kept = json.loads(store.get(ObjectRef(**given["fetched"])), parse_float=Decimal)
    assert kept["orderTotal"] == Decimal("10.10")
    assert audit.state("d")["version"] == "2026-03-02T09:00:00.123"


@pytest.mark.parametrize(
    ("body", "what"), [(ORDER | {"status": "Cancelled"}, "in status Cancelled"), (None, "no longer in Visma")]
)
def test_what_must_not_go_any_more_is_held(fetch, audit, body, what):
    with pytest.raises(Held, match=what):
        fetch(Visma(body))
    assert audit.of("d") == []


def test_visma_not_answering_is_for_another_try(fetch):
    with pytest.raises(Unavailable):
        fetch(Visma(Unavailable("Visma is down.")))


SENT = {"bucket": "b", "key": "fetched/d.json", "version_id": "1", "sha256": "0", "size": 2}


@pytest.fixture
def fetch_change(store, audit, origin, configuration):
    audit.record("d", "sent", origin=origin, state={"sterling_message": "1", "fetched": SENT})
    given = {"document": {**GIVEN["document"], "id": "c", "follows": "d"}}
    return lambda visma: fetch_document(
        given, Fetching(store, audit, visma, audit, configuration.company), origin
    )


@pytest.mark.parametrize(("status", "cancelled"), [("Open", False), ("Cancelled", True)])
def test_a_change_says_what_the_partner_knows_and_whether_it_was_voided(fetch_change, status, cancelled):
    given = fetch_change(Visma(ORDER | {"status": status}))
    assert given["change"] == {
        "of": "d",
        "sent": SENT,
        "sequence": 1,
        "cancelled": cancelled,
        "on": "2026-03-02",
    }
    assert given["fetched"]["key"] == "fetched/c.json"


def test_a_change_of_what_is_being_worked_at_again_is_skipped(fetch_change, audit):
    assert "fetched" not in fetch_change(Visma(ORDER | {"status": "Hold"}))
    assert audit.state("c")["status"] == "skipped"


def test_a_change_is_not_read_while_the_version_before_is_on_its_way(fetch_change, audit, origin):
    audit.states["d"]["status"] = "processing"
    visma = Visma(ORDER)
    with pytest.raises(Unavailable):
        fetch_change(visma)
    assert visma.asked == []
