"""``ml-connector edi``: look at EDI files: check, rewrite."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from ml_connector.cli.edi_json import JsonReport
from ml_connector.cli.edi_report import PeopleReport
from ml_connector.cli.output import REFUSED, Output, guarded
from ml_connector.cli.progress import watched
from ml_connector.codecs.filed_checking import check_filed
from ml_connector.codecs.files import Peeked
from ml_connector.codecs.recognition import has_own_syntax
from ml_connector.edi import ReadOptions, read_interchanges, rewrite
from ml_connector.edi.checking import check_interchange
from ml_connector.edi.finding import Status
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

edi_app = typer.Typer(no_args_is_help=True, help="Check, rewrite and acknowledge EDI files.")

Files = Annotated[list[str], typer.Argument(help="EDI files; - for standard input.")]
File = Annotated[str, typer.Argument(help="An EDI file; - for standard input.")]
Target = Annotated[
    Path | None, typer.Option("--output", "-o", help="Where to write; standard output by default.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Take every repair for an error.")]
Charset = Annotated[
    str | None, typer.Option("--charset", help="The text's charset, whatever the envelope says.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@edi_app.command("check")
@guarded
def check(
    files: Files,
    strict: Strict = False,
    lenient_counts: Annotated[
        bool, typer.Option("--lenient-counts", help="Take wrong control counts for warnings.")
    ] = False,
    charset: Charset = None,
    as_json: AsJson = False,
) -> None:
    """Read files, check envelopes and messages, and report every finding."""
    options = ReadOptions(strict=strict, lenient_counts=lenient_counts, charset=known_charset(charset))
    for name in files:
        check_readable(name)
    out = Output(as_json=as_json)
    report = JsonReport(sys.stdout.write) if as_json else PeopleReport(out.console)
    report.start()
    refused = False
    for name in files:
        with opened(name) as stream:
            report.start_file(name)
            found, bad = _check_file(name, stream, options, report)
            report.end_file()
        refused = refused or bad
        if not found:
            out.refuse(f"{name} is empty: it holds no interchange.")
    report.end()
    if refused:
        raise typer.Exit(REFUSED)


def _check_file(
    name: str, stream: BinaryIO, options: ReadOptions, report: JsonReport | PeopleReport
) -> tuple[int, bool]:
    """Check one file, telling as it goes; return how many interchanges it has and whether any is refused."""
    peeked = Peeked(stream)
    if has_own_syntax(peeked.head):
        return _check_filed(name, peeked.read(), report)
    count, refused = 0, False
    for interchange in read_interchanges(peeked, options):  # type: ignore[arg-type] # read is all it takes
        count += 1
        report.start_interchange(name, interchange)
        for message in check_interchange(interchange):
            refused = refused or message.status is Status.REJECTED
            report.message(message)
        refused = refused or interchange.status is Status.REJECTED
        report.end_interchange(interchange)
    return count, refused or not count


def _check_filed(name: str, data: bytes, report: JsonReport | PeopleReport) -> tuple[int, bool]:
    """The same for a file without interchanges: UBL, cXML, IDocs."""
    count, refused = 0, False
    for checked in check_filed(data):
        count += 1
        report.start_interchange(name, checked)
        report.message(checked.message)
        refused = refused or checked.status is Status.REJECTED
        report.end_interchange(checked)
    return count, refused or not count


@edi_app.command("rewrite")
@guarded
def rewrite_file(
    file: File,
    output: Target = None,
    canonical: Annotated[
        bool, typer.Option("--canonical", help="In the shortest regular form instead of the identical bytes.")
    ] = False,
    charset: Charset = None,
    as_json: AsJson = False,
) -> None:
    """Read a file and write it again: the identical bytes, or in canonical form."""
    if as_json and output is None:
        raise Misconfigured("With --json the bytes need a file to go to.", advice="Give one with -o.")
    options = ReadOptions(charset=known_charset(charset))
    with opened(file) as stream, writing(output) as target:
        count = rewrite(stream, target, canonical=canonical, options=options)
    if as_json:
        Output(as_json=True).data({"file": file, "output": str(output), "interchanges": count}, "")


def known_charset(name: str | None) -> str | None:
    """Return the charset's name as given, if Python knows it.

    Raises:
        Misconfigured: When it does not.
    """
    if name is not None:
        try:
            "".encode(name)
        except LookupError:
            raise Misconfigured(
                f"There is no charset {name!r}.", advice="Try utf-8, latin-1, cp1252."
            ) from None
    return name


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input for -, with progress on a terminal when it is large.

    Raises:
        Misconfigured: When there is no such file.
    """
    if name == "-":
        yield sys.stdin.buffer
        return
    with _open(name) as stream, watched(stream, Path(name).stat().st_size, name) as counted:
        yield counted


def check_readable(name: str) -> None:
    """Open a file and close it again, so that a wrong name is told before anything is printed.

    Raises:
        Misconfigured: When there is no such file.
    """
    if name != "-":
        _open(name).close()


def _open(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except IsADirectoryError as error:
        raise Misconfigured(
            f"{name} is a folder, and a file was expected.", advice=f"Name the files in it: {name}/*"
        ) from error
    except OSError as error:
        raise Misconfigured(f"{name} can't be read: {error.strerror}.", advice="Check the name.") from error


@contextmanager
def writing(output: Path | None) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes its name only when all was written; standard output for None.

    Raises:
        Misconfigured: When the file can't be written.
    """
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        handle, temporary = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise Misconfigured(
            f"{output} can't be written: {error.strerror}.", advice="Check the folder."
        ) from error
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
        Path(temporary).replace(output)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
