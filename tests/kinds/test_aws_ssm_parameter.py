from __future__ import annotations

from audits.kinds.aws_ssm_parameter import KIND
from audits.model import Redacted
from tests.kinds.support import agrees, declared, in_account, in_source
from tests.planes.live.world import moto_account


def test_both_planes_agree_and_neither_shows_what_it_holds() -> None:
    with moto_account() as world:
        world.client("ssm").put_parameter(
            Name="/app/key",
            Type="SecureString",
            Value="hush",
            Description="d",
            Tags=[{"Key": "x", "Value": "y"}],
        )
        found = in_account(KIND, world.only(KIND, name="/app/key"))
    configured = in_source(
        KIND,
        declared(
            "aws_ssm_parameter", name="/app/key", type="SecureString", value="hush", description="d", tags={"x": "y"}
        ),
    )
    assert configured.attributes["value"] == Redacted() and "hush" not in repr((configured, found))
    agrees({name: configured.attributes[name] for name in ("name", "type", "description", "tags")}, found.attributes)
    assert found.identity.endswith(":parameter/app/key") and configured.key == found.key


def test_a_plain_value_of_source_is_redacted_as_well() -> None:
    for name in ("value", "insecure_value", "value_wo"):
        configured = in_source(KIND, declared("aws_ssm_parameter", name="/app/key", type="String", **{name: "hush"}))
        assert configured.attributes[name] == Redacted()
