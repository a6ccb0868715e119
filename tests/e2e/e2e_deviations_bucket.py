"""More that the bucket of the files lets others do: by its policy, or by its settings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from e2e_account import Account
from e2e_deviations import ELSE_POLICY, Change, Wrong, allow, bucket_policy, deviation, reading, register

from examples.glimpse.account.seed.names import BUCKET

_ARN = "AWS:SourceArn"
Statements = Callable[[Account], list[dict[str, Any]]]


def _changed(**changes: Any) -> Statements:
    return lambda account: [reading(account) | changes]


def _conditioned(operator: str, value: str | None = None, key: str = _ARN) -> Statements:
    def made(account: Account) -> list[dict[str, Any]]:
        return [reading(account) | {"Condition": {operator: {key: value or account.distribution["ARN"]}}}]

    return made


def _beside(**changes: Any) -> Statements:
    return lambda account: [reading(account), allow("s3:GetObject", account.objects, **changes)]


_BOTH = {"Service": ["cloudfront.amazonaws.com", "lambda.amazonaws.com"]}
# The statements; whether the documented one is then missing, and whether there is more than that.
POLICIES: dict[str, tuple[Statements, bool, bool]] = {
    "bucket_readable_by_another_service_too": (_changed(Principal=_BOTH), False, True),
    "bucket_readable_by_every_account": (_beside(Principal={"AWS": "*"}), False, True),
    "bucket_readable_by_a_user": (_beside(Principal={"AWS": "arn:aws:iam::123456789012:user/alice"}), False, True),
    "bucket_readable_in_every_way": (_changed(Action="s3:Get*"), False, True),
    "bucket_open_to_every_action": (_changed(Action="s3:*"), False, True),
    "bucket_writable_instead_of_readable": (_changed(Action="s3:PutObject"), True, True),
    "bucket_policy_that_denies": (_changed(Effect="Deny"), True, False),
    "bucket_policy_for_every_arn": (_conditioned("StringLike", "*"), False, True),
    "bucket_policy_for_every_distribution_of_the_account": (
        _conditioned("ArnLike", "arn:aws:cloudfront::123456789012:distribution/*"),
        True,
        True,
    ),
    "bucket_policy_for_all_others": (_conditioned("StringNotEquals"), True, True),
    "bucket_policy_if_there_is_an_arn": (_conditioned("StringEqualsIfExists"), False, True),
    "bucket_policy_for_an_address": (_conditioned("IpAddress", "198.51.100.0/24", "aws:SourceIp"), True, True),
}


def _posting(statements: Statements, missing: bool, more: bool) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        (path,) = [path for path in account.paths("files-bucket-policy") if path != ELSE_POLICY]
        wrong = [Wrong("files-bucket-policy", path, account.bucket)] if missing else []
        wrong += [Wrong("files-bucket-policy", ELSE_POLICY, account.bucket)] if more else []
        with bucket_policy(account, *statements(account)):
            yield wrong

    return bend


for _name, _case in POLICIES.items():
    register(_name, _posting(*_case))


def _flag(account: Account, name: str, path: str) -> Iterator[Collection[Wrong]]:
    s3 = account.aws("s3")
    before = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=before | {name: False})
    yield [Wrong("files-bucket-private", f"public_access_block[*].{path}", account.bucket, False)]
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=before)


@deviation
def public_acls_not_blocked(account: Account) -> Iterator[Collection[Wrong]]:
    yield from _flag(account, "BlockPublicAcls", "block_public_acls")


@deviation
def public_acls_not_ignored(account: Account) -> Iterator[Collection[Wrong]]:
    yield from _flag(account, "IgnorePublicAcls", "ignore_public_acls")
