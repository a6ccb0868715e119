"""More that the role of the tasks may do in S3, or may not: by another default version of its policy, or beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from e2e_account import Account
from e2e_deviations import ELSE_S3, Change, Wrong, allow, deviation, granted, register

from examples.glimpse.account.seed.access import policy
from examples.glimpse.account.seed.names import BUCKET, ROLE_ACTIONS, TASK_ROLE

OBJECTS = f"arn:aws:s3:::{BUCKET}/*"
_TLS = {"Bool": {"aws:SecureTransport": "true"}}
_UNTIL = {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
_SEALED = {"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}
_DOCUMENTED = allow(ROLE_ACTIONS, OBJECTS)

BEYOND: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a_version_may_be_deleted": ([allow([*ROLE_ACTIONS, "s3:DeleteObjectVersion"], OBJECTS)], "s3:DeleteObjectVersion"),
    "every_s3_action_on_objects": ([allow("s3:*Object", OBJECTS)], "s3:*Object"),
    "every_s3_action_with_a_question_mark": ([allow(["s3:??tObject*", "s3:DeleteObject"], OBJECTS)], "s3:??tObject*"),
    "every_bucket": ([allow(ROLE_ACTIONS, "*")], "*"),
    "every_object_of_every_bucket": ([allow(ROLE_ACTIONS, "arn:aws:s3:::*/*")], "arn:aws:s3:::*/*"),
    "bucket_may_be_listed": ([_DOCUMENTED, allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}")], "s3:ListBucket"),
    "buckets_may_be_listed": ([_DOCUMENTED, allow("s3:ListAllMyBuckets", "*")], "s3:ListAllMyBuckets"),
    "another_bucket_under_a_condition": (
        [_DOCUMENTED, allow("s3:GetObject", "arn:aws:s3:::other/*", Condition=_TLS)],
        "arn:aws:s3:::other/*",
    ),
    "all_s3_but_objects_elsewhere": (
        [_DOCUMENTED, {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": OBJECTS}],
        "s3:GetObject",
    ),
    "acls_no_longer_denied": ([allow([*ROLE_ACTIONS, "s3:PutObjectAcl"], OBJECTS)], "s3:PutObjectAcl"),
}
MISSING: dict[str, list[dict[str, Any]]] = {
    "grant_over_tls_only": [allow(ROLE_ACTIONS, OBJECTS, Condition=_TLS)],
    "grant_until_a_day": [allow(ROLE_ACTIONS, OBJECTS, Condition=_UNTIL)],
    "grant_for_encrypted_objects_only": [allow(ROLE_ACTIONS, OBJECTS, Condition=_SEALED)],
    "grant_of_two_actions_in_two_statements": [allow("s3:GetObject", OBJECTS), allow("s3:PutObject", OBJECTS)],
    "deletion_denied": [_DOCUMENTED, {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}],
    "everything_denied_but_reading": [_DOCUMENTED, {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}],
    "everything_denied_but_elsewhere": [
        _DOCUMENTED,
        {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"},
    ],
    "grant_turned_into_a_denial": [{"Effect": "Deny", "Action": ROLE_ACTIONS, "Resource": OBJECTS}],
    "no_action_of_s3": [allow("logs:PutLogEvents", "*")],
}


def _missing(account: Account) -> Wrong:
    (path,) = [path for path in account.paths("task-role-s3") if path != ELSE_S3]
    return Wrong("task-role-s3", path, account.task_role)


def _more(statements: list[dict[str, Any]], says: str) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        with granted(account, *statements):
            yield [Wrong("task-role-s3", ELSE_S3, account.task_role, says=says)]

    return bend


def _less(statements: list[dict[str, Any]]) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        with granted(account, *statements):
            yield [_missing(account)]

    return bend


for _name, (_statements, _says) in BEYOND.items():
    register(_name, _more(_statements, _says))
for _name, _statements in MISSING.items():
    register(_name, _less(_statements))


def _attaching(managed: str) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyArn": f"arn:aws:iam::aws:policy/{managed}"}
        iam.attach_role_policy(**name)
        yield [Wrong("task-role-s3", ELSE_S3, account.task_role, says=managed)]
        iam.detach_role_policy(**name)

    return bend


for _name in ("AmazonS3ReadOnlyAccess", "AdministratorAccess", "PowerUserAccess"):
    register(f"{_name}_of_aws_attached", _attaching(_name))


@deviation
def another_policy_attached_to_the_task_role(account: Account) -> Iterator[Collection[Wrong]]:
    iam = account.aws("iam")
    document = policy(allow("s3:Put*", account.objects))
    made = iam.create_policy(PolicyName="uploads", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=TASK_ROLE, PolicyArn=made)
    yield [Wrong("task-role-s3", ELSE_S3, account.task_role, says="uploads")]
    iam.detach_role_policy(RoleName=TASK_ROLE, PolicyArn=made)
    iam.delete_policy(PolicyArn=made)


@deviation
def inline_policy_on_another_bucket(account: Account) -> Iterator[Collection[Wrong]]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyName": "logs"}
    iam.put_role_policy(**name, PolicyDocument=policy(allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}-logs/*")))
    yield [Wrong("task-role-s3", ELSE_S3, account.task_role, says=f"{BUCKET}-logs")]
    iam.delete_role_policy(**name)


@deviation
def inline_policy_that_denies_deletion(account: Account) -> Iterator[Collection[Wrong]]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyName": "keep"}
    denied = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": account.objects}
    iam.put_role_policy(**name, PolicyDocument=policy(denied))
    yield [_missing(account)]
    iam.delete_role_policy(**name)
