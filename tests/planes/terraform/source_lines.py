"""Where every attribute and block of a configuration stands, read without the evaluator's parser.

A scanner of its own, which knows strings, templates, heredocs, comments and brackets and nothing else, and PyYAML's
node positions for JSON: what the evaluator says of files and lines is checked against it, and what it leaves out is
noticed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

Place = tuple[str, int]
"""File, as it is reported (from the root module's folder), and line."""

_WORD = re.compile(r"[^\W\d][\w-]*")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t]*\r?\n")
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1}
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(slots=True)
class Written:
    """A block as it is written: ``attributes`` by name with the place of each, nested blocks in order."""

    place: Place
    type: str = ""
    labels: tuple[str, ...] = ()
    attributes: dict[str, Place] = field(default_factory=dict)
    blocks: list[Written] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def walk(self) -> Iterator[Written]:
        """This block and every one in it."""
        yield self
        for block in self.blocks:
            yield from block.walk()

    def content(self) -> Written:
        """The block whose attributes count: a ``dynamic`` block's ``content``."""
        return next((b for b in self.blocks if b.type == "content"), self) if self.type == "dynamic" else self

    def of_type(self, name: str) -> list[Written]:
        """The nested blocks of one type, dynamic ones by their content, in order."""
        return [block.content() for block in self.blocks if nested_type(block) == name]


