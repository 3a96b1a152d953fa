"""What goes wrong on purpose: by rules that name a call, or by a seed that spreads them."""

from __future__ import annotations

import fnmatch
import random
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Kind = Literal[
    "latency",  # answers after `seconds`
    "throttle",  # 429 with Retry-After: `seconds`; nothing is done
    "error",  # 500 with Visma's body; nothing is done
    "error_after",  # 500 with Visma's body, the document being there
    "empty_error",  # `status` (500) without a body; nothing is done
    "text_error",  # 503 with plain text; nothing is done
    "cut_before",  # the connection breaks; nothing is done
    "cut_after",  # the connection breaks, the document being there
    "cut_late",  # the connection breaks, and the document comes `seconds` later
    "slow_body",  # half the answer, and the rest after `seconds`
    "half_body",  # half the answer, and the connection breaks
    "expired_token",  # 401 with an empty body, and every token is void
    "background",  # 202, and the work is done `seconds` later
    "accepted",  # 202 without a body, as actions answer, and the work is done `seconds` later
    "double_host",  # the Location header names the host twice
    "other_host",  # the Location header names the retired host
    "no_location",  # the Location header is missing
    "no_json",  # 200 with a page of HTML
]


@dataclass(slots=True)
class Rule:
    """One fault for calls that fit: the `skip` first are let go, the next `times` have it."""

    kind: Kind
    method: str = "*"
    path: str = "*"
    skip: int = 0
    times: int = 1
    seconds: float = 0.0
    status: int = 500

    def fits(self, method: str, path: str) -> bool:
        """Tell whether the rule is about this call, whatever its count."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path.lower(), self.path.lower())


@dataclass
class FaultPlan:
    """The rules in force; safe for several threads.

    Attributes:
        rules: The first that fits and still counts decides.
        seed: With ``rate``, spreads faults of ``kinds`` at random, the same for the same seed.
        rate: The share of calls that fail by seed.
    """

    rules: list[Rule] = field(default_factory=list)
    seed: int | None = None
    rate: float = 0.0
    kinds: tuple[Kind, ...] = get_args(Kind)
    seconds: float = 0.5

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def pick(self, method: str, path: str) -> Rule | None:
        """Return the fault of this call, if it has one, and count it."""
        with self._lock:
            for rule in self.rules:
                if rule.times > 0 and rule.fits(method, path):
                    if rule.skip > 0:
                        rule.skip -= 1
                        continue
                    rule.times -= 1
                    return rule
            if self.rate and self._random.random() < self.rate:
                return Rule(self._random.choice(self.kinds), seconds=self.seconds)
        return None


def read_plan(data: dict[str, Any]) -> FaultPlan:
    """Return the plan of a YAML or JSON object: ``rules`` and, or, ``seed`` and ``rate``.

    Raises:
        ValueError: A rule has a kind or a member there is not.
    """
    rules = [_rule(entry) for entry in data.get("rules") or []]
    kinds = tuple(data.get("kinds") or get_args(Kind))
    _check_kinds([*(rule.kind for rule in rules), *kinds])
    return FaultPlan(
        rules=rules,
        seed=data.get("seed"),
        rate=float(data.get("rate") or 0),
        kinds=kinds,
        seconds=float(data.get("seconds") or 0.5),
    )


def load_plan(path: Path) -> FaultPlan:
    """Return the plan of a YAML file."""
    return read_plan(yaml.safe_load(path.read_text()) or {})


def _rule(entry: dict[str, Any]) -> Rule:
    try:
        return Rule(**entry)
    except TypeError as error:
        raise ValueError(f"A fault rule has members it must not have, or no kind: {entry}") from error


def _check_kinds(kinds: Iterable[str]) -> None:
    unknown = sorted(set(kinds) - set(get_args(Kind)))
    if unknown:
        raise ValueError(f"There are no faults {', '.join(unknown)}; use {', '.join(get_args(Kind))}.")
