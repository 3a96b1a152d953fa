"""Reads the files of a configuration's folder, and leaves out none that a person meant to count."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The files of a folder that make up its version.
PATTERNS = ("company.yaml", "partners/*.yaml", "rules/*.yaml", "lookups.yaml", "overlays/*.yaml")

_FOLDERS = ("partners", "rules", "overlays")
_ALONE = ("company.yaml", "lookups.yaml")
_ENDINGS = (".yaml", ".yml")
#: As alike as a slip of the pen leaves a name.
_ALIKE = 0.8


def read_folder(folder: Path) -> dict[str, str]:
    """Return the text of each file that belongs to the configuration, by its path in the folder.

    Raises:
        Misconfigured: There is none, one can't be read, or one lies where nothing reads it; by its path.
    """
    folder = Path(folder)
    paths = [path for pattern in PATTERNS for path in sorted(folder.glob(pattern)) if path.is_file()]
    if not paths:
        raise Misconfigured(
            f"{folder} holds no configuration.", advice="Give a folder with company.yaml and partners/."
        )
    if stray := next(_strays(folder, set(paths)), None):
        name = stray.relative_to(folder).as_posix()
        raise Misconfigured(
            f"{name}: this file would count for nothing; read are {', '.join(PATTERNS)}.",
            advice=f"Name or move {name} so that it is read, or take it out of the folder.",
            file=name,
            line=1,
        )
    return {path.relative_to(folder).as_posix(): _text(path, folder) for path in paths}


def _strays(folder: Path, read: Iterable[Path]) -> Iterator[Path]:
    """Yield files that look like a part of the configuration and are none."""
    for name in _FOLDERS:
        inside = (path for path in sorted((folder / name).rglob("*")) if path.suffix in _ENDINGS)
        yield from (path for path in inside if path.is_file() and path not in read)
    for path in sorted(folder.iterdir()):
        alike = difflib.get_close_matches(path.stem, [Path(name).stem for name in _ALONE], cutoff=_ALIKE)
        if path.is_file() and path.suffix in _ENDINGS and alike and path not in read:
            yield path


def _text(path: Path, folder: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        name = path.relative_to(folder).as_posix()
        raise Misconfigured(
            f"{name} can't be read: {error}.", advice="Save it as UTF-8 text.", file=name, line=1
        ) from error
