"""An audit that is no control: whether what the specs declare not to be audited is audited by none of their controls.

What the document states and nothing cites fails nothing: it is listed in every report (:mod:`audits.coverage`).
"""

from __future__ import annotations

import pytest

from audits.coverage import stale
from audits.items import AUDIT


def test_nothing_declared_unaudited_is_audited(request: pytest.FixtureRequest) -> None:
    """A declaration whose clause a control cites is stale: one of the two is wrong. The summary names both."""
    audit = request.config.stash.get(AUDIT, None)
    if audit is None:
        pytest.skip("no specs are given")
    found = stale(audit.specs)
    assert not found, "; ".join(found)
