"""What reading an account costs: ``python -m tests.bench.account [calls] [latency] [large]`` (all, if none is named).

``calls``: how often each operation is called for the demo account, beside the least that could do. ``latency``: the
wall time where each answer takes 50 ms. ``large``: an account of thousands of resources, beside a bare boto3 listing.
Nothing is judged; each figure stands beside what it should be.
"""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError
from tabulate import tabulate

from audits import kinds, plan, relations, spec
from audits.kind import Kind
from audits.model import WHOLE, Extent, Observation
from audits.planes import live
from audits.planes.live.calls import Calls
from audits.planes.live.options import CallRecord
from examples.glimpse.account.demo import seeded
from examples.glimpse.account.seed import Clients
from examples.glimpse.account.server import environment, server
from tests.bench.slow import SET, slow

LATENCY = 0.05
THREADS = 16
RUNS = 25

BATCHED = {
    ("ecs", "describe_clusters"): ("aws_ecs_cluster", 100),
    ("ecs", "describe_services"): ("aws_ecs_service", 10),
}
"""Details that are had for several resources at once: of which kind, and how many."""

DETAILS = {
    # Listings tell the rest; where no check speaks of what these tell, they are not asked.
    ("acm", "describe_certificate"): (),
    ("cognito-idp", "describe_user_pool"): (),
    ("cognito-idp", "get_user_pool_mfa_config"): (),
    ("elbv2", "describe_load_balancer_attributes"): (),
    ("route53", "get_hosted_zone"): (),
    ("sns", "get_topic_attributes"): (),
    ("cloudwatch", "get_dashboard"): ("aws_cloudwatch_dashboard",),
    ("ecr", "get_lifecycle_policy"): ("aws_ecr_repository",),
    ("ecr", "get_repository_policy"): ("aws_ecr_repository",),
    ("ecs", "list_services"): ("aws_ecs_cluster",),
    ("ecs", "describe_task_definition"): ("aws_ecs_task_definition",),
    ("logs", "describe_metric_filters"): ("aws_cloudwatch_log_group",),
    ("logs", "describe_subscription_filters"): ("aws_cloudwatch_log_group",),
    ("s3", "get_bucket_acl"): ("aws_s3_bucket",),
    ("s3", "get_bucket_cors"): ("aws_s3_bucket",),
    ("s3", "get_bucket_encryption"): ("aws_s3_bucket",),
    ("s3", "get_bucket_lifecycle_configuration"): ("aws_s3_bucket",),
    ("s3", "get_bucket_logging"): ("aws_s3_bucket",),
    ("s3", "get_bucket_notification_configuration"): ("aws_s3_bucket",),
    ("s3", "get_bucket_ownership_controls"): ("aws_s3_bucket",),
    ("s3", "get_bucket_policy"): ("aws_s3_bucket",),
    ("s3", "get_bucket_replication"): ("aws_s3_bucket",),
    ("s3", "get_bucket_versioning"): ("aws_s3_bucket",),
    ("s3", "get_bucket_website"): ("aws_s3_bucket",),
    ("s3", "get_object_lock_configuration"): ("aws_s3_bucket",),
    ("s3", "get_public_access_block"): ("aws_s3_bucket",),
    ("secretsmanager", "get_resource_policy"): ("aws_secretsmanager_secret",),
}
"""Details that no listing gives: one call a resource of these kinds."""

LISTINGS = {
    # Asked only where something names a cache policy, or a policy without its document.
    ("cloudfront", "list_cache_policies"): 0,
    # Asked only where a check speaks of the session length or the description of a role.
    ("iam", "list_roles"): 0,
    # Asked only where a check speaks of tags that no other call gives. None does.
    ("acm", "list_tags_for_certificate"): 0,
    ("cloudwatch", "list_tags_for_resource"): 0,
    ("ecr", "list_tags_for_resource"): 0,
    ("elasticache", "list_tags_for_resource"): 0,
    ("elbv2", "describe_tags"): 0,
    ("logs", "list_tags_for_resource"): 0,
    ("route53", "list_tags_for_resources"): 0,
    # Asked only where the listing does not tell the region, as AWS does.
    ("s3", "get_bucket_location"): 0,
    ("s3", "get_bucket_tagging"): 0,
    ("sns", "list_tags_for_resource"): 0,
    ("iam", "get_policy_version"): 0,
}
"""Listings that are not made exactly once."""

