"""The shapes an 856 comes in: which level holds which, and which package is which level."""

from __future__ import annotations

from ml_connector.documents import PackageLevel

#: 1005 hierarchical structure: BSN05.
STRUCTURES = {
    "0001": "shipment_order_package_item",
    "0002": "shipment_order_item_package",
    "0003": "shipment_package_order_item",
    "0004": "shipment_order_item",
}

#: 735 hierarchical level of packages: HL03.
LEVELS = {"T": PackageLevel.PALLET, "P": PackageLevel.CARTON, "Q": PackageLevel.INNER}

#: 374 date qualifier of the shipment's DTM.
SHIPMENT_DATES = {"011": "despatch_datetime", "017": "estimated_delivery", "002": "requested_delivery"}
