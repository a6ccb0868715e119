"""How source writes the settings of S3 buckets: as parts, or in the deprecated blocks of the bucket, in one form.

Sources: provider documentation of ``aws_s3_bucket`` and of the parts; S3 User Guide, "Canned ACL".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from audits.kinds._s3_live import GROUPS, routing_rule
from audits.kinds._shapes import each_block
from audits.model import Cause, Resource, Unknown, Value

_CANNED: Mapping[str, Mapping[str, list[str]]] = {
    "private": {},
    "public-read": {"AllUsers": ["READ"]},
    "public-read-write": {"AllUsers": ["READ", "WRITE"]},
    "authenticated-read": {"AuthenticatedUsers": ["READ"]},
    "log-delivery-write": {"LogDelivery": ["READ_ACP", "WRITE"]},
    # For objects only: Amazon S3 ignores them for a bucket.
    "bucket-owner-read": {},
    "bucket-owner-full-control": {},
}
"""What each canned ACL grants beyond the owner's full control, by group."""


def _body(*names: str) -> Callable[[Resource], dict[str, Value]]:
    """One block with those of the part's attributes that say how the bucket is."""

    def convert(part: Resource) -> dict[str, Value]:
        return {name: part.attributes[name] for name in names if name in part.attributes}

    return convert


def one_block(into: str, *names: str) -> Callable[[Resource], Mapping[str, Any]]:
    """The part as one block of the bucket."""
    body = _body(*names)
    return lambda part: {into: [body(part)]}


def all_blocks(into: str, blocks: str) -> Callable[[Resource], Mapping[str, Any]]:
    """The blocks of a part as blocks of the bucket; an Unknown stands for all of them."""
    return lambda part: {into: part.attributes.get(blocks, [])}


def versioning(block: dict[str, Value]) -> Value:
    """The deprecated ``versioning { enabled, mfa_delete }`` in the words of ``aws_s3_bucket_versioning``."""
    if "enabled" not in block and not isinstance(block.get("mfa_delete"), bool):
        return block
    words: dict[str, Value] = {"status": _status(block.get("enabled", False))}
    if "mfa_delete" in block:
        words["mfa_delete"] = _choice(block["mfa_delete"], "Enabled", "Disabled")
    return words


def _status(enabled: Value) -> Value:
    # The provider suspends versioning only where it was on; the source does not tell whether it ever was.
    ambiguous = Unknown(Cause.UNSUPPORTED, detail="enabled = false: Suspended, or Disabled if it never was on")
    return _choice(enabled, "Enabled", ambiguous)


def _choice(flag: Value, yes: Value, no: Value) -> Value:
    if isinstance(flag, Unknown):
        return replace(flag, partial=None, parts=())
    return yes if flag is True or flag == "true" else no


def lifecycle(block: dict[str, Value]) -> Value:
    """The deprecated inline ``lifecycle_rule`` in the words of ``aws_s3_bucket_lifecycle_configuration``."""
    if "enabled" not in block:
        return block
    rule = {key: value for key, value in block.items() if key in ("id", "expiration", "transition")}
    rule["status"] = _choice(block["enabled"], "Enabled", "Disabled")
    prefix, tags = block.get("prefix"), block.get("tags")
    rule["filter"] = [{"and": [{"prefix": prefix or "", "tags": tags}]}] if tags else [{"prefix": prefix or ""}]
    if days := block.get("abort_incomplete_multipart_upload_days"):
        rule["abort_incomplete_multipart_upload"] = [{"days_after_initiation": days}]
    for name in ("noncurrent_version_expiration", "noncurrent_version_transition"):
        if name in block:
            rule[name] = each_block(block[name], _noncurrent)
    return rule


def _noncurrent(block: dict[str, Value]) -> Value:
    return {"noncurrent_days" if key == "days" else key: value for key, value in block.items()}


def website(block: dict[str, Value]) -> Value:
    """The deprecated ``website`` block in the words of ``aws_s3_bucket_website_configuration``."""
    if not any(isinstance(block.get(name), str | Unknown) for name in ("index_document", "error_document")) and (
        not isinstance(block.get("redirect_all_requests_to"), str | Unknown)
    ):
        return block
    words: dict[str, Value] = {}
    for name, key in (("index_document", "suffix"), ("error_document", "key")):
        if name in block:
            words[name] = [{key: block[name]}] if block[name] else []
    if target := block.get("redirect_all_requests_to"):
        words["redirect_all_requests_to"] = [_redirect(target)]
    if rules := block.get("routing_rules"):
        words["routing_rule"] = routing_rules(rules)
    return words