CHAIN = ("sts:GetCallerIdentity", "ecs:ListClusters", "ecs:ListServices", "ecs:DescribeServices")
"""The longest chain of calls of which each needs the one before."""

LARGE = ("aws_security_group", "aws_iam_role", "aws_iam_policy", "aws_s3_bucket", "aws_db_instance")
GROUPS, ROLES, BUCKETS, DATABASES = 2_000, 500, 300, 300


def planned() -> tuple[tuple[Kind, ...], Extent]:
    """The kinds that the project's own specs need, and how much of them."""
    files = [path for path in sorted(Path("specs").rglob("*.yaml")) if spec.is_spec(path)]
    checks = plan.checks(spec.load_all(files, kinds.registry(), relations.registry()), ("live",))
    known = relations.registry(), kinds.registry()
    return plan.kinds_needed(checks, *known), plan.extent(checks, *known)


def observe(endpoint: str, chosen: Sequence[Kind], extent: Extent = WHOLE) -> tuple[Observation, list[CallRecord]]:
    """Read the account at the endpoint as an audit does, and every call of it."""
    calls: list[CallRecord] = []
    options = live.LiveOptions(max_workers=THREADS, on_call=calls.append)
    with mock.patch.dict(os.environ, environment(endpoint), clear=True):
        return live.observe(chosen, options, extent), calls


def show(title: str, rows: Sequence[Sequence[Any]], headers: Sequence[str]) -> None:
    """Print one table."""
    print(f"\n{title}\n" + tabulate(rows, headers=headers, disable_numparse=True))


# -- calls ----------------------------------------------------------------------------------------------------------


def least(operation: tuple[str, str], found: Mapping[str, int]) -> int:
    """The fewest calls of an operation that read an account with so many resources of each kind."""
    if operation in BATCHED:
        kind, at_once = BATCHED[operation]
        return math.ceil(found.get(kind, 0) / at_once)
    if operation in DETAILS:
        return sum(found.get(kind, 0) for kind in DETAILS[operation])
    return LISTINGS.get(operation, 1)


def calls_of_the_example() -> None:
    """Print the calls for the demo account, by operation, beside the least."""
    with seeded(()) as endpoint:
        observation, calls = observe(endpoint, *planned())
    found = Counter(resource.kind for resource in observation.resources)
    counted = Counter((call.service, call.operation) for call in calls)
    declared = {(read.service, read.operation) for kind in planned()[0] for read in kind.reads}
    rows = [
        (f"{operation[0]}.{operation[1]}", str(counted[operation]), str(least(operation, found)))
        for operation in sorted(declared | counted.keys())
        if counted[operation] or (operation not in DETAILS and operation not in BATCHED)
    ]
    made, fewest = sum(counted.values()), sum(int(row[2]) for row in rows)
    rows.append(("all", str(made), f"{fewest} ({100 * (made - fewest) / fewest:+.0f} %; at most +10 %)"))
    show("calls for the demo account", rows, ("operation", "calls", "least"))


# -- latency --------------------------------------------------------------------------------------------------------


Asked = tuple[str, str, Mapping[str, Any]]
"""A service, an operation of it, and the parameters of a call."""


@contextmanager
def _noted() -> Iterator[list[Asked]]:
    """The calls that are made meanwhile."""
    asked: list[Asked] = []
    pages = Calls._pages

    def note(self: Calls, account: Any, region: str, service: str, operation: str, parameters: dict[str, Any]) -> Any:
        asked.append((service, operation, parameters))
        return pages(self, account, region, service, operation, parameters)

    with mock.patch.object(Calls, "_pages", note):
        yield asked


