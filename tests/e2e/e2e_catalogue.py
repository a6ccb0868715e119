"""Every deviation and rewrite of an account there is: whichever helper beside this one registers them.

``OF_EACH_KIND``: the deviations that differ in the calls they make. The others (``e2e_deviations_*``) are more of the
same: what they show does not depend on who made the account.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from e2e_deviations import DEVIATIONS
from e2e_rewrites import REWRITES

__all__ = ["DEVIATIONS", "OF_EACH_KIND", "REWRITES"]

_HELPERS = [path.stem for path in sorted(Path(__file__).parent.glob("e2e_*.py"))]
_MORE = [name for name in _HELPERS if name.startswith("e2e_deviations_")]
for _name in _HELPERS:
    if _name not in _MORE:
        importlib.import_module(_name)
OF_EACH_KIND = tuple(DEVIATIONS)
for _name in _MORE:
    importlib.import_module(_name)
