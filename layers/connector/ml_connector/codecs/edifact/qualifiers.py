"""What the qualifiers of EDIFACT mean in the documents.

Code lists of the UN directories D.96A and D.01B and of EANCOM. Decoding reads a table from left to right;
encoding writes the first code of a meaning. A code that is not the first of its meaning is kept with the
document (``source_qualifier`` and the like) and written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ml_connector.documents import (
    IdentifierScheme,
    InvoiceType,
    LineAction,
    OrderType,
    PartyRole,
    PaymentBasis,
    Purpose,
    ReferenceType,
    Settlement,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Meaning = TypeVar("Meaning")

# 3035 party qualifier: NAD.
PARTY_ROLES = {
    "BY": PartyRole.BUYER,
    "SU": PartyRole.SELLER,
    "SE": PartyRole.SELLER,
    "DP": PartyRole.SHIP_TO,
    "ST": PartyRole.SHIP_TO,
    "SF": PartyRole.SHIP_FROM,
    "IV": PartyRole.INVOICEE,
    "BT": PartyRole.BILL_TO,
    "II": PartyRole.ISSUER,
    "PE": PartyRole.PAYEE,
    "PR": PartyRole.PAYER,
    "RE": PartyRole.REMIT_TO,
    "CA": PartyRole.CARRIER,
    "UC": PartyRole.ULTIMATE_CONSIGNEE,
    "UD": PartyRole.ULTIMATE_CONSIGNEE,
    "OB": PartyRole.ORDERED_BY,
    "WH": PartyRole.WAREHOUSE,
    "MF": PartyRole.MANUFACTURER,
    "BE": PartyRole.PAYEE,
    "OY": PartyRole.PAYER,
    "CN": PartyRole.CONSIGNEE,
    "CZ": PartyRole.CONSIGNOR,
    "FW": PartyRole.FREIGHT_FORWARDER,
    "MS": PartyRole.MESSAGE_SENDER,
    "FR": PartyRole.MESSAGE_SENDER,
    "MR": PartyRole.MESSAGE_RECIPIENT,
}

# 3055 responsible agency of C082.3039: whose number identifies the party. No agency: agreed between the two.
PARTY_SCHEMES = {
    "9": IdentifierScheme.GLN,
    "16": IdentifierScheme.DUNS,
    "92": IdentifierScheme.BUYER_ASSIGNED,
    "91": IdentifierScheme.SELLER_ASSIGNED,
    "182": IdentifierScheme.SCAC,
    "": IdentifierScheme.MUTUAL,
    "ZZZ": IdentifierScheme.MUTUAL,
}

# 1153 below NAD: further numbers of the party, and its tax numbers.
PARTY_IDS = {
    "IA": IdentifierScheme.BUYER_ASSIGNED,
    "IT": IdentifierScheme.SELLER_ASSIGNED,
    "API": IdentifierScheme.OTHER,
}
PARTY_TAX_IDS = {
    "VA": IdentifierScheme.VAT,
    "XA": IdentifierScheme.COMPANY_REG,
    "GN": IdentifierScheme.COMPANY_REG,
    "FC": IdentifierScheme.OTHER,
}

# 1153 reference qualifier: RFF.
REFERENCES = {
    "ON": ReferenceType.PURCHASE_ORDER,
    "OP": ReferenceType.PURCHASE_ORDER,
    "CO": ReferenceType.PURCHASE_ORDER,
    "VN": ReferenceType.SALES_ORDER,
    "CT": ReferenceType.CONTRACT,
    "IV": ReferenceType.INVOICE,
    "OI": ReferenceType.ORIGINAL_INVOICE,
    "AAK": ReferenceType.DESPATCH_ADVICE,
    "DQ": ReferenceType.DELIVERY_NOTE,
    "CD": ReferenceType.CREDIT_NOTE,
    "DL": ReferenceType.DEBIT_NOTE,
    "PL": ReferenceType.PRICE_LIST,
    "POR": ReferenceType.ORDER_RESPONSE,
    "PK": ReferenceType.PACKING_LIST,
    "ALO": ReferenceType.RECEIVING_ADVICE,
    "CR": ReferenceType.CUSTOMER_REFERENCE,
    "PQ": ReferenceType.PAYMENT,
    "PD": ReferenceType.PROMOTION,
    "SRN": ReferenceType.SHIPMENT,
    "BM": ReferenceType.BILL_OF_LADING,
    "AAS": ReferenceType.CARRIER_REFERENCE,
    "LI": ReferenceType.LINE_ITEM,
    "BT": ReferenceType.LOT,
    "SE": ReferenceType.SERIAL,
    "AEP": ReferenceType.PROJECT,
}

# 7143 item number type: LIN and PIA C212.
GTIN_TYPES = ("EN", "SRV", "UP")
ITEM_NUMBERS = {
    "SA": IdentifierScheme.SELLER_ASSIGNED,
    "VN": IdentifierScheme.SELLER_ASSIGNED,
    "VP": IdentifierScheme.SELLER_ASSIGNED,
    "IN": IdentifierScheme.BUYER_ASSIGNED,
    "BP": IdentifierScheme.BUYER_ASSIGNED,
    "MF": IdentifierScheme.MANUFACTURER_ASSIGNED,
    "IB": IdentifierScheme.ISBN,
    "MP": IdentifierScheme.OTHER,
}

# 1001 document name code: BGM.
ORDER_TYPES = {
    "220": OrderType.STANDARD,
    "105": OrderType.STANDARD,
    "221": OrderType.BLANKET,
    "226": OrderType.CALL_OFF,
    "224": OrderType.RUSH,
    "227": OrderType.CONSIGNMENT,
    "228": OrderType.SAMPLE,
}
INVOICE_TYPES = {
    "380": InvoiceType.INVOICE,
    "381": InvoiceType.CREDIT_NOTE,
    "83": InvoiceType.CREDIT_NOTE,
    "396": InvoiceType.CREDIT_NOTE,
    "383": InvoiceType.DEBIT_NOTE,
    "384": InvoiceType.CORRECTED,
    "386": InvoiceType.PREPAYMENT,
    "389": InvoiceType.SELF_BILLED,
    "325": InvoiceType.PROFORMA,
    "385": InvoiceType.CONSOLIDATED,
    "218": InvoiceType.FINAL,
}

# 1225 message function: BGM.
PURPOSES = {
    "9": Purpose.ORIGINAL,
    "5": Purpose.REPLACE,
    "4": Purpose.CHANGE,
    "1": Purpose.CANCEL,
    "6": Purpose.CONFIRMATION,
    "7": Purpose.DUPLICATE,
    "31": Purpose.COPY,
}

# 1229 action of a line: LIN.
LINE_ACTIONS = {
    "1": LineAction.ADD,
    "2": LineAction.DELETE,
    "3": LineAction.CHANGE,
    "4": LineAction.UNCHANGED,
}

# 4471 settlement: ALC.
SETTLEMENTS = {
    "2": Settlement.OFF_INVOICE,
    "1": Settlement.BILL_BACK,
    "4": Settlement.CREDIT_ACCOUNT,
    "5": Settlement.PAID_BY_VENDOR,
    "6": Settlement.PAID_BY_CUSTOMER,
}

# 5305 duty or tax category: TAX. B, transferred, is what UBL calls AE, reverse charge.
TAX_CATEGORIES = {"B": "AE", "AE": "AE"}

# 2475 payment time reference: PAT.
PAYMENT_BASES = {
    "5": PaymentBasis.INVOICE_DATE,
    "1": PaymentBasis.ORDER_DATE,
    "21": PaymentBasis.RECEIPT,
}


def first_codes(table: Mapping[str, Meaning]) -> dict[Meaning, str]:
    """The first code of every meaning of a table."""
    codes: dict[Meaning, str] = {}
    for code, meaning in table.items():
        codes.setdefault(meaning, code)
    return codes


def source_code(code: str | None, table: Mapping[str, Meaning]) -> str | None:
    """The code where it says more than its meaning does: it is unknown, or not the first of its meaning."""
    if not code or code not in table:
        return code or None
    return None if first_codes(table)[table[code]] == code else code