class _Bare:
    """The same calls with plain clients of boto3's, made beforehand; none waits for another but the first."""

    def __init__(self, endpoint: str, asked: Sequence[Asked]) -> None:
        import boto3
        from botocore.config import Config

        config = Config(max_pool_connections=THREADS)
        with mock.patch.dict(os.environ, environment(endpoint), clear=True):
            self._clients = {name: boto3.client(name, config=config) for name in {"sts", *(one[0] for one in asked)}}
        self._asked = asked

    def _call(self, one: Asked) -> None:
        service, operation, parameters = one
        client = self._clients[service]
        with contextlib.suppress(ClientError):  # that there is none is an answer, too
            if client.can_paginate(operation):
                list(client.get_paginator(operation).paginate(**parameters))
            else:
                getattr(client, operation)(**parameters)

    def seconds(self) -> float:
        """How long they take."""
        begun = time.monotonic()
        self._clients["sts"].get_caller_identity()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._call, self._asked))
        return time.monotonic() - begun


def latency() -> None:
    """Print the wall time of a reading whose every answer takes 50 ms.

    Nothing but the reading is in this process (:mod:`tests.bench.slow`). Beside the target stands what no reading can
    undercut that asks first whose account it is; what botocore takes for the same calls, in turn with the readings,
    because how fast this machine is differs from minute to minute; and the processor's time.
    """
    with seeded(()) as account, slow(account) as endpoint:
        # The first reading loads AWS's service models and fills the proxy's memory.
        with _noted() as asked:
            observe(endpoint, *planned())
        bare = _Bare(endpoint, asked)
        bare.seconds()
        urllib.request.urlopen(f"{endpoint}{SET}{LATENCY}").read()
        chosen, extent = planned()
        walls, busy, others = [], [], []
        for _ in range(RUNS):
            begun, used = time.monotonic(), time.process_time()
            _, calls = observe(endpoint, chosen, extent)
            walls.append(time.monotonic() - begun)
            busy.append(time.process_time() - used)
            others.append(bare.seconds())
    made = len(calls) + 1
    ideal = max(len(CHAIN) * LATENCY, made / THREADS * LATENCY)
    best, median = min(walls), sorted(walls)[len(walls) // 2]
    rounds = 1 + math.ceil(len(calls) / THREADS)
    rows = [
        ("wall s, median (least) of the reading", f"{median:.3f} ({best:.3f})"),
        ("calls", str(made)),
        (f"longest chain ({' → '.join(CHAIN)}) × 50 ms", f"{len(CHAIN) * LATENCY:.3f}"),
        (f"calls ÷ {THREADS} × 50 ms", f"{made / THREADS * LATENCY:.3f}"),
        ("wall ÷ the larger of these (at most 1.3)", f"{median / ideal:.2f} ({best / ideal:.2f})"),
        (f"who is calling, then all else in {rounds - 1} rounds of {THREADS}", f"{rounds * LATENCY:.3f}"),
        (
            "the same calls by bare boto3, clients made before, none waiting for another",
            f"{sorted(others)[len(others) // 2]:.3f} ({min(others):.3f})",
        ),
        ("processor s of the reading, median (least)", f"{sorted(busy)[len(busy) // 2]:.3f} ({min(busy):.3f})"),
        ("load of the machine, last minute", f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"),
    ]
    show("the demo account with 50 ms to each answer, service models loaded", rows, ("figure", "value"))


# -- large ----------------------------------------------------------------------------------------------------------


def _seed_large(endpoint: str) -> None:
    aws = Clients(endpoint)
    ec2, iam, s3, rds = aws("ec2"), aws("iam"), aws("s3"), aws("rds")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"ecs-tasks.amazonaws.com"}}]}'
    )

    def group(number: int) -> None:
        made = ec2.create_security_group(GroupName=f"group-{number}", Description="d", VpcId=vpc)["GroupId"]
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])

    def role(number: int) -> None:
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName=f"role-{number}", PolicyName="own", PolicyDocument=document)
        policy = iam.create_policy(PolicyName=f"policy-{number}", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=f"role-{number}", PolicyArn=policy)

    def bucket(number: int) -> None:
        where = {"LocationConstraint": "ap-northeast-2"}
        s3.create_bucket(Bucket=f"bucket-{number}", CreateBucketConfiguration=where)

    def database(number: int) -> None:
        rds.create_db_instance(
            DBInstanceIdentifier=f"db-{number}",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="u",
            MasterUserPassword="password",
        )

    # One thread a service: moto's services cannot be written to from several.
    work: list[tuple[Callable[[int], None], int]] = [
        (group, GROUPS),
        (role, ROLES),
        (bucket, BUCKETS),
        (database, DATABASES),
    ]
    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(lambda one: [one[0](number) for number in range(one[1])], work))


