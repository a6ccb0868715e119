"""How an audit comes to its observations: read, replayed from a saved run, or handed over by xdist's controller."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from audits import (
    changed,
    checkov,
    evidence,
    kinds,
    plan,
    policy_summary,
    progress,
    relations,
    sources,
    waiver_files,
)
from audits.changed import Change
from audits.codec import decode_observation, encode_observation
from audits.model import Check, Gap, Origin, PolicyScan
from audits.session import Audit

_MEND_UNSEEN = "none but a local path as the module's source, and .tf rather than .tf.json or an override file"


def observe(audit: Audit, checks: Sequence[Check], config: pytest.Config, *, compared: bool = False) -> None:
    """Read, or take from the saved run, every plane that the checks need and that is not there yet.

    Only what the checks of a plane need is read of it; ``compared``: and what comparing the planes needs, of both.

    Raises:
        UsageError: a plane cannot be read at all.
    """
    before = set(audit.observations)
    _look_back(audit, checks, config)
    with _beside(audit, checks) as asked:
        _read(audit, checks, config, compared)
        if asked is not None:
            own = audit.observations["terraform"]
            _tell(audit, asked if isinstance(asked, PolicyScan) else asked.result(own))
    if before != set(audit.observations):
        _pair(audit)


def _look_back(audit: Audit, checks: Sequence[Check], config: pytest.Config) -> None:
    """Judge the source as it was, too, where only what changed since then is asked for."""
    if audit.since is None or audit.change is not None or not any(check.plane == "terraform" for check in checks):
        return
    here = config.invocation_params.dir
    left_out = frozenset({policy_summary.RELATION})
    try:
        change = changed.since(audit.since, audit.options, audit.specs, here, left_out)
    except (changed.CheckoutError, sources.InputError) as error:
        raise pytest.UsageError(f"--changed-since: {error}") from error
    audit.compare_with(change)


@contextmanager
def _beside(audit: Audit, checks: Sequence[Check]) -> Iterator[checkov.Pending | PolicyScan | None]:
    """Checkov, begun before anything else is read; nothing where no check needs it, or a saved run has its results."""
    wanted = any(check.control.relation == policy_summary.RELATION for check in checks)
    wanted |= policy_summary.only_informs(audit.specs) and any(check.plane == "terraform" for check in checks)
    replayed = audit.saved is not None and "terraform" not in audit.options.planes
    if audit.checkov is None or not wanted or replayed or "terraform" in audit.observations:
        yield None
    elif audit.options.terraform is None:
        yield PolicyScan(failed=policy_summary.NO_SOURCE, mend=policy_summary.GIVE_SOURCE)
    else:
        options = audit.options
        request = checkov.Request(audit.options.terraform, options.var_files, options.variables)
        with checkov.beside(audit.checkov, request) as asked:
            yield asked


def _tell(audit: Audit, scan: PolicyScan) -> None:
    """Put what Checkov came to, and what it could not read, with what was read of the source."""
    gaps = []
    if scan.failed:
        gaps.append(Gap("terraform", (), "Checkov", scan.failed, mend=scan.mend))
    said = "Checkov could not read this file"
    gaps += [Gap("terraform", (), f"Checkov: {name}", said, origin=Origin(name)) for name in scan.unparsed]
    unseen = "Checkov did not load it, so its policies are undecided there"
    gaps += [Gap("terraform", (), f"Checkov: {name}", unseen, mend=_MEND_UNSEEN) for name in scan.unseen]
    found = audit.observations["terraform"]
    found = replace(found, policies=scan, gaps=(*found.gaps, *gaps))
    audit.kept["terraform"] = audit.observations["terraform"] = found


def _read(audit: Audit, checks: Sequence[Check], config: pytest.Config, compared: bool) -> None:
    for plane in audit.planes:
        own = [check for check in checks if check.plane == plane]
        if plane in audit.observations or not (own or compared):
            continue
        needed = plan.kinds_needed(own, relations.registry(), kinds.registry())
        queries = plan.files_needed(own, relations.registry())
        extent = plan.extent(own, relations.registry(), kinds.registry())
        if compared:
            needed = plan.kinds_compared(audit.specs, relations.registry(), kinds.registry())
            extent = plan.extent_compared(audit.specs, relations.registry(), kinds.registry())
        try:
            if plane in audit.options.planes or audit.saved is None:
                with _watched(config) as on_call:
                    options = replace(audit.options, on_call=on_call)
                    audit.kept[plane] = audit.observations[plane] = sources.read(
                        plane, options, needed, queries, extent
                    )
                if plane == "terraform":
                    audit.waivers += waiver_files.in_source(audit.observations[plane], audit.specs)
            else:
                audit.kept[plane] = sources.replayed(evidence.load(audit.saved, plane), audit.options)
                names = [kind.type for kind in needed]
                audit.observations[plane] = evidence.for_checks(audit.kept[plane], names, audit.saved)
                if plane == "terraform":
                    audit.waivers += map(waiver_files.from_entry, audit.saved.run.get("source_waivers") or ())
        except (sources.InputError, evidence.EvidenceError, waiver_files.WaiverError) as error:
            raise pytest.UsageError(str(error)) from error


def _pair(audit: Audit) -> None:
    """Pair the planes by the state, in what is judged and in what is kept of it."""
    alike = [plane for plane, one in audit.kept.items() if one is audit.observations.get(plane)]
    try:
        audit.observations = sources.paired(audit.observations, audit.options)
        if len(alike) < len(audit.kept):
            audit.kept = sources.paired(audit.kept, audit.options)
    except sources.InputError as error:
        raise pytest.UsageError(str(error)) from error
    audit.kept |= {plane: audit.observations[plane] for plane in alike}


@contextmanager
def _watched(config: pytest.Config) -> Iterator[progress.Hearing | None]:
    """Progress on the terminal, in front of which pytest's capturing stands until it is let through."""
    capturing = config.pluginmanager.get_plugin("capturemanager")
    if capturing is None or progress.quiet(os.environ, config.get_verbosity()):
        yield None
        return
    with capturing.global_and_fixture_disabled(), progress.shown(sys.stderr) as on_call:
        yield on_call


def hand_over(audit: Audit) -> Path:
    """What was observed, for xdist's workers: a file that only this user can read."""
    if audit.handover is None:
        descriptor, name = tempfile.mkstemp(prefix="audit-", suffix=".json")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            planes = {plane: encode_observation(replace(one, calls=())) for plane, one in audit.observations.items()}
            waived = [waiver_files.entry(one) for one in audit.waivers]
            change = audit.change.data() if audit.change else None
            json.dump({"planes": planes, "waivers": waived, "change": change}, file)
        audit.handover = Path(name)
    return audit.handover


def take_over(audit: Audit, handed: str) -> None:
    """What the controller observed and :func:`hand_over` wrote."""
    data = json.loads(Path(handed).read_text(encoding="utf-8"))
    audit.observations = {plane: decode_observation(one) for plane, one in data["planes"].items()}
    audit.waivers = [waiver_files.from_entry(one) for one in data["waivers"]]
    if data["change"] is not None:
        audit.compare_with(Change.of(data["change"]))
