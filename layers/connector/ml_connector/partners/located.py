"""YAML whose every value remembers the file and line it stands on.

The customer's configuration is written by people, so each complaint about it names a line. Plain scalars
stay text (only ``~``, ``null`` and nothing at all mean none): YAML 1.1 would otherwise read the country
``NO`` as false and the account ``0100`` as 64. The models turn text into numbers and dates themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, Union

import yaml

from ml_connector.errors import Misconfigured

#: Where a value stands in a file: the keys and list positions that lead to it.
ValuePath = tuple[str | int, ...]

#: What a file can hold: text, lists and mappings of text, and none.
Yaml: TypeAlias = Union[str, list["Yaml"], dict[str, "Yaml"], None]  # noqa: UP007 - refers to itself


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a configuration file; its text is ``file:line``."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class LocatedYaml:
    """The data of one file, and the line of every key and list entry in it."""

    file: str
    data: Yaml
    lines: dict[ValuePath, int] = field(default_factory=dict)

    def where(self, *path: str | int) -> Location:
        """Return the line of the value at ``path``, or of the nearest thing around it that stands there."""
        for length in range(len(path), -1, -1):
            if line := self.lines.get(path[:length]):
                return Location(self.file, line)
        return Location(self.file, 1)


if TYPE_CHECKING:
    _Loader = yaml.SafeLoader
else:
    # The same loader on libyaml, where PyYAML was built with it, is eight times as fast.
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TextLoader(_Loader):
    """A safe loader that leaves every scalar as text, except none."""


# Nothing a person writes is nested deeper; what is was made to exhaust the reader.
_MOST_NESTED = 40


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str, file: str) -> LocatedYaml:
    """Return the data of ``text`` with its lines.

    Raises:
        Misconfigured: The text is not YAML, or a key stands twice in one mapping.
    """
    try:
        _refuse_excess(text, file)
        root = yaml.compose(text, Loader=_TextLoader)
    except yaml.YAMLError as error:
        raise _unreadable(error, file) from error
    if root is None:
        return LocatedYaml(file, None)
    lines: dict[ValuePath, int] = {}
    return LocatedYaml(file, _construct(root, (), lines, file), lines)


def _refuse_excess(text: str, file: str) -> None:
    """Refuse what costs more than it says: aliases, each repeating what an anchor names, and deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=_TextLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _MOST_NESTED:
            what = f"nesting deeper than {_MOST_NESTED}" if depth > _MOST_NESTED else "an alias (*name)"
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Misconfigured(
                f"{file}:{line}: {what} is not taken.",
                advice="Write the values out where they belong.",
                file=file,
                line=line,
            )


def _construct(node: yaml.Node, path: ValuePath, lines: dict[ValuePath, int], file: str) -> Yaml:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _construct_mapping(node, path, lines, file)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*path, index), lines, file) for index, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _construct_mapping(
    node: yaml.MappingNode, path: ValuePath, lines: dict[ValuePath, int], file: str
) -> dict[str, Yaml]:
    mapping: dict[str, Yaml] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in mapping:
            raise Misconfigured(
                f"{file}:{line}: the key {key!r} stands twice; the second would silently replace the first.",
                advice="Keep one of them.",
                file=file,
                line=line,
            )
        lines[(*path, key)] = line
        mapping[key] = _construct(value_node, (*path, key), lines, file)
    return mapping


def _unreadable(error: yaml.YAMLError, file: str) -> Misconfigured:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or str(error)
    return Misconfigured(
        f"{file}:{line}: this is not YAML: {problem}.",
        advice="Check indentation, colons and quotes around this line.",
        file=file,
        line=line,
    )
