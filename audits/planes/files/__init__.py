"""Reads the repository's own files: where declared patterns match in them, as resources of kind ``file``.

Of a file only what matched is kept, never its text: source holds secrets. What cannot be read is a gap of that file.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from audits.model import FILE, FileQuery, Gap, Origin, Resource
from audits.planes.files.matching import find

LARGEST = 1 << 20
"""A file of settings is smaller; what is larger is left unread, and said."""

_MEND = "give --repository the folder from which the spec's paths are written"


def default_root(folder: Path) -> Path | None:
    """The checkout that a folder lies in: the nearest folder above it with ``.git``; None if there is none."""
    whole = folder.absolute()
    return next((one for one in (whole, *whole.parents) if (one / ".git").exists()), None)


def read(root: Path | None, queries: Iterable[FileQuery]) -> tuple[tuple[Resource, ...], tuple[Gap, ...]]:
    """What the queries find below ``root``: one resource a file that could be read, one gap a file that could not."""
    asked: dict[str, list[FileQuery]] = {}
    for query in sorted(set(queries)):
        asked.setdefault(query.path, []).append(query)
    resources: list[Resource] = []
    gaps: list[Gap] = []
    for path, own in asked.items():
        if root is None:
            gaps.append(_gap(path, "no repository is given, and the Terraform lies in no git checkout"))
            continue
        try:
            data = _bytes(root, path)
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            gaps.append(_gap(path, f"not UTF-8 (byte {error.start})", "save the file as UTF-8", _place(root, path)))
        except _Unreadable as error:
            gaps.append(_gap(path, str(error), error.mend, _place(root, path)))
        else:
            resources.append(_resource(root, path, data, text, own))
    return tuple(resources), tuple(gaps)


def _resource(root: Path, path: str, data: bytes, text: str, queries: Iterable[FileQuery]) -> Resource:
    attributes = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "queries": [
            {"digest": query.digest, "matches": find(text, query.pattern, query.comments)} for query in queries
        ],
    }
    return Resource(FILE, path, attributes, Origin(_place(root, path)), key=path)


class _Unreadable(Exception):  # noqa: N818 - a state of a file, not an error of the suite
    def __init__(self, cause: str, mend: str = _MEND) -> None:
        super().__init__(cause)
        self.mend = mend


def _bytes(root: Path, path: str) -> bytes:
    """The file's bytes.

    Raises:
        _Unreadable: it is not there, no file, too large, not below the root once links are followed, or refused.
    """
    try:
        base = root.resolve(strict=True)
        target = (base / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise _Unreadable(_said(error)) from error
    if not target.is_relative_to(base):
        raise _Unreadable("a link leads out of the repository", "replace the link by the file itself")
    try:
        # Without waiting for whoever would write into a pipe of that name, and not through a link put there just now.
        descriptor = os.open(target, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _Unreadable("not a file")
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise _Unreadable(_said(error), "let the user of this audit read the file") from error
    if len(data) > LARGEST:
        raise _Unreadable(f"larger than {LARGEST} bytes", "name the file that holds the setting itself")
    return data


def _said(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "leads round in circles"


def _place(root: Path, path: str) -> str:
    """The file as a path from the working directory, as places in Terraform are given."""
    return Path(os.path.relpath(os.path.normpath(root / path))).as_posix()


def _gap(path: str, cause: str, mend: str = _MEND, file: str | None = None) -> Gap:
    return Gap("terraform", (FILE,), path, cause, mend=mend, resource=path, origin=Origin(file))
