"""Specs as the commands at the desk want them: loaded with every kind and relation, or refused as wrong input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audits import kinds, sources
from audits.model import Spec


def load_specs(paths: Sequence[Path]) -> tuple[Spec, ...]:
    """The specs in files and folders.

    Raises:
        InputError: with every problem of every file.
    """
    from audits import relations, spec

    try:
        return spec.load_all(paths, kinds.registry(), relations.registry())
    except spec.SpecError as error:
        raise sources.InputError(str(error)) from error
