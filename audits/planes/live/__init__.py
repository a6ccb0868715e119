"""The live plane: reads an AWS account into the vocabulary of the Terraform provider, and never changes it.

``sessions`` makes the clients, ``guard`` stands in front of them, ``calls`` bounds and remembers the calls, ``reader``
gives them to the kinds and turns failures into gaps, ``observing`` runs the kinds side by side.
"""

from __future__ import annotations

from audits.model import CallRecord
from audits.planes.live.actions import iam_action, policy_document, policy_documents
from audits.planes.live.guard import WriteRefused
from audits.planes.live.observing import observe
from audits.planes.live.options import AccountError, LiveOptions
from audits.planes.live.reader import UndeclaredRead

__all__ = [
    "AccountError",
    "CallRecord",
    "LiveOptions",
    "UndeclaredRead",
    "WriteRefused",
    "iam_action",
    "observe",
    "policy_document",
    "policy_documents",
]
