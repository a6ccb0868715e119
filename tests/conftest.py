"""What all tests share: a cache of parsed files that is theirs, not the user's, and no Checkov unless asked for."""

from __future__ import annotations

import os
from pathlib import Path

# Checkov takes seconds: tests that are about it ask for it.
os.environ.setdefault("AUDIT_CHECKOV", "off")
os.environ.setdefault("AUDIT_CACHE_DIR", str(Path(__file__).parent.parent / ".cache" / "terraform"))
