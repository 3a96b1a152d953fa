import io
from datetime import datetime

import pytest

from ml_connector.edi import (
    Address,
    ReadOptions,
    Severity,
    Standard,
    Status,
    read_interchanges,
    read_segments,
)
from ml_connector.errors import ConnectorError

ISA = (
    "ISA*00*          *00*          *ZZ*NORDLYS        *14*FJELLHANDEL    "
    "*260301*0905*U*00401*000000007*1*P*>~"
)
X12 = (
    ISA + "GS*PO*NORD*FJELL*20260301*0905*21*X*004010VICS~ST*850*0001~BEG*00*SA*PO-1**20260301~SE*3*0001~"
    "ST*850*0002~BEG*00*SA*PO-2**20260301~SE*3*0002~GE*2*21~IEA*1*000000007~"
)
EDIFACT = (
    "UNA:+.? 'UNB+UNOC:3+7080000000012:14:INT+7080000000029:14+260301:0905+R1++ORDERS++1++1'"
    "UNH+M1+ORDERS:D:96A:UN:EAN008'BGM+220+PO-1+9'UNT+3+M1'UNZ+1+R1'"
)
GROUPED = (
    "UNB+UNOC:3+A:14+B:14+260301:0905+R1'UNG+ORDERS+AA:14+BB:14+260301:0905+G1+UN+D:96A'"
    "UNH+M1+ORDERS:D:96A:UN'BGM+220+PO-1+9'UNT+3+M1'UNE+1+G1'UNZ+1+R1'"
)
TRADACOMS = (
    "STX=ANA:1+5000000000001:NORDLYS+5000000000002:FJELL+260301:090500+R1+PASS+INVFIL'BAT=B1'MHD=1+INVFIL:9'"
    "TYP=0700'MTR=3'EOB=1'END=1'"
)
TA1 = ISA + "TA1*000000003*260301*0904*A*000~IEA*0*000000007~"


def read(text, options=None):
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    found = read_interchanges(io.BytesIO(data), options or ReadOptions())
    return [(interchange, list(interchange.messages())) for interchange in found]


def one(text, options=None):
    ((interchange, messages),) = read(text, options)
    return interchange, messages


def rules(findings):
    return [finding.rule for finding in findings]


def test_an_x12_header_says_who_what_and_when():
    interchange, _ = one(X12)
    assert interchange.standard is Standard.X12
    assert interchange.sender == Address("NORDLYS", "ZZ")
    assert interchange.receiver == Address("FJELLHANDEL", "14")
    assert (interchange.control_number, interchange.version, interchange.test) == (
        "000000007",
        "00401",
        False,
    )
    assert interchange.prepared_at == datetime(2026, 3, 1, 9, 5)  # noqa: DTZ001 - envelopes carry no zone
    assert interchange.facts.acknowledgement_requested
    assert (interchange.separators.element, interchange.separators.component) == ("*", ">")
    assert (interchange.separators.terminator, interchange.separators.repetition) == ("~", "")
    assert interchange.span == (0, len(X12))
    assert interchange.trailer.tag == "IEA"
    assert repr(interchange) == "<Interchange x12 000000007>"


def test_x12_messages_have_type_version_and_group():
    _, (first, second) = one(X12)
    assert (first.type, first.version, first.association, first.agency) == ("850", "004010", "VICS", "X")
    assert (first.control_number, second.control_number) == ("0001", "0002")
    assert (first.group.control_number, first.group.functional_id) == ("21", "PO")
    assert first.group.sender == Address("NORD")
    assert first.group.message_count == 2
    assert [segment.tag for segment in second.segments] == ["ST", "BEG", "SE"]
    assert [segment.position for segment in second.segments] == [1, 2, 3]
    assert X12[slice(*first.span)].startswith("ST*850*0001")
    assert first.source.decode() == X12[slice(*first.span)]
    assert first.status is Status.ACCEPTED
    assert repr(first) == "<Message 850 0001>"


def test_an_edifact_header_says_who_what_and_when():
    interchange, (message,) = one(EDIFACT)
    assert interchange.sender == Address("7080000000012", "14", "INT")
    assert (interchange.version, interchange.facts.syntax_identifier, interchange.charset) == (
        "3",
        "UNOC",
        "latin-1",
    )
    assert interchange.test
    assert interchange.facts.application_reference == "ORDERS"
    assert (message.type, message.version, message.agency, message.association) == (
        "ORDERS",
        "D.96A",
        "UN",
        "EAN008",
    )
    assert message.control_number == "M1"
    assert message.group is None
    assert interchange.prelude == b"UNA:+.? '"


