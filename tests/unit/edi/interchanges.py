"""Small interchanges for tests, written by hand so that tests see what they read."""

from __future__ import annotations

import io

from ml_connector.edi import ReadOptions, examine, read_interchanges, validate

ISA = (
    "ISA*00*          *00*          *ZZ*RETAILER       *ZZ*SUPPLIER       "
    "*260115*0930*U*00401*000000042*0*T*>~"
)
GROUPS = {"850": "PO", "856": "SH", "810": "IN", "997": "FA", "820": "RA", "855": "PR"}

ORDER_850 = ("BEG*00*NE*4500012345**20260115", "PO1*1*12*EA*9.95**VP*ITEM-1", "CTT*1")
ORDERS = ("BGM+220+4500012345+9", "DTM+137:20260115:102", "LIN+1++5412345000013:EN", "QTY+21:12:PCE", "UNS+S")


def x12(*messages, version="004010", type_="850"):
    """An interchange of transaction sets given as their segments between ST and SE."""
    sets = []
    for number, segments in enumerate(messages, 1):
        rows = [f"ST*{type_}*{number:04d}", *segments, f"SE*{len(segments) + 2}*{number:04d}"]
        sets += rows
    gs = f"GS*{GROUPS.get(type_, 'PO')}*RETAILER*SUPPLIER*20260115*0930*7*X*{version}"
    rows = [gs, *sets, f"GE*{len(messages)}*7", "IEA*1*000000042"]
    return (ISA + "~".join(rows) + "~").encode("latin-1")


def edifact(*messages, type_="ORDERS", version="D:96A:UN:EAN008", syntax="3"):
    """An interchange of messages given as their segments between UNH and UNT."""
    rows = [f"UNB+UNOC:{syntax}+5412345000013:14+5498765000019:14+260115:0930+REF1"]
    for number, segments in enumerate(messages, 1):
        rows += [f"UNH+{number}+{type_}:{version}", *segments, f"UNT+{len(segments) + 2}+{number}"]
    return ("'".join([*rows, f"UNZ+{len(messages)}+REF1"]) + "'").encode("latin-1")


def tradacoms(*messages):
    """A transmission of messages given as type and segments between MHD and MTR."""
    rows = ["STX=ANAA:1+5012345000016+5098765000012+260115:093000+REF1++ORDHDR"]
    for number, (type_, segments) in enumerate(messages, 1):
        rows += [f"MHD={number}+{type_}:9", *segments, f"MTR={len(segments) + 2}"]
    return ("'".join([*rows, f"END={len(messages)}"]) + "'").encode("latin-1")


def first_message(data):
    """The first message of an interchange."""
    interchange = next(iter(read_interchanges(io.BytesIO(data))))
    return next(iter(interchange.messages()))


def findings_of(data, **options):
    """What validation finds in the first message."""
    return validate(first_message(data), **options)


def rules_of(data, **options):
    """The rules validation speaks of in the first message."""
    return [finding.rule for finding in findings_of(data, **options)]


def examined(data, options=ReadOptions()):  # noqa: B008 # frozen
    """The first interchange read to its end, with the outcome of each message."""
    interchange = next(iter(read_interchanges(io.BytesIO(data), options)))
    return interchange, examine(interchange)
