"""Evidence: what a run observed, kept beside its JSON so that it can be checked and judged again offline.

Beside ``NAME.json`` lies the folder ``NAME.observations`` with one file a plane: JSON lines, compressed, the first line
a header. The run's JSON names each file with its sha256 (``run.observations``), and ``SHA256SUMS`` in the folder holds
the same for ``sha256sum --check``, with the run's own. Observations are kept as they were judged: in canonical form,
every secret removed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audits.codec import (
    decode_call,
    decode_finding,
    decode_gap,
    decode_header,
    decode_policy,
    decode_resource,
    encode_call,
    encode_finding,
    encode_gap,
    encode_header,
    encode_policy,
    encode_resource,
    policy_results,
    with_results,
)
from audits.model import PLANES, Gap, Observation, Plane

SCHEMA = "glimpse-audit/observation/v1"
RUN_SCHEMA = "glimpse-audit/run/v1"
NOT_READ = "not read in that run"
_PLACE = re.compile(r"[^/\\]+\.observations/[a-z]+-[0-9a-f]{16}\.jsonl\.gz")
_CHUNK = 1 << 20


class EvidenceError(ValueError):
    """A saved run that cannot be judged again; one line that names the file."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved run: its file, what it says of itself (``run`` of its JSON), and its observations' files by plane."""

    path: Path
    run: Mapping[str, Any]
    files: Mapping[Plane, tuple[Path, str]]

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The planes that were observed."""
        return tuple(plane for plane in PLANES if plane in self.files)


def dump(observation: Observation) -> bytes:
    """The observation as a file: the same bytes for the same observation.

    Raises:
        EvidenceError: a value in it is nested too deeply for JSON.
    """
    target = io.BytesIO()
    try:
        with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0, compresslevel=6) as stream:
            for entry in _entries(observation):
                stream.write(json.dumps(entry, separators=(",", ":")).encode("ascii") + b"\n")
    except RecursionError:
        raise EvidenceError(f"what was observed ({observation.plane}) is nested too deeply to be kept") from None
    return target.getvalue()


def _entries(observation: Observation) -> Iterator[Mapping[str, Any]]:
    # Written only where there are any, so that what was observed before there were some keeps its bytes.
    named = ("data_sources",) if observation.data_sources else ()
    counts = {name: len(getattr(observation, name)) for name in ("resources", "gaps", "findings", "calls", *named)}
    counts |= {"policies": len(policy_results(observation))} if observation.policies else {}
    yield {"schema": SCHEMA, **encode_header(observation), "counts": counts}
    yield from ({"resource": encode_resource(one)} for one in observation.resources)
    yield from ({"gap": encode_gap(one)} for one in observation.gaps)
    yield from ({"finding": encode_finding(one)} for one in observation.findings)
    yield from ({"call": encode_call(one)} for one in observation.calls)
    yield from ({"policy": encode_policy(one)} for one in policy_results(observation))
    yield from ({"data_source": encode_resource(one)} for one in observation.data_sources)


_DECODERS = {
    "resource": decode_resource,
    "gap": decode_gap,
    "finding": decode_finding,
    "call": decode_call,
    "policy": decode_policy,
    "data_source": decode_resource,
}


def _parse(lines: Iterable[bytes]) -> Observation:
    """What :func:`dump` wrote, read line by line: only one line is ever there as JSON data.

    Raises:
        ValueError: it is not of this version, or not whole.
    """
    found: dict[str, list[Any]] = {name: [] for name in _DECODERS}
    remaining = iter(lines)
    header = json.loads(next(remaining, b"null"))
    if not isinstance(header, dict) or header.get("schema") != SCHEMA:
        raise ValueError(f"not an observation of {SCHEMA}")
    for line in remaining:
        ((name, data),) = json.loads(line).items()
        found[name].append(_DECODERS[name](data))
    # A run from before Checkov was asked, or data sources were kept, counts none.
    known = {"policies": 0, "data_sources": 0, **header["counts"]}
    if {_counted(name): len(entries) for name, entries in found.items()} != known:
        raise ValueError("not whole")
    begun = decode_header(header)
    return replace(
        begun,
        resources=tuple(found["resource"]),
        gaps=tuple(found["gap"]),
        findings=tuple(found["finding"]),
        calls=tuple(found["call"]),
        policies=with_results(begun.policies, found["policy"]),
        data_sources=tuple(found["data_source"]),
    )


def _counted(name: str) -> str:
    return "policies" if name == "policy" else f"{name}s"


def open_run(path: Path) -> Saved:
    """A saved run whose observations are all there and unchanged.

    Raises:
        EvidenceError: no such run, or its evidence is missing, changed or of another version.
    """
    run, own = _read_run(path)
    named = run["run"].get("observations")
    if not isinstance(named, Mapping) or not any(isinstance(one, Mapping) and "path" in one for one in named.values()):
        raise EvidenceError(f"{path}: no observations were kept with this run: it cannot be judged again")
    files: dict[Plane, tuple[Path, str]] = {}
    for plane, entry in named.items():
        if plane not in PLANES or not isinstance(entry, Mapping) or not _PLACE.fullmatch(str(entry.get("path"))):
            raise EvidenceError(f"{path}: run.observations.{plane} names no observation of this suite")
        files[plane] = (path.parent / entry["path"], str(entry.get("sha256")))
    for file, digest in files.values():
        if _sha256(file) != digest:
            raise EvidenceError(f"{file}: changed since the run was saved (its sha256 is not the one in {path})")
    _check_sums(path, own, files)
    return Saved(path, run["run"], files)


def _read_run(path: Path) -> tuple[Mapping[str, Any], str]:
    try:
        data = path.read_bytes()
        run = json.loads(data)
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: not a saved run of this suite: not JSON") from error
    if not isinstance(run, dict) or not isinstance(run.get("run"), dict) or "schema" not in run:
        raise EvidenceError(f"{path}: not a saved run of this suite")
    if run["schema"] != RUN_SCHEMA:
        raise EvidenceError(f"{path}: a run of {str(run['schema'])[:80]!r}; this suite reads {RUN_SCHEMA}")
    return run, hashlib.sha256(data).hexdigest()


def _check_sums(path: Path, own: str, files: Mapping[Plane, tuple[Path, str]]) -> None:
    """The manifest beside the observations must say of the run, too, what it is."""
    folder = next(iter(files.values()))[0].parent
    manifest = folder / "SHA256SUMS"
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{manifest}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
    # Those of the run before stand beside them where a run was cut short while it was written.
    listed = {(name, digest) for digest, _, name in (line.partition("  ") for line in lines)}
    if not {(file.name, digest) for file, digest in files.values()} <= listed:
        raise EvidenceError(f"{manifest}: does not list the observations that {path} names")
    if own not in {digest for name, digest in listed if name.startswith("../")}:
        raise EvidenceError(f"{path}: changed since it was saved (its sha256 is not the one in {manifest})")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise EvidenceError(f"{file}: {error.strerror or error}") from error
    return digest.hexdigest()


def load(saved: Saved, plane: Plane) -> Observation:
    """The observation of one plane.

    Raises:
        EvidenceError: the file is none, or of another version.
    """
    file, _ = saved.files[plane]
    try:
        with gzip.open(file, "rb") as stream:
            observation = _parse(stream)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = str(error) if type(error) is ValueError else "not an observation of this suite"
        raise EvidenceError(f"{file}: {said}") from error
    if observation.plane != plane:
        raise EvidenceError(f"{file}: an observation of {observation.plane}, named as one of {plane}")
    return observation


def for_checks(observation: Observation, needed: Sequence[str], saved: Saved) -> Observation:
    """The observation with a gap over those of the needed kinds that were not read at the time."""
    missing = () if observation.kinds is None else tuple(sorted(set(needed) - set(observation.kinds)))
    if not missing:
        return observation
    gap = Gap(
        observation.plane,
        missing,
        f"replay of {saved.path}",
        NOT_READ,
        f"its checks did not need {', '.join(missing)}",
        "read the account anew, with these specs",
    )
    return replace(observation, gaps=(*observation.gaps, gap))
