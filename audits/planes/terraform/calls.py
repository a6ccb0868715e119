"""Module calls: where their configuration is, their instances, and what is left of them if it is not here."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from audits.model import Cause, Gap, Origin, Reference, Unknown
from audits.planes.terraform.bodies import evaluate_body, safely
from audits.planes.terraform.configuration import configuration_files, read_text
from audits.planes.terraform.evaluate import Scope
from audits.planes.terraform.expansion import Expansion, Key
from audits.planes.terraform.instance import CALL_META, BlockInstance, ModuleInstance
from audits.planes.terraform.nodes import Attribute, Block, SourceSyntaxError
from audits.planes.terraform.paths import is_folder
from audits.planes.terraform.run import Run
from audits.planes.terraform.values import TerraformError, TerraformValue

DEEPEST = 40
"""How deep modules may call modules."""


@dataclass(frozen=True, slots=True)
class Called:
    """A module call. Of ``modules`` and ``missing`` one is empty; ``missing`` holds address and scope of each."""

    expansion: Expansion
    modules: dict[Key, ModuleInstance]
    missing: dict[Key, tuple[str, Scope]] = field(default_factory=dict)


def called(instance: ModuleInstance, name: str) -> Called | Unknown:
    """The call of that name in a module; an Unknown if it depends on itself. Raises TerraformError if there is none."""
    block = instance.source.calls.get(name)
    if block is None:
        raise TerraformError(f'no module call named "{name}" is declared')
    result: Called | Unknown = instance.memo(f"module.{name}", block, lambda: _call(instance, name, block), "call")
    return result


def _call(instance: ModuleInstance, name: str, block: Block) -> Called:
    expansion = instance.expansion(f"module.{name}", block)
    if expansion.kind in ("count", "for_each") and not expansion.values:
        # A module that is switched off makes nothing, so nothing is missing where its folder is.
        return Called(expansion, {})
    directory = _directory(instance, name, block)
    address = instance.absolute(f"module.{name}")
    why = expansion.why or instance.why
    if directory is None or not instance.run.has_room(max(len(expansion.values), 1)):
        return Called(expansion, {}, {key: (at, scope) for key, at, scope in expansion.scopes(instance.scope, address)})
    source = instance.run.source(directory)
    _check_arguments(instance, block, source.variables)
    modules: dict[Key, ModuleInstance] = {}
    for key, at, scope in expansion.scopes(instance.scope, address):
        inputs = {
            argument.name: _input(argument, scope, instance)
            for argument in block.body.attributes.values()
            if argument.name not in CALL_META
        }
        calls = (*instance.calls, f"{block.file}:{block.line} module.{name}")
        modules[key] = ModuleInstance(instance.run, source, at, calls, inputs, instance, block, why)
    return Called(expansion, modules)


def _input(argument: Attribute, scope: Scope, instance: ModuleInstance) -> Callable[[], TerraformValue]:
    return lambda: safely(argument, scope, instance.report)


def missing_instances(instance: ModuleInstance, name: str, call: Called) -> list[BlockInstance]:
    """What is left of a module that is not here: its evaluated arguments, as resources of kind ``module``.

    They are evaluated only here: what the module gives does not wait for them, for they may refer to what takes it.
    """
    block = instance.source.calls[name]
    place = (block.file, block.line, block.column)
    skip = CALL_META - {"source", "version"}
    return [
        BlockInstance(
            key,
            address,
            "module",
            block,
            evaluate_body(block.body, scope, instance.report, place, skip),
            call.expansion.why or instance.why,
        )
        for key, (address, scope) in call.missing.items()
    ]


def _check_arguments(instance: ModuleInstance, block: Block, variables: dict[str, Block]) -> None:
    for argument in block.body.attributes.values():
        if argument.name not in CALL_META and argument.name not in variables:
            message = f'the module has no variable named "{argument.name}"'
            instance.report(argument.file, argument.line, argument.column, message)
    for name, variable in variables.items():
        if "default" not in variable.body.attributes and name not in block.body.attributes:
            instance.report(block.file, block.line, block.column, f'the argument "{name}" is required')


# -- where the configuration is -------------------------------------------------------------------------------------


def _directory(instance: ModuleInstance, name: str, block: Block) -> Path | None:
    """The folder of the called module; None (and a gap) if it is not here or calls itself."""
    attribute = block.body.attributes.get("source")
    text = getattr(attribute.expression, "value", None) if attribute is not None else None
    if not isinstance(text, str):
        _missing(instance, name, block, "its source is not a plain text", "")
        return None
    if text.startswith(("./", "../")) or text in (".", ".."):
        directory: Path | None = Path(os.path.normpath(instance.source.directory / text))
    else:
        directory = _installed(instance.run).get(".".join([*_call_names(instance), name]))
    if directory is None:
        _missing(instance, name, block, f"its source {text} is not installed", "terraform init")
    elif not is_folder(directory):
        _missing(instance, name, block, f"there is no folder {instance.run.name_of(directory)}", "")
    elif not instance.run.may_read(directory, local=text.startswith(".")):
        _missing(
            instance, name, block, f"its folder {instance.run.name_of(directory)} lies outside the source tree", ""
        )
    elif not configuration_files(directory):
        # An empty folder (a submodule that was not fetched) and one that may not be listed look alike.
        _missing(instance, name, block, f"there are no Terraform files in {instance.run.name_of(directory)}", "")
    elif _recursive(instance, directory):
        _missing(instance, name, block, "the module calls itself", "")
    else:
        return directory
    return None


def _missing(instance: ModuleInstance, name: str, block: Block, detail: str, command: str) -> None:
    scope = instance.absolute(f"module.{name}")
    mend = f"run '{command}' in the folder, or declare in the spec what the module holds" if command else ""
    origin = Origin(block.file, block.line, block.column, calls=instance.calls)
    instance.run.gap(
        Gap(
            "terraform",
            None,
            scope,
            "missing module",
            detail,
            mend or "correct the module's source",
            module=name,
            origin=origin,
        )
    )


def _recursive(instance: ModuleInstance, directory: Path) -> bool:
    depth = 0
    at: ModuleInstance | None = instance
    resolved = os.path.realpath(directory)
    while at is not None:
        if os.path.realpath(at.source.directory) == resolved:
            return True
        at, depth = at.parent, depth + 1
    return depth > DEEPEST


def _call_names(instance: ModuleInstance) -> list[str]:
    """The names of the calls that lead to an instance, without indexes: the key of ``modules.json``."""
    names: list[str] = []
    at: ModuleInstance | None = instance
    while at is not None and at.call_block is not None:
        names.append(at.call_block.labels[0])
        at = at.parent
    return names[::-1]


def _installed(run: Run) -> dict[str, Path]:
    """The folders of installed modules, as ``terraform init`` recorded them."""
    path = run.root / ".terraform" / "modules" / "modules.json"
    try:
        entries = json.loads(read_text(path))["Modules"]
        return {str(entry["Key"]): Path(os.path.normpath(run.root / str(entry["Dir"]))) for entry in entries}
    except (SourceSyntaxError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def missing_value(call: Called) -> TerraformValue:
    """What a reference to a missing module stands for."""
    values = {
        key: Unknown(Cause.MISSING_MODULE, (Reference(address),), not_null=True)
        for key, (address, _) in call.missing.items()
    }
    if call.expansion.kind in ("single", "unknown"):
        return next(iter(values.values()), ())
    if call.expansion.kind == "count":
        return tuple(values.values())
    return {str(key): value for key, value in values.items()}
