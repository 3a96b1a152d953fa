"""Sterling's times: ``2020-03-14T17:19:20.000+0000``, an offset without a colon and perhaps mislabelled.

A server may write its local wall time under the label ``+0000``. The setting ``server_tz_override`` names
the zone such a server really writes; without it the label is believed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d{2})(\d{2})$")


def parse_time(text: str, zone: str = "") -> datetime | None:
    """Return the instant a Sterling time stands for, in UTC, or None for no or an unreadable time.

    Args:
        text: The time as Sterling writes it; one without an offset is taken as UTC.
        zone: The IANA zone whose wall time the server writes whatever its label says; empty to believe it.
    """
    try:
        moment = datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", text.strip()))
    except ValueError:
        return None
    if zone:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def format_time(moment: datetime) -> str:
    """Return an instant as Sterling writes it: milliseconds, offset without a colon."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{moment.microsecond // 1000:03d}{moment.strftime('%z') or '+0000'}"
