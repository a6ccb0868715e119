"""Every deviation and rewrite of an account there is: whichever helper beside this one registers them."""

from __future__ import annotations

import importlib
from pathlib import Path

from e2e_deviations import DEVIATIONS
from e2e_rewrites import REWRITES

__all__ = ["DEVIATIONS", "REWRITES"]

for _path in sorted(Path(__file__).parent.glob("e2e_*.py")):
    importlib.import_module(_path.stem)
