"""The first thing run in a function's process: ties its life to the endpoint's, then becomes awslambdaric.

Run as a script by the function's interpreter, so it imports nothing of this project.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from pathlib import Path


def _die_with_the_endpoint() -> None:
    """Kill this process group once the endpoint is gone, however it went.

    The endpoint holds the other end of standard input; its death, SIGKILL included, closes it.
    """
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        while os.read(lifeline, 1):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def main() -> None:
    """Run the handler named by the first argument until the Runtime API stops answering."""
    _die_with_the_endpoint()
    # Last on the path: used only where awslambdaric's wheel brings no native client, as on macOS.
    sys.path.append(str(Path(__file__).with_name("fallback")))
    sys.argv = ["awslambdaric", sys.argv[1]]
    runpy.run_module("awslambdaric", run_name="__main__")


if __name__ == "__main__":
    main()
