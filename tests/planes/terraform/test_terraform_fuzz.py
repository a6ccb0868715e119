"""A small part of the fuzzing on every run; ``make fuzz`` does the rest."""

from __future__ import annotations

from tests.planes.terraform import fuzz


def test_mutated_configurations_do_no_harm() -> None:
    assert fuzz.run(60, seed=7) == []