def test_an_edifact_message_type_in_lower_case_is_the_same_type():
    header = "UNB+UNOC:3+A:14+B:14+260115:0930+R'"
    _, (message,) = one(f"{header}UNH+1+orders:d:96a:un:EAN008'UNT+2+1'UNZ+1+R'")
    assert (message.type, message.version, message.agency) == ("ORDERS", "D.96A", "UN")


def test_edifact_groups_are_read():
    interchange, (message,) = one(GROUPED)
    assert (message.group.control_number, message.group.functional_id, message.group.version) == (
        "G1",
        "ORDERS",
        "D.96A",
    )
    assert message.group.sender == Address("AA", "14")
    assert interchange.findings == []


def test_tradacoms_batches_and_file_types_are_read():
    interchange, (message,) = one(TRADACOMS)
    assert interchange.sender == Address("5000000000001", name="NORDLYS")
    assert interchange.prepared_at == datetime(2026, 3, 1, 9, 5)  # noqa: DTZ001 - envelopes carry no zone
    assert (message.type, message.version, message.file_type) == ("INVFIL", "9", "INVOICE")
    assert message.group.control_number == "B1"
    assert interchange.findings == []


def test_a_ta1_is_a_message_by_itself():
    interchange, (message,) = one(TA1)
    assert (message.type, [segment.tag for segment in message.segments]) == ("TA1", ["TA1"])
    assert interchange.findings == []


def test_an_x12_extension_names_a_release_character():
    text = X12.replace("000000007*1*P*>~", "000000007*1*P*>~ISX*?~").replace("PO-1*", "PO?*1?~*")
    interchange, (message, _) = one(text)
    assert interchange.separators.release == "?"
    assert message.segments[1].element(3) == "PO*1~"
    assert [*interchange.findings, *message.findings] == []


def test_an_empty_stream_has_no_interchange():
    assert read("") == []


def test_a_stream_of_something_else_says_so():
    interchange, messages = one("Dear Sir or Madam,\nplease find enclosed")
    assert interchange.standard is Standard.UNKNOWN
    assert messages == []
    assert rules(interchange.findings) == ["no-interchange"]
    assert interchange.status is Status.REJECTED
    assert interchange.span == (0, 39)


def test_ebcdic_is_named():
    interchange, _ = one(X12.encode("cp500"))
    assert rules(interchange.findings) == ["ebcdic"]


def test_a_header_cut_off_is_named():
    interchange, _ = one(ISA[:60])
    assert "not enough of a header" in interchange.findings[0].message


def test_a_partners_charset_wins():
    data = X12.replace("PO-1", "PÆ-1").encode("cp865")
    _, (message, _) = one(data, ReadOptions(charset="cp865"))
    assert message.segments[1].element(3) == "PÆ-1"
    assert message.findings == []


def test_lenient_counts_make_wrong_counts_warnings_but_not_wrong_numbers():
    wrong = X12.replace("SE*3*0001", "SE*4*0001").replace("GE*2*21", "GE*3*22")
    interchange, (message, _) = one(wrong, ReadOptions(lenient_counts=True))
    assert [finding.severity for finding in message.findings] == [Severity.WARNING]
    assert {finding.rule: finding.severity for finding in interchange.findings} == {
        "group-count-wrong": Severity.WARNING,
        "group-control-mismatch": Severity.ERROR,
    }


def test_reading_goes_on_at_the_next_message_after_a_missing_trailer():
    interchange, messages = one(X12.replace("SE*3*0001~", ""))
    assert [message.control_number for message in messages] == ["0001", "0002"]
    assert rules(messages[0].findings) == ["message-trailer-missing"]
    assert messages[1].findings == []
    assert interchange.findings == []


def test_segments_outside_messages_and_trailers_alone_are_told():
    interchange, messages = one(X12.replace("ST*850*0001~", ""))
    assert [message.control_number for message in messages] == ["0002"]
    assert rules(interchange.findings) == [
        "segment-outside-message",
        "message-header-missing",
        "group-count-wrong",
    ]


