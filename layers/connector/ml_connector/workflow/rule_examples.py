"""The customer's own examples: EDI files with what is expected to become of them.

``tests/<name>.edi`` (or any other ending) stands beside ``tests/<name>.expected.json``: a list with one
outcome per document. Only what an expectation names is compared, so one may say as little as it likes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from ml_connector.workflow.explain_documents import Explaining

_EXPECTED = ".expected.json"

#: What an expectation holds when it is written for the person: the outcome, not every reason for it.
_WRITTEN = ("type", "number", "partner", "outcome", "entity", "body", "holds", "error", "message")


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """One example: what it gave, and how that differs from what was expected."""

    name: str
    found: list[dict[str, object]]
    differences: list[str]

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.differences


def run_examples(folder: Path, explaining: Explaining) -> Iterator[ExampleOutcome]:
    """Yield the outcome of every example in the ``tests`` folder of a configuration.

    Raises:
        Misconfigured: There are no examples, or an expectation is not JSON.
    """
    inputs = [
        path
        for path in sorted((folder / "tests").glob("*"))
        if path.is_file() and not path.name.endswith(_EXPECTED)
    ]
    if not inputs:
        raise Misconfigured(
            f"{folder / 'tests'} holds no examples.",
            advice=f"Put an EDI file there, and write NAME{_EXPECTED} with `rules test --update`.",
        )
    for path in inputs:
        yield _run(path, explaining)
    yield from _without_input(folder, {path.stem for path in inputs})


def _without_input(folder: Path, inputs: Container[str]) -> Iterator[ExampleOutcome]:
    """Yield, as failed, the expectations whose example is gone or has another name."""
    for path in sorted((folder / "tests").glob(f"*{_EXPECTED}")):
        name = path.name.removesuffix(_EXPECTED)
        if name not in inputs:
            yield ExampleOutcome(name, [], [f"{path.name} stands beside no example of that name"])


def write_expectation(folder: Path, outcome: ExampleOutcome) -> Path:
    """Write what an example gave as what is expected of it, and return the file."""
    path = folder / "tests" / f"{outcome.name}{_EXPECTED}"
    written = [{key: entry[key] for key in _WRITTEN if key in entry} for entry in outcome.found]
    path.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def _run(path: Path, explaining: Explaining) -> ExampleOutcome:
    with path.open("rb") as stream:
        found = [explained.as_dict() for explained in explaining.file(stream)]
    plain: list[dict[str, object]] = json.loads(json.dumps(found))
    expected_path = path.with_name(f"{path.stem}{_EXPECTED}")
    if not expected_path.exists():
        return ExampleOutcome(path.stem, plain, [f"{expected_path.name} does not exist"])
    try:
        expected = json.loads(expected_path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise Misconfigured(f"{expected_path}: {error}.", advice="Mend the expectation.") from error
    return ExampleOutcome(path.stem, plain, list(differences(expected, plain)))


def differences(expected: object, found: object, path: str = "") -> Iterator[str]:
    """Yield where ``found`` is not what ``expected`` says; keys it leaves out don't matter."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from differences(value, found.get(key), f"{path}.{key}" if path else key)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{path or 'documents'}: expected {len(expected)}, found {len(found)}"
        for index, (left, right) in enumerate(zip(expected, found, strict=False)):
            yield from differences(left, right, f"{path}[{index}]")
    elif expected != found:
        wanted, got = (json.dumps(value, ensure_ascii=False) for value in (expected, found))
        yield f"{path}: expected {wanted}, found {got}"
