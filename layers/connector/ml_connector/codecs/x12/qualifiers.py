"""What X12's qualifiers mean in the documents.

Reading goes through a table from left to right; writing takes the first code of a meaning, unless the
document still names the code it was read with and that code means the same here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from ml_connector.documents import IdentifierScheme as Scheme
from ml_connector.documents import PartyRole as Role
from ml_connector.documents import ReferenceType as Ref
from ml_connector.documents import Settlement

if TYPE_CHECKING:
    from collections.abc import Mapping

Meaning = TypeVar("Meaning")

#: 98 entity identifier: N101.
PARTY_ROLES: Mapping[str, Role] = {
    "BY": Role.BUYER,
    "ST": Role.SHIP_TO,
    "BT": Role.BILL_TO,
    "SU": Role.SELLER,
    "SE": Role.SELLER,
    "VN": Role.SELLER,
    "SF": Role.SHIP_FROM,
    "RI": Role.REMIT_TO,
    "RE": Role.REMIT_TO,
    "PR": Role.PAYER,
    "PE": Role.PAYEE,
    "SO": Role.SOLD_TO,
    "OB": Role.ORDERED_BY,
    "Z7": Role.MARK_FOR,
    "MA": Role.ULTIMATE_CONSIGNEE,
    "UC": Role.ULTIMATE_CONSIGNEE,
    "WH": Role.WAREHOUSE,
    "CN": Role.CONSIGNEE,
    "SH": Role.CONSIGNOR,
    "II": Role.ISSUER,
    "CA": Role.CARRIER,
    "MF": Role.MANUFACTURER,
    "FW": Role.FREIGHT_FORWARDER,
    "FR": Role.MESSAGE_SENDER,
    "TO": Role.MESSAGE_RECIPIENT,
    "IV": Role.INVOICEE,
}

#: 66 identification code qualifier: N103, and TD502 for carriers.
PARTY_SCHEMES: Mapping[str, Scheme] = {
    "92": Scheme.BUYER_ASSIGNED,
    "91": Scheme.SELLER_ASSIGNED,
    "UL": Scheme.GLN,
    "1": Scheme.DUNS,
    "9": Scheme.DUNS4,
    "2": Scheme.SCAC,
    "FI": Scheme.COMPANY_REG,
    "24": Scheme.COMPANY_REG,
    "ZZ": Scheme.MUTUAL,
}

#: 235 product id qualifier: pairs of PO1, IT1, POC, LIN, SLN, ACK.
ITEM_SCHEMES: Mapping[str, Scheme] = {
    "UP": Scheme.GTIN,
    "EN": Scheme.GTIN,
    "UK": Scheme.GTIN,
    "EO": Scheme.GTIN,
    "UA": Scheme.GTIN,
    "UD": Scheme.GTIN,
    "UI": Scheme.GTIN,
    "VN": Scheme.SELLER_ASSIGNED,
    "VP": Scheme.SELLER_ASSIGNED,
    "VC": Scheme.SELLER_ASSIGNED,
    "VA": Scheme.SELLER_ASSIGNED,
    "BP": Scheme.BUYER_ASSIGNED,
    "IN": Scheme.BUYER_ASSIGNED,
    "CB": Scheme.BUYER_ASSIGNED,
    "PI": Scheme.BUYER_ASSIGNED,
    "MG": Scheme.MANUFACTURER_ASSIGNED,
    "MF": Scheme.MANUFACTURER_ASSIGNED,
    "IB": Scheme.ISBN,
    "ZZ": Scheme.MUTUAL,
}

#: The qualifier a GTIN is written with, by its number of digits.
GTIN_QUALIFIERS: Mapping[int, str] = {8: "EO", 12: "UP", 13: "EN", 14: "UK"}

#: 128 reference qualifier: REF01.
REFERENCE_TYPES: Mapping[str, Ref] = {
    "PO": Ref.PURCHASE_ORDER,
    "CO": Ref.CUSTOMER_REFERENCE,
    "CR": Ref.CUSTOMER_REFERENCE,
    "VN": Ref.SALES_ORDER,
    "CT": Ref.CONTRACT,
    "IV": Ref.INVOICE,
    "OI": Ref.ORIGINAL_INVOICE,
    "CM": Ref.CREDIT_NOTE,
    "DL": Ref.DEBIT_NOTE,
    "IA": Ref.VENDOR_NUMBER,
    "VR": Ref.VENDOR_NUMBER,
    "DP": Ref.DEPARTMENT,
    "BM": Ref.BILL_OF_LADING,
    "MB": Ref.BILL_OF_LADING,
    "CN": Ref.CARRIER_REFERENCE,
    "2I": Ref.CARRIER_REFERENCE,
    "PK": Ref.PACKING_LIST,
    "SI": Ref.SHIPMENT,
    "PD": Ref.PROMOTION,
    "LI": Ref.LINE_ITEM,
    "IL": Ref.LINE_ITEM,
    "LT": Ref.LOT,
    "SE": Ref.SERIAL,
    "DQ": Ref.DELIVERY_NOTE,
    "PL": Ref.PRICE_LIST,
    "PJ": Ref.PROJECT,
    "CC": Ref.COST_CENTRE,
}

#: 128 of REF inside an N1 loop: what taxes know the party by.
TAX_SCHEMES: Mapping[str, Scheme] = {
    "VX": Scheme.VAT,
    "GT": Scheme.VAT,
    "TJ": Scheme.COMPANY_REG,
    "EI": Scheme.COMPANY_REG,
}

#: 374 date qualifier: the field of ``delivery`` a DTM fills; ``requested_delivery`` stands beside it.
DELIVERY_DATES: Mapping[str, str] = {
    "002": "requested_delivery",
    "064": "earliest_date",
    "063": "latest_date",
    "035": "actual_date",
    "069": "promised_date",
    "017": "estimated_date",
    "067": "scheduled_date",
    "010": "requested_ship_date",
    "037": "earliest_ship_date",
    "038": "latest_ship_date",
    "011": "ship_date",
    "001": "cancel_after_date",
    "061": "cancel_after_date",
}

#: 639 price basis: what the price is divided by. Codes that tell only the kind of price are not here.
PRICE_DIVISORS: Mapping[str, Decimal] = {
    **dict.fromkeys(("PE", "LE", "QE", "TE", "WE", "RE"), Decimal(1)),
    "PN": Decimal(10),
    **dict.fromkeys(("PD", "LD", "TD", "RD", "WD"), Decimal(12)),
    **dict.fromkeys(("HP", "LC", "TC", "QH", "RC", "WC"), Decimal(100)),
    **dict.fromkeys(("TP", "LM", "TM", "QS", "RM", "WM"), Decimal(1000)),
    "TT": Decimal(10_000),
    "HT": Decimal(100_000),
}

#: 639 codes that say what kind of price it is and leave the basis at one.
PRICE_KINDS = frozenset(
    (
        "CA",
        "CT",
        "CP",
        "NT",
        "ST",
        "NC",
        "NS",
        "UM",
        "PR",
        "RP",
        "SR",
        "CR",
        "DR",
        "WH",
        "AA",
        "EC",
        "ES",
        "FO",
    )
)

#: 331 allowance or charge method of handling: SAC12.
SETTLEMENTS: Mapping[str, Settlement] = {
    "02": Settlement.OFF_INVOICE,
    "01": Settlement.BILL_BACK,
    "04": Settlement.CREDIT_ACCOUNT,
    "05": Settlement.PAID_BY_VENDOR,
    "06": Settlement.PAID_BY_CUSTOMER,
    "15": Settlement.INFO_ONLY,
}

#: 963 tax type: TXI01.
TAX_TYPES: Mapping[str, str] = {
    "VA": "VAT",
    "GS": "GST",
    "CG": "GST",
    "CV": "GST",
    "ST": "SALES_TAX",
    "LS": "SALES_TAX",
    "LO": "SALES_TAX",
    "SU": "SALES_TAX",
    "SP": "SALES_TAX",
    "TX": "TOTAL",
    "OH": "OTHER",
}


def code_for(table: Mapping[str, Meaning], meaning: Meaning, kept: str | None = None) -> str | None:
    """The code to write for a meaning: the kept one if it means that here, else the first that does."""
    if kept is not None and table.get(kept) == meaning:
        return kept
    return next((code for code, found in table.items() if found == meaning), None)
