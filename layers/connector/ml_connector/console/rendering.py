"""Templates become pages: everything is escaped, and no sign can turn the page's text around.

Partners write what they like; a text that is shown has no control signs left, among them those that change
the direction of what follows (Unicode bidirectional controls).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

STATIC = {
    "console.css": "text/css; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_SHAPES = {
    "done": frozenset({"posted", "sent", "logged", "accepted", "split"}),
    "stopped": frozenset({"failed", "quarantined", "rejected", "unassigned", "overdue"}),
    "waiting": frozenset({"held", "waiting"}),
}


def page(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever a template shows
    """Return a template's page."""
    return _templates().get_template(template).render(values)


@cache
def static(name: str) -> bytes:
    """Return a file that pages load, by a name of :data:`STATIC`."""
    return files("ml_connector.console").joinpath("static", name).read_bytes()


def address(path: str, **query: object) -> str:
    """Return a link whose values can't leave their places; empty ones are left out."""
    given = urlencode({name: str(value) for name, value in query.items() if value})
    return f"{path}?{given}" if given else path


def _static_address(name: str) -> str:
    return f"/static/{name}?v={sha256(static(name)).hexdigest()[:12]}"


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("ml_connector.console"),
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"moment": moment, "shape": shape, "words": _words}
    templates.globals |= {"address": address, "static": _static_address, "is_empty": _is_empty}
    return templates


def _shown(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "·" for sign in value)


def moment(stamp: str | None) -> Markup:
    """Return a moment of the audit trail as people and programs read it, in UTC."""
    if not stamp:
        return Markup("")
    return Markup('<time datetime="{}">{:%Y-%m-%d %H:%M:%S}</time>').format(
        stamp, datetime.fromisoformat(stamp)
    )


def shape(status: str) -> str:
    """Return what a status amounts to: done, stopped, waiting, or open."""
    return next((name for name, statuses in _SHAPES.items() if status in statuses), "open")


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {}, False) or (isinstance(value, Decimal) and value.is_nan())
