"""What a change of the source brings: its deviations against those that the commit has from which it parted.

The same controls judge both, so a change far from a resource (in a variable, a module, a local) is told like one
beside it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audits import checkout, kinds, plan, relations, sources, spec
from audits.baseline import fingerprint
from audits.checkout import CheckoutError, Ranges
from audits.judge import judge_in
from audits.model import Check, Control, Origin, Plane, Spec, Verdict
from audits.views import Views


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the source since ``commit``.

    ``lines``: what is other than there, by file as origins name it. ``before``: fingerprints of the deviations there.
    ``judged``: the controls that judged the source there.
    """

    ref: str
    commit: str
    lines: Mapping[str, Ranges]
    before: frozenset[str] = frozenset()
    judged: frozenset[str] = frozenset()

    def brings(self, control: str, plane: Plane, verdict: Verdict) -> bool:
        """Whether the deviation is the change's doing, or lies in lines that it touches.

        What nothing judged at the commit (Checkov's policies, drift) may be its doing, and counts. An account has no
        commit: all of it counts.
        """
        if plane != "terraform" or control not in self.judged or self._touches(verdict.origin):
            return True
        return fingerprint(control, plane, verdict) not in self.before

    def data(self) -> dict[str, Any]:
        """The change as JSON data."""
        lists = {"before": sorted(self.before), "judged": sorted(self.judged)}
        return {"ref": self.ref, "commit": self.commit, "lines": dict(self.lines), **lists}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Change:
        """What :meth:`data` gave."""
        lines = {name: tuple((first, last) for first, last in ranges) for name, ranges in data["lines"].items()}
        return cls(data["ref"], data["commit"], lines, frozenset(data["before"]), frozenset(data["judged"]))

    def _touches(self, origin: Origin) -> bool:
        if origin.file is None or origin.line is None:
            return False
        return any(first <= origin.line <= last for first, last in self.lines.get(origin.file, ()))


def since(
    ref: str, options: sources.Sources, specs: Sequence[Spec], here: Path, left_out: frozenset[str] = frozenset()
) -> Change:
    """What changed since this checkout parted from ``ref``; ``here`` is the folder from which origins are named.

    Raises:
        CheckoutError: the Terraform lies in no checkout, or there is no such commit.
        InputError: the Terraform of that commit cannot be read at all.
    """
    assert options.terraform is not None
    top = checkout.top_of(options.terraform)
    commit = checkout.base_of(top, ref)
    lines = {_shown(top / name, here): ranges for name, ranges in checkout.changed_lines(top, commit).items()}
    change = Change(ref, commit, lines)
    with tempfile.TemporaryDirectory(prefix="audit-base-") as folder:
        tree = checkout.write_tree(top, commit, Path(folder))
        then = _then(options, top, tree)
        same = _unchanged(specs, top, tree)
        if then is None:
            # The root module is new: all that deviates in it is.
            return replace(change, judged=frozenset(control.id for control in _controls(specs)))
        checks = [check for check in plan.checks(specs, ("terraform",), left_out) if check.control.id in same]
        before = _judged(then, checks)
    judged = {check.control.id for check in plan.checks(specs, ("terraform",), left_out)}
    return replace(change, before=before, judged=frozenset(judged))


def _judged(then: sources.Sources, checks: Sequence[Check]) -> frozenset[str]:
    needed = plan.kinds_needed(checks, relations.registry(), kinds.registry())
    queries = plan.files_needed(checks, relations.registry())
    observation = sources.read("terraform", then, needed, queries)
    views = Views(kinds.registry())
    return frozenset(
        fingerprint(check.control.id, check.plane, verdict)
        for check in checks
        for verdict in judge_in(check, views.of(observation, check.control), relations.registry()).verdicts
        if verdict.state.deviates
    )


def _then(options: sources.Sources, top: Path, tree: Path) -> sources.Sources | None:
    """The same input at the commit, without variable files that it lacked; None where it had no such root module."""
    terraform = _moved(options.terraform, top, tree)
    if terraform is None or not terraform.is_dir() or not any(terraform.glob("*.tf*")):
        return None
    files = (_moved(file, top, tree) for file in options.var_files)
    repository = _moved(options.repository, top, tree) or tree
    return replace(
        options,
        terraform=terraform,
        repository=repository,
        var_files=tuple(file for file in files if file is not None and file.exists()),
        plan=None,
        state=None,
        live=False,
    )


def _unchanged(specs: Sequence[Spec], top: Path, tree: Path) -> frozenset[str]:
    """The controls that say the same at the commit. A control that is new or other has no deviation of before."""
    paths = [_moved(Path(one.path), top, tree) for one in specs]
    inside = [path for path in paths if path is not None]
    kept = [one for one, path in zip(specs, paths, strict=True) if path == Path(one.path)]
    outside = {control.id for control in _controls(kept)}
    try:
        earlier = spec.load_all([path for path in inside if path.exists()], kinds.registry(), relations.registry())
    except spec.SpecError:
        return frozenset(outside)
    then = {control.id: _said(control) for control in _controls(earlier)}
    return frozenset(outside | {control.id for control in _controls(specs) if then.get(control.id) == _said(control)})


def _controls(specs: Iterable[Spec]) -> Iterable[Control]:
    return (control for one in specs for control in one.controls)


def _said(control: Control) -> Control:
    """The control but for its place: a line above it says nothing else."""
    return replace(control, spec="", line=0, lines={})


def _moved(path: Path | None, top: Path, tree: Path) -> Path | None:
    """The path below ``tree`` that stands for one below ``top``; one that lies elsewhere, as it is."""
    if path is None:
        return None
    real = path.resolve()
    return tree / real.relative_to(top.resolve()) if real.is_relative_to(top.resolve()) else path


def _shown(path: Path, here: Path) -> str:
    """A path as origins name it: relative to ``here`` where it lies below, as it is where not."""
    real = path.resolve()
    return (real.relative_to(here.resolve()) if real.is_relative_to(here.resolve()) else real).as_posix()


__all__ = ["Change", "CheckoutError", "since"]
