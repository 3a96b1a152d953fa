"""``python -m local.visma``: the simulator as a server of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from local.visma.company import DEFAULT_DATA, Company, Preferences, load_data
from local.visma.faults import FaultPlan, load_plan
from local.visma.limits import RateLimit
from local.visma.server import VismaServer
from local.visma.simulator import Simulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.visma", description="A simulator of Visma.net ERP."
    )
    parser.add_argument("--port", type=int, default=8182, help="the port on the loopback interface")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the company's data, YAML")
    parser.add_argument("--faults", type=Path, help="the fault plan, YAML")
    parser.add_argument("--calls-per-hour", type=int, default=15_000, help="the company's rate limit")
    parser.add_argument("--token-lifetime", type=int, default=3600, help="seconds a token is good for")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown members, as Visma does")
    parser.add_argument("--duplicate-reference", choices=("off", "error"), default="off")
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    arguments = _arguments()
    preferences = Preferences(lenient=arguments.lenient, duplicate_reference=arguments.duplicate_reference)
    simulator = Simulator(
        company=Company(load_data(arguments.data), preferences),
        faults=load_plan(arguments.faults) if arguments.faults else FaultPlan(),
        limits=RateLimit(limit=arguments.calls_per_hour),
        token_lifetime=arguments.token_lifetime,
    )
    server = VismaServer(simulator, arguments.port)
    print(f"Visma simulator at {server.url}, company {simulator.company.id}", flush=True)  # noqa: T201 - a program
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
