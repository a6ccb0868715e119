"""A module folder as configuration: its files read, override files merged in, blocks sorted by what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.nodes import Attribute, Block, Body, Problem, SourceSyntaxError

LARGEST_FILE = 4 * 1024 * 1024
"""Larger files are a gap: nobody writes them, and parsing one takes minutes."""

SUFFIXES = (".tf", ".tf.json")
LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "check": 1,
    "terraform": 0,
    "locals": 0,
    "moved": 0,
    "removed": 0,
    "import": 0,
}


@dataclass(slots=True)
class ModuleSource:
    """The configuration in one folder. ``unread`` are files that could not be read, ``problems`` what is wrong."""

    directory: Path
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    resources: dict[tuple[str, str], Block] = field(default_factory=dict)
    data: dict[tuple[str, str], Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    providers: dict[tuple[str, str], Block] = field(default_factory=dict)
    unread: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


Parse = Callable[[str, str], Body]
"""Text and file name to a body; raises SourceSyntaxError."""


def configuration_files(directory: Path) -> list[Path]:
    """The configuration files of a folder, in the order in which Terraform loads them (overrides last)."""
    try:
        names = sorted(entry.name for entry in directory.iterdir())
    except OSError:
        return []
    paths = [
        directory / name
        for name in names
        if name.endswith(SUFFIXES) and not name.startswith((".", "#")) and not name.endswith("~")
    ]
    return [path for path in paths if not is_override(path)] + [path for path in paths if is_override(path)]


def is_override(path: Path) -> bool:
    """Whether a file's blocks are merged into those of the others."""
    stem = path.name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def read_text(path: Path) -> str:
    """The text of a source file. Raises SourceSyntaxError if it cannot be had, with a reason for people."""
    try:
        if not path.is_file():
            raise SourceSyntaxError("not a regular file", 1, 1)
        if path.stat().st_size > LARGEST_FILE:
            raise SourceSyntaxError(f"larger than {LARGEST_FILE // 1024 // 1024} MB", 1, 1)
        data = path.read_bytes()
    except OSError as error:
        raise SourceSyntaxError(f"cannot be read: {error.strerror or error}", 1, 1) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceSyntaxError("not valid UTF-8", line, 1) from error


def load_module(directory: Path, parse: Parse, name_of: Callable[[Path], str]) -> ModuleSource:
    """The configuration of a folder. ``name_of`` gives the name under which a file is reported."""
    source = ModuleSource(directory)
    for path in configuration_files(directory):
        name = name_of(path)
        try:
            body = parse(read_text(path), name)
        except SourceSyntaxError as error:
            if is_override(path):
                # It may replace any value of any file beside it: nothing that was read would be sure.
                raise SourceError(
                    f"{name}:{error.line}: {error.message} (an override file: without it no value is certain)"
                ) from error
            source.unread.append(Problem(name, error.line, error.column, error.message))
            continue
        if is_override(path):
            _override(source, body)
        else:
            _add(source, body, name)
    return source


def _problem(source: ModuleSource, block: Block | Attribute, message: str) -> None:
    source.problems.append(Problem(block.file, block.line, block.column, message))


def _add(source: ModuleSource, body: Body, name: str) -> None:
    for attribute in body.attributes.values():
        _problem(source, attribute, f'unsupported argument "{attribute.name}": no argument is expected here')
    for block in body.blocks:
        wanted = LABELS.get(block.type)
        if wanted is None:
            _problem(source, block, f'unsupported block type "{block.type}"')
        elif len(block.labels) != wanted:
            _problem(source, block, f'a "{block.type}" block takes {wanted} labels, not {len(block.labels)}')
        else:
            _add_block(source, block)


def _add_block(source: ModuleSource, block: Block) -> None:
    if block.type == "locals":
        for name, attribute in block.body.attributes.items():
            if name in source.locals:
                _problem(source, attribute, f'a local value named "{name}" is already defined')
            else:
                source.locals[name] = attribute
        return
    table, key = _slot(source, block)
    if table is None:
        return
    if key in table:
        first = table[key]
        name = " ".join((block.type, *block.labels))
        _problem(source, block, f"duplicate {name}, defined in {first.file}:{first.line}")
    else:
        table[key] = block


def _slot(source: ModuleSource, block: Block) -> tuple[dict[object, Block] | None, object]:
    """The table in which a block of this type is kept, and its key there."""
    tables: dict[str, object] = {
        "variable": source.variables,
        "output": source.outputs,
        "module": source.calls,
        "resource": source.resources,
        "data": source.data,
        "provider": source.providers,
    }
    table: dict[object, Block] | None = tables.get(block.type)  # type: ignore[assignment]
    key: object = block.labels if len(block.labels) == 2 else "".join(block.labels)
    if block.type == "provider":
        key = (block.labels[0], _alias(block))
    return table, key


def _alias(block: Block) -> str:
    attribute = block.body.attributes.get("alias")
    value = getattr(attribute.expression, "value", "") if attribute else ""
    return value if isinstance(value, str) else ""


def _override(source: ModuleSource, body: Body) -> None:
    for block in body.blocks:
        if block.type == "locals":
            source.locals.update(block.body.attributes)
            continue
        if len(block.labels) != LABELS.get(block.type, 0):
            continue
        table, key = _slot(source, block)
        if table is None:
            continue
        if key in table:
            table[key] = _merged(table[key], block)
        elif block.type == "provider":
            table[key] = block
        else:
            _problem(source, block, f"no {block.type} {' '.join(block.labels)} to override")


def _merged(base: Block, over: Block) -> Block:
    """Attributes of the override win; its nested blocks replace all of their type, but ``lifecycle`` merges."""
    attributes = {**base.body.attributes, **over.body.attributes}
    if "count" in over.body.attributes:
        attributes.pop("for_each", None)
    if "for_each" in over.body.attributes:
        attributes.pop("count", None)
    replaced = {_nested_type(block) for block in over.body.blocks}
    blocks = [block for block in base.body.blocks if _nested_type(block) not in replaced or block.type == "lifecycle"]
    for block in over.body.blocks:
        at = next((i for i, old in enumerate(blocks) if old.type == block.type == "lifecycle"), None)
        if at is None:
            blocks.append(block)
        else:
            blocks[at] = _merged(blocks[at], block)
    return replace(base, body=Body(attributes, tuple(blocks)))


def _nested_type(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def folders_with_configuration(directory: Path, limit: int = 3) -> Iterable[str]:
    """Names of sub-folders, nearest first, that hold configuration: for the message that this one holds none."""
    found: list[str] = []
    level = [directory]
    for _ in range(4):
        below: list[Path] = []
        for folder in level[:200]:
            try:
                children = sorted(c for c in folder.iterdir() if c.is_dir() and not c.is_symlink())
            except OSError:
                continue
            below.extend(child for child in children if not child.name.startswith("."))
        found.extend(str(child.relative_to(directory)) for child in below if configuration_files(child))
        if found:
            break
        level = below
    return found[:limit]
