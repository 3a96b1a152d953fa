"""``python -m local.sterling``: serve, drop a file as a partner would, read a partner's outbox.

::

    python -m local.sterling --port 15074 [--data FILE] [--faults FILE] [--switches FILE] [--mailbox PATH ...]
    python -m local.sterling drop --port 15074 /ACME/Inbox order.edi [more.edi ...]
    python -m local.sterling outbox --port 15074 /ACME/Outbox [--into FOLDER] [--take]
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import sys
from pathlib import Path

import httpx

from local.sterling.api import SterlingApi
from local.sterling.faults import FaultPlan
from local.sterling.server import SterlingServer
from local.sterling.switches import Switches

_USUAL_PORT = 15074


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands = {"drop": _drop, "outbox": _outbox}
    if given and given[0] in commands:
        return commands[given[0]](given[1:])
    return _serve(given[1:] if given[:1] == ["serve"] else given)


def _serve(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.sterling")
    parser.add_argument("--port", type=int, default=_USUAL_PORT)
    parser.add_argument("--data", type=Path, help="keeps mailboxes and messages over a restart")
    parser.add_argument("--faults", type=Path, help="a plan of faults, as JSON")
    parser.add_argument("--switches", type=Path, help="how the server behaves, as JSON")
    parser.add_argument("--mailbox", action="append", default=[], help="a mailbox to create; may be repeated")
    options = parser.parse_args(arguments)
    switches = Switches.model_validate_json(options.switches.read_text()) if options.switches else None
    api = SterlingApi(switches=switches)
    if options.faults:
        api.faults = FaultPlan.parse(options.faults.read_text())
    try:
        server = SterlingServer(options.port, api, options.data)
    except OSError as error:
        sys.stderr.write(f"Port {options.port} can't be used: {error.strerror}.\n")
        return 2
    for path in options.mailbox:
        if api.state.find_mailbox(path) is None:
            api.state.create_mailbox(path)
    _say(f"Sterling simulator at {server.url}")
    with contextlib.suppress(KeyboardInterrupt):
        server.serve()
    return 0


def _drop(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.sterling drop")
    parser.add_argument("--port", type=int, default=_USUAL_PORT)
    parser.add_argument("mailbox")
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    for file in options.files:
        params = {"mailbox": options.mailbox, "name": file.name}
        answer = _call("POST", options.port, "drop", params=params, content=file.read_bytes())
        _say(f"{options.mailbox}: {file.name} is message {answer.json()['id']}")
    return 0


def _outbox(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.sterling outbox")
    parser.add_argument("--port", type=int, default=_USUAL_PORT)
    parser.add_argument("--into", type=Path, help="a folder to write the messages to")
    parser.add_argument(
        "--take", action="store_true", help="remove them from the mailbox, as extraction does"
    )
    parser.add_argument("mailbox")
    options = parser.parse_args(arguments)
    params = {"mailbox": options.mailbox, "take": str(options.take).lower()}
    for message in _call("GET", options.port, "outbox", params=params).json():
        content = base64.b64decode(message["payload"])
        _say(f"{message['id']}\t{message['name']}\t{len(content)} bytes")
        if options.into:
            options.into.mkdir(parents=True, exist_ok=True)
            (options.into / Path(message["name"]).name).write_bytes(content)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _call(method: str, port: int, endpoint: str, **options: object) -> httpx.Response:
    url = f"http://127.0.0.1:{port}/_control/{endpoint}"
    try:
        answer = httpx.request(method, url, **options)  # type: ignore[arg-type] # params and content
    except httpx.TransportError:
        raise SystemExit(f"No Sterling simulator answers on port {port}.") from None
    if not answer.is_success:
        raise SystemExit(answer.text)
    return answer


if __name__ == "__main__":
    sys.exit(main())
