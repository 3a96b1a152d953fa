"""What a person decided about one document: it travels with each new execution and stands in its state.

The bytes of the document never change for it; the audit trail holds who decided what and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from ml_connector.errors import Held
from ml_connector.partners.fragments import Entity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.partners.profile import Partner
    from ml_connector.partners.subject import AnyDocument


class Instructions(BaseModel):
    """A person's decisions about a document.

    Attributes:
        released: What would be held goes on.
        entity: What it becomes in Visma, whatever the partner's profile says.
        company: The company whose ledger it goes to, whatever the rules say.
        fields: Values of the document to set otherwise, by their path.
        mailbox: Where a document that leaves goes instead.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    released: bool = False
    entity: Entity | None = None
    company: str = ""
    fields: dict[str, str] = {}
    mailbox: str = ""

    def plain(self) -> dict[str, Any]:
        """Return only what was decided, as plain JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def document(self, document: AnyDocument) -> AnyDocument:
        """Return the document with the corrected values.

        Raises:
            Misconfigured: A field is not there, or does not take its value.
        """
        from ml_connector.mapping.overrides import with_fields

        return with_fields(document, self.fields)

    def partner(self, partner: Partner, document_type: str) -> Partner:
        """Return the partner, sending its documents of this type to the entity that was decided."""
        if self.entity is None:
            return partner
        return partner.model_copy(update={"targets": {**partner.targets, document_type: self.entity}})


def instructions_in(given: Mapping[str, Any]) -> Instructions:
    """Return the instructions an execution was started with."""
    return Instructions.model_validate(given.get("instructions") or {})


def stop_if_held(state: Mapping[str, Any] | None, document: str) -> None:
    """Let a document pass unless a person holds it.

    Raises:
        Held: A person stopped it, for the reason given.
    """
    reason = (state or {}).get("held_because")
    if reason:
        raise Held(
            f"It was held: {reason}",
            advice=f"When it may go on: ml-connector documents release {document} --reason ...",
        )
