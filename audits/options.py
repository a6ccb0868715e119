"""The plugin's options: what they are, which specs the arguments name, and what to read by them."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audits import checkov, sources, spec
from audits.model import SEVERITIES
from audits.plan import Shard

CHECKOV = "AUDIT_CHECKOV"
"""The environment variable that stands in for ``--checkov``."""

COMPARISON = Path(__file__).with_name("test_drift.py")
"""The items that compare the planes with each other."""


def add_options(parser: pytest.Parser) -> None:
    """Add the audit's options."""
    group = parser.getgroup("audit", "compliance and drift audit")
    add = group.addoption
    add("--terraform", metavar="DIR", help="audit the Terraform root module in DIR")
    add("--plan", metavar="FILE", help="audit a plan (what terraform show -json prints of it)")
    add("--state", metavar="FILE", help="audit a state; beside --terraform or --plan: pair the planes by it")
    add("--repository", metavar="DIR", help="where the application's files are (else the git checkout of --terraform)")
    add("--var-file", action="append", default=[], metavar="FILE", help="a tfvars file (repeatable)")
    add("--var", action="append", default=[], metavar="NAME=VALUE", help="a Terraform variable (repeatable)")
    add("--live", action="store_true", help="audit the live account")
    add("--profile", metavar="NAME", help="the AWS profile to read the account with")
    add("--region", action="append", default=[], metavar="REGION", help="a region to read (repeatable)")
    add("--account-role", action="append", default=[], metavar="ARN", help="a role to assume (repeatable)")
    add("--external-id", metavar="ID", help=f"the roles' external id (else {sources.EXTERNAL_ID}); in no output")
    add("--expect-account", action="append", default=[], metavar="ID", help="refuse any other account (repeatable)")
    add("--document", metavar="FILE", help="check the clauses against the document itself")
    add("--checkov", metavar="PATH", help=f"the executable checkov, or off (else {CHECKOV}, else .venv-checkov)")
    add("--replay", metavar="RUN", help="judge the observations of a saved run again")
    # --strict is pytest's own option; here it means, too, that what cannot be decided fails the run.
    add("--fail-on", choices=SEVERITIES, default="info", help="the least severity that fails the run")
    add("--baseline", metavar="RUN", help="only deviations that this saved run does not have fail")
    add("--changed-since", metavar="REF", help="only deviations that the change since REF brings or touches fail")
    add("--shard", metavar="I/N", help="judge the I-th of N parts of the controls; reports merge joins them")
    parser.addini("audit_timezone", "the owner's time zone, shown beside UTC", default="UTC")


