"""Makes the virtual environments of the tools that cannot share ours: each pins what another may not have.

``python -m local.environments`` makes or mends all of them under ``.venvs``; one whose requirements have not
changed since is left alone, as ``make setup`` does with the same stamps. Standard library only: it runs
before anything is installed.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

REQUIREMENTS = {
    "aws": ROOT / "local/aws/requirements.txt",
    "runtime": ROOT / "local/aws/runtime-requirements.txt",
    "sam": ROOT / "local/sam-requirements.txt",
}


def interpreter(name: str) -> Path:
    """The environment's interpreter; its scripts name this path, so it is the one without links."""
    return (ROOT / ".venvs").resolve() / name / "bin" / "python"


def ensure(*names: str) -> None:
    """Make the named environments, or all, unless they are there and up to date.

    Raises:
        subprocess.CalledProcessError: an installation failed; pip has said why.
    """
    for name in names or REQUIREMENTS:
        requirements = REQUIREMENTS[name]
        stamp = interpreter(name).parents[1] / ".installed"
        if _is_up_to_date(stamp, requirements):
            continue
        stamp.parents[1].mkdir(parents=True, exist_ok=True)
        with (stamp.parents[1] / f".{name}.lock").open("w") as lock:
            # Two at once would take it away from under each other; the second then finds it made.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_up_to_date(stamp, requirements):
                _make(name, requirements)
                stamp.write_bytes(requirements.read_bytes())


def _is_up_to_date(stamp: Path, requirements: Path) -> bool:
    """Whether the environment was made of these requirements; a fresh copy of them is newer, but equal."""
    if not stamp.exists():
        return False
    newer = stamp.stat().st_mtime >= requirements.stat().st_mtime
    return newer or stamp.read_bytes() == requirements.read_bytes()


def _make(name: str, requirements: Path) -> None:
    folder = interpreter(name).parents[1]
    sys.stderr.write(f"Making .venvs/{name} from {requirements.relative_to(ROOT)} ...\n")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603 - our own interpreter
    pip: list[str | Path] = [
        interpreter(name),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "-qq",
        "--no-input",
    ]
    subprocess.run([*pip, "install", "-r", requirements], check=True)  # noqa: S603 - pinned requirements


if __name__ == "__main__":
    ensure(*sys.argv[1:])
