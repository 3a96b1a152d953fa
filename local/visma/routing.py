"""Requests, answers, and which function serves which path."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from local.visma.company import Company, Refusal, Row
from ml_connector.visma.wire import Json, load_json, read_path_key


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a function serves it; query names are lower case, as Visma does not care (API A1)."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    base_url: str = ""
    keys: tuple[str, ...] = ()

    def json(self) -> Json:
        """Return the body's value, None where there is none."""
        if not self.content.strip():
            return None
        try:
            return load_json(self.content)
        except ValueError as error:
            raise Refusal(f"Unexpected character encountered while parsing value: {error}.") from error

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter; absent is false."""
        return self.query.get(name.lower(), "").lower() == "true"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: a JSON value, or bytes with their media type."""

    status: int = 200
    body: Json = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    media_type: str = "application/json; charset=utf-8"


Handler = Callable[[Company, Request], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A published path, its method and what serves it."""

    method: str
    path: str
    serve: Handler
    pattern: re.Pattern[str]


class Routes:
    """The paths the simulator serves."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Register a function for a method and a published path such as ``/v1/supplier/{supplierCd}``."""
        pattern = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path), re.IGNORECASE)

        def register(serve: Handler) -> Handler:
            self.routes.append(Route(method, path, serve, pattern))
            return serve

        return register

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
        """Return the route of a request and the keys in its path, decoded; literal segments win."""
        found = [(route, match) for route in self.routes if (match := route.pattern.fullmatch(path))]
        served = [(route, match) for route, match in found if route.method == method]
        if not served:
            if found:
                raise Refusal(f"The requested resource does not support http method '{method}'.", status=405)
            return None
        route, match = min(served, key=lambda pair: pair[0].path.count("{"))
        return route, tuple(read_path_key(unquote(key)) for key in match.groups())


ROUTES = Routes()


def created(request: Request, path: str, row: Row) -> Answer:
    """Return the answer to a POST: no body, Location and ETag (API A3)."""
    headers = {"Location": f"{request.base_url}{path}"}
    if "timeStamp" in row:
        headers["ETag"] = f'"{row["timeStamp"]}"'
    return Answer(201, headers=headers)


def changed(row: Row) -> Answer:
    """Return the answer to a PUT: no body, the new ETag."""
    return Answer(204, headers={"ETag": f'"{row["timeStamp"]}"'})


def single(row: Row) -> Answer:
    """Return one document with its ETag."""
    headers = {"ETag": f'"{row["timeStamp"]}"'} if "timeStamp" in row else {}
    return Answer(body=row, headers=headers)


def check_version(request: Request, row: Row) -> None:
    """Refuse with 412 a change made of another version; If-Match is optional (API A6)."""
    wanted = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if wanted and wanted != row["timeStamp"]:
        raise Refusal("", status=412)