def test_groups_that_lack_header_or_trailer_are_told():
    interchange, _ = one(X12.replace("GE*2*21~", ""))
    assert rules(interchange.findings) == ["group-trailer-missing"]
    interchange, _ = one(X12.replace("GS*PO*NORD*FJELL*20260301*0905*21*X*004010VICS~", ""))
    assert set(rules(interchange.findings)) == {"group-header-missing", "interchange-count-wrong"}


def test_edifact_messages_outside_of_groups_are_told():
    mixed = GROUPED.replace("UNZ+1", "UNH+M2+ORDERS:D:96A:UN'UNT+2+M2'UNZ+1")
    interchange, _ = one(mixed)
    assert [(finding.rule, finding.code) for finding in interchange.findings] == [
        ("messages-outside-groups", "0085:30")
    ]


def test_two_types_in_one_group_are_told():
    _, (_, second) = one(X12.replace("ST*850*0002", "ST*860*0002"))
    assert rules(second.findings) == ["mixed-types-in-group"]


def test_control_numbers_that_repeat_or_lack_are_told():
    _, (_, second) = one(X12.replace("0002", "0001"))
    assert rules(second.findings) == ["message-control-repeated"]
    _, (first, _) = one(X12.replace("ST*850*0001", "ST*850*").replace("SE*3*0001", "SE*3*"))
    assert rules(first.findings) == ["message-control-missing"]


def test_edifact_without_interchange_header_is_read():
    interchange, (message,) = one("UNH+M1+ORDERS:D:96A:UN'BGM+220+PO-1+9'UNT+3+M1'")
    assert rules(interchange.findings) == ["interchange-header-missing"]
    assert not interchange.header
    assert (message.type, message.findings) == ("ORDERS", [])


def test_an_invalid_tag_is_told_and_survived():
    _, (message, second) = one(X12.replace("BEG*00*SA*PO-1", "B!G*00*SA*PO-1"))
    assert [(finding.rule, finding.code, finding.position) for finding in message.findings] == [
        ("invalid-tag", "AK3:1", 2)
    ]
    assert second.findings == []


def test_a_foreign_header_inside_starts_the_next_interchange():
    (first, _), (second, _) = read(X12.split("SE*3*0002")[0] + EDIFACT)
    assert "interchange-trailer-missing" in rules(first.findings)
    assert second.standard is Standard.EDIFACT
    assert second.span[0] == X12.index("SE*3*0002")


def test_a_segment_without_end_is_told():
    endless = X12.replace("BEG*00*SA*PO-1", "MSG*" + "X" * 5000)
    _, messages = one(endless, ReadOptions(segment_bytes=1000, chunk_bytes=500))
    assert messages[0].findings
    assert messages[-1].control_number == "0002"


def test_wrong_dates_and_unknown_repertoires_are_told():
    interchange, _ = one(EDIFACT.replace("260301", "269901").replace("UNOC", "XXXX"))
    assert rules(interchange.findings) == [
        "interchange-date-invalid",
        "test-interchange",
        "unknown-syntax-identifier",
    ]


def test_findings_are_kept_up_to_a_limit_and_past_it_the_first_of_each_rule():
    _, (message, _) = one(
        X12.replace("BEG*00*SA*PO-1**20260301~", "B!*1~" * 50), ReadOptions(findings_limit=10)
    )
    assert rules(message.findings) == [*["invalid-tag"] * 10, "findings-limit", "message-count-wrong"]
    assert message.findings[10].message == (
        "There are more than 10 findings; of further ones the first of each rule is listed."
    )


def test_what_nobody_reads_of_an_interchange_is_passed_over():
    interchanges = list(read_interchanges(io.BytesIO((X12 + X12.replace("000000007", "000000008")).encode())))
    assert [interchange.control_number for interchange in interchanges] == ["000000007", "000000008"]
    assert interchanges[0].trailer.element(2) == "000000007"


def test_all_segments_can_be_streamed_flat():
    tags = [segment.tag for segment in read_segments(io.BytesIO((X12 + "\r\n" + EDIFACT).encode()))]
    assert tags == [
        "ISA",
        "GS",
        "ST",
        "BEG",
        "SE",
        "ST",
        "BEG",
        "SE",
        "GE",
        "IEA",
        "UNB",
        "UNH",
        "BGM",
        "UNT",
        "UNZ",
    ]


