"""Putting a bundle together: files are checked against the run's own sums, then the folder appears whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from reports.bundle.frameworks import table
from reports.bundle.read_me import read_me
from reports.formats import RenderOptions, get
from reports.report import ReportError, Run, loads
from reports.text import visible

SIGNERS = ("none", "gpg", "cosign")
SUMS = "SHA256SUMS"
_PATIENCE = 120


def make(saved: Path, target: Path, *, lang: str = "en", signer: str = "none") -> list[str]:
    """Make the bundle of a saved run; returns what could not be put in, a line each.

    Args:
        saved: the run's JSON. Observations and specs are looked for where it says.
        target: a folder that is not there yet or empty, or a file that ends in ``.zip``.
        lang: of the HTML report.
        signer: signs ``SHA256SUMS``, detached: GPG's default key, or cosign (``COSIGN_PRIVATE_KEY``, else keyless).

    Raises:
        ReportError: the run cannot be used, the target is taken or cannot be written, or signing failed.
    """
    place = visible(str(target))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ReportError(f"{place}: is there already")
    data = _bytes(saved)
    run = loads(data, str(saved))
    files, missing = _gather(run, saved, data, lang)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".evidence-", dir=target.parent) as work:
            folder = Path(work) / "evidence"
            _write(folder, files)
            _sign(folder, signer)
            _put(folder, target)
    except OSError as error:
        raise ReportError(f"{place}: could not be written: {error.strerror or error}") from None
    return missing


def _gather(run: Run, saved: Path, data: bytes, lang: str) -> tuple[dict[str, bytes], list[str]]:
    """Every file of the bundle, by its path in it, and what is missing."""
    files: dict[str, bytes] = {"run.json": data}
    missing: list[str] = []
    evidence = {}
    for plane, entry in (run["run"].get("observations") or {}).items():
        if "path" not in entry:
            missing.append(f"observation of {plane}: the run kept none")
            continue
        found = _kept(saved.parent / entry["path"], entry.get("sha256"), f"observation of {plane}", missing)
        if found is not None:
            evidence[plane] = f"run.observations/{Path(entry['path']).name}"
            files[evidence[plane]] = found
    for path, digest in run["run"]["specs"].items():
        found = _kept(Path(path), digest, f"spec {path}", missing)
        if found is not None:
            files[f"specs/{_inside(path).removeprefix('specs/')}"] = found
    for path in sorted({one["file"] for one in run["waivers"] if one["file"] and not one["inline"]}):
        found = _kept(Path(path), None, f"waivers {path}", missing)
        if found is not None:
            files[f"waivers/{_inside(path).removeprefix('specs/')}"] = found
    if run["document"]:
        files["document.json"] = _json({"document": run["run"]["document"], "clauses": run["document"]})
    page = get("html").render(run, RenderOptions(lang))
    files["report.html"] = page if isinstance(page, bytes) else page.encode("utf-8", "backslashreplace")
    files["frameworks.csv"] = table(run, evidence)
    files["README.md"] = read_me(run, list(files), missing).encode("utf-8", "backslashreplace")
    return files, missing


def _kept(path: Path, digest: str | None, name: str, missing: list[str]) -> bytes | None:
    """A file, if it is still what the run says it was. Another version of it would be evidence of something else."""
    try:
        data = path.read_bytes()
    except OSError as error:
        missing.append(f"{visible(name)}: {error.strerror or error}")
        return None
    except ValueError:
        missing.append(f"{visible(name)}: no file can have this name")
        return None
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        missing.append(f"{visible(name)}: it is another file now than in the run (SHA-256 differs)")
        return None
    return data


def _inside(path: str) -> str:
    """A path as one below a folder: no ``..``, no root."""
    parts = [part for part in PurePosixPath(path.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return "/".join(visible(part).replace("/", "_") for part in parts) or "file"


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (folder / SUMS).write_text("".join(_sums(files)), encoding="utf-8")


def _sums(files: dict[str, bytes]) -> Iterable[str]:
    return (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def _sign(folder: Path, signer: str) -> None:
    commands = {
        "gpg": ["gpg", "--batch", "--yes", "--armor", "--detach-sign", "--output", f"{SUMS}.asc", SUMS],
        "cosign": ["cosign", "sign-blob", "--yes", *_key(), "--bundle", f"{SUMS}.cosign.bundle", SUMS],
    }
    if signer == "none":
        return
    try:
        done = subprocess.run(
            commands[signer], cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReportError(f"{signer}: {visible(str(getattr(error, 'strerror', None) or error))}") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise ReportError(f"{signer} did not sign: {visible(said[-1]) if said else f'status {done.returncode}'}")


def _key() -> list[str]:
    # With a key of one's own nothing leaves the machine; without, cosign asks Sigstore.
    return ["--key", "env://COSIGN_PRIVATE_KEY"] if os.environ.get("COSIGN_PRIVATE_KEY") else []


def _put(folder: Path, target: Path) -> None:
    """Let the bundle appear whole: by one rename."""
    if target.suffix == ".zip":
        made = shutil.make_archive(str(folder.parent / "bundle"), "zip", folder)
        Path(made).replace(target)
        return
    if target.exists():
        target.rmdir()
    folder.rename(target)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "backslashreplace")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportError(f"{visible(str(path))}: {error.strerror or error}") from None
