"""``python -m local.console``: serve the deployed function of the web page, signed in as the demo's clerk."""

from __future__ import annotations

import argparse
from http.server import ThreadingHTTPServer

from local import stack
from local.console.front import front, invoking


def main() -> None:
    """Serve until stopped."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--endpoint", required=True, help="The embedded AWS endpoint.")
    options.add_argument("--function", required=True, help="The function's name.")
    given = options.parse_args()
    functions = stack.session().client("lambda", endpoint_url=given.endpoint)
    server = ThreadingHTTPServer(("127.0.0.1", given.port), front(invoking(functions, given.function)))
    server.serve_forever()


if __name__ == "__main__":
    main()
