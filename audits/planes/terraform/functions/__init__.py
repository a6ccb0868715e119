"""Terraform's built-in functions (the 118 of Terraform 1.11), evaluated on values of the evaluator.

:func:`call` checks and converts the arguments as Terraform does and carries unknowns and sensitive marks through;
the functions themselves live in one module per theme and register with the decorator of :mod:`.registry`.
"""

from __future__ import annotations

from audits.planes.terraform.functions import themes as _themes  # noqa: F401 - they register themselves
from audits.planes.terraform.functions.calls import call, names
from audits.planes.terraform.functions.registry import FunctionContext, FunctionError

__all__ = ["FunctionContext", "FunctionError", "call", "names"]
