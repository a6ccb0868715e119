"""YAML: yamldecode, yamlencode."""

from __future__ import annotations

from audits.model import Unknown
from audits.planes.terraform.functions.json_text import encoded
from audits.planes.terraform.functions.registry import Parameter, Unknowns, function
from audits.planes.terraform.types import STRING
from audits.planes.terraform.values import TerraformValue, derive, unknowns_in


@function("yamlencode", Parameter("value", null=True, unknown=Unknowns.ALLOWED), not_null=False)
def _yamlencode(value: TerraformValue) -> TerraformValue:
    from audits.planes.terraform.functions.yaml_write import write

    unknown = unknowns_in(value)
    return encoded(value, unknown, not_null=False) if unknown else write(value)


@function("yamldecode", Parameter("src", STRING, unknown=Unknowns.ALLOWED), not_null=False)
def _yamldecode(text: str | Unknown) -> TerraformValue:
    from audits.planes.terraform.functions.yaml_read import read

    return derive([text], partial=text.partial, open=text.open) if isinstance(text, Unknown) else read(text)
