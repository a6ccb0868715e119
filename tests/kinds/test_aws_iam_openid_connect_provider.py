from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_iam_openid_connect_provider import KIND
from audits.model import Cause, Observation, Unknown
from tests.kinds.support import DENIED, live, source
from tests.planes.live.world import moto_account

HOST = "token.actions.githubusercontent.com"
PRINT = "6938fd4d98bab03faadb97b34396831e3780aea1"


def url_of(url: Any) -> Any:
    observation = Observation("terraform", (source(KIND.type, url=url),))
    (found,) = canonical(observation, {KIND.type: KIND}).resources
    return found.attributes["url"], found.key


def test_an_account() -> None:
    with moto_account() as world:
        made = world.client("iam").create_open_id_connect_provider(
            Url=f"https://{HOST}",
            ClientIDList=["sts.amazonaws.com"],
            ThumbprintList=[PRINT],
            Tags=[{"Key": "Name", "Value": "ci"}],
        )["OpenIDConnectProviderArn"]
        given = world.only(KIND, arn=made).attributes
    assert (given["url"], given["client_id_list"], given["thumbprint_list"]) == (HOST, ["sts.amazonaws.com"], [PRINT])
    assert given["tags"] == {"Name": "ci"}


def test_what_could_not_be_read_is_unknown() -> None:
    listed = {"OpenIDConnectProviderList": [{"Arn": "arn:aws:iam::123456789012:oidc-provider/x"}]}
    answers = {
        ("iam", "list_open_id_connect_providers"): listed,
        ("iam", "get_open_id_connect_provider"): DENIED,
    }
    (found,) = live(KIND, answers)
    assert found.attributes["url"] is DENIED and found.attributes["tags"] is DENIED


def test_the_url_is_without_its_scheme_in_source_too() -> None:
    assert url_of(f"https://{HOST}") == (HOST, HOST)
    assert url_of(HOST) == (HOST, HOST)
    host = Unknown(Cause.VARIABLE)
    (found, key) = url_of(Unknown(Cause.VARIABLE, parts=("https://oidc.", host)))
    assert found.parts == ("oidc.", host) and key is None
