"""The whole posting matrix: every fault at every call, alone and with eight at once, and a second one after.

::

    python -m tests.soak.posting_matrix
"""

from __future__ import annotations

import logging
import sys
import time

from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.integration.visma.matrix import cases, cases_in_doubt, play_all


def main() -> int:
    """Play it and return 0 unless a case broke the promise, which ends it with that case's story."""
    logging.disable(logging.CRITICAL)
    begun, played = time.monotonic(), 0
    with VismaServer(Simulator()) as server:
        for executions in (1, 8):
            played += play_all([*cases(server, executions), *cases_in_doubt(server, executions)])
    took = time.monotonic() - begun
    sys.stdout.write(f"{played} postings under faults in {took:.0f} s, one document each.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
