"""Count what documents cost on AWS and write it down.

::

    python -m tools.cost [--documents 200]

Runs so many orders, each in an interchange of its own that is acknowledged, through the deployed connector
on the embedded endpoint, prices what it counted with ``tools/prices.csv`` and writes ``docs/cost.md``. Fails
where a document takes more than it may.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from samtranslator.yaml_helper import yaml_parse

from tools.build_stack_reference import METRICS
from tools.counted_run import POLLS, STEPS, Counts, by_kind, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
PAGE, PRICES = ROOT / "docs/cost.md", ROOT / "tools/prices.csv"
MOST_TRANSITIONS, MOST_INVOCATIONS, MOST_USD = 8, 5, 0.40
# A function has a whole processor at so many megabytes, and its share of one with less.
WHOLE_PROCESSOR = 1769
# Seconds a function waits for the answer to a call: to AWS, and to Visma or Sterling. Assumed, not measured.
AWS_ANSWERS, SYSTEM_ANSWERS = 0.010, 0.500
# The functions that call Visma or Sterling once for each document.
CALLING = ("acknowledge-interchange", "post-document")
# Lambda and Step Functions trace the first request of a second and this share of the others.
TRACED = 0.05
MINUTES_A_MONTH = 60 * 24 * 30
_GIGABYTE = 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is charged for: how much of it, and what that is in USD."""

    what: str
    quantity: float
    usd: float


