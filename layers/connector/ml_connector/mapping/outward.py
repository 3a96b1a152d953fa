"""Documents of the ledger as business documents, in the partner's codes: what is encoded and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ml_connector.documents import (
    Document,
    Identifier,
    IdentifierScheme,
    Item,
    OrderLine,
    Party,
    PartyRole,
    PurchaseOrder,
    UnitList,
    UnitOfMeasure,
)
from ml_connector.errors import Misconfigured
from ml_connector.visma.models.purchase_order import ReadPurchaseOrder, ReadPurchaseOrderLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import OutgoingMessage, Partner

# Whose unit codes each standard writes; ANA has its own list (codes of one list mean nothing in another).
_UNIT_LISTS = {
    "x12": (UnitList.X12_355,),
    "edifact": (UnitList.UNECE_REC20, UnitList.UNECE_REC21),
    "tradacoms": (UnitList.ANA_4,),
}


class ItemCodes(Protocol):
    """Answers by which other numbers an item is known."""

    def codes_of(self, item: str) -> Mapping[tuple[str, str], str]:
        """Return an item's cross references: ``{(type, business account): number}``."""
        ...


def document_of(
    entity: str,
    row: Mapping[str, Any],
    partner: Partner,
    message: OutgoingMessage,
    configuration: Configuration,
    codes: ItemCodes,
) -> Document:
    """Return the business document of a document of the ledger.

    Raises:
        Misconfigured: A unit of the ledger has no code in the partner's standard, or the entity isn't sent.
    """
    if entity != "PurchaseOrder":
        raise Misconfigured(f"Nothing turns a {entity} into EDI.", advice="Take it out of `outgoing:`.")
    order = ReadPurchaseOrder.model_validate(row)
    return _Outward(partner, message, configuration, codes).order(order)


class _Outward:
    """One document on its way out."""

    def __init__(
        self, partner: Partner, message: OutgoingMessage, configuration: Configuration, codes: ItemCodes
    ) -> None:
        self._partner = partner
        self._message = message
        self._configuration = configuration
        self._codes = codes

    def order(self, order: ReadPurchaseOrder) -> PurchaseOrder:
        """Return the purchase order as its supplier gets it."""
        return PurchaseOrder(
            order_number=order.order_nbr,
            issue_date=order.date.date() if order.date else None,
            requested_delivery=order.promised_on.date() if order.promised_on else None,
            currency=order.currency,
            parties=(self._buyer(), self._seller(order)),
            lines=tuple(self._line(line) for line in order.lines),
        )

    def _line(self, line: ReadPurchaseOrderLine) -> OrderLine:
        number = (line.inventory.number if line.inventory else None) or ""
        return OrderLine(
            line_number=str(line.line_nbr),
            item=self._item(number, line),
            quantity=line.order_qty,
            uom=self._unit(line.uom or "", number),
            unit_price=line.unit_cost,
        )

    def _item(self, number: str, line: ReadPurchaseOrderLine) -> Item:
        codes = self._codes.codes_of(number) if number else {}
        gtin = codes.get(("Barcode", ""))
        sellers = codes.get(("VPN", self._partner.supplier or "")) or line.alternate_id
        return Item(
            gtin=Identifier(scheme=IdentifierScheme.GTIN, value=gtin) if gtin else None,
            seller_id=Identifier(scheme=IdentifierScheme.SELLER_ASSIGNED, value=sellers) if sellers else None,
            buyer_id=Identifier(scheme=IdentifierScheme.BUYER_ASSIGNED, value=number) if number else None,
        )

    def _unit(self, unit: str, item: str) -> UnitOfMeasure:
        lists = _UNIT_LISTS[self._message.standard]
        for reference in (*self._partner.units, *self._configuration.company.units):
            if reference.unit == unit and reference.list in lists:
                return UnitOfMeasure(code=reference.code, list=UnitList(reference.list))
        raise Misconfigured(
            f"Unit {unit!r} of item {item} has no code of {' or '.join(lists)}.",
            advice=f'Add `- {{code: CODE, list: {lists[0]}, unit: "{unit}"}}` to `units:` in company.yaml.',
            unit=unit,
            item=item,
        )

    def _buyer(self) -> Party:
        company = self._configuration.company
        return Party(role=PartyRole.BUYER, ids=self._own_ids(), name=company.name)

    def _own_ids(self) -> tuple[Identifier, ...]:
        for own in self._configuration.company.identities:
            if own.standard == self._message.standard:
                return (_identifier(own.id, own.qualifier, IdentifierScheme.BUYER_ASSIGNED),)
        return ()

    def _seller(self, order: ReadPurchaseOrder) -> Party:
        ids = tuple(
            _identifier(identity.id, identity.qualifier, IdentifierScheme.SELLER_ASSIGNED)
            for identity in self._partner.identities
            if identity.standard == self._message.standard
        )
        name = order.supplier.name if order.supplier else None
        return Party(role=PartyRole.SELLER, ids=ids[:1], name=name or self._partner.name)


def _identifier(value: str, qualifier: str | None, otherwise: IdentifierScheme) -> Identifier:
    """An address as an identifier: 14 says GLN in UNB 0007, and 08 does in ISA05."""
    gln = qualifier in ("14", "08")
    return Identifier(scheme=IdentifierScheme.GLN if gln else otherwise, value=value)
