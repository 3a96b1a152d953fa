"""How long each handler takes to import, beside importing just the third-party packages it uses.

::

    python -m tests.benchmarks.cold_start [--repeat 5] [--json]

Both are sums of what ``-X importtime`` tells of every module, the least of several runs that take turns, in
fresh interpreters on the packages of the layer that `make demo` built. Marks the handlers
that take over 1.15 times as long as their packages.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local import environments

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 1.15
_OURS = {"app", "ml_connector"}
_LIST = "import app, sys, json; print(json.dumps(sorted(sys.modules)))"


def main() -> int:
    """Print a line for each handler."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cold_start")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [
        measure(folder, options.repeat)
        for folder in sorted((ROOT / "functions").iterdir())
        if folder.is_dir()
    ]
    print(json.dumps(rows, indent=1) if options.json else "\n".join(_table(rows)))  # noqa: T201 - it prints
    return 0


def measure(folder: Path, repeat: int) -> dict[str, Any]:
    """Return the milliseconds of a handler's import and of its third-party packages'."""
    others = third_party(json.loads(_run(folder, _LIST).stdout))
    alone = f"import importlib\nfor name in {others}: importlib.import_module(name)"
    handler, packages = [], []
    for _ in range(repeat):
        handler.append(_milliseconds(folder, "import app"))
        packages.append(_milliseconds(folder, alone))
    return {
        "handler": folder.name,
        "ms": round(min(handler), 1),
        "packages_ms": round(min(packages), 1),
        "ratio": round(min(handler) / min(packages), 3),
        "megabytes": _megabytes(folder),
    }


def layer() -> Path:
    """Return the third-party packages as the functions' layer has them, as built for the demo."""
    built = ROOT / ".local/stacks/ml-connector-demo/build/Dependencies/python"
    return built if built.exists() else sys.exit("Nothing is built yet: make demo")


def third_party(modules: list[str]) -> list[str]:
    """Return the modules that are neither ours nor the interpreter's own."""
    standard = {*sys.stdlib_module_names, "sitecustomize"}
    outside = [name for name in modules if name.split(".")[0] not in standard | _OURS]
    # What packages make up at run time has no file: six.moves, cython_runtime, _cython_3_1_4.
    return [
        name
        for name in outside
        if not name.startswith(("six.moves", "_cython", "cython_", "__", "_distutils"))
    ]


def _milliseconds(folder: Path, code: str) -> float:
    lines = _run(folder, code, "-X", "importtime").stderr.splitlines()
    times = (line.split("|")[0].removeprefix("import time:").strip() for line in lines if "|" in line)
    return sum(int(time) for time in times if time.isdigit()) / 1000


def _megabytes(folder: Path) -> float:
    """The most memory a process takes that only imports the handler."""
    code = "import app, resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    return round(int(_run(folder, code).stdout) / 1024, 1)


def _run(folder: Path, code: str, *options: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, [folder, ROOT / "layers/connector", layer()]))
    variables = {**os.environ, "PYTHONPATH": path, "AWS_DEFAULT_REGION": "eu-north-1"}
    command = [str(environments.interpreter("runtime")), *options, "-c", code]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True)


def _table(rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'handler':<26}{'ms':>8}{'packages':>10}{'ratio':>8}{'MB':>8}"]
    for row in rows:
        figures = f"{row['ms']:>8}{row['packages_ms']:>10}{row['ratio']:>8}{row['megabytes']:>8}"
        over = f"  over {LIMIT}" if row["ratio"] > LIMIT else ""
        lines.append(f"{row['handler']:<26}{figures}{over}")
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
