"""The Terraform plane: what a configuration, a plan or a state says, without the CLI, providers or network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from audits.model import Observation
from audits.planes.terraform.deep_stack import with_deep_stack
from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.knowledge import Knowledge

__all__ = ["SourceError", "read", "read_plan", "read_state", "read_with_plan"]


def read(
    directory: Path,
    *,
    var_files: Sequence[Path] = (),
    variables: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    environment: Mapping[str, str] | None = None,
    workspace: str | None = None,
) -> Observation:
    """Read the root module in a folder, and all modules it calls that are on disk.

    Attributes are as configured in source: blocks as lists, nulls left out, nothing folded, one Resource an instance.
    ``var_files`` and ``variables`` are those of ``--var-file`` and ``--var`` (the latter win, then the last);
    ``environment`` (by default the process's own) gives ``TF_VAR_…`` and ``TF_WORKSPACE``.

    Raises:
        SourceError: there is no such folder, no configuration in it, or no such file of variables.
    """
    # The processes that only parse import this package too, and need no evaluator.
    from audits.planes.terraform.reading import read_folder

    pairs = list(variables.items()) if isinstance(variables, Mapping) else list(variables)
    given = os.environ if environment is None else environment
    files = [Path(path) for path in var_files]
    return with_deep_stack(lambda: read_folder(Path(directory), files, pairs, given, workspace))


def read_plan(path: Path) -> Observation:
    """What a plan (what ``terraform show -json`` prints) will make of the account.

    Raises:
        SourceError: there is no such file, or it is no plan in a format that is known.
    """
    from audits.planes.terraform import saved

    return saved.read_plan(path)


def read_with_plan(
    directory: Path, path: Path, *, environment: Mapping[str, str] | None = None, workspace: str | None = None
) -> tuple[Observation, Observation, Knowledge]:
    """What the source says with the plan's variables and known values, what the plan says, and what it knows.

    Raises:
        SourceError: there is no such folder or file, or it is no plan in a format that is known.
    """
    from audits.planes.terraform import saved
    from audits.planes.terraform.reading import read_folder

    planned, knowledge = saved.read_plan_whole(path)
    given = os.environ if environment is None else environment
    source = with_deep_stack(lambda: read_folder(Path(directory), [], [], given, workspace, knowledge))
    return source, planned, knowledge


def read_state(path: Path) -> Observation:
    """What a state holds, as it was applied last.

    Raises:
        SourceError: there is no such file, or it is no state in a format that is known.
    """
    from audits.planes.terraform import saved

    return saved.read_state(path)
