"""The functions of the AWS provider (``provider::aws::…``), which need nothing but their arguments.

Source: the provider's documentation of its functions (5.40 and later).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from audits.planes.terraform.functions.registry import FunctionError
from audits.planes.terraform.types import STRING, convert
from audits.planes.terraform.values import TerraformValue, close, derive, mark, unknowns_in, unmark_deep

_SECTIONS = ("partition", "service", "region", "account_id", "resource")


def call_aws(name: str, args: Sequence[TerraformValue]) -> TerraformValue:
    """The result of the function of that name. Raises FunctionError for a wrong argument or their number."""
    count, function = AWS_FUNCTIONS[name]
    if len(args) != count:
        raise FunctionError(f"it takes {count} arguments")
    plain, sensitive = unmark_deep(tuple(close(argument) for argument in args))
    unknowns = unknowns_in(plain)
    if unknowns:
        return mark(derive(unknowns, not_null=True), sensitive)
    texts = [convert(argument, STRING) for argument in plain]
    if None in texts:
        raise FunctionError("an argument must not be null")
    return mark(function(*texts), sensitive)


def _parse(arn: str) -> TerraformValue:
    sections = arn.split(":", 5)
    if sections[0] != "arn" or len(sections) < 6:
        raise FunctionError(f'"{arn}" is no ARN')
    return dict(zip(_SECTIONS, sections[1:], strict=True))


def _build(*sections: str) -> TerraformValue:
    return ":".join(("arn", *sections))


def _trim_role_path(arn: str) -> TerraformValue:
    parsed = _parse(arn)
    kind, _, path = parsed["resource"].partition("/")
    if parsed["service"] != "iam" or kind != "role":
        raise FunctionError(f'"{arn}" is no ARN of a role')
    return _build(*(parsed[name] for name in _SECTIONS[:4]), f"role/{path.rpartition('/')[2]}")


AWS_FUNCTIONS: dict[str, tuple[int, Callable[..., TerraformValue]]] = {
    "provider::aws::arn_build": (5, _build),
    "provider::aws::arn_parse": (1, _parse),
    "provider::aws::trim_iam_role_path": (1, _trim_role_path),
}
