"""``overlays/*.yaml``: a partner's own rules over the standard's, for messages it sends or gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from ml_connector.edi import Overlay

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from ml_connector.partners.located import LocatedYaml, Location, ValuePath
    from ml_connector.partners.profile import Partner

#: A fault of a configuration: where, and what is wrong.
Fault = tuple["Location", str]


def read_overlays(sources: Iterable[LocatedYaml]) -> tuple[dict[str, Overlay], list[Fault]]:
    """Return the overlays by the name of their file, and what is wrong with the files that are none."""
    overlays: dict[str, Overlay] = {}
    faults: list[Fault] = []
    for source in sources:
        name = source.file.removeprefix("overlays/").removesuffix(".yaml")
        try:
            overlays[name] = Overlay.model_validate(source.data or {})
        except ValidationError as error:
            for item in error.errors(include_url=False):
                key = ".".join(str(step) for step in item["loc"])
                faults.append((source.where(*item["loc"]), f"it is no overlay: {key}: {item['msg']}"))
    return overlays, faults


def missing_overlays(
    partners: Iterable[Partner], names: Collection[str], sources: Mapping[str, LocatedYaml]
) -> Iterator[Fault]:
    """Yield the overlays that partner files name and no file in ``overlays/`` is."""
    for partner in partners:
        source = sources[f"partners/{partner.id}.yaml"]
        for path, name in _named(partner):
            if name not in names:
                yield source.where(*path), f"There is no overlays/{name}.yaml"


def _named(partner: Partner) -> Iterator[tuple[ValuePath, str]]:
    named: list[tuple[ValuePath, str | None]] = [
        (("reading", "overlay"), partner.reading.overlay),
        *((("messages", index), message.overlay) for index, message in enumerate(partner.messages)),
        *((("outgoing", index), message.overlay) for index, message in enumerate(partner.outgoing)),
    ]
    yield from ((path, name) for path, name in named if name)
