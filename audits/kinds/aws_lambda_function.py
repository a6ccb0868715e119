"""Lambda functions. Their environment may hold anything and is never shown; their code is never asked for.

GetFunction answers with an address from which the code can be fetched, so the listing is all that is read, and what
only single calls tell (concurrency, code signing) is left open. Sources: provider documentation of
``aws_lambda_function``; Lambda API Reference, ListFunctions (of each function its unpublished version) and ListTags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default, tag_map, told
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value

_PLAN = plan_default("aws_lambda_function")
_SOURCE_ONLY = (
    "filename",
    "publish",
    "replace_security_groups_on_destroy",
    "replacement_security_group_ids",
    "s3_bucket",
    "s3_key",
    "s3_object_version",
    "skip_destroy",
    "source_code_hash",
)
_SINGLE_CALLS = {
    "code_signing_config_arn": "lambda:GetFunctionCodeSigningConfig",
    "image_uri": "lambda:GetFunction",
    "qualified_arn": "lambda:ListVersionsByFunction",
    "qualified_invoke_arn": "lambda:ListVersionsByFunction",
    "reserved_concurrent_executions": "lambda:GetFunctionConcurrency",
    "version": "lambda:ListVersionsByFunction",
}


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("lambda", "list_functions", "Functions"), partial(_function, reader))


def _function(reader: Reader, found: Mapping[str, Any]) -> Resource:
    name, arn = found["FunctionName"], found["FunctionArn"]
    gateway = f"arn:{reader.partition}:apigateway:{reader.region}:lambda:path/2015-03-31/functions"
    attributes: dict[str, Value] = {
        **dict.fromkeys(_SOURCE_ONLY, OF_TERRAFORM),
        **{one: not_read(call) for one, call in _SINGLE_CALLS.items()},
        "id": name,
        "arn": arn,
        "function_name": name,
        "invoke_arn": f"{gateway}/{arn}/invocations",
        "architectures": list(found.get("Architectures") or ()),
        "code_sha256": found.get("CodeSha256"),
        "description": found.get("Description", ""),
        "handler": found.get("Handler", ""),
        "kms_key_arn": found.get("KMSKeyArn", ""),
        "last_modified": found.get("LastModified"),
        "layers": [one["Arn"] for one in found.get("Layers") or ()],
        "memory_size": found.get("MemorySize"),
        "package_type": found.get("PackageType"),
        "role": found.get("Role"),
        "runtime": found.get("Runtime", ""),
        "signing_job_arn": found.get("SigningJobArn", ""),
        "signing_profile_version_arn": found.get("SigningProfileVersionArn", ""),
        "source_code_size": found.get("CodeSize"),
        "timeout": found.get("Timeout"),
        **_blocks(found),
        **told(
            reader,
            "lambda",
            "list_tags",
            lambda answer: {"tags": tag_map(answer.get("Tags"))},
            resource=arn,
            none={"tags": {}},
            Resource=arn,
        ),
    }
    return reader.resource("aws_lambda_function", arn, attributes)


def _blocks(found: Mapping[str, Any]) -> dict[str, Value]:
    dead, storage, tracing = (found.get(name) for name in ("DeadLetterConfig", "EphemeralStorage", "TracingConfig"))
    network, logging = found.get("VpcConfig"), found.get("LoggingConfig")
    image = (found.get("ImageConfigResponse") or {}).get("ImageConfig")
    snap = found.get("SnapStart") or {}
    variables = (found.get("Environment") or {}).get("Variables")
    return {
        "dead_letter_config": [{"target_arn": dead["TargetArn"]}] if dead and dead.get("TargetArn") else [],
        "environment": [{"variables": dict(variables)}] if variables else [],
        "ephemeral_storage": [{"size": storage.get("Size")}] if storage else [],
        "file_system_config": [
            {"arn": one.get("Arn"), "local_mount_path": one.get("LocalMountPath")}
            for one in found.get("FileSystemConfigs") or ()
        ],
        "image_config": [
            {
                "command": list(image.get("Command") or ()),
                "entry_point": list(image.get("EntryPoint") or ()),
                "working_directory": image.get("WorkingDirectory", ""),
            }
        ]
        if image
        else [],
        "logging_config": [
            {
                "application_log_level": logging.get("ApplicationLogLevel", ""),
                "log_format": logging.get("LogFormat"),
                "log_group": logging.get("LogGroup"),
                "system_log_level": logging.get("SystemLogLevel", ""),
            }
        ]
        if logging
        else [],
        # AWS answers "None" where it is not asked for; the provider then shows no block.
        "snap_start": [{"apply_on": snap["ApplyOn"], "optimization_status": snap.get("OptimizationStatus")}]
        if snap.get("ApplyOn") not in (None, "None")
        else [],
        "tracing_config": [{"mode": tracing.get("Mode")}] if tracing else [],
        "vpc_config": [
            {
                "ipv6_allowed_for_dual_stack": network.get("Ipv6AllowedForDualStack", False),
                "security_group_ids": list(network.get("SecurityGroupIds") or ()),
                "subnet_ids": list(network.get("SubnetIds") or ()),
                "vpc_id": network.get("VpcId", ""),
            }
        ]
        if network and network.get("VpcId")
        else [],
    }


KIND = Kind(
    type="aws_lambda_function",
    identity=("function_name",),
    names=("id", "arn", "function_name", "invoke_arn"),
    reads=(Read("lambda", "list_functions"), Read("lambda", "list_tags")),
    secrets=("environment[*].variables",),
    security_groups=("vpc_config[*].security_group_ids[*]",),
    defaults={
        "memory_size": Default(128, _PLAN),
        "package_type": Default("Zip", _PLAN),
        "timeout": Default(3, _PLAN),
    },
    from_live=_from_live,
)
