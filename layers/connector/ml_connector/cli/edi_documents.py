"""``ml-connector edi parse`` and ``edi write``: EDI files as documents, and documents as EDI files."""

from __future__ import annotations

from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from ml_connector.cli.document_rendering import rendering_of
from ml_connector.cli.edi import AsJson, Charset, Files, Target, known_charset, opened, writing
from ml_connector.cli.edi_report import printable
from ml_connector.cli.output import REFUSED, Output, guarded
from ml_connector.codecs import CodecProfile, Envelope, encode
from ml_connector.codecs.files import DocumentFile, Refusal
from ml_connector.documents import DOCUMENTS
from ml_connector.edi import ReadOptions
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.documents import Document

#: Documents of one interchange wait here until its trailer has come; more than this goes to the disk.
_HELD_BYTES = 8 * 1024 * 1024

PartnerFile = Annotated[
    Path | None, typer.Option("--partner", help="The partner's YAML file, for its ways with documents.")
]


@guarded
def parse(
    files: Files, partner: PartnerFile = None, charset: Charset = None, as_json: AsJson = False
) -> None:
    """Read files and print the business documents in them; with --json one object a line.

    Documents of an interchange that turns out to be broken are not printed: its findings are, on standard
    error, and the exit code is 1.
    """
    profile = _profile_of(partner, "") if partner else None
    options = ReadOptions(charset=known_charset(charset))
    refused = False
    for name in files:
        with opened(name) as stream:
            for part in DocumentFile(stream, profile, options).parts():
                refused |= _print_part(name, part, as_json=as_json)
    if refused:
        raise typer.Exit(REFUSED)


def _print_part(name: str, part: Iterator[Document | Refusal], *, as_json: bool) -> bool:
    """Print the documents of one interchange once it is known to be whole; say whether any was refused."""
    refused = broken = False
    with SpooledTemporaryFile(max_size=_HELD_BYTES, mode="w+", encoding="utf-8") as held:
        for found in part:
            if isinstance(found, Refusal):
                _print_refusal(name, found)
                refused |= found.fatal
                broken |= found.what.startswith("interchange")
            else:
                held.write(found.model_dump_json(exclude_none=True) + "\n")
        if not broken:
            held.seek(0)
            _print_documents(held, as_json=as_json)
    return refused


def _print_documents(lines: Any, *, as_json: bool) -> None:  # noqa: ANN401 - a spooled file has no public type
    out = Output(as_json=as_json)
    for line in lines:
        if as_json:
            typer.echo(line, nl=False)
        else:
            out.console.print(rendering_of(DOCUMENTS.validate_json(line)))


def _print_refusal(name: str, refusal: Refusal) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    lines = [f"{name}: {refusal.what}: {refusal.reason}"]
    for finding in refusal.findings:
        place = finding.get("path") or " ".join(
            f"{key} {finding[key]}" for key in ("tag", "position", "line", "offset") if key in finding
        )
        lines.append(f"  {finding['severity']} [{finding['rule']}] {place}: {finding['message']}")
    if refusal.advice:
        lines.append(f"  {refusal.advice}")
    for line in lines:
        console.print(printable(line), markup=False)


@guarded
def write(
    document: Annotated[Path, typer.Argument(help="A document as JSON, as `edi parse --json` prints it.")],
    standard: Annotated[str, typer.Option("--standard", help="x12, edifact, tradacoms or ubl.")],
    version: Annotated[str, typer.Option("--version", help="004010, D.96A, 2.1 ...")] = "",
    message: Annotated[
        str | None, typer.Option("--message", help="The message, where several carry the document.")
    ] = None,
    partner: PartnerFile = None,
    control_number: Annotated[
        int, typer.Option("--control-number", min=1, help="Control number of the interchange.")
    ] = 1,
    output: Target = None,
) -> None:
    """Write a document as an EDI interchange; refuse what the message can't carry."""
    profile = _profile_of(partner, standard) if partner else CodecProfile()
    envelope = profile.envelope.model_copy(update={"interchange_control_number": control_number})
    profile = profile.model_copy(update={"envelope": envelope})
    data = encode(
        _document_of(document), standard=standard, version=version, message=message, profile=profile
    )
    with writing(output) as target:
        target.write(data)


def _document_of(path: Path) -> Document:
    try:
        return DOCUMENTS.validate_json(path.read_bytes())
    except OSError as error:
        raise Misconfigured(f"{path} can't be read: {error.strerror}.", advice="Check the name.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise Misconfigured(
            f"{path} is no business document: {where}: {first['msg']}.",
            advice="docs/schemas says what a document looks like.",
        ) from error


def _profile_of(path: Path, standard: str) -> CodecProfile:
    """The codec profile of a partner's file, its envelope addressed to the partner."""
    # Imported here: parsing without a partner needs no configuration.
    from ml_connector.partners.located import read_yaml
    from ml_connector.partners.profile import Partner
    from ml_connector.workflow.profiles import codec_profile

    try:
        data = read_yaml(path.read_text(encoding="utf-8"), path.name).data
        values = data if isinstance(data, dict) else {}
        partner = Partner.model_validate({"id": path.stem, **values})
    except OSError as error:
        raise Misconfigured(f"{path} can't be read: {error.strerror}.", advice="Check the name.") from error
    except ValidationError as error:
        raise Misconfigured(f"{path} is no partner file: {error}.", advice="Correct it.") from error
    address = next((identity for identity in partner.identities if identity.standard == standard), None)
    receiver = (
        Envelope(receiver_id=address.id, receiver_qualifier=address.qualifier) if address else Envelope()
    )
    return codec_profile(partner).model_copy(update={"envelope": receiver})
