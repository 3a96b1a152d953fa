"""Write the message schemas of ``ml_connector.edi`` from a folder of structural facts.

::

    python tools/build_schemas.py FOLDER

FOLDER holds ``x12-004010.json``, ``x12-005010.json``, ``edifact-d96a.json``, ``edifact-d01b.json`` and
``edifact-service.json``: trees, segments, composites and elements as facts (tags, order, nesting,
occurrence, types, lengths, conditions). What is written is structure in the notation that
`ml_connector.edi.notation` reads, and code values only for the elements the connector interprets or whose
codes decide structure: no bulk code lists, no descriptions. ``tradacoms.json`` is written by hand and stays
as it is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "layers/connector/ml_connector/edi/schemas"

#: Elements whose values the connector reads as more than text: purposes, types, statuses, acknowledgements.
X12_CODES = """
    88 248 305 331 333 349 353 455 478 481 482 587 618 620 621 640 662 668 670 715 716 717 718 720 723 736
    I13 I14 I17 I18
"""
EDIFACT_CODES = """
    0073 0081 0083 0085 1225 1229 4343 4347 5125 5283 5305 5463 6343 6347 7075 7077
"""

Facts = dict[str, Any]


def write_node(node: Facts) -> str:
    """A tree node as ``TAG[#group][!][:max|*][(children)]``; a maximum of 1 is left out."""
    group = f"#{node['group']}" if node.get("group") else ""
    mandatory = "!" if node["req"] == "M" else ""
    maximum = "*" if node["max"] is None else "" if node["max"] == 1 else f":{node['max']}"
    is_loop = "loop" in node or "group" in node
    children = f"({' '.join(map(write_node, node.get('children', ())))})" if is_loop else ""
    return f"{node['segment']}{group}{mandatory}{maximum}{children}"


def write_message(message: Facts) -> dict[str, str]:
    """The areas of a message, each as one line of nodes, with the functional group X12 sends it in."""
    written = {area["area"]: " ".join(map(write_node, area["nodes"])) for area in message["areas"]}
    group = message.get("functional_group")
    return {"group": group, **written} if group else written


def write_part(part: Facts) -> list[str]:
    """One position, or the several an EDIFACT maximum stands for: ``id[!][^repeat]``, ``-`` where unknown."""
    name = part["id"] or "-"
    mandatory = "!" if part["req"] == "M" else ""
    repeat = f"^{part['repeat']}" if part.get("repeat", 1) != 1 else ""
    return [f"{name}{mandatory}{repeat}", *[name] * (part.get("max", 1) - 1)]


def write_parts(facts: Facts | list[Facts]) -> str:
    """The positions of a segment or composite, then its conditions after a bar."""
    parts = facts if isinstance(facts, list) else facts["elements"]
    notes = [] if isinstance(facts, list) else facts["syntax"]
    words = [word for part in parts for word in write_part(part)]
    return " ".join([*words, "|", *notes] if notes else words)


def write_element(element: Facts) -> str:
    """Type and lengths: ``AN 1/30``."""
    return f"{element['type']} {element.get('min') or 1}/{element['max']}"


def tags_of(nodes: list[Facts]) -> set[str]:
    """Every tag in a tree."""
    return {node["segment"] for node in nodes}.union(*(tags_of(node.get("children", [])) for node in nodes))


def write_directory(facts: Facts, messages: Facts, codes: str, *, service: bool = False) -> Facts:
    """A directory's messages with their segments, composites and elements.

    With ``service`` the segments outside every tree are kept too: those of the envelope.
    """
    tags = set().union(
        *(tags_of(area["nodes"]) for message in messages.values() for area in message["areas"])
    )
    kept = sorted(facts["segments"] if service else tags)
    segments = {tag: write_parts(facts["segments"][tag]) for tag in kept}
    composites = {name: write_parts(parts) for name, parts in sorted(facts["composites"].items())}
    elements = {name: write_element(element) for name, element in sorted(facts["elements"].items())}
    listed = {
        name: facts["elements"][name].get("codes") for name in codes.split() if name in facts["elements"]
    }
    return {
        "messages": {name: write_message(message) for name, message in messages.items()},
        "segments": segments,
        "composites": composites,
        "elements": elements,
        "codes": {name: " ".join(values) for name, values in listed.items() if values},
    }


def save(name: str, directory: Facts) -> None:
    """Write one schema file, a fact a line, so that a change reads as a change."""
    (PACKAGE / name).write_text(json.dumps(directory, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    """Write the five generated schema files."""
    for version in ("004010", "005010"):
        facts = json.loads((folder / f"x12-{version}.json").read_text(encoding="utf-8"))
        save(f"x12-{version}.json", write_directory(facts, facts["sets"], X12_CODES, service=True))
    for release in ("d96a", "d01b"):
        facts = json.loads((folder / f"edifact-{release}.json").read_text(encoding="utf-8"))
        save(f"edifact-{release}.json", write_directory(facts, facts["messages"], EDIFACT_CODES))
    services = json.loads((folder / "edifact-service.json").read_text(encoding="utf-8"))["syntax"]
    for syntax, facts in services.items():
        save(
            f"edifact-service-{syntax}.json",
            write_directory(facts, facts["messages"], EDIFACT_CODES, service=True),
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
