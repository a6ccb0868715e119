"""OpenID Connect identity providers that roles may trust. ``url`` is without its scheme, as AWS keeps it.

Sources: provider documentation of ``aws_iam_openid_connect_provider``; IAM API Reference, ListOpenIDConnectProviders
and GetOpenIDConnectProvider (Url: "the URL does not include the protocol").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_iam_role import tags_of
from audits.model import Resource, Unknown, Value

_DETAILS = ("url", "client_id_list", "thumbprint_list", "tags")
_SCHEME = "https://"


def _from_terraform(provider: Resource) -> Resource:
    url = provider.attributes.get("url")
    if isinstance(url, str):
        url = url.removeprefix(_SCHEME)
    elif isinstance(url, Unknown) and url.prefix.startswith(_SCHEME):
        url = replace(url, parts=(url.prefix.removeprefix(_SCHEME), *url.parts[1:]))
    return provider if url is None else replace(provider, attributes={**provider.attributes, "url": url})


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList")
    return reader.each(listed, partial(_provider, reader))


def _provider(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    arn = listed["Arn"]
    answer = reader.detail(
        "iam",
        "get_open_id_connect_provider",
        resource=arn,
        attribute=", ".join(_DETAILS),
        OpenIDConnectProviderArn=arn,
    )
    details: dict[str, Value]
    if isinstance(answer, Unknown):
        details = dict.fromkeys(_DETAILS, answer)
    else:
        known = answer or {}
        details = {
            "url": known.get("Url", "").removeprefix(_SCHEME),
            "client_id_list": list(known.get("ClientIDList", ())),
            "thumbprint_list": list(known.get("ThumbprintList", ())),
            "tags": tags_of(known.get("Tags", ())),
        }
    return reader.resource("aws_iam_openid_connect_provider", arn, {"id": arn, "arn": arn, **details})


KIND = Kind(
    type="aws_iam_openid_connect_provider",
    identity=("url",),
    scope="global",
    reads=(Read("iam", "list_open_id_connect_providers"), Read("iam", "get_open_id_connect_provider")),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
