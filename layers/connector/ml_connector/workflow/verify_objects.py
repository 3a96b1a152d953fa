"""Whether the bytes the audit trail speaks of are still there, and still the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.store.objects import ObjectRef
from ml_connector.store.raw import BytesAltered
from ml_connector.workflow.faults import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.store.raw import RawStore

# What came and what left is written once; the others are written anew by each replay.
_ORIGINALS = ("raw/", "messages/", "outbound/", "acknowledgements/")


def references_in(value: Any) -> Iterator[ObjectRef]:  # noqa: ANN401 - whatever JSON an event holds
    """Yield every reference of bytes in an event or a state."""
    if isinstance(value, dict):
        if {"bucket", "key", "version_id", "sha256", "size"} <= value.keys():
            yield ObjectRef(**value)
            return
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references_in(one)


def check_objects(item: str, references: Iterable[ObjectRef], store: RawStore) -> Iterator[Fault]:
    """Yield what is wrong with the objects of one item: gone, hidden, altered, written over.

    Raises:
        Unavailable: S3 did not answer.
    """
    by_key: dict[str, set[ObjectRef]] = {}
    for reference in references:
        by_key.setdefault(reference.key, set()).add(reference)
    for known in by_key.values():
        yield from _check_key(item, known, store)


def _check_key(item: str, known: set[ObjectRef], store: RawStore) -> Iterator[Fault]:
    found = [fault for reference in known for fault in _check_version(item, reference, store)]
    yield from found
    one = next(iter(known))
    if found or not one.key.startswith(_ORIGINALS):
        return
    version = store.current_version(one.key)
    if version is None:
        yield Fault(
            FaultKind.OBJECT_GONE, item, f"s3://{one.bucket}/{one.key} was deleted; its version is left."
        )
    elif version not in {reference.version_id for reference in known}:
        yield from _check_version(item, one.model_copy(update={"version_id": version}), store)


def _check_version(item: str, reference: ObjectRef, store: RawStore) -> Iterator[Fault]:
    try:
        store.open(reference).close()
    except BytesAltered as error:
        gone = "does not exist" in error.message
        yield Fault(FaultKind.OBJECT_GONE if gone else FaultKind.OBJECT_ALTERED, item, error.message)
