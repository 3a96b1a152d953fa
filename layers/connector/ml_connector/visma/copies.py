"""Copies of datasets: in this process, shared over DynamoDB, refreshed from Visma by delta."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from ml_connector.errors import Misconfigured, Unavailable
from ml_connector.visma.datasets import DAY, Dataset
from ml_connector.visma.paging import VISMA_CLOCK_OVERLAP, changed_since, read_time
from ml_connector.visma.wire import Json, ReadModel, dump_json, load_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.store.reference_cache import ReferenceCache
    from ml_connector.visma.client import VismaClient

Row = TypeVar("Row", bound=ReadModel)

# A delta tells nothing of what was deleted, so the whole is read again once a day.
_WHOLE_AGE = DAY
# A look-up that finds nothing may be about a record of the last minutes; it refreshes a copy older than this.
_MISS_AGE = 60.0
_REFRESH_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Copy:
    """A dataset as last read.

    Attributes:
        rows: By key.
        read_at: When it was last brought up to date, epoch seconds.
        whole_at: When it was last read whole.
        watermark: The greatest time of change, by Visma's clock.
        version: The shared version it is.
        indexes: Rows by another member's value, filled when first asked for.
    """

    rows: dict[str, Any]
    read_at: float
    whole_at: float
    watermark: datetime | None = None
    version: str = ""
    indexes: dict[str, dict[str, list[Any]]] = field(default_factory=dict)


class Copies:
    """The copies of one company; safe for several threads."""

    def __init__(
        self,
        client: VismaClient,
        cache: ReferenceCache | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._cache = cache
        self._clock = clock
        self._copies: dict[str, Copy] = {}
        self._lock = threading.RLock()

    def current(self, dataset: Dataset) -> Copy:
        """Return a copy no older than the dataset's age, or a stale one while Visma is away.

        Raises:
            Unavailable: There is no copy, and Visma can't be read.
            Misconfigured: The login is refused, or the company is surely the wrong one.
        """
        return self._fresh(dataset, dataset.max_age)

    def after_miss(self, dataset: Dataset) -> Copy:
        """Return a copy that holds what Visma had a minute ago."""
        return self._fresh(dataset, min(dataset.max_age, _MISS_AGE))

    def find(self, dataset: Dataset, key: str) -> Json | None:
        """Return the row of a key, or None."""
        row = self.current(dataset).rows.get(key)
        return row if row is not None else self.after_miss(dataset).rows.get(key)

    def matching(
        self, dataset: Dataset, index: str, values: Callable[[Any], Iterator[str]], wanted: str
    ) -> list[Any]:
        """Return the rows one of whose ``values`` is wanted, in the order of their keys."""
        found = self._indexed(self.current(dataset), index, values).get(wanted, [])
        return found or self._indexed(self.after_miss(dataset), index, values).get(wanted, [])

    def _indexed(
        self, copy: Copy, index: str, values: Callable[[Any], Iterator[str]]
    ) -> dict[str, list[Any]]:
        if index not in copy.indexes:
            table: dict[str, list[Any]] = {}
            for _, row in sorted(copy.rows.items()):
                for value in dict.fromkeys(values(row)):
                    table.setdefault(value, []).append(row)
            copy.indexes[index] = table
        return copy.indexes[index]

    def _fresh(self, dataset: Dataset, age: float) -> Copy:
        with self._lock:
            known = self._copies.get(dataset.name)
            if known and self._age(known) <= age:
                return known
            known = self._shared(dataset, known)
            if known and self._age(known) <= age:
                return self._keep(dataset, known)
            return self._keep(dataset, self._refreshed(dataset, known))

    def _age(self, copy: Copy) -> float:
        return self._clock() - copy.read_at

    def _keep(self, dataset: Dataset, copy: Copy) -> Copy:
        self._copies[dataset.name] = copy
        return copy

    def _shared(self, dataset: Dataset, known: Copy | None) -> Copy | None:
        if self._cache is None:
            return known
        found = self._cache.read(dataset.name, known_version=known.version if known else "")
        return _unpacked(dataset, found.version, found.payload) if found else known

    def _refreshed(self, dataset: Dataset, known: Copy | None) -> Copy:
        if known and not self._mine_to_refresh(dataset):
            return known
        try:
            fresh = self._read(dataset, known)
        except Unavailable:
            if known is None:
                raise
            return known
        return self._share(dataset, fresh)

    def _mine_to_refresh(self, dataset: Dataset) -> bool:
        if self._cache is None:
            return True
        return self._cache.claim(dataset.name, now=self._clock(), seconds=_REFRESH_SECONDS)

    def _share(self, dataset: Dataset, copy: Copy) -> Copy:
        if self._cache is None:
            return copy
        version = self._cache.write(dataset.name, _packed(copy), read_at=copy.read_at)
        return replace(copy, version=version)

    def _read(self, dataset: Dataset, known: Copy | None) -> Copy:
        now = self._clock()
        whole = not (known and dataset.delta and known.watermark and now - known.whole_at < _WHOLE_AGE)
        base = None if whole else known
        rows = list(self._rows(dataset, base))
        if whole and dataset.needed and not rows:
            raise Misconfigured(
                f"Visma answered an empty list to {dataset.path}: a wrong company does that.",
                advice="Check the company id and that the application may use the company.",
            )
        merged = {**(base.rows if base else {}), **{dataset.key(row): row for row in rows}}
        marks = [row.last_modified_date_time for row in rows if getattr(row, "last_modified_date_time", None)]
        naive = [mark.replace(tzinfo=None) for mark in marks]
        watermark = max([*naive, *([base.watermark] if base and base.watermark else [])], default=None)
        return Copy(merged, now, now if base is None else base.whole_at, watermark)

    def _rows(self, dataset: Dataset, base: Copy | None) -> Iterator[Any]:
        window = changed_since(self._since(dataset, base))
        params = {**dataset.params, **window}
        if dataset.paged:
            rows = self._client.rows(dataset.path, params)
        else:
            body = self._client.get(dataset.path, params).body
            rows = iter(body if isinstance(body, list) else [body] if body else [])
        return (dataset.model.model_validate(row) for row in rows)

    def _since(self, dataset: Dataset, base: Copy | None) -> datetime | None:
        if base and base.watermark:
            return base.watermark - VISMA_CLOCK_OVERLAP
        if dataset.horizon_days:
            return datetime.fromtimestamp(self._clock(), UTC) - timedelta(days=dataset.horizon_days)
        return None


def _packed(copy: Copy) -> bytes:
    rows = [row.model_dump(by_alias=True, exclude_none=True, mode="python") for row in copy.rows.values()]
    mark = copy.watermark.isoformat() if copy.watermark else None
    text = {"readAt": copy.read_at, "wholeAt": copy.whole_at, "watermark": mark, "rows": _plain(rows)}
    return dump_json(text).encode()


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _unpacked(dataset: Dataset, version: str, payload: bytes) -> Copy:
    text = load_json(payload)
    rows = [dataset.model.model_validate(row) for row in text["rows"]]
    return Copy(
        {dataset.key(row): row for row in rows},
        float(text["readAt"]),
        float(text["wholeAt"]),
        read_time(text["watermark"]),
        version,
    )
