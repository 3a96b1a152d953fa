import io
from pathlib import Path

import pytest

from ml_connector.edi import Standard, message_bytes, read_interchanges, rewrite

FIXTURES = Path(__file__).parents[2] / "fixtures" / "nasty"
ISA = (
    "ISA*00*          *00*          *ZZ*NORDLYS        *ZZ*FJELLHANDEL    "
    "*260301*0905*U*00401*000000007*0*P*>~"
)


def canonical(text):
    out = io.BytesIO()
    rewrite(io.BytesIO(text.encode("latin-1")), out, canonical=True)
    return out.getvalue().decode("latin-1")


def test_canonical_x12_has_no_noise_no_line_ends_and_no_trailing_separators():
    text = "VAN LINE\r\n" + ISA + "\r\nn1*ST*ACME****~\r\nREF*A*>>~\r\nIEA*0*000000007~\r\n"
    assert canonical(text) == ISA + "N1*ST*ACME~REF*A~IEA*0*000000007~"


def test_canonical_isa_is_padded():
    short = "ISA*00**00**ZZ*NORDLYS*ZZ*FJELLHANDEL*260301*0905*U*00401*000000007*0*P*>~IEA*0*000000007~"
    assert canonical(short) == ISA + "IEA*0*000000007~"


def test_canonical_edifact_releases_only_what_must_be():
    una = "UNA:+.? '"
    unb = "UNB+UNOC:3+A:14+B:14+260301:0905+R1'"
    text = unb + "FTX+AAI+?A?+B??:::+'UNZ+0+R1'"
    assert canonical(text) == unb + "FTX+AAI+A?+B??'UNZ+0+R1'"
    assert canonical(una + text) == una + unb + "FTX+AAI+A?+B??'UNZ+0+R1'"


def test_canonical_writing_announces_other_separators():
    text = "UNA#;,! ~UNB;UNOC#3;A#14;B#14;260301#0905;R1~UNZ;0;R1~"
    assert canonical(text) == text


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("0[39]*.edi")), ids=lambda path: path.stem)
def test_canonical_writing_is_stable(path):
    once = canonical(path.read_bytes().decode("latin-1"))
    assert canonical(once) == once


MESSAGES = [
    path for path in sorted(FIXTURES.glob("*.edi")) if path.stem[:2] in {"03", "05", "13", "23", "24"}
]


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_each_message_can_be_cut_out_with_its_envelope(path):
    for interchange in read_interchanges(io.BytesIO(path.read_bytes())):
        for message in interchange.messages():
            own = message_bytes(interchange, message)
            (again,) = read_interchanges(io.BytesIO(own))
            *before, copy = again.messages()
            assert again.findings == []
            assert len(before) == (message.standard is Standard.TRADACOMS and message.type != "ORDHDR")
            assert [segment.raw for segment in copy.segments] == [segment.raw for segment in message.segments]
            assert (again.sender, again.control_number) == (interchange.sender, interchange.control_number)
            assert (copy.type, copy.version) == (message.type, message.version)


@pytest.mark.parametrize("name", ["16-release-before-terminator", "25-tradacoms-quote-not-released"])
def test_a_message_that_was_repaired_is_cut_out_regular(name):
    for interchange in read_interchanges(io.BytesIO((FIXTURES / f"{name}.edi").read_bytes())):
        for message in interchange.messages():
            (again,) = read_interchanges(io.BytesIO(message_bytes(interchange, message)))
            *_, copy = again.messages()
            assert copy.findings == []
            assert [s.elements() for s in copy.segments] == [s.elements() for s in message.segments]


STX = "STX=ANA:1+5000000000001:NORDLYS+5000000000002:FJELLHANDEL+260301:090500+R1++ORDHDR'"
ORDHDR = "MHD={}+ORDHDR:9'TYP=0430'SDT=5000000000002'CDT=5000000000001'FIL={}+1+260301'MTR=6'"
ORDERS = "MHD={}+ORDERS:9'CLO=:7+:NORD'ORD={}::260301'OLD=1+:SKU1+++:24'OTR=1'MTR=6'"


def cut_out(text):
    (interchange,) = read_interchanges(io.BytesIO(text.encode()))
    return [message_bytes(interchange, message).decode() for message in interchange.messages()]


def test_a_tradacoms_message_is_cut_out_with_the_header_of_its_own_file():
    headers = [ORDHDR.format(1, 1), ORDHDR.format(4, 2)]
    orders = [ORDERS.format(2, "PO1"), ORDERS.format(3, "PO2"), ORDERS.format(5, "PO3")]
    first, one, two, second, three = cut_out(
        STX + headers[0] + orders[0] + orders[1] + headers[1] + orders[2] + "END=5'"
    )
    assert first == STX + headers[0] + "END=1'"
    assert second == STX + headers[1] + "END=1'"
    assert [one, two] == [STX + headers[0] + order + "END=2'" for order in orders[:2]]
    assert three == STX + headers[1] + orders[2] + "END=2'"


def test_a_tradacoms_batch_counts_the_header_that_stands_in_it():
    header, order = ORDHDR.format(1, 1), ORDERS.format(2, "PO1")
    inside = STX + "BAT=1'" + header + order + "EOB=2'END=2'"
    outside = STX + header + "BAT=1'" + order + "EOB=1'END=2'"
    assert cut_out(inside)[1] == inside
    assert cut_out(outside)[1] == outside


def test_a_ta1_is_cut_out_with_no_group_counted():
    text = ISA + "TA1*000000003*260301*0904*A*000~IEA*0*000000007~"
    (interchange,) = read_interchanges(io.BytesIO(text.encode()))
    (message,) = interchange.messages()
    assert message_bytes(interchange, message).decode() == text


def test_a_message_without_envelope_is_cut_out_without_one():
    text = b"UNH+M1+ORDERS:D:96A:UN'BGM+220+PO-1+9'UNT+3+M1'"
    (interchange,) = read_interchanges(io.BytesIO(text))
    (message,) = interchange.messages()
    assert interchange.standard is Standard.EDIFACT
    assert message_bytes(interchange, message) == text


def test_rewriting_counts_interchanges():
    assert rewrite(io.BytesIO((ISA + "IEA*0*000000007~").encode() * 3), io.BytesIO()) == 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_written_in_utf_16_and_canonically_in_utf_8(encoding):
    text = ISA + "N1*ST*ÅSE 漢 \U0001f4e6***~\r\nIEA*0*000000007~"
    data = ("\ufeff" + text).encode(encoding)
    out = io.BytesIO()
    rewrite(io.BytesIO(data), out)
    assert out.getvalue() == data
    out = io.BytesIO()
    rewrite(io.BytesIO(data), out, canonical=True)
    assert out.getvalue().decode("utf-8") == ISA + "N1*ST*ÅSE 漢 \U0001f4e6~IEA*0*000000007~"


def test_half_a_utf_16_unit_at_the_end_is_told_and_written_back():
    data = ("\ufeff" + ISA + "IEA*0*000000007~").encode("utf-16-le") + b"\x41"
    out = io.BytesIO()
    rewrite(io.BytesIO(data), out)
    assert out.getvalue() == data
    (interchange,) = read_interchanges(io.BytesIO(data))
    list(interchange.messages())
    assert "noise-after-interchange" in [finding.rule for finding in interchange.findings]
