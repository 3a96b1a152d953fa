from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from tests.unit.mapping.papers import charge, invoice, invoice_line

from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners import load, parse
from ml_connector.workflow.matching_report import matching_report
from ml_connector.workflow.rules_impact import impact
from ml_connector.workflow.stored_documents import documents_between

EXAMPLE = load(Path(__file__).parents[3] / "examples" / "configuration")
PAPER = invoice(
    invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"),
    charges=[charge("45.00", "D240", "Freight")],
)


class Bytes:
    """A store of one document's bytes."""

    content = PAPER.model_dump_json(exclude_none=True, exclude_computed_fields=True).encode()

    def get(self, ref):
        return self.content


class Trail:
    """An audit trail of two days, one item a page."""

    days = {"2026-03-01": ["a", "b"], "2026-03-02": ["c"]}  # noqa: RUF012 - a fake's table

    def __init__(self, matches):
        self.matches = matches

    def by_day(self, day, *, limit, token=None):
        position = int(token or 0)
        ids = self.days.get(day, [])
        items = [item(one) for one in ids[position : position + 1]]
        return items, str(position + 1) if position + 1 < len(ids) else None

    def events(self, item_id):
        return [{"event": "matched", "facts": {"match": match}} for match in self.matches.get(item_id, [])]


def item(item_id, partner="great-lakes-tools"):
    digest = hashlib.sha256(Bytes.content).hexdigest()
    parsed = {"bucket": "b", "key": "k", "version_id": "1", "sha256": digest, "size": len(Bytes.content)}
    return {"item": item_id, "partner": partner, "parsed": parsed}


def changes(after):
    found = impact([item("a")], Bytes(), EXAMPLE, after, snapshot_of(EXAMPLE))
    return {one.field: (one.before, one.after, one.because) for one in found}


def changed(file, old, new):
    return parse(dict(EXAMPLE.files) | {file: EXAMPLE.files[file].replace(old, new)})


def test_the_same_configuration_changes_nothing():
    assert changes(EXAMPLE) == {}


def test_a_changed_rule_shows_the_values_it_changes_and_itself():
    found = changes(changed("rules/30-charges.yaml", '"4360"', '"7140"'))
    assert set(found) == {"invoiceLines[1].accountNumber"}
    before, after, because = found["invoiceLines[1].accountNumber"]
    assert (before, after) == ("4360", "7140")
    assert "rules/30-charges.yaml" in because


def test_what_would_stop_is_a_difference():
    found = changes(changed("partners/great-lakes-tools.yaml", '"50005"', '"59999"'))
    assert "supplier 59999" in found["stopped"][1]


def test_documents_come_day_by_day_and_page_by_page():
    found = documents_between(Trail({}), date(2026, 3, 1), date(2026, 3, 3))
    assert [one["item"] for one in found] == ["a", "b", "c"]


@pytest.fixture
def report():
    exception = {
        "result": "exception",
        "variances": [
            {"name": "unit_price", "tolerated": False},
            {"name": "unit_price", "tolerated": False},
            {"name": "rounding", "tolerated": True},
        ],
    }
    trail = Trail(
        {"a": [exception, {"result": "matched"}], "b": [exception], "c": [{"result": "not_matched"}]}
    )
    return matching_report([item("a"), item("b"), item("c", "northern-office")], trail)


def test_the_report_counts_each_document_once_by_its_last_match(report):
    partner, office, everybody = report
    assert (partner.compared, partner.untouched, partner.share) == (2, 0, 0)
    assert partner.reasons == {"unit_price": 2}
    assert (office.compared, office.share) == (0, None)
    assert everybody.as_dict()["results"] == {"matched": 1, "exception": 1, "not_matched": 1}


def told(*events):
    """The report on one document with these events: a name, or what was matched and held."""

    class One:
        def events(self, _item):
            for event in events:
                yield {"event": event} if isinstance(event, str) else {"event": "matched", "facts": event}

    return matching_report([item("a")], One())[-1].as_dict()


MATCHED = {"match": {"result": "matched", "variances": []}, "holds": []}


def test_what_matches_but_is_held_by_a_rule_is_not_untouched():
    found = told({**MATCHED, "holds": ["The invoice is over 250 000."]})
    assert (found["untouched"], found["reasons"]) == (0, {"held for another reason": 1})


def test_what_matches_after_it_was_stopped_and_mended_is_not_untouched():
    found = told("received", "failed", "replayed", MATCHED, "posted")
    assert (found["compared"], found["untouched"], found["reasons"]) == (1, 0, {"stopped": 1})
    assert told("received", MATCHED, "posted")["share"] == 1


def test_within_tolerance_is_untouched():
    tolerated = {"result": "matched_within_tolerance", "variances": [{"name": "rounding", "tolerated": True}]}
    assert told({"match": tolerated, "holds": []})["share"] == 1
