"""What all tests share: a cache of parsed files that is theirs, not the user's."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("AUDIT_CACHE_DIR", str(Path(__file__).parent.parent / ".cache" / "terraform"))
