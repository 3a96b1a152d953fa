"""No other page may act in a visitor's name: an action comes from our own page and carries its token.

Browsers say where a request comes from (``Sec-Fetch-Site``, ``Origin``); the token repeats what a cookie of
this host alone holds (``__Host-``, RFC 6265bis), so that a form made elsewhere can't know it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ml_connector.console.access import Forbidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COOKIE = "__Host-console"


def seed_in(cookies: Iterable[str]) -> str:
    """Return what this visitor's cookie holds; empty if there is none yet."""
    pairs = (cookie.strip().partition("=") for line in cookies for cookie in line.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE and len(value) >= 32), "")


def new_seed() -> str:
    """Return a value for a new cookie."""
    return secrets.token_urlsafe(32)


def token_of(seed: str, visitor: str) -> str:
    """Return what the forms of a visitor's pages carry."""
    return hmac.new(seed.encode(), visitor.encode(errors="replace"), hashlib.sha256).hexdigest()


def check_own_form(headers: Mapping[str, str], seed: str, token: str, visitor: str, own: str = "") -> None:
    """Pass an action that one of our own pages asked for.

    Args:
        headers: Of the request, their names in lower case.
        seed: What the cookie holds.
        token: What the form carried.
        visitor: Who asks.
        own: The address people use, where it is not the one API Gateway sees.

    Raises:
        Forbidden: It came from elsewhere, or from a page whose cookie is gone.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    hosts = {headers.get("host", ""), urlsplit(own).netloc} - {""}
    same = (site is None or site == "same-origin") and (origin is None or urlsplit(origin).netloc in hosts)
    if (site is None and origin is None) or not same:
        raise Forbidden("This action was asked for by another page.", advice="Use the console's own page.")
    if not seed or not hmac.compare_digest(token_of(seed, visitor).encode(), token.encode(errors="replace")):
        raise Forbidden("This page is too old to act.", advice="Go back, load it again and repeat it.")