def test_messages_passed_over_are_kept_while_they_are_few():
    first, second = read_interchanges(io.BytesIO((X12 + EDIFACT).encode()))
    assert [message.control_number for message in first.messages()] == ["0001", "0002"]
    assert [message.control_number for message in second.messages()] == ["M1"]


def test_messages_passed_over_that_are_many_can_not_be_asked_for():
    first, _ = read_interchanges(io.BytesIO((X12 + EDIFACT).encode()), ReadOptions(held_bytes=60))
    with pytest.raises(ConnectorError, match="gone past"):
        list(first.messages())


def long_message(lines):
    body = "".join(f"PO1*{n}*1*EA*9.50**VN*SKU-{n}~" for n in range(1, lines + 1))
    text = X12.replace("BEG*00*SA*PO-1**20260301~SE*3*", f"BEG*00*SA*PO-1**20260301~{body}SE*{lines + 3}*")
    return text.encode()


SMALL = ReadOptions(held_bytes=4_000, chunk_bytes=1_000)


def test_a_long_message_is_streamed():
    interchange = next(read_interchanges(io.BytesIO(long_message(2_000)), SMALL))
    messages = interchange.messages()
    message = next(messages)
    assert not message.loaded
    segments = list(message.read_segments())
    assert [len(segments), segments[-1].tag, segments[-1].position] == [2_003, "SE", 2_003]
    assert [following.control_number for following in messages] == ["0002"]
    assert message.findings == []
    assert interchange.findings == []


def test_a_long_message_can_be_loaded_while_it_is_the_current_one():
    interchange = next(read_interchanges(io.BytesIO(long_message(2_000)), SMALL))
    messages = interchange.messages()
    message = next(messages)
    assert len(message.segments) == 2_003
    assert [following.control_number for following in messages] == ["0002"]
    assert len(message.segments) == 2_003


def test_a_long_message_that_nobody_read_is_checked_and_gone():
    wrong = long_message(2_000).replace(b"SE*2003", b"SE*2004")
    interchange = next(read_interchanges(io.BytesIO(wrong), SMALL))
    first, second = list(interchange.messages())
    assert rules(first.findings) == ["message-count-wrong"]
    assert second.findings == []
    with pytest.raises(ConnectorError, match="too long to be held"):
        _ = first.segments


@pytest.mark.parametrize("chunk", [7, 65_536])
@pytest.mark.parametrize("segment", ["PER*IC*ISA*EM*x", "REF*ISA", "MSG*ISA*", "N1*ISA**92*ISA*A*B"])
def test_a_header_word_as_a_whole_element_is_data(segment, chunk):
    text = X12.replace("BEG*00*SA*PO-1**20260301~SE*3", f"BEG*00*SA*PO-1**20260301~{segment}~SE*4")
    _, (first, _) = one(text, ReadOptions(chunk_bytes=chunk))
    assert first.findings == []
    assert [found.raw.decode() for found in first.segments][2] == segment


@pytest.mark.parametrize("chunk", [7, 65_536])
@pytest.mark.parametrize("cut", ["BEG*00*SA*PO-1*", "BEG*00*S", "BEG*", "BE"])
def test_a_header_after_data_that_break_off_starts_the_next_interchange(cut, chunk):
    following = X12.replace("000000007", "000000008")
    found = read(X12[: X12.index("BEG")] + cut + following, ReadOptions(chunk_bytes=chunk))
    assert [(i.status, len(messages)) for i, messages in found] == [
        (Status.REJECTED, 1),
        (Status.ACCEPTED, 2),
    ]


@pytest.mark.parametrize("chunk", [7, 65_536])
def test_service_string_advice_after_data_that_break_off_belongs_to_the_next_interchange(chunk):
    other = EDIFACT.replace("UNA:+.? '", "UNA:+,? '").replace("R1", "R2")
    found = read(EDIFACT[: EDIFACT.index("PO-1")] + other, ReadOptions(chunk_bytes=chunk))
    assert [(i.status, i.separators.decimal) for i, _ in found] == [
        (Status.REJECTED, "."),
        (Status.ACCEPTED, ","),
    ]
