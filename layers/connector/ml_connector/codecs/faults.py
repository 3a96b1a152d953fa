"""What a tree of elements lacks: demands written as paths, and the faults they find.

A demand is a path of names joined by ``/``. At every element it passes, the next step must be there; a step
that ends in ``?`` may be absent, and then nothing is demanded below it. The last step may be an
``@attribute``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from xml.etree.ElementTree import Element


class Fault(NamedTuple):
    """One thing that is wrong with an element.

    Attributes:
        rule: The kebab-case id of the rule that speaks.
        message: A sentence: what was expected and what was found.
        path: Where, as names and positions from the root: ``Invoice/cac:InvoiceLine[2]/cbc:ID``.
        element: The nearest element that is there, to find the line by.
    """

    rule: str
    message: str
    path: str
    element: Element


class Names:
    """The names of elements with the prefixes that people know their namespaces by."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self.namespaces = namespaces
        self._prefixes = {uri: prefix for prefix, uri in namespaces.items()}

    def of(self, element: Element) -> str:
        """The name of an element: ``cbc:ID``; without a prefix where its namespace has none."""
        uri, _, name = element.tag.rpartition("}")
        prefix = self._prefixes.get(uri[1:])
        return f"{prefix}:{name}" if prefix else name

    def placed(self, children: Iterable[Element]) -> Iterator[tuple[str, Element]]:
        """Children with their names, from the second of a name on with its position: ``cbc:Note[2]``."""
        counts: dict[str, int] = {}
        for child in children:
            name = self.of(child)
            counts[name] = counts.get(name, 0) + 1
            yield name if counts[name] == 1 else f"{name}[{counts[name]}]", child


def missing(root: Element, demands: Iterable[str], names: Names, why: str) -> Iterator[Fault]:
    """A fault for each element or attribute that a demand wants and that is absent or empty.

    Args:
        root: Where the paths begin.
        demands: The paths.
        names: How the elements are called.
        why: Who demands it: ``PEPPOL BIS Billing 3``.
    """
    # A dict for its order: where two demands pass the same missing element, it is told once.
    found: dict[str, Fault] = {}
    for demand in demands:
        for fault in _walk(root, demand.split("/"), names.of(root), names, why):
            found.setdefault(fault.path, fault)
    yield from found.values()


def _walk(element: Element, steps: list[str], path: str, names: Names, why: str) -> Iterator[Fault]:
    if not steps:
        if not len(element) and not (element.text or "").strip():
            yield Fault("element-empty", f"{_last(path)} is empty; {why} demands a value.", path, element)
        return
    step, optional = steps[0].removesuffix("?"), steps[0].endswith("?")
    if step.startswith("@"):
        if not (element.get(step[1:]) or "").strip():
            yield _lacking(element, f"{path}/{step}", "attribute-missing", why)
        return
    reached = False
    for name, child in names.placed(element):
        if step == name.partition("[")[0]:
            reached = True
            yield from _walk(child, steps[1:], f"{path}/{name}", names, why)
    if not reached and not optional:
        yield _lacking(element, f"{path}/{step}", "element-missing", why)


def _lacking(element: Element, path: str, rule: str, why: str) -> Fault:
    return Fault(rule, f"{_last(path)} is missing; {why} demands it.", path, element)


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def lacks_all(root: Element, choices: Iterable[str], names: Names, why: str) -> Iterator[Fault]:
    """A fault where none of several paths leads to an element with a value."""
    paths = tuple(choices)
    if not any((root.findtext(path, "", dict(names.namespaces)) or "").strip() for path in paths):
        said = f"{why} demands {' or '.join(paths)}, and none was found."
        yield Fault("element-missing", said, f"{names.of(root)}/{paths[0]}", root)
