"""Whatever the bytes: what is read is written back, and nothing but findings comes of it."""

import io
import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml_connector.edi import ReadOptions, read_interchanges, rewrite

FIXTURES = [
    path.read_bytes() for path in sorted((Path(__file__).parents[2] / "fixtures" / "nasty").glob("*.edi"))
]
ISA = [b"ISA", b"00", b" " * 10, b"00", b" " * 10, b"ZZ", b"A".ljust(15), b"ZZ", b"B".ljust(15)]
WORDS = [
    b"*".join([*ISA, b"260301", b"0905", b"U", b"00401", b"000000001", b"0", b"P", b">~"]),
    b"GS*PO*A*B*20260301*0905*1*X*004010~",
    b"ST*850*0001~",
    b"SE*2*0001~",
    b"IEA*1*000000001~",
    b"UNA:+.? '",
    b"UNB+UNOA:1+A:1+B:1+260301:0905+R'",
    b"UNH+1+ORDERS:D:96A:UN'",
    b"UNT+2+1'",
    b"UNZ+1+R'",
    b"STX=ANA:1+A:B+C:D+260301:090500+R'",
    b"MHD=1+ORDHDR:9'",
    b"MTR=2'",
    b"END=1'",
    b"?'",
    b"??",
    b"\r\n",
    b"~",
    b"'",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xe5",
    b"\x00\xd8",
    b"PER*IC*ISA*EM*x~",
    b"ISA",
    b"N1*ST*X",
    b"n1*st~",
]
streams = st.one_of(
    st.binary(max_size=400),
    st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=5)), max_size=25).map(b"".join),
)
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(data, options):
    found = []
    for interchange in read_interchanges(io.BytesIO(data), options):
        messages = [
            (
                message.type,
                [(s.raw, s.offset, s.line, s.position) for s in message.segments],
                message.findings,
            )
            for message in interchange.messages()
        ]
        found.append((interchange.standard, interchange.span, messages, interchange.findings))
    return found


@given(streams, st.sampled_from([3, 50, 65_536]))
@QUIET
def test_writing_what_was_read_is_identity(data, chunk):
    out = io.BytesIO()
    rewrite(io.BytesIO(data), out, options=ReadOptions(chunk_bytes=chunk))
    assert out.getvalue() == data


@given(
    streams,
    st.sampled_from(["utf-16-le", "utf-16-be"]),
    st.binary(max_size=3),
    st.sampled_from([3, 50, 4096]),
)
@QUIET
def test_writing_what_was_read_in_utf_16_is_identity(data, encoding, tail, chunk):
    """Lone surrogates and half a unit at the end included."""
    written = ("\ufeff" + data.decode("latin-1")).encode(encoding) + tail
    out = io.BytesIO()
    rewrite(io.BytesIO(written), out, options=ReadOptions(chunk_bytes=chunk))
    assert out.getvalue() == written
    assert outcome(written, ReadOptions(chunk_bytes=chunk)) == outcome(written, ReadOptions())


@given(streams)
@QUIET
def test_any_bytes_give_findings_and_nothing_else(data):
    for standard, _, messages, findings in outcome(data, ReadOptions()):
        assert standard
        for finding in [*findings, *(f for message in messages for f in message[2])]:
            assert finding.message.endswith((".", "?"))


@given(streams)
@QUIET
def test_chunks_make_no_difference(data):
    assert outcome(data, ReadOptions(chunk_bytes=11)) == outcome(data, ReadOptions())


@given(st.sampled_from(FIXTURES), st.integers(0, 2**32))
@QUIET
def test_damaged_files_are_survived_and_written_back(data, seed):
    chance = random.Random(seed)  # noqa: S311 - damage, not secrets
    damaged = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(damaged))
        damaged[place : place + chance.randrange(3)] = chance.choice(
            [b"", b"~", b"'", b"?", b"\n", b"*", b"\xff"]
        )
    out = io.BytesIO()
    rewrite(io.BytesIO(bytes(damaged)), out)
    assert out.getvalue() == bytes(damaged)
    assert outcome(bytes(damaged), ReadOptions(chunk_bytes=13)) == outcome(bytes(damaged), ReadOptions())
