"""Flat IDocs for tests, written field by field as SAP lays them out, and the same as XML."""

from __future__ import annotations

from xml.etree.ElementTree import tostring

from ml_connector.codecs.idoc.layout import CONTROL, RECORD, SEGMENTS
from ml_connector.codecs.idoc.records import read_flat_idocs


def fixed(layout, values: dict[str, str]) -> str:
    return "".join(values.get(name, "").ljust(length) for name, length in layout)


def control(message: str) -> str:
    names = {"TABNAM": "EDI_DC40", "DOCNUM": "4711", "IDOCTYP": f"{message}05", "MESTYP": message}
    return fixed(CONTROL, {**names, "SNDPRN": "BUYER", "RCVPRN": "SELLER"})


def record(tag: str, **values: str) -> str:
    return fixed(RECORD, {"SEGNAM": f"E2{tag[2:]}005"}) + fixed(SEGMENTS[tag], values)


def order(number: str = "4500012345") -> bytes:
    """An order with two schedules and a text of two lines."""
    return "\r\n".join(
        [
            control("ORDERS"),
            record("E1EDK01", CURCY="EUR", BELNR=number),
            record("E1EDK02", QUALF="001", BELNR=number, DATUM="20260301"),
            record("E1EDK03", IDDAT="012", DATUM="20260301"),
            record("E1EDKA1", PARVW="WE", PARTN="0000100", NAME1="Lager Øst", STRAS="Gate 1", ISOAL="NO"),
            record("E1EDKT1", TDID="F01"),
            record("E1EDKT2", TDLINE="First line"),
            record("E1EDKT2", TDLINE="second line"),
            record("E1EDP01", POSEX="000010", MENGE="100.000", MENEE="PCE", VPREI="12.50", PEINH="100"),
            record("E1EDP20", WMENG="40.000", EDATU="20260310"),
            record("E1EDP20", WMENG="60.000", EDATU="20260317"),
            record("E1EDP19", QUALF="002", IDTNR="V-1", KTEXT="Bolt"),
            record("E1EDS01", SUMID="002", SUMME="12.50"),
        ]
    ).encode()


def as_markup(*idocs: bytes, root: str = "ORDERS05") -> bytes:
    """Flat IDocs as one file of SAP's XML port."""
    trees = [tostring(idoc.tree, encoding="unicode") for data in idocs for idoc in read_flat_idocs(data)]
    inside = "\n".join(tree.replace("<IDOC>", '<IDOC BEGIN="1">') for tree in trees)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n{inside}\n</{root}>\n'.encode()
