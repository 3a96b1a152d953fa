"""Options that several commands share, and what they are read as."""

from __future__ import annotations

import getpass
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from ml_connector.workflow.decisions import Person

Stack = Annotated[str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is recorded with your name.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Not before: 2026-03-02, 2026-03-02T14:00 (UTC), or 6h, 3d ago.")
]
Until = Annotated[str | None, typer.Option("--until", help="Not after; read like --since.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")]
PageToken = Annotated[
    str | None, typer.Option("--page", help="Token of the next page, as the last one printed it.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_AGO = re.compile(r"(\d+)([mhd])")


def moment(text: str | None, option: str = "--since") -> datetime | None:
    """Return the moment an option names, aware; None if it was not given.

    Raises:
        Misconfigured: It is no moment.
    """
    if not text:
        return None
    if ago := _AGO.fullmatch(text):
        return datetime.now(UTC) - int(ago[1]) * _UNITS[ago[2]]
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(
            f"{option}: {text!r} is no moment.", advice="Write 2026-03-02, 2026-03-02T14:00 or 6h."
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def end_moment(text: str | None) -> datetime | None:
    """Return the moment ``--until`` names; a day alone means its end."""
    found = moment(text, "--until")
    whole_day = found is not None and text is not None and len(text) == len("2026-03-02") and "-" in text
    return found + timedelta(days=1, microseconds=-1) if found and whole_day else found


def person(reason: str) -> Person:
    """Return who acts and why.

    Raises:
        Misconfigured: No reason was given.
    """
    from ml_connector.workflow.decisions import Person

    if not reason.strip():
        raise Misconfigured("No reason was given.", advice="Say why with --reason; it is recorded.")
    return Person(getpass.getuser(), reason)
