from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from tests.unit.codecs.roundtrip import content, faults, left_of_content, read, written
from tests.unit.codecs.tradacoms.generated import orders

from ml_connector.documents import Note

FIXTURE = Path(__file__).parents[3] / "fixtures" / "tradacoms" / "orders-two-lines.edi"


@given(document=orders())
@settings(max_examples=30, deadline=None)
def test_an_order_reads_back_as_it_was_written(document):
    data = written(document, "tradacoms", "")
    [found] = read(data)

    assert content(found) == content(document)
    assert left_of_content(found) == []
    assert faults(data) == []


def test_a_registered_text_is_a_note_with_its_code_as_the_subject():
    text = b"DNB=1+1++128:SPAIN:142::202:010326+KEEP COOL:RING FIRST'\n"
    data = FIXTURE.read_bytes().replace(b"OLD=2+", text + b"OLD=2+").replace(b"MTR=8'", b"MTR=9'")
    [found] = read(data)

    assert found.lines[0].notes == (
        Note(text="SPAIN", subject="128"),
        Note(text="010326", subject="202"),
        Note(text="KEEP COOL"),
        Note(text="RING FIRST"),
    )
    assert left_of_content(found) == ["OLD[1]/DNB[1]/04"]
    assert [left.values for left in found.raw_extensions if left.path == "OLD[1]/DNB[1]/04"] == [("142",)]
    assert content(read(written(found, "tradacoms", ""))[0]) == content(found)


def test_more_notes_than_one_segment_holds_are_written_in_several_in_order():
    [order] = read(FIXTURE.read_bytes())
    notes = (
        *(Note(text=f"COOL {number}", subject="128") for number in range(5)),
        *(Note(text=f"RING {number}") for number in range(5)),
        Note(text="FROM SPAIN", subject="202"),
    )
    line = order.lines[0].model_copy(update={"notes": notes})
    data = written(order.model_copy(update={"lines": (line, *order.lines[1:])}), "tradacoms", "")

    [found] = read(data)
    assert found.lines[0].notes == notes
    assert data.count(b"DNB=1+") == 4
    assert faults(data) == []
