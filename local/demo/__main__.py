"""``python -m local.demo down`` stops what the demo left running."""

from __future__ import annotations

import sys

from local.demo.surroundings import Site


def main(arguments: list[str]) -> int:
    """Stop everything and say what was stopped."""
    if arguments != ["down"]:
        print("usage: python -m local.demo down", file=sys.stderr)  # noqa: T201 - a command prints
        return 2
    stopped = Site.from_environment().stop()
    print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