def declared(plugins: Iterable[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, metavar (empty for a flag) and choices of each option that the plugins declare. Nothing is collected."""
    manager = pytest.PytestPluginManager()
    for name in plugins:
        manager.register(importlib.import_module(name), name)
    parser = pytest.Parser(_ispytest=True)
    manager.hook.pytest_addoption.call_historic(kwargs={"parser": parser, "pluginmanager": manager})
    for option in (option for group in parser._groups for option in group.options):
        attributes = option.attrs()
        choices = tuple(attributes.get("choices") or ())
        yield (
            option.names()[0],
            "" if attributes.get("nargs") == 0 else str(attributes.get("metavar") or "VALUE"),
            choices,
        )


def spec_arguments(config: pytest.Config) -> list[Path]:
    """The folders and files with specs among the arguments."""
    found = []
    for argument in config.args:
        path = path_of(argument, config)
        if path.is_file() and spec.is_spec(path):
            found.append(path)
        elif path.is_dir() and path.name not in ("tests", "audits"):
            files = [file for file in sorted(path.rglob("*.yaml")) if spec.is_spec(file) and not _hidden(file, path)]
            named = [file for file in files if _under_specs(file, config.invocation_params.dir)]
            # A folder of any other name holds specs too, where the session is clearly an audit.
            found.extend(named or (files if plane_wanted(config) else []))
    return found


def compares(config: pytest.Config) -> bool:
    """Whether the arguments name the comparison of the planes, or a folder that holds it."""
    return any(COMPARISON.is_relative_to(path_of(argument, config).resolve()) for argument in config.args)


def path_of(argument: str, config: pytest.Config) -> Path:
    """The file or folder that an argument names, without what follows ``::``."""
    return config.invocation_params.dir / str(argument).partition("::")[0]


def _under_specs(file: Path, root: Path) -> bool:
    return "specs" in (file.relative_to(root) if file.is_relative_to(root) else file).parts


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def plane_wanted(config: pytest.Config) -> bool:
    """Whether an option asks for a plane."""
    names = ("terraform", "plan", "state", "live", "profile", "replay", "document")
    return any(getattr(config.option, name) for name in names)


def sources_of(config: pytest.Config) -> sources.Sources:
    """What to read, as the options say. Raises UsageError for a variable without a value."""
    option = config.option
    variables = []
    for number, text in enumerate(option.var, 1):
        name, equals, value = text.partition("=")
        if not equals or not name:
            # The text is not repeated: it may well be the secret.
            raise pytest.UsageError(f"--var wants NAME=VALUE (see number {number} of those given)")
        variables.append((name, value))
    return sources.Sources(
        terraform=Path(option.terraform) if option.terraform else None,
        plan=Path(option.plan) if option.plan else None,
        state=Path(option.state) if option.state else None,
        repository=Path(option.repository) if option.repository else None,
        var_files=tuple(Path(one) for one in option.var_file),
        variables=tuple(variables),
        live=option.live or bool(option.profile),
        profile=option.profile,
        regions=tuple(option.region),
        account_roles=tuple(option.account_role),
        external_id=option.external_id or os.environ.get(sources.EXTERNAL_ID),
        expect_accounts=tuple(option.expect_account),
    )


def checkov_of(config: pytest.Config) -> Path | None:
    """The executable ``checkov`` to run; None where Checkov is to be left out."""
    said = config.option.checkov or os.environ.get(CHECKOV) or ""
    return None if said in (checkov.OFF, "0") else Path(said) if said else checkov.DEFAULT


def not_with_replay(config: pytest.Config, options: sources.Sources) -> None:
    """Refuse options that say what to read where a saved run stands in for the reading.

    Raises:
        UsageError: with the option's name.
    """
    if not config.option.replay:
        return
    reading = {"terraform": ("var", "var_file", "state", "repository"), "live": ("region", "account_role")}
    for plane, names in reading.items():
        given = next((name for name in names if getattr(config.option, name)), None)
        if given and plane not in options.planes:
            raise pytest.UsageError(f"--{given.replace('_', '-')} says what to read, and --replay reads nothing anew")


def not_without_source(config: pytest.Config, options: sources.Sources) -> None:
    """Refuse a repository where no source is read: its files belong to the source.

    Raises:
        UsageError: there is one.
    """
    if config.option.repository and "terraform" not in options.planes and not config.option.replay:
        raise pytest.UsageError("--repository says where the source's files are: give --terraform or --plan, too")


def not_without_checkout(config: pytest.Config, options: sources.Sources) -> None:
    """Refuse a commit to compare with where no source of a checkout is read.

    Raises:
        UsageError: there is one.
    """
    if config.option.changed_since and options.terraform is None:
        raise pytest.UsageError("--changed-since compares the source with what it was: give --terraform DIR, too")


def shard_of(config: pytest.Config) -> Shard | None:
    """The part of the controls to judge, None for all.

    Raises:
        UsageError: it is no ``I/N`` with 1 ≤ I ≤ N.
    """
    text = config.option.shard
    if not text:
        return None
    number, _, whole = text.partition("/")
    if not (number.isdecimal() and whole.isdecimal() and 1 <= int(number) <= int(whole) <= 10_000):
        raise pytest.UsageError(f"--shard wants I/N with I from 1 to N, as in 2/5; not {text!r}")
    return Shard(int(number), int(whole))


def not_without_account(config: pytest.Config, options: sources.Sources) -> None:
    """Refuse a role to assume where no account is read: nobody gives one for nothing.

    Raises:
        UsageError: there is one.
    """
    if config.option.account_role and not options.live and not config.option.replay:
        raise pytest.UsageError("--account-role says how the account is read: give --live or --profile, too")


def distributed(config: pytest.Config) -> bool:
    """Whether xdist runs the checks in workers."""
    return bool(getattr(config.option, "dist", "no") != "no" or getattr(config.option, "numprocesses", None))


def shown_options(config: pytest.Config) -> dict[str, Any]:
    """The options that shaped the run. Values of variables stay out: they may be secret."""
    option = config.option
    source, account = (
        ("terraform", "plan", "state", "repository", "var_file"),
        ("live", "profile", "region", "account_role"),
    )
    names = (*source, *account, "document", "fail_on", "baseline", "replay", "checkov", "changed_since", "shard")
    shown = {name: getattr(option, name) for name in names if getattr(option, name)}
    expected = option.expect_account
    shown |= {"expect_account": expected[0] if len(expected) == 1 else expected} if expected else {}
    shown |= {"strict": True} if option.strict else {}
    return {**shown, "var": [text.partition("=")[0] for text in option.var]} if option.var else shown
