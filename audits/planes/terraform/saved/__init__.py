"""Plans and states that Terraform saved, as the Terraform plane: what is planned, or what was applied last."""

from __future__ import annotations

from audits.planes.terraform.saved.plan import read_plan, read_plan_whole
from audits.planes.terraform.saved.state import read_state

__all__ = ["read_plan", "read_plan_whole", "read_state"]
