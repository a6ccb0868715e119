"""From options to observations in canonical form: the only place that knows which plane is read how.

Nothing for the live plane (boto3) is imported unless it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from audits import kinds
from audits.canonical import canonical, without_secrets
from audits.kind import Kind
from audits.model import WHOLE, CallRecord, Extent, FileQuery, Observation, Origin, Plane, Resource
from audits.pairing import foreign, pair
from audits.reconcile import reconcile

EXTERNAL_ID = "AUDIT_EXTERNAL_ID"
"""The environment variable that holds the roles' external id; on a command line other users could see it."""


class InputError(ValueError):
    """Input that cannot be used at all: wrong folder, no credentials, wrong account. One line for people."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What to read. ``terraform`` is a folder with a root module; ``live`` says whether to read the account.

    ``plan`` and ``state`` are what Terraform saved, as JSON. ``repository`` is the folder that files of the
    application are looked up in; None for the git checkout that ``terraform`` lies in.
    """

    terraform: Path | None = None
    plan: Path | None = None
    state: Path | None = None
    repository: Path | None = None
    var_files: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    live: bool = False
    profile: str | None = None
    regions: tuple[str, ...] = ()
    account_roles: tuple[str, ...] = ()
    external_id: str | None = field(default=None, repr=False)
    expect_accounts: tuple[str, ...] = ()
    on_call: Callable[[CallRecord], None] | None = field(default=None, compare=False, repr=False)

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The planes that are asked for."""
        source: tuple[Plane, ...] = ("terraform",) if self.terraform or self.plan or self.state else ()
        return (*source, "live") if self.live else source


def read(
    plane: Plane,
    sources: Sources,
    needed: Sequence[Kind],
    queries: Collection[FileQuery] = (),
    extent: Extent = WHOLE,
) -> Observation:
    """The observation of one plane, in canonical form; that of the source with what ``queries`` find in its files.

    Of the account only as much as ``extent`` says.

    Raises:
        InputError: there is nothing to read at all.
    """
    if plane == "live":
        return canonical(read_live(sources, needed, extent), kinds.registry())
    return canonical(_with_files(read_terraform(sources, from_here=True), sources, queries), kinds.registry())


def _with_files(observation: Observation, sources: Sources, queries: Collection[FileQuery]) -> Observation:
    if not queries:
        return observation
    from audits.planes import files

    if sources.repository is not None and not sources.repository.is_dir():
        raise InputError(f"{sources.repository}: no such folder")
    root = sources.repository or (files.default_root(sources.terraform) if sources.terraform else None)
    resources, gaps = files.read(root, queries)
    return replace(observation, resources=(*observation.resources, *resources), gaps=(*observation.gaps, *gaps))


def paired(observations: Mapping[Plane, Observation], sources: Sources) -> dict[Plane, Observation]:
    """The observations with keys that pair their resources by the state, or by what a plan knows of what exists.

    Raises:
        InputError: the state cannot be read.
    """
    found = dict(observations)
    if "terraform" not in found or not (sources.state or sources.plan):
        return found
    identified: dict[str, Resource] = {}
    if sources.state and (sources.terraform or sources.plan):
        state = canonical(read_terraform(Sources(state=sources.state)), kinds.registry())
        identified = {one.identity: one for one in state.resources}
        found["terraform"] = foreign(found["terraform"], state)
    if "live" in found:
        found["terraform"], found["live"] = pair(found["terraform"], found["live"], identified)
    return found


def seen_from_here(observation: Observation, folder: Path) -> Observation:
    """The observation with places as paths from the working directory, as editors and annotations need them."""

    @cache
    def path(text: str) -> str:
        return Path(os.path.normpath(folder / text)).as_posix()

    @cache
    def here(origin: Origin) -> Origin:
        calls = tuple(path(place) + rest for place, rest in map(_cut, origin.calls))
        return replace(origin, file=path(origin.file) if origin.file else None, calls=calls)

    def of(found: Iterable[Resource]) -> tuple[Resource, ...]:
        return tuple(
            replace(one, origin=here(one.origin), origins={name: here(origin) for name, origin in one.origins.items()})
            for one in found
        )

    gaps = tuple(replace(gap, origin=here(gap.origin)) for gap in observation.gaps)
    findings = tuple(replace(finding, origin=here(finding.origin)) for finding in observation.findings)
    return replace(
        observation,
        resources=of(observation.resources),
        data_sources=of(observation.data_sources),
        gaps=gaps,
        findings=findings,
    )


def _cut(call: str) -> tuple[str, str]:
    """``main.tf:12 module.ecs`` as path and rest."""
    path, colon, rest = call.partition(":")
    return path, colon + rest


def read_terraform(sources: Sources, *, from_here: bool = False) -> Observation:
    """The Terraform plane: the source as configured, what a plan will make, or what a state holds.

    With source and a plan of it, both as one. Places in source are paths from its folder, or (``from_here``) from the
    working directory; those in a plan or state are the file, as it was given.

    Raises:
        InputError: no such folder or file, or nothing of Terraform's in it.
    """
    from audits.planes import terraform

    refuse_mixtures(sources)
    try:
        if sources.plan is not None:
            return _of_plan(sources, sources.plan, from_here)
        if sources.terraform is None:
            assert sources.state is not None
            return terraform.read_state(sources.state)
        observation = terraform.read(
            sources.terraform,
            var_files=sources.var_files,
            variables=sources.variables,
            environment=os.environ,
            workspace=os.environ.get("TF_WORKSPACE"),
        )
    except terraform.SourceError as error:
        raise InputError(str(error)) from error
    _refuse_unread_values(observation, sources)
    return seen_from_here(observation, sources.terraform) if from_here else observation


def _of_plan(sources: Sources, path: Path, from_here: bool) -> Observation:
    from audits.planes import terraform

    if sources.terraform is None:
        return terraform.read_plan(path)
    environment, workspace = os.environ, os.environ.get("TF_WORKSPACE")
    source, plan, known = terraform.read_with_plan(
        sources.terraform, path, environment=environment, workspace=workspace
    )
    placed = seen_from_here(source, sources.terraform) if from_here else source
    return reconcile(placed, plan, known.modules, known.unchanged)


def refuse_mixtures(sources: Sources) -> None:
    """Refuse what contradicts itself.

    Raises:
        InputError: variables for what holds its own.
    """
    if (sources.var_files or sources.variables) and (sources.plan or not sources.terraform):
        raise InputError("--var and --var-file are for --terraform: a plan or state holds its own values")


def _refuse_unread_values(observation: Observation, sources: Sources) -> None:
    """Values that cannot be read are wrong input, not a gap: defaults would pass for what was meant."""
    folder = sources.terraform or Path()
    given = {os.path.normpath(path.absolute()) for path in sources.var_files}
    for gap in observation.gaps:
        file = gap.origin.file
        if file is None:
            continue
        place = Path(os.path.normpath(folder / file))
        if file.endswith((".tfvars", ".tfvars.json")) or str(place.absolute()) in given:
            line = f":{gap.origin.line}" if gap.origin.line else ""
            # The detail quotes the file, and such files hold secrets.
            raise InputError(f"{place.as_posix()}{line}: {gap.cause} in a file of variables")


def read_live(sources: Sources, needed: Sequence[Kind], extent: Extent = WHOLE) -> Observation:
    """The account, as far as the needed kinds go, and of those as much as ``extent`` says.

    Raises:
        InputError: no credentials, the wrong account, or an endpoint that does not answer at all.
    """
    from audits.planes import live

    options = live.LiveOptions(
        profile=sources.profile,
        regions=sources.regions,
        account_roles=sources.account_roles,
        external_id=sources.external_id,
        expect_accounts=sources.expect_accounts,
        on_call=sources.on_call,
    )
    try:
        return live.observe(needed, options, extent)
    except live.AccountError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        # A credential_process that is not there, say; what fails later, with an account open, is a gap.
        raise InputError(f"the AWS credentials cannot be read: {error}") from error


def replayed(observation: Observation, sources: Sources) -> Observation:
    """The observation of a saved run, without what has been declared secret since.

    Raises:
        InputError: it is of another account than the one expected.
    """
    strangers = [account for account in observation.accounts if account not in sources.expect_accounts]
    if sources.expect_accounts and strangers:
        raise InputError(
            f"wrong account: the saved run read {strangers[0]}, expected {' or '.join(sources.expect_accounts)}"
        )
    return without_secrets(observation, kinds.registry())


def redacted(observation: Observation) -> Observation:
    """An observation as read, not folded, without what the provider or the kinds call secret."""
    return without_secrets(observation, kinds.registry())
