"""From a folder of configuration to an Observation."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from audits.model import Gap, Observation, Origin, Resource, Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.cache import ParseCache, default_folder
from audits.planes.terraform.calls import Called, called, missing_instances
from audits.planes.terraform.configuration import configuration_files, folders_with_configuration, read_text
from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.instance import BlockInstance, ModuleInstance
from audits.planes.terraform.knowledge import Knowledge
from audits.planes.terraform.nodes import Block, Expression, SourceSyntaxError
from audits.planes.terraform.paths import is_file, is_folder, is_there
from audits.planes.terraform.providers import ProviderSettings
from audits.planes.terraform.run import Run
from audits.planes.terraform.tags import tags_all
from audits.planes.terraform.values import TerraformValue, to_model
from audits.planes.terraform.variables import root_values
from audits.resource_shapes import shape_of

MOST_RESOURCES = 25_000
"""More resource instances than that (counts within counts) are not listed: the reading is cut off, with a gap."""


def read_folder(
    directory: Path,
    var_files: Sequence[Path],
    variables: Sequence[tuple[str, str]],
    environment: Mapping[str, str],
    workspace: str | None,
    knowledge: Knowledge | None = None,
) -> Observation:
    """The Observation of a root module. Raises SourceError if there is none in the folder.

    ``knowledge``: what a plan of this very source knows. Its variables stand in for all others.
    """
    started = _now()
    root = _checked(directory, var_files)
    run = Run(root, workspace or _workspace(root, environment), ParseCache(default_folder()), knowledge)
    source = run.source(root)
    instance = ModuleInstance(run, source)
    if knowledge is None:
        given: Mapping[str, TerraformValue] = root_values(
            run, source, [path.absolute() for path in var_files], variables, environment
        )
    else:
        given = {name: value for name, value in knowledge.variables.items() if name in source.variables}
    instance.inputs = {name: partial(_same, value) for name, value in given.items()}
    resources = tuple(_bounded(run, _resources(instance)))
    _ = [instance.output(name) for name in source.outputs]
    regions = sorted({resource.region for resource in resources if resource.region})
    accounts = sorted({resource.account for resource in resources if resource.account})
    return Observation(
        "terraform",
        resources,
        tuple(run.gaps.values()),
        tuple(run.findings.values()),
        started,
        _now(),
        source=str(directory),
        accounts=tuple(accounts),
        regions=tuple(regions),
        data_sources=tuple(_data_sources(instance)),
    )


def _bounded(run: Run, resources: Iterator[Resource]) -> Iterator[Resource]:
    """The resources, up to the number that is listed."""
    yield from islice(resources, MOST_RESOURCES)
    if next(resources, None) is not None:
        detail = f"more than {MOST_RESOURCES} resource instances: the others were not read"
        run.gap(Gap("terraform", None, ".", "too many resources", detail, "audit the called modules one by one"))


def _same(value: TerraformValue) -> TerraformValue:
    return value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _checked(directory: Path, var_files: Sequence[Path]) -> Path:
    if not is_there(directory):
        raise SourceError(f"no such folder: {directory}")
    if not is_folder(directory):
        raise SourceError(f"not a folder: {directory}")
    if not configuration_files(directory):
        below = list(folders_with_configuration(directory))
        hint = f"; there are some in {', '.join(below)}" if below else ""
        raise SourceError(f"no Terraform files (*.tf, *.tf.json) in {directory}{hint}")
    for path in var_files:
        if not is_file(path):
            raise SourceError(f"no such file of variables: {path}")
    return Path(os.path.normpath(directory.absolute()))


def _workspace(root: Path, environment: Mapping[str, str]) -> str:
    if environment.get("TF_WORKSPACE"):
        return environment["TF_WORKSPACE"]
    try:
        return read_text(root / ".terraform" / "environment").strip() or "default"
    except SourceSyntaxError:
        return "default"


def _resources(instance: ModuleInstance) -> Iterator[Resource]:
    """The resources of a module instance and of all that it calls."""
    instance.validate_variables()
    for (kind, name), block in instance.source.resources.items():
        found = instance.instances("", kind, name)
        if isinstance(found, Unknown):
            yield _cyclic(instance, kind, name, block, found)
            continue
        settings = instance.provider_of(block)
        for one in found:
            yield _resource(one, settings, instance.calls)
    for name in instance.source.calls:
        call = called(instance, name)
        if isinstance(call, Unknown):
            continue
        for missing in missing_instances(instance, name, call):
            yield _resource(missing, ProviderSettings(), instance.calls)
        for module in call.modules.values():
            yield from _resources(module)


def _data_sources(instance: ModuleInstance) -> Iterator[Resource]:
    """The data sources, here and below, of types that are types of resources, too: each names one that is there."""
    for (kind, name), block in instance.source.data.items():
        found = instance.instances("data", kind, name) if shape_of(kind) is not None else []
        settings = instance.provider_of(block)
        for one in found if isinstance(found, list) else []:
            yield _resource(one, settings, instance.calls)
    for name in instance.source.calls:
        call = called(instance, name)
        for module in call.modules.values() if isinstance(call, Called) else ():
            yield from _data_sources(module)


def _cyclic(instance: ModuleInstance, kind: str, name: str, block: Block, why: Unknown) -> Resource:
    address = instance.absolute(f"{kind}.{name}")
    origin = Origin(block.file, block.line, block.column, calls=instance.calls)
    return Resource(kind, address, {}, origin, missing="unset", existence=why)


def _resource(one: BlockInstance, settings: ProviderSettings, calls: tuple[str, ...]) -> Resource:
    attributes = one.body.as_model()
    tags = tags_all(one.kind, one.body, settings, one.address)
    if tags is not None:
        attributes["tags_all"] = to_model(tags)
    block = one.block
    return Resource(
        one.kind,
        one.address,
        attributes,
        Origin(block.file, block.line, block.column, calls=calls),
        account=settings.account,
        region=settings.known_region,
        missing="unset",
        origins=dict(one.body.origins(calls)),
        ignored=ignored_paths(block),
        existence=one.why,
    )


def ignored_paths(block: Block) -> tuple[str, ...]:
    """The attribute paths under ``lifecycle.ignore_changes``; ``all`` for every one."""
    paths: list[str] = []
    for lifecycle in block.body.of_type("lifecycle"):
        attribute = lifecycle.body.attributes.get("ignore_changes")
        if attribute is None:
            continue
        expression = attribute.expression
        elements = expression.elements if isinstance(expression, nodes.Tuple) else (expression,)
        paths.extend(path for path in map(path_text, elements) if path)
    return tuple(paths)


def path_text(expression: Expression) -> str:
    """A static path (``tags["Name"]``, ``setting[0].value``) as text; empty if it is none."""
    if isinstance(expression, nodes.Name):
        return expression.name
    if isinstance(expression, nodes.Literal) and isinstance(expression.value, str):
        return expression.value
    if isinstance(expression, nodes.GetAttribute):
        source = path_text(expression.source)
        return f"{source}.{expression.name}" if source else ""
    if isinstance(expression, nodes.Index) and isinstance(expression.key, nodes.Literal):
        source, key = path_text(expression.source), expression.key.value
        if not source:
            return ""
        return f"{source}.{key}" if isinstance(key, str) else f"{source}[{key}]"
    return ""
