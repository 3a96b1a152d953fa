"""X12 860 Purchase Order Change Request, buyer initiated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.x12.adaptation import adapted
from ml_connector.codecs.x12.assembly import interchange_of
from ml_connector.codecs.x12.elements import X12Reading
from ml_connector.codecs.x12.headers import (
    opening,
    read_header,
    read_order_taxes,
    read_trailer,
    required,
    write_header,
    write_trailer,
)
from ml_connector.codecs.x12.items import read_ids, write_ids
from ml_connector.codecs.x12.lines import read_line, write_line, write_line_end
from ml_connector.codecs.x12.prices import basis_code, read_price
from ml_connector.codecs.x12.purchase_order import ORDER_TYPES, PURPOSES, order_type_code, read_purpose
from ml_connector.codecs.x12.qualifiers import code_for
from ml_connector.codecs.x12.units import named_unit, written_unit
from ml_connector.codecs.x12.writing import SetWriter
from ml_connector.documents import LineAction, OrderType, PurchaseOrder, Purpose, Severity
from ml_connector.edi.loops import place

if TYPE_CHECKING:
    from decimal import Decimal

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.codecs.x12.elements import Elements
    from ml_connector.documents import OrderLine
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop

#: 670 change or response type: POC02. The first code of an action is the one written.
_ACTIONS = {
    "AI": LineAction.ADD,
    "DI": LineAction.DELETE,
    "CF": LineAction.CANCEL,
    "NC": LineAction.UNCHANGED,
    "CA": LineAction.CHANGE,
    "QI": LineAction.CHANGE,
    "QD": LineAction.CHANGE,
    "PC": LineAction.CHANGE,
    "PQ": LineAction.CHANGE,
    "RS": LineAction.CHANGE,
    "CT": LineAction.CHANGE,
    "RB": LineAction.CHANGE,
    "RZ": LineAction.CHANGE,
    "RE": LineAction.CHANGE,
    "RA": LineAction.CHANGE,
    "RQ": LineAction.CHANGE,
    "MU": LineAction.CHANGE,
    "OC": LineAction.CANCEL,
}
_INCREASE, _DECREASE = "QI", "QD"
_FIRST_ID, _ROOM = 8, 10


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> PurchaseOrder:
    """The order change of an 860.

    Raises:
        Rejected: Order number missing, or an amount or quantity that can't be read.
    """
    reading = X12Reading(interchange, message, profile)
    tree = place(message)
    bch = opening(reading, tree, "BCH")
    number = required(reading, bch, 3, "order number")
    header = {**read_header(reading, tree, bch[8]), **read_order_taxes(reading, tree)}
    lines = tuple(_read_poc(reading, loop, header["currency"]) for loop in tree.loops("POC"))
    trailer = read_trailer(reading, tree, lines, header["allowances"], header["currency"])
    return PurchaseOrder(
        document_type="order_change",
        order_number=number,
        order_release=bch[4],
        change_sequence=bch[5],
        purpose=read_purpose(bch, 1, Purpose.CHANGE),
        order_type=ORDER_TYPES.get(bch.code(2) or "", OrderType.OTHER),
        order_type_code=bch.code(2),
        issue_date=bch.day(6),
        change_date=bch.day(11),
        lines=lines,
        **header,
        **trailer,
        **reading.provenance(tree),
    )


def _read_poc(reading: X12Reading, loop: Loop, currency: str | None) -> OrderLine:
    poc = reading.take(loop.segments("POC")[0])
    price = read_price(reading, poc, 6, 7)
    code = poc.code(2)
    quantity, change = _quantities(reading, poc, code)
    head: dict[str, Any] = {
        "line_number": poc[1],
        "action": _ACTIONS.get(code or ""),
        "action_code": code,
        "quantity": quantity,
        "quantity_change": change,
        "quantity_open": poc.number(4),
        "uom": named_unit(reading, poc.code(5, 1), poc.path(5)),
        "unit_price": price.amount,
        "price_base": price.base,
        "price_code": price.code,
        "ids": read_ids(reading, poc, _FIRST_ID),
    }
    if head["action"] is None:
        _tell_unknown_action(reading, poc, code)
    return read_line(reading, loop, head, currency)


def _quantities(
    reading: X12Reading, poc: Elements, code: str | None
) -> tuple[Decimal | None, Decimal | None]:
    """New total and difference: POC03 is the total, but for partners who send increases and decreases."""
    quantity = poc.number(3)
    if quantity is None or not reading.profile.quantity_is_delta or code not in (_INCREASE, _DECREASE):
        return quantity, None
    return None, quantity if code == _INCREASE else -quantity


def _tell_unknown_action(reading: X12Reading, poc: Elements, code: str | None) -> None:
    reading.find(
        Severity.HOLD,
        "line-action-unknown",
        f"{poc.path(2)} is {code or 'empty'}, so what is to become of line {poc[1]} is not known.",
        path=poc.path(2),
        found=code,
    )


def encode(document: PurchaseOrder, version: str, profile: CodecProfile) -> bytes:
    """An interchange with the order change as an 860.

    Raises:
        Misconfigured: The change holds what an 860 can't carry.
    """
    writer = SetWriter(version, profile)
    document = adapted(writer, document)
    if document.acknowledgement_wanted is not None:
        raise writer.refuse(
            "acknowledgement_wanted", "BCH has no place for it", document.acknowledgement_wanted
        )
    writer.put(
        "BCH",
        code_for(PURPOSES, document.purpose),
        order_type_code(writer, document),
        document.order_number,
        document.order_release,
        document.change_sequence,
        document.issue_date,
        None,
        document.contract,
        None,
        None,
        document.change_date,
    )
    write_header(writer, document)
    for index, line in enumerate(document.lines):
        with writer.within(f"lines[{index}]"):
            _write_poc(writer, line)
            write_line(writer, line)
            write_line_end(writer, line)
    write_trailer(writer, document.totals_declared, len(document.lines))
    return interchange_of(document, "860", writer, decode)


def _write_poc(writer: SetWriter, line: OrderLine) -> None:
    unit = written_unit(writer, line.uom)
    writer.put(
        "POC",
        line.line_number,
        _action_code(writer, line),
        _written_quantity(writer, line),
        line.quantity_open,
        (unit,) if unit else None,
        line.unit_price,
        basis_code(writer, line.price_base, line.price_code),
        *write_ids(writer, line.item, _ROOM),
    )


def _action_code(writer: SetWriter, line: OrderLine) -> str:
    if line.quantity_change is not None:
        return _INCREASE if line.quantity_change >= 0 else _DECREASE
    if line.action is None:
        raise writer.refuse("action", "POC02 must say what becomes of the line", None)
    code = code_for(_ACTIONS, line.action, line.action_code)
    assert code is not None  # noqa: S101 - every action has a code in the table
    return code


def _written_quantity(writer: SetWriter, line: OrderLine) -> Decimal | None:
    if line.quantity_change is None:
        return line.quantity
    if line.quantity is not None or not writer.profile.quantity_is_delta:
        raise writer.refuse(
            "quantity_change",
            "POC03 is the new total unless the partner takes differences",
            line.quantity_change,
            advice="Set quantity, or quantity_is_delta in the partner's profile.",
        )
    return abs(line.quantity_change)
