"""One line of ``ml-connector ping``: what was tried, whether it holds, and what to do when it does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check of another system.

    Attributes:
        name: What was checked, in two or three words: "login", "TLS certificate".
        ok: Whether it holds.
        detail: What was found.
        advice: What a person does about it; empty when the check holds.
    """

    name: str
    ok: bool
    detail: str
    advice: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "advice": self.advice}