def _bare(endpoint: str) -> None:
    """List the same data with boto3 and a pool of threads, and keep it; nothing else."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    config = Config(max_pool_connections=THREADS)
    with mock.patch.dict(os.environ, environment(endpoint), clear=True):
        ec2, iam, s3, rds = (boto3.client(name, config=config) for name in ("ec2", "iam", "s3", "rds"))
        operations = sorted({"get_bucket_tagging", *(name for (service, name) in DETAILS if service == "s3")})

        def pages(client: Any, operation: str, **parameters: Any) -> list[Any]:
            return list(client.get_paginator(operation).paginate(**parameters))

        def detail(work: tuple[str, str]) -> Any:
            try:
                return getattr(s3, work[1])(Bucket=work[0])
            except ClientError as error:
                return error

        with ThreadPoolExecutor(THREADS) as pool:
            listings = [
                pool.submit(pages, ec2, "describe_security_groups"),
                pool.submit(pages, iam, "get_account_authorization_details", Filter=["Role"], MaxItems=1000),
                pool.submit(
                    pages,
                    iam,
                    "get_account_authorization_details",
                    Filter=["LocalManagedPolicy", "AWSManagedPolicy"],
                    MaxItems=1000,
                ),
                pool.submit(pages, iam, "list_roles", MaxItems=1000),
                pool.submit(pages, rds, "describe_db_instances"),
            ]
            names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
            kept = list(pool.map(detail, [(name, operation) for name in names for operation in operations]))
            kept += [listing.result() for listing in listings]
    print(len(kept))


def _ours(endpoint: str) -> None:
    observation, _ = observe(endpoint, [kinds.registry()[name] for name in LARGE])
    assert observation.gaps == (), observation.gaps
    print(len(observation.resources))


@dataclass(frozen=True)
class Measured:
    """One whole process: wall seconds, peak MB, and what it printed."""

    seconds: float
    megabytes: float
    said: str


def _process(part: str, endpoint: str) -> Measured:
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.account", part, endpoint], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{part} ended with {process.returncode}")
    return Measured(time.monotonic() - begun, usage.ru_maxrss / 1024, said)


def large() -> None:
    """Print how a large account is read, beside a bare listing of the same data."""
    with server(shim=False) as endpoint:
        _seed_large(endpoint)
        pairs = [(_process("_bare", endpoint), _process("_ours", endpoint)) for _ in range(3)]
    bare = sorted(one.seconds for one, _ in pairs)[1]
    ours = sorted(one.seconds for _, one in pairs)[1]
    rows = [
        ("resources read", pairs[0][1].said),
        ("bare threaded boto3 listing, wall s", f"{bare:.1f}"),
        ("this suite, wall s", f"{ours:.1f}"),
        ("ratio (at most 1.5)", f"{ours / bare:.2f}"),
        ("peak memory MB (at most 250)", f"{max(one.megabytes for _, one in pairs):.0f}"),
        ("peak memory MB of the bare listing", f"{max(one.megabytes for one, _ in pairs):.0f}"),
    ]
    title = f"{GROUPS} security groups, {ROLES} roles with policies, {BUCKETS} buckets, {DATABASES} databases on moto"
    show(title + " (whole processes, median of 3)", rows, ("figure", "value"))


_PROCESSES: Mapping[str, Callable[[str], None]] = {"_bare": _bare, "_ours": _ours}
PARTS: Mapping[str, Callable[[], None]] = {"calls": calls_of_the_example, "latency": latency, "large": large}


def main(arguments: Sequence[str]) -> int:
    """Print the parts that are named, or all."""
    if len(arguments) == 2 and arguments[0] in _PROCESSES:
        _PROCESSES[arguments[0]](arguments[1])
        return 0
    wrong = [name for name in arguments if name not in PARTS]
    if wrong:
        print(f"no such part: {', '.join(wrong)} (there are {', '.join(PARTS)})", file=sys.stderr)
        return 4
    for name in arguments or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