def main() -> int:
    """Count, write the page, and return 0 if a document takes no more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tools.cost")
    parser.add_argument("--documents", type=int, default=200)
    counts = count(parser.parse_args().documents)
    prices, memory = read_prices(), memory_sizes()
    PAGE.write_text(page(counts, prices, memory), encoding="utf-8")
    lines = per_thousand(counts, prices, memory)
    print(PAGE.read_text(encoding="utf-8"))  # noqa: T201 - a command prints
    within = (
        counts.transitions <= MOST_TRANSITIONS * counts.documents,
        sum(counts.invocations[step] for step in STEPS) <= MOST_INVOCATIONS * counts.documents,
        sum(line.usd for line in lines) <= MOST_USD,
    )
    return int(not all(within))


def read_prices() -> dict[str, float]:
    """Return the price of one of each thing."""
    rows = (row for row in PRICES.read_text(encoding="utf-8").splitlines() if not row.startswith("#"))
    return {row["what"]: float(row["usd"]) / float(row["unit"]) for row in csv.DictReader(rows)}


def memory_sizes() -> dict[str, int]:
    """Return each function's memory in megabytes, as the template gives it."""
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    usual = template["Globals"]["Function"]["MemorySize"]
    functions = (one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Function")
    return {
        one["Properties"]["CodeUri"].split("/")[1].replace("_", "-"): one["Properties"].get(
            "MemorySize", usual
        )
        for one in functions
    }


def per_thousand(counts: Counts, prices: Mapping[str, float], memory: Mapping[str, int]) -> list[Line]:
    """Return what a thousand documents take."""
    scale = 1000 / counts.documents
    kinds = by_kind(counts.requests)
    quantities = {
        "state transition": counts.transitions,
        "invocation": sum(counts.invocations[step] for step in STEPS),
        "gigabyte-second of Lambda on arm64": gigabyte_seconds(counts, STEPS, memory),
        "write unit of DynamoDB": counts.units["write"],
        "read unit of DynamoDB": counts.units["read"],
        "write to S3": kinds.get("write to S3", 0),
        "read from S3": kinds.get("read from S3", 0),
        "read of a secret": kinds.get("read of a secret", 0),
        "request to KMS": kinds.get("read of a secret", 0),
        "gigabyte of logs": counts.log_bytes / _GIGABYTE**3,
        "trace in X-Ray": counts.executions * TRACED,
    }
    return [Line(what, number * scale, number * scale * prices[what]) for what, number in quantities.items()]


def gigabyte_seconds(counts: Counts, functions: tuple[str, ...], memory: Mapping[str, int]) -> float:
    """Return the gigabyte-seconds: the work at the memory's share of a processor, and the waiting."""
    return sum(seconds(counts, name, memory) * memory[name] / _GIGABYTE for name in functions)


def seconds(counts: Counts, name: str, memory: Mapping[str, int]) -> float:
    """Return how long all invocations of a function would take on AWS."""
    work = counts.milliseconds[name] / 1000 * max(1.0, WHOLE_PROCESSOR / memory[name])
    outside = counts.invocations[name] * SYSTEM_ANSWERS if name in (*CALLING, *POLLS) else 0.0
    return work + counts.waits[name] * AWS_ANSWERS + outside


def per_month(counts: Counts, prices: Mapping[str, float], memory: Mapping[str, int]) -> list[Line]:
    """Return what the stack takes in a month in which nothing comes, polling each minute."""
    polls = sum(counts.invocations[name] for name in POLLS)
    worked = gigabyte_seconds(counts, POLLS, memory) / polls * len(POLLS) * MINUTES_A_MONTH
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    alarms = sum(one["Type"] == "AWS::CloudWatch::Alarm" for one in template["Resources"].values())
    quantities = {
        "invocation": len(POLLS) * MINUTES_A_MONTH,
        "gigabyte-second of Lambda on arm64": worked,
        "metric a month": len(METRICS),
        "alarm a month": alarms,
        "key a month": 1,
        "secret a month": 2,
    }
    return [Line(what, number, number * prices[what]) for what, number in quantities.items()]


def page(counts: Counts, prices: Mapping[str, float], memory: Mapping[str, int]) -> str:
    """Return the page."""
    return "\n".join(_page(counts, prices, memory)).rstrip() + "\n"


_HEAD = """# What it costs

Written by `.venv/bin/python -m tools.cost --documents {documents}` from the calls it counted: {documents}
orders of three lines, each in an interchange of its own that was acknowledged with a 997, went through the
deployed connector on the embedded endpoint. The list prices are in `tools/prices.csv`; put your region's
there.

## A thousand single-document interchanges
"""
_HOW = """
How it is counted, in doubt to the dearer side:

- Each state that is entered is a transition, choices included.
- A write of DynamoDB counts the row's size in whole kilobytes, twice in a transaction, and once more for each
  index the row is in, twice where its place there moves.
- The time of a function is the processor's work that was measured in the usual, warm invocation, at its
  memory's share of a processor ({whole} MB being a whole), and the waiting, which is assumed: {aws:.0f} ms
  for each call to AWS and {system:.0f} ms for one to Visma or Sterling.
- S3 and DynamoDB ask KMS once in minutes, not for each call; secrets are kept for five minutes.
- Logs are what the functions write; traces are sampled.

## Calls, for each document
"""
_FIXED = """
Both systems are polled each minute here; every two minutes halves that. Metrics are counted once each; one
with dimensions is charged for each of their values that occurs. What is stored is not counted.
"""


def _page(counts: Counts, prices: Mapping[str, float], memory: Mapping[str, int]) -> Iterator[str]:
    each = counts.documents
    lines, fixed = per_thousand(counts, prices, memory), per_month(counts, prices, memory)
    invocations = sum(counts.invocations[step] for step in STEPS)
    yield _HEAD.format(documents=each)
    yield "| what | quantity | USD |\n|---|---:|---:|"
    yield from (f"| {line.what} | {line.quantity:,.6g} | {line.usd:.4f} |" for line in lines)
    yield f"| together | | **{sum(line.usd for line in lines):.3f}** |\n"
    yield "| for each document | counted | may be |\n|---|---:|---:|"
    yield f"| state transitions | {counts.transitions / each:.2f} | {MOST_TRANSITIONS} |"
    yield f"| invocations | {invocations / each:.2f} | {MOST_INVOCATIONS} |"
    yield f"| USD for a thousand | {sum(line.usd for line in lines):.3f} | {MOST_USD:.2f} |"
    yield _HOW.format(whole=WHOLE_PROCESSOR, aws=AWS_ANSWERS * 1000, system=SYSTEM_ANSWERS * 1000)
    yield "| call | number |\n|---|---:|"
    calls = {**counts.requests, **_without_polls(counts)}
    yield from (
        f"| {name.replace(': ', ':').replace(':', ' ', 1)} | {number / each:.2f} |"
        for name, number in sorted(calls.items())
    )
    yield "\n| function | processor's work here, ms | memory, MB | on AWS, ms |\n|---|---:|---:|---:|"
    for name in STEPS:
        number = counts.invocations[name]
        work, on_aws = counts.milliseconds[name] / number, seconds(counts, name, memory) / number * 1000
        yield f"| {name} | {work:.0f} | {memory[name]} | {on_aws:.0f} |"
    yield "\n## A month in which nothing comes\n"
    yield "| what | quantity | USD |\n|---|---:|---:|"
    yield from (f"| {line.what} | {line.quantity:,.6g} | {line.usd:.2f} |" for line in fixed)
    yield f"| together | | **{sum(line.usd for line in fixed):.2f}** |"
    yield _FIXED


def _without_polls(counts: Counts) -> dict[str, int]:
    """The calls to both systems that come with documents: what the polls ask is asked anyhow."""
    polls = min(counts.invocations[name] for name in POLLS)
    return {name: number for name, number in counts.systems.items() if number > 2 * polls}


if __name__ == "__main__":
    sys.exit(main())
