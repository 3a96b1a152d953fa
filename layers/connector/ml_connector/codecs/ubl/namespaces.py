"""The namespaces of UBL 2, and the prefixes that everybody gives them."""

from __future__ import annotations

SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd"
CAC = f"{SCHEMA}:CommonAggregateComponents-2"
CBC = f"{SCHEMA}:CommonBasicComponents-2"
NAMESPACES = {"cac": CAC, "cbc": CBC}
