"""The JSON Schemas of the documents as files: ``python -m ml_connector.documents.schemas FOLDER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ml_connector.documents import (
    DespatchAdvice,
    FunctionalAcknowledgement,
    Invoice,
    OrderResponse,
    PaymentInstruction,
    PurchaseOrder,
    RemittanceAdvice,
)

if TYPE_CHECKING:
    from ml_connector.documents import BusinessDocument

_MODELS: dict[str, type[BusinessDocument]] = {
    "purchase-order": PurchaseOrder,
    "order-response": OrderResponse,
    "invoice": Invoice,
    "despatch-advice": DespatchAdvice,
    "remittance-advice": RemittanceAdvice,
    "payment-instruction": PaymentInstruction,
    "functional-acknowledgement": FunctionalAcknowledgement,
}


def schemas() -> dict[str, str]:
    """The text of each schema file by its name."""
    return {f"{name}.schema.json": _text(model) for name, model in _MODELS.items()}


def _text(model: type[BusinessDocument]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main(folder: Path) -> None:
    """Write all schema files into a folder."""
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
