"""What an Auto Scaling group launches: instance types and the sizes of volumes, from whatever says so.

Rules (EC2 Auto Scaling API Reference): a group launches from a launch template, from a mixed instances policy, in which
overrides replace the template's type, or from a launch configuration, which is not read. A version that is left out is
the default one. In an account the version that the group names was read (``launches``). In source a template is what
its latest version will be, and says nothing of an older one: a group that names another, or the default one where
updates do not become it, launches what source does not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audits.model import Cause, Resource, Unknown, Value
from audits.relations._series import given
from audits.view import View

TEMPLATE = "aws_launch_template"
_CONFIGURATION = Unknown(Cause.UNSUPPORTED, detail="launch configurations are not read")


@dataclass(frozen=True, slots=True)
class Launches:
    """Every instance type, and every size of a volume in GiB, that a group may launch; Unknown for what is not told."""

    types: Sequence[Value]
    volumes: Sequence[Value]
    place: str


def launches(group: Resource, view: View) -> Launches:
    """What a group launches."""
    mixed = given(group, "mixed_instances_policy", [])
    template = given(group, "launch_template", [])
    # A group has exactly one of them (CreateAutoScalingGroup), so one that is known leaves the other none, also where a
    # plan says that only an apply will tell.
    mixed = [] if isinstance(mixed, Unknown) and template and not isinstance(template, Unknown) else mixed
    template = [] if isinstance(template, Unknown) and mixed and not isinstance(mixed, Unknown) else template
    for value in (mixed, template):
        if isinstance(value, Unknown):
            return Launches((_bare(value),), (_bare(value),), "launch_template")
    if not mixed and not template:
        configured = given(group, "launch_configuration")
        said = _CONFIGURATION if configured != "" else Unknown(Cause.UNSET, detail="nothing says what it launches")
        return Launches((said,), (said,), "launch_configuration")
    place = "mixed_instances_policy" if mixed else "launch_template"
    overrides = _overrides(mixed)
    if not view.of_terraform:
        bodies = view.attributes(group).get("launches")
        bodies = _block({"launches": bodies}, "launches")
    else:
        own = _specification(mixed) if mixed else template
        named = [*own, *(one for override in overrides for one in _block(override, "launch_template_specification"))]
        bodies = [_named(one, group, view) for one in named]
    types = [_bare(one) if isinstance(one, Unknown) else one.get("instance_type") for one in bodies]
    if overrides:
        types = [_type(override) for override in overrides]
    volumes = [size for body in bodies for size in _volumes(body)]
    untold = Unknown(Cause.UNSET, detail="the template leaves it to the image")
    return Launches([untold if one in (None, "") else one for one in types], volumes or [untold], place)


def _overrides(mixed: Value) -> list[Value]:
    return [
        one
        for policy in mixed
        for launched in _block(policy, "launch_template")
        for one in _block(launched, "override")
    ]


def _specification(mixed: Value) -> list[Value]:
    found = [launched for policy in mixed for launched in _block(policy, "launch_template")]
    return [one for launched in found for one in _block(launched, "launch_template_specification")]


def _block(of: Value, name: str) -> list[Value]:
    """The blocks of a name in a block; Unknown for those that are not known."""
    if isinstance(of, Unknown):
        return [_bare(of)]
    value = of.get(name) if isinstance(of, dict) else None
    if isinstance(value, Unknown):
        known = value.partial if isinstance(value.partial, list) else []
        return [*known, _bare(value)] if value.open or not known else known
    return value or []


def _bare(value: Unknown) -> Unknown:
    """That a value is unknown, for what stands inside it: what is known of the whole says nothing of that."""
    return replace(value, partial=None, parts=(), open=False, length=None, not_null=False)


def _type(override: Value) -> Value:
    if isinstance(override, Unknown):
        return _bare(override)
    if override.get("instance_requirements"):
        return Unknown(Cause.UNSUPPORTED, detail="an override chooses types by requirements")
    return override.get("instance_type")


def _named(specification: Value, group: Resource, view: View) -> Value:
    """The body of the template version that source names: the template's, if that is the version it will have."""
    if isinstance(specification, Unknown):
        return specification
    keys = ("id", "name", "launch_template_id", "launch_template_name")
    name = next((specification[key] for key in keys if specification.get(key) not in (None, "")), None)
    if name is None:
        return Unknown(Cause.UNSET, detail="no launch template is named")
    target = view.resolve(name, TEMPLATE, view.place_of(group))
    if target.resource is None:
        cause = Cause.UNREADABLE if target.unreadable else Cause.UNRESOLVED
        return Unknown(cause, detail=f"the launch template: {target.undecided or 'it was not found'}")
    doubt = _not_latest(specification.get("version"), target.resource)
    return doubt or dict(view.attributes(target.resource))


def _not_latest(version: Value, template: Resource) -> Unknown | None:
    """Why a version may be another than the template's latest; None if it is that one."""
    if isinstance(version, Unknown):
        named = [(one.address, one.attribute) for one in version.references]
        if version.derived or version.parts or len(named) != 1:
            return version
        if named == [(template.identity, "latest_version")]:
            return None
        if named == [(template.identity, "default_version")]:
            version = "$Default"
        else:
            return version
    if version == "$Latest" or (
        version not in (None, "") and str(version) == str(template.attributes.get("latest_version"))
    ):
        return None
    if version in (None, "", "$Default"):
        if template.attributes.get("update_default_version") is True:
            return None
        default, latest = (template.attributes.get(name) for name in ("default_version", "latest_version"))
        if isinstance(latest, int) and default == latest:
            return None
        return Unknown(Cause.UNSUPPORTED, detail="the default version of the template may be an older one")
    return Unknown(Cause.UNSUPPORTED, detail=f"version {version} of the template is not what source declares")


def _volumes(body: Value) -> list[Value]:
    if isinstance(body, Unknown):
        return [_bare(body)]
    found: list[Value] = []
    for mapping in _block(body, "block_device_mappings"):
        for ebs in _block(mapping, "ebs"):
            size = _bare(ebs) if isinstance(ebs, Unknown) else ebs.get("volume_size")
            found.append(
                Unknown(Cause.UNSET, detail="the template leaves it to the snapshot") if size is None else size
            )
    return found
