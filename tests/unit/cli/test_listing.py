from __future__ import annotations

import io

import pytest
from rich.console import Console

from ml_connector.cli.documents import listing

DOCUMENT = {
    "item": "3476cf82a7485ecf-1-1",
    "type": "INVOIC",
    "partner": "vestby-emballasje",
    "number": "VE-501",
    "status": "failed",
    "status_since": "2026-03-02T12:00:00.000000Z",
    "reason": "The supplier of partner vestby-emballasje is unknown: " + "x" * 300,
}


def printed(monkeypatch, columns, items):
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = io.StringIO()
    Console(file=stream, width=columns).print(listing(items, None))
    return stream.getvalue()


@pytest.mark.parametrize("columns", [80, 100, 160, 240])
def test_what_people_copy_is_whole_on_every_screen(monkeypatch, columns):
    text = printed(monkeypatch, columns, [DOCUMENT])
    for name in ("item", "type", "partner", "number", "status"):
        assert DOCUMENT[name] in text


def test_the_reason_is_shown_where_there_is_room_for_it(monkeypatch):
    assert "The supplier of partner" in printed(monkeypatch, 160, [DOCUMENT])
    assert "The supplier" not in printed(monkeypatch, 80, [DOCUMENT])


def test_a_list_of_nothing_says_so(monkeypatch):
    assert "No documents." in printed(monkeypatch, 80, [])


def test_the_documents_of_a_large_interchange_are_shown_page_by_page(run_cli, run_json, parts):
    parts.tell("m-1-1", "split", state={"kind": "interchange", "parent": "m-1"})
    documents = [f"m-1-1-{number}" for number in range(1, 6)]
    for document in documents:
        parts.tell(document, "received", state={"kind": "document", "parent": "m-1-1"})
    seen, page = [], []
    while True:
        shown = run_json("interchanges", "show", "m-1-1", "--limit", 2, *page)
        assert len(shown["documents"]) <= 2
        seen += [one["item"] for one in shown["documents"]]
        if not shown["next_page"]:
            break
        page = ["--page", shown["next_page"]]
    assert seen == documents
    assert "More: --page" in run_cli("interchanges", "show", "m-1-1", "--limit", 2).stdout
