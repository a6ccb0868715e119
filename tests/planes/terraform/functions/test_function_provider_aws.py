"""Functions of the AWS provider: refusals (results are in the root ``idioms``)."""

from __future__ import annotations

import pytest

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.functions.provider_aws import call_aws
from audits.planes.terraform.functions.registry import FunctionError
from audits.planes.terraform.values import Sensitive


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("arn_parse", ("not an arn",)),
        ("arn_parse", ("arn:aws:s3",)),
        ("arn_parse", ("a", "b")),
        ("arn_parse", (None,)),
        ("trim_iam_role_path", ("arn:aws:iam::1:user/a",)),
        ("arn_build", ("aws", "s3")),
    ],
)
def test_refuses(name: str, args: tuple[object, ...]) -> None:
    with pytest.raises(FunctionError):
        call_aws(f"provider::aws::{name}", args)


def test_unknowns_and_marks_flow() -> None:
    unknown = Unknown(Cause.COMPUTED, (Reference("aws_iam_role.a", "arn"),))
    result = call_aws("provider::aws::arn_parse", (Sensitive(unknown),))
    assert isinstance(result, Sensitive)
    assert result.value.references == unknown.references