def replication(block: dict[str, Value]) -> Value:
    """The deprecated ``replication_configuration`` is not put into the words of the part that takes its place."""
    if "rules" not in block:
        return block
    known = {"role": block["role"]} if "role" in block else {}
    return {**known, "rule": Unknown(Cause.UNSUPPORTED, detail="the deprecated form of replication rules")}


def _redirect(target: Value) -> dict[str, Value]:
    """A host, with or without a protocol before it."""
    if not isinstance(target, str):
        return {"host_name": target, "protocol": target}
    protocol, mark, host = target.rpartition("://")
    return {"host_name": host, "protocol": protocol if mark else ""}


def routing_rules(text: Value) -> Value:
    """Routing rules that are written as JSON in AWS's words, as blocks."""
    if not isinstance(text, str):
        return replace(text, partial=None, parts=()) if isinstance(text, Unknown) else text
    try:
        rules = json.loads(text)
        return [routing_rule(rule) for rule in rules]
    except (ValueError, AttributeError, TypeError):
        return Unknown(Cause.INVALID, detail="routing_rules is no list of routing rules in JSON")


def website_part(part: Resource) -> Mapping[str, Any]:
    """``aws_s3_bucket_website_configuration``, its rules as blocks however they are written."""
    names = ("index_document", "error_document", "redirect_all_requests_to", "routing_rule")
    words = {name: part.attributes[name] for name in names if name in part.attributes}
    if "routing_rule" not in words and part.attributes.get("routing_rules"):
        words["routing_rule"] = routing_rules(part.attributes["routing_rules"])
    return {"website": [words]}


def acl_part(part: Resource) -> Mapping[str, Any]:
    """``aws_s3_bucket_acl``: what it grants to others than the owner."""
    if part.attributes.get("acl"):
        return {"grant": canned(part.attributes["acl"])}
    found: list[Value] = []
    for policy in _blocks(part.attributes.get("access_control_policy")):
        owners = [one.get("id") for one in _blocks(policy.get("owner"))]
        for grant in _blocks(policy.get("grant")):
            for grantee in _blocks(grant.get("grantee")):
                if _is_owner(grantee.get("id"), owners[0] if owners else None):
                    continue
                known = {name: grantee.get(name) or "" for name in ("id", "type", "uri")}
                found.append({**known, "permissions": [grant.get("permission")]})
    return {"grant": _joined(found)}


def _blocks(value: Value) -> list[Mapping[str, Any]]:
    """The blocks of a list; one that cannot be told stands for a grant to somebody unknown."""
    if isinstance(value, list):
        return [_blocks(one)[0] if isinstance(one, Unknown) else one for one in value]
    if not isinstance(value, Unknown):
        return []
    unknown = replace(value, partial=None, parts=())
    grantee = {"id": unknown, "type": unknown, "uri": unknown}
    return [{"grant": [{"permission": unknown, "grantee": [grantee]}], "grantee": [grantee], **grantee}]


def _is_owner(grantee: Value, owner: Value) -> bool:
    return owner is not None and grantee == owner


def _joined(grants: list[Value]) -> list[Value]:
    """Grants to the same grantee in one block, as the account shows them."""
    joined: list[dict[str, Any]] = []
    for grant in grants:
        same = [one for one in joined if all(one[name] == grant[name] for name in ("id", "type", "uri"))]
        if same:
            same[0]["permissions"] = [*same[0]["permissions"], *grant["permissions"]]
        else:
            joined.append(dict(grant))
    return list(joined)


def canned(acl: Value) -> Value:
    """What a canned ACL grants to others than the owner."""
    if isinstance(acl, Unknown):
        return replace(acl, partial=None, parts=())
    if acl not in _CANNED:
        return Unknown(Cause.UNSUPPORTED, detail=f"what the canned ACL {acl} grants")
    return [
        {"id": "", "type": "Group", "uri": GROUPS[group], "permissions": permissions}
        for group, permissions in _CANNED[str(acl)].items()
    ]
