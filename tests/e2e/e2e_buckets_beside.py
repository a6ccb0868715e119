"""What bucket policies say to the task role: deviations by more and by less, and rewrites that change nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from e2e_account import Account
from e2e_deviations import ELSE_S3, Wrong, allow, bucket_policy, deviation, reading
from e2e_rewrites import rewrite

from examples.glimpse.account.seed.access import policy
from examples.glimpse.account.seed.names import TASK_ROLE
from examples.glimpse.account.server import ACCOUNT_ID, REGION


@contextmanager
def second_bucket(account: Account, *statements: dict[str, Any]) -> Iterator[str]:
    """Another bucket with a policy of its own."""
    s3, name = account.aws("s3"), "glimpse-shared-e2e"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket=name, Policy=policy(*statements))
    yield name
    s3.delete_bucket(Bucket=name)


SHARED = "arn:aws:s3:::glimpse-shared-e2e/*"


@deviation
def another_bucket_readable_by_everyone_from_an_endpoint(account: Account) -> Iterator[Collection[Wrong]]:
    inside = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    with second_bucket(account, allow("s3:GetObject", SHARED, Principal="*", Condition=inside)):
        yield [Wrong("task-role-s3", ELSE_S3, account.task_role, says="which speaks of everyone")]


@deviation
def another_bucket_readable_by_a_session_of_the_task_role(account: Account) -> Iterator[Collection[Wrong]]:
    session = {"AWS": f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{TASK_ROLE}/e2e"}
    with second_bucket(account, allow("s3:GetObject", SHARED, Principal=session)):
        yield [Wrong("task-role-s3", ELSE_S3, account.task_role, says="glimpse-shared-e2e")]


@deviation
def bucket_policy_that_denies_the_task_role_to_delete(account: Account) -> Iterator[Collection[Wrong]]:
    (granted_,) = [path for path in account.paths("task-role-s3") if path not in ("count", ELSE_S3)]
    named = {"AWS": account.task_role}
    denied = allow("s3:DeleteObject", account.objects, Effect="Deny", Principal=named)
    with bucket_policy(account, reading(account), denied):
        yield [
            Wrong(
                "task-role-s3",
                granted_,
                account.task_role,
                "only s3:GetObject, s3:PutObject",
                "s3:DeleteObject is denied",
            )
        ]


@rewrite
def another_bucket_that_only_the_account_may_read(account: Account) -> Iterator[None]:
    owner = {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    with second_bucket(account, allow("s3:GetObject", SHARED, Principal=owner)):
        yield


@rewrite
def another_bucket_that_everyone_may_read_who_is_somebody_else(account: Account) -> Iterator[None]:
    other = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT_ID}:role/somebody-else"}}
    with second_bucket(account, allow("s3:GetObject", SHARED, Principal="*", Condition=other)):
        yield