def nested_type(block: Written) -> str:
    """The type of a nested block, also of a dynamic one."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


class _Scanner:
    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.at = text, file, 0

    def place(self) -> Place:
        return self.file, self.text.count("\n", 0, self.at) + 1

    def space(self, newlines: bool) -> None:
        """Skip what says nothing."""
        while self.at < len(self.text):
            if self.text.startswith(("#", "//"), self.at):
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text.startswith("/*", self.at):
                self.at = self.text.index("*/", self.at) + 2
            elif self.text[self.at] in (" \t\r\n" if newlines else " \t\r"):
                self.at += 1
            else:
                return

    def body(self, block: Written) -> Written:
        while True:
            self.space(newlines=True)
            if self.at >= len(self.text) or self.text[self.at] == "}":
                self.at += 1
                return block
            self.statement(block)

    def statement(self, block: Written) -> None:
        place, name = self.place(), self.word()
        self.space(newlines=False)
        if self.text[self.at] == "=":
            block.attributes[name] = place
            start = self.at = self.at + 1
            self.expression()
            block.sources[name] = self.text[start : self.at].strip()
            return
        labels = []
        while self.text[self.at] != "{":
            if self.text[self.at] == '"':
                start = self.at
                self.string()
                labels.append(self.text[start + 1 : self.at - 1])
            else:
                labels.append(self.word())
            self.space(newlines=False)
        self.at += 1
        block.blocks.append(self.body(Written(place, name, tuple(labels))))

    def word(self) -> str:
        found = _WORD.match(self.text, self.at)
        assert found is not None, f"{self.place()}: a name is expected"
        self.at = found.end()
        return found.group()

    def expression(self) -> None:
        """Up to the end of the line, outside of all brackets; or the end of a block on one line."""
        depth = 0
        while self.at < len(self.text):
            self.space(newlines=depth > 0)
            letter = self.text[self.at : self.at + 1]
            heredoc = _HEREDOC.match(self.text, self.at)
            if heredoc:
                self.heredoc(heredoc)
            elif letter == '"':
                self.string()
            elif depth == 0 and letter in ("\n", "}", ""):
                return
            else:
                depth += (letter in _OPEN) - (letter in _CLOSE) if letter else 0
                self.at += 1

    def heredoc(self, start: re.Match[str]) -> None:
        end = re.compile(rf"^[ \t]*{start[2]}[ \t]*\r?$", re.MULTILINE).search(self.text, start.end() - 1)
        assert end is not None, f"{self.place()}: a heredoc without end"
        self.at = end.end()

    def string(self) -> None:
        self.at += 1
        while self.text[self.at] != '"':
            if self.text[self.at] == "\\":
                self.at += 2
            elif self.text.startswith(("$${", "%%{"), self.at):
                self.at += 3
            elif self.text.startswith(("${", "%{"), self.at):
                self.at += 2
                self.template()
            else:
                self.at += 1
        self.at += 1

    def template(self) -> None:
        depth = 1
        while depth:
            letter = self.text[self.at]
            if letter == '"':
                self.string()
                continue
            depth += (letter == "{") - (letter == "}")
            self.at += 1


def scan(text: str, file: str) -> Written:
    """The blocks of a ``.tf`` file."""
    return _Scanner(text, file).body(Written((file, 1)))


def scan_json(text: str, file: str) -> Written:
    """The blocks of a ``.tf.json`` file. An object is an attribute and a block: only the provider can tell which."""
    top = Written((file, 1))
    for key, value in _pairs(yaml.compose(text)):
        for labels, place, node in _labelled(key, value, _LABELS.get(key.value, 0), file):
            top.blocks.append(_json_block(node, Written(place, key.value, labels), file))
    return top


def _pairs(node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.SequenceNode):
        for element in node.value:
            yield from _pairs(element)
    elif isinstance(node, yaml.MappingNode):
        yield from ((key, value) for key, value in node.value if key.value != "//")


def _labelled(
    key: yaml.ScalarNode, value: yaml.Node, depth: int, file: str
) -> Iterator[tuple[tuple[str, ...], Place, yaml.Node]]:
    if depth:
        for label, inner in _pairs(value):
            for labels, place, node in _labelled(label, inner, depth - 1, file):
                yield (label.value, *labels), place, node
    elif isinstance(value, yaml.SequenceNode):
        for element in value.value:
            yield (), (file, element.start_mark.line + 1), element
    else:
        yield (), (file, key.start_mark.line + 1), value


def _json_block(node: yaml.Node, block: Written, file: str) -> Written:
    for key, value in _pairs(node):
        place = (file, key.start_mark.line + 1)
        if key.value == "dynamic":
            for labels, at, inner in _labelled(key, value, 1, file):
                block.blocks.append(_json_block(inner, Written(at, "dynamic", labels), file))
            continue
        block.attributes[key.value] = place
        block.sources[key.value] = value.value if isinstance(value, yaml.ScalarNode) else ""
        for _, at, inner in _labelled(key, value, 0, file):
            if isinstance(inner, yaml.MappingNode):
                block.blocks.append(_json_block(inner, Written(at, key.value), file))
    return block


@dataclass(slots=True)
class Folder:
    """A module's folder: its blocks with override files merged in, as Terraform merges them."""

    blocks: dict[tuple[str, ...], Written]

    def block_at(self, place: Place) -> Written | None:
        """The merged block that starts there."""
        return next((block for block in self.blocks.values() if block.place == place), None)


def scan_folder(folder: Path, root: Path) -> Folder:
    """All blocks in a module's folder by type and labels. ``root`` is where reported names start."""
    paths = sorted(p for p in folder.iterdir() if p.name.endswith((".tf", ".tf.json")))
    over = [p for p in paths if re.fullmatch(r"(?:.*_)?override\.tf(?:\.json)?", p.name)]
    result = Folder({})
    for path in [*(p for p in paths if p not in over), *over]:
        name = os.path.relpath(path, root).replace(os.sep, "/")
        text = path.read_bytes().decode("utf-8-sig")
        for number, block in enumerate((scan_json if name.endswith(".json") else scan)(text, name).blocks):
            key = (block.type, *block.labels)
            if block.type not in _LABELS or block.type in ("provider", "check"):
                key = (*key, name, str(number))
            if path in over and key in result.blocks:
                _merge(result.blocks[key], block)
            else:
                result.blocks[key] = block
    return result


def _merge(base: Written, over: Written) -> None:
    base.attributes.update(over.attributes)
    base.sources.update(over.sources)
    replaced = {nested_type(block) for block in over.blocks} - {"lifecycle"}
    base.blocks = [block for block in base.blocks if nested_type(block) not in replaced] + over.blocks
