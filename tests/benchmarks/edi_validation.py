"""Rates of reading and full validation beside a bare split and the peers, in one run over the same files.

::

    .venv/bin/python tests/benchmarks/edi_validation.py [--megabytes 50] [--repeat 3] [--peers .venvs/bench]

Peers are installed in an environment of their own, ``pip install pyx12==4.0.0 pydifact==0.2.3``; without it
they are left out. pydifact needs a fiftieth of the file, being too slow and too large in memory for more.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers/connector"))

_CHUNK = 65_536
#: UNT counts to 999,999 segments: longer messages have four of them a line instead of six.
_MOST_LINES = 100_000

_PEERS = {
    "pyx12 reader": """
import sys, time, pyx12.x12file
start = time.process_time()
with open(sys.argv[1], encoding="ascii") as stream:
    for segment in pyx12.x12file.X12Reader(stream):
        pass
print(time.process_time() - start)
""",
    "pydifact": """
import sys, time, warnings
warnings.simplefilter("ignore")
from pydifact.segmentcollection import Interchange
start = time.process_time()
for message in Interchange.from_file(sys.argv[1]).get_messages():
    for segment in message.segments:
        pass
print(time.process_time() - start)
""",
}


def write_x12(path: Path, size: int, *, lines: int = 20) -> None:
    """Write 850s of a retailer until the size is reached, with so many lines each."""
    with path.open("wb") as out:
        out.write(
            b"ISA*00*          *00*          *ZZ*BENCHBUYER     *ZZ*BENCHSELLER    *260115*0930*U*00401"
            b"*000000001*0*P*>~\nGS*PO*BENCHBUYER*BENCHSELLER*20260115*0930*1*X*004010~\n"
        )
        number = 0
        while out.tell() < size or not number:
            number += 1
            out.write(_order_850(number, lines))
        out.write(b"GE*%d*1~\nIEA*1*000000001~\n" % number)


def _order_850(number: int, lines: int) -> bytes:
    rows = [
        f"ST*850*{number:09d}",
        f"BEG*00*NE*45{number:08d}**20260115",
        "CUR*BY*USD",
        "REF*DP*0042",
        "REF*IA*779911",
        "PER*BD*PAT BUYER*TE*5550100",
        "ITD*01*3*2**30**60",
        "DTM*010*20260120",
        "DTM*001*20260228",
        "TD5*O*2*UPSN*M*GROUND",
        "N1*ST*STORE 0042*92*0042",
        "N3*100 MARKET STREET",
        "N4*SPRINGFIELD*IL*62701*US",
        "N1*BY*HEAD OFFICE*UL*5412345000013",
    ]
    for line in range(1, lines + 1):
        code = (number * 31 + line) % 1_000_000
        rows += [
            f"PO1*{line}*{line % 90 + 1}*EA*{line % 40 + 1}.{line % 100:02d}**UP*{code:012d}*VP*ITEM-{code}",
            f"PID*F****ARTICLE {code} BLUE SIZE {line % 50}",
            "PO4*12*1*EA",
            f"DTM*002*202602{line % 28 + 1:02d}",
        ]
    rows += [f"CTT*{lines}", f"SE*{len(rows) + 2}*{number:09d}"]
    return "".join(f"{row}~\n" for row in rows).encode()


def write_edifact(path: Path, size: int, *, lines: int = 20) -> None:
    """Write ORDERS of D.96A until the size is reached; at least one."""
    with path.open("wb") as out:
        out.write(b"UNA:+.? '\nUNB+UNOC:3+5412345000013:14+5498765000019:14+260115:0930+REF1'\n")
        number = 0
        while out.tell() < size or not number:
            number += 1
            out.write(_orders(number, lines))
        out.write(b"UNZ+%d+REF1'\n" % number)


def _orders(number: int, lines: int) -> bytes:
    rows = [
        f"UNH+{number}+ORDERS:D:96A:UN:EAN008",
        f"BGM+220+45{number:08d}+9",
        "DTM+137:20260115:102",
        "DTM+2:20260120:102",
        "RFF+CT:CONTRACT1",
        "NAD+BY+5412345000013::9",
        "CTA+OC+:PAT BUYER",
        "COM+5550100:TE",
        "NAD+SU+5498765000019::9",
        "NAD+DP+5412345000020::9++STORE 42+MARKET STREET 100+SPRINGFIELD++62701+US",
        "CUX+2:EUR:9",
    ]
    for line in range(1, lines + 1):
        code = (number * 31 + line) % 1_000_000
        rows += [
            f"LIN+{line}++54{code:011d}:EN",
            f"IMD+F++:::ARTICLE {code} BLUE SIZE {line % 50}",
            f"QTY+21:{line % 90 + 1}:PCE",
            f"PRI+AAA:{line % 40 + 1}.{line % 100:02d}",
        ]
        if lines <= _MOST_LINES:
            rows[-3:-3] = [f"PIA+1+ITEM-{code:06d}:SA"]
            rows[-1:-1] = [f"DTM+2:202602{line % 28 + 1:02d}:102"]
    rows += ["UNS+S", f"CNT+2:{lines}", f"UNT+{len(rows) + 3}+{number}"]
    return "".join(f"{row}'\n" for row in rows).encode()


def split_bare(path: Path, terminator: bytes, element: bytes) -> float:
    """Seconds for reading chunks and splitting them into segments and elements, and nothing else."""
    start = time.process_time()
    rest = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            segments = (rest + chunk).split(terminator)
            rest = segments.pop()
            for segment in segments:
                segment.split(element)
    return time.process_time() - start


def read_only(path: Path) -> float:
    """Seconds for reading all messages with their segments' bytes."""
    from ml_connector.edi import read_interchanges

    start = time.process_time()
    with path.open("rb") as stream:
        for interchange in read_interchanges(stream):
            for _ in interchange.messages():
                pass
    return time.process_time() - start


