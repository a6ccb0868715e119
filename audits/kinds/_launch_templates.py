"""What the launch templates of a region say now: their latest and their default versions, in one listing for all.

Source: EC2 API Reference, DescribeLaunchTemplateVersions: "to describe all launch templates in your account that are
defined as the latest version, the valid value is $Latest", likewise ``$Default``, and both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Read, Reader
from audits.model import Unknown

VERSIONS = Read("ec2", "describe_launch_template_versions")
LATEST, DEFAULT = "$Latest", "$Default"


def current_versions(reader: Reader, attribute: str) -> list[Mapping[str, Any]] | Unknown:
    """The latest and default version of every template, as AWS gives them. ``attribute``: what rests on it."""
    answer = reader.detail(
        VERSIONS.service, VERSIONS.operation, resource="*", attribute=attribute, Versions=[LATEST, DEFAULT]
    )
    if isinstance(answer, Unknown):
        return answer
    return list((answer or {}).get("LaunchTemplateVersions", ()))


def chosen(versions: Iterable[Mapping[str, Any]], version: str) -> Mapping[str, Any] | None:
    """The version of one template that ``$Latest``, ``$Default`` or a number means; None where it is not among them.

    ``versions`` hold the template's latest and its default one.
    """
    found = sorted(versions, key=lambda one: int(one["VersionNumber"]))
    if version == LATEST:
        return found[-1] if found else None
    if version == DEFAULT:
        return next((one for one in found if one.get("DefaultVersion")), None)
    return next((one for one in found if str(one["VersionNumber"]) == version), None)
