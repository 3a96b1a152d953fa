"""The routes of the web page: who may, what is shown, and what every answer carries."""

from __future__ import annotations

import base64
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from ml_connector.assembly.observability import logger
from ml_connector.console import actions, documents, figures, forgery, rendering
from ml_connector.console.access import Forbidden, Right, Visitor, visitor_of
from ml_connector.errors import ConnectorError, OutcomeUnknown, Unavailable, facts_of
from ml_connector.partners.fragments import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.assembly.parts import Parts

_HTML = "text/html; charset=utf-8"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
}
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}

app = APIGatewayHttpResolver()


def respond(parts: Parts, event: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one request of API Gateway's HTTP API, payload format 2.0."""
    app.append_context(parts=parts)  # type: ignore[no-untyped-call] # Powertools leaves it untyped
    return app.resolve(event, parts.invocation)  # type: ignore[arg-type] # the resolver only hands it on


def _route(
    right: Right,
) -> Callable[[Callable[[Parts, Visitor], Response[Any]]], Callable[[], Response[Any]]]:
    """Make a route of what answers a visitor who has a right; errors become pages that say what to do."""

    def decorate(answer: Callable[[Parts, Visitor], Response[Any]]) -> Callable[[], Response[Any]]:
        @wraps(answer)
        def handle() -> Response[Any]:
            visitor: Visitor | None = None
            parts: Parts = app.context["parts"]
            try:
                visitor = visitor_of(app.current_event.raw_event["requestContext"], parts.environment)
                visitor.need(right)
                return answer(parts, visitor)
            except ConnectorError as error:
                return _refused(error, visitor)

        return handle

    return decorate


@app.get("/")
@_route(Right.READ)
def search(parts: Parts, visitor: Visitor) -> Response[Any]:
    """Return the documents that fit."""
    return _page("search.html", visitor, **documents.search_page(_query(), parts))


@app.get("/document")
@_route(Right.READ)
def document(parts: Parts, visitor: Visitor) -> Response[Any]:
    """Return one document's page."""
    query = _query()
    shown = documents.document_page(query.get("id", ""), parts, visitor, page=query.get("page", ""))
    allowed = actions.open_to(shown["state"]) if visitor.may(Right.ACT) else frozenset()
    seed = forgery.seed_in(app.current_event.cookies) or forgery.new_seed()
    shown |= {
        "allowed": allowed,
        "token": forgery.token_of(seed, visitor.name),
        "done": actions.DONE.get(query.get("done", ""), ""),
        "partners": [partner.id for partner in parts.configuration.partners] if allowed else [],
        "entities": ENTITIES,
    }
    return _page("document.html", visitor, cookie=seed, **shown)


@app.post("/act")
@_route(Right.ACT)
def act(parts: Parts, visitor: Visitor) -> Response[Any]:
    """Do what a form asks for, and go back to the document."""
    form, event = _form(), app.current_event
    headers = {str(name).lower(): value for name, value in event.headers.items()}
    seed = forgery.seed_in(event.cookies)
    own = parts.environment.get("CONSOLE_URL")
    forgery.check_own_form(headers, seed, form.get("token", ""), visitor.name, own)
    done = actions.act({"id": "", **form}, visitor.name, parts)
    logger.info("acted", extra={"action": done, "item": form.get("id", "")})
    back = rendering.address("/document", id=form.get("id", ""), done=done)
    return Response(303, headers={**_HEADERS, "Location": back})


@app.get("/bytes")
@_route(Right.PAYLOAD)
def original(parts: Parts, visitor: Visitor) -> Response[Any]:  # noqa: ARG001 - the route has checked the right
    """Return the bytes as they came, to keep and not to show."""
    content = documents.download(_query().get("id", ""), parts)
    kept = {"Content-Disposition": 'attachment; filename="document.edi"'}
    return Response(200, "application/octet-stream", content, headers={**_HEADERS, **kept})


@app.get("/overview")
@_route(Right.READ)
def overview(parts: Parts, visitor: Visitor) -> Response[Any]:
    """Return how partners stand."""
    return _page("overview.html", visitor, **figures.overview_page(parts))


@app.get("/partner")
@_route(Right.READ)
def partner(parts: Parts, visitor: Visitor) -> Response[Any]:
    """Return one partner's page."""
    return _page("partner.html", visitor, **figures.partner_page(_query().get("id", ""), parts))


@app.get("/matching")
@_route(Right.READ)
def matching(parts: Parts, visitor: Visitor) -> Response[Any]:
    """Return how invoices match."""
    return _page("matching.html", visitor, **figures.matching_page(parts))


@app.get("/static/<name>")
def static(name: str) -> Response[Any]:
    """Return a style sheet or script; it never changes under its address."""
    if name not in rendering.STATIC:
        return _nothing_here()
    return Response(
        200, rendering.STATIC[name], rendering.static(name).decode(), headers={**_HEADERS, **_FOREVER}
    )


@app.not_found
def no_page(_error: Exception) -> Response[Any]:
    """Say that there is no such page."""
    return _nothing_here()


def _nothing_here() -> Response[Any]:
    body = rendering.page(
        "error.html", visitor=None, title="No such page", said="There is no such page.", advice="", here=""
    )
    return Response(404, _HTML, body, headers=_HEADERS)


def _page(template: str, visitor: Visitor, *, cookie: str = "", **values: Any) -> Response[Any]:  # noqa: ANN401 - what templates show
    here = app.current_event.raw_path
    body = rendering.page(template, visitor=visitor, here=here, **values)
    cookies = [Cookie(forgery.COOKIE, cookie, path="/", same_site=SameSite.STRICT_MODE, http_only=True)]
    return Response(200, _HTML, body, headers=_HEADERS, cookies=cookies if cookie else None)


def _refused(error: ConnectorError, visitor: Visitor | None) -> Response[Any]:
    status = (
        403
        if isinstance(error, Forbidden)
        else 503
        if isinstance(error, (Unavailable, OutcomeUnknown))
        else 400
    )
    title = {403: "Not allowed", 503: "Not now"}.get(status, "That did not work")
    body = rendering.page(
        "error.html", visitor=visitor, title=title, said=error.message, advice=error.advice, here=""
    )
    logger.warning("Refused.", extra=facts_of(error))
    return Response(status, _HTML, body, headers=_HEADERS)


def _query() -> dict[str, str]:
    return _first(str(app.current_event.raw_query_string or ""))


def _form() -> dict[str, str]:
    event = app.current_event
    body = event.body or ""
    return _first(base64.b64decode(body).decode(errors="replace") if event.is_base64_encoded else body)


def _first(encoded: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(encoded, max_num_fields=40).items()}
    except ValueError:
        return {}
