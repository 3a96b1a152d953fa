"""What every step of mapping one document needs at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ml_connector.mapping.result import Worksheet
from ml_connector.mapping.routing import Routing, route
from ml_connector.partners.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.documents.commercial import AllowanceCharge
    from ml_connector.mapping.lookups import Lookups
    from ml_connector.partners import Configuration, Partner
    from ml_connector.partners.fields import Level
    from ml_connector.partners.fragments import Tolerances
    from ml_connector.partners.located import Location
    from ml_connector.partners.subject import AnyDocument, AnyLine


@dataclass(frozen=True, slots=True)
class Context:
    """One document on its way into the ledger.

    Attributes:
        company: The company a person decided on; empty where rules, files and defaults decide.
    """

    document: AnyDocument
    partner: Partner
    configuration: Configuration
    lookups: Lookups
    document_id: str
    company: str = ""
    sheet: Worksheet = field(default_factory=Worksheet)

    @property
    def file(self) -> str:
        """The partner's file, for complaints and decisions."""
        return self.configuration.partner_file(self.partner)

    def stop_if_lacking(self) -> None:
        """Raise what the configuration lacks for this document, all of it at once.

        Raises:
            Misconfigured: Something is missing.
        """
        self.sheet.stop_if_lacking(partner=self.partner.id, number=self.document.number)

    def where(self, *path: str | int) -> Location:
        """Return the line of a value in the partner's file."""
        return self.configuration.where(self.file, *path)

    def company_where(self, *path: str | int) -> Location:
        """Return the line of a value in company.yaml."""
        return self.configuration.where("company.yaml", *path)

    def tolerances(self, currency: str) -> Tolerances:
        """Return what may differ in a document of this currency: the partner's, else the company's."""
        company = self.configuration.company
        return self.partner.tolerances.over(company.effective_tolerances(currency))

    def route(
        self,
        level: Level,
        resolved: Mapping[str, str],
        line: AnyLine | None = None,
        charge: AllowanceCharge | None = None,
    ) -> Routing:
        """Return what the rules of ``level`` say about the document, a line or a charge of it."""
        subject = Subject(self.document, self.partner.id, line, charge, resolved)
        routing = route(self.configuration.rules, level, subject)
        self.sheet.routings.append((level, routing))
        return routing