def read_and_validate(path: Path) -> float:
    """Seconds for reading and full validation, which must find nothing."""
    from ml_connector.edi import read_interchanges, validate

    start = time.process_time()
    found = 0
    with path.open("rb") as stream:
        for interchange in read_interchanges(stream):
            for message in interchange.messages():
                found += len(validate(message)) + len(message.findings)
            found += len(interchange.findings)
    if found:
        sys.exit(f"The generated file {path.name} is not faultless: {found} findings.")
    return time.process_time() - start


def run_peer(python: Path, name: str, path: Path) -> float:
    """Seconds a peer says it took, in its own interpreter."""
    done = subprocess.run([python, "-c", _PEERS[name], path], capture_output=True, text=True, check=True)
    return float(done.stdout)


def measure(options: argparse.Namespace, folder: Path) -> dict[str, dict[str, float]]:
    """Median rates in MB/s per standard."""
    size = options.megabytes * 1_000_000
    files = {"x12": folder / "850.x12", "edifact": folder / "orders.edi"}
    write_x12(files["x12"], size)
    write_edifact(files["edifact"], size)
    rates: dict[str, dict[str, float]] = {}
    for standard, path in files.items():
        signs = (b"~", b"*") if standard == "x12" else (b"'", b"+")
        rows: dict[str, list[float]] = {"bare split": [], "reading": [], "reading and validation": []}
        for _ in range(options.repeat):
            megabytes = path.stat().st_size / 1e6
            rows["bare split"].append(megabytes / split_bare(path, *signs))
            rows["reading"].append(megabytes / read_only(path))
            rows["reading and validation"].append(megabytes / read_and_validate(path))
        rates[standard] = {name: round(median(values), 2) for name, values in rows.items()}
        rates[standard] |= measure_peer(options, standard, folder)
    return rates


def measure_peer(options: argparse.Namespace, standard: str, folder: Path) -> dict[str, float]:
    """The peer's rate on a smaller file of the same making; nothing where it is not installed."""
    python = Path(options.peers) / "bin/python"
    if not python.exists():
        return {}
    name, part = ("pyx12 reader", 5) if standard == "x12" else ("pydifact", 50)
    path = folder / f"peer.{standard}"
    writer = write_x12 if standard == "x12" else write_edifact
    writer(path, options.megabytes * 1_000_000 // part)
    seconds = [run_peer(python, name, path) for _ in range(options.repeat)]
    return {name: round(path.stat().st_size / 1e6 / median(seconds), 2)}


def measure_memory(folder: Path) -> dict[str, float]:
    """Peak resident megabytes and seconds of this program validating one message of so many lines."""
    found = {}
    for lines in (20_000, 200_000):
        path = folder / f"one-{lines}.edi"
        write_edifact(path, 0, lines=lines)
        done = subprocess.run(
            [sys.executable, __file__, "--one", path], capture_output=True, text=True, check=True
        )
        found |= {f"{lines} lines, {name}": value for name, value in json.loads(done.stdout).items()}
    return found


def peak_megabytes() -> float:
    """Peak resident memory of this process alone; getrusage would count the parent's at the fork."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return round(int(found[1]) / 1024, 1) if found else 0.0


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", default=".venvs/bench")
    parser.add_argument("--one", type=Path, help="validate one file and print seconds and peak memory")
    options = parser.parse_args()
    if options.one:
        seconds = read_and_validate(options.one)
        print(json.dumps({"seconds": round(seconds, 2), "peak MB": peak_megabytes()}))  # noqa: T201 # its output
        return
    with tempfile.TemporaryDirectory() as name:
        rates: dict[str, dict[str, float]] = measure(options, Path(name))
        for row in rates.values():
            row["of bare split"] = round(row["reading and validation"] / row["bare split"], 3)
        print(json.dumps({**rates, "one message": measure_memory(Path(name))}, indent=2))  # noqa: T201 # its output


if __name__ == "__main__":
    main()
