"""The simulated company: its tables, numbers, row versions and clock."""

from __future__ import annotations

import base64
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = dict[str, Any]

DEFAULT_DATA = Path(__file__).with_name("company.yaml")

# Visma's times carry no zone; this company's server stands in Norway, an hour or two east of UTC.
ZONE = timedelta(hours=1)


class Refusal(Exception):
    """A request that Visma refuses with a status and a message of its own."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status

    def body(self) -> Row:
        """Return the error body, type 1 (API A7)."""
        return {"message": f"VismaId: {uuid.uuid4()}. {self.message}"}


def not_found() -> Refusal:
    """Return the refusal of a key the company has not."""
    return Refusal("Error: The record could not be found.", status=404)


@dataclass(slots=True)
class Preferences:
    """What differs between companies; each is INFERRED in the description and so can be chosen here.

    Attributes:
        hold_on_entry: Documents posted without ``hold`` come on hold.
        duplicate_reference: What a second document with a supplier's reference does: ``off`` or ``error``.
        lenient: Unknown members are ignored, as Visma does, where the simulator otherwise refuses them.
        max_page_size: The largest page of lists that name no other.
    """

    hold_on_entry: bool = False
    duplicate_reference: str = "off"
    lenient: bool = False
    max_page_size: int = 1000


@dataclass
class Company:
    """One company's data, guarded by one lock, as one database would."""

    data: Row
    preferences: Preferences = field(default_factory=Preferences)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.id = str(self.data["company"]["id"])
        self.tenant = str(self.data["company"]["tenant"])
        self.tables: dict[str, dict[str, Row]] = {}
        self.files: dict[str, tuple[str, bytes, str]] = {}
        self._numbers = {series: int(last) for series, last in self.data["numbering"].items()}
        self._version = 0

    def table(self, name: str) -> dict[str, Row]:
        """Return the rows of a table by key."""
        return self.tables.setdefault(name, {})

    def row(self, table: str, key: str) -> Row:
        """Return a row.

        Raises:
            Refusal: With 404 where there is none.
        """
        try:
            return self.table(table)[key]
        except KeyError:
            raise not_found() from None

    def next_number(self, series: str) -> str:
        """Return the series' next number, six digits."""
        self._numbers[series] += 1
        return f"{self._numbers[series]:06d}"

    def save(self, table: str, key: str, row: Row) -> Row:
        """Store a row under a new version."""
        self.touch(row)
        row.setdefault("createdDateTime", row["lastModifiedDateTime"])
        self.table(table)[key] = row
        return row

    def touch(self, row: Row) -> None:
        """Give a row a new version and time of change."""
        self._version += 1
        row["timeStamp"] = base64.b64encode(self._version.to_bytes(8, "big")).decode()
        row["lastModifiedDateTime"] = self.now()

    def now(self) -> str:
        """Return the present as Visma writes it: local, milliseconds, no zone."""
        return (self.clock() + ZONE).replace(tzinfo=None).isoformat(timespec="milliseconds")

    def first(self, table: str, **members: str) -> Row | None:
        """Return the first row whose members have these values."""
        rows: Iterable[Row] = self.table(table).values()
        return next((row for row in rows if all(row.get(k) == v for k, v in members.items())), None)


def load_data(path: Path = DEFAULT_DATA) -> Row:
    """Return the company data of a YAML file."""
    return dict(yaml.safe_load(path.read_text()))
