"""Mutations: single changes to the conforming example, each with the controls that it must turn.

``terraform/*.yaml`` edit a copy of the example's source; the live ones are the end-to-end tests' deviations and
rewrites of the account. :mod:`tests.mutation.verdicts` says what counts as turned. ``make mutate`` runs them all.
"""

from __future__ import annotations

import sys
from pathlib import Path

# The end-to-end tests' helpers know each other by their bare names, as pytest lets them.
_HELPERS = str(Path(__file__).resolve().parents[1] / "e2e")
if _HELPERS not in sys.path:
    sys.path.append(_HELPERS)
