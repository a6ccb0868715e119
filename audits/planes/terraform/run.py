"""What one reading of a configuration shares: where it is, what was found wrong, and what was computed already."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from audits.model import Cause, Finding, Gap, Origin, Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.cache import ParseCache
from audits.planes.terraform.configuration import ModuleSource, load_module
from audits.planes.terraform.knowledge import Knowledge
from audits.planes.terraform.nodes import Body, Problem, SourceSyntaxError
from audits.planes.terraform.parsing import kind_of, parser_of
from audits.planes.terraform.paths import is_there
from audits.planes.terraform.values import Exhausted, TerraformValue

MOST_ROUNDS = 250_000
"""Rounds of ``for`` and splat in one reading: some seconds of work."""

MOST_MODULES = 5_000
"""Module instances in one reading. Modules that call modules multiply: beyond that they are as if they were missing."""

MUCH = 100 * 1024
"""Characters of source that one process parses alone; of a tree that is no larger, others have nothing to do."""

INVALID = "invalid configuration"


@dataclass(slots=True)
class Memo:
    """Remembers what was computed, and notices what depends on itself."""

    done: dict[tuple[str, str], Any] = field(default_factory=dict)
    active: dict[tuple[str, str], None] = field(default_factory=dict)

    def get(self, key: tuple[str, str], compute: Callable[[], Any], on_cycle: Callable[[tuple[str, ...]], Any]) -> Any:
        """The result for ``key``; ``on_cycle`` gets the members (addresses) if it is being computed already."""
        if key in self.done:
            return self.done[key]
        if key in self.active:
            keys = list(self.active)
            return on_cycle(tuple(member[0] for member in keys[keys.index(key) :]))
        self.active[key] = None
        try:
            result = compute()
        finally:
            self.active.pop(key, None)
        self.done[key] = result
        return result


class Run:
    """The state of one call of :func:`audits.planes.terraform.read`."""

    def __init__(self, root: Path, workspace: str, cache: ParseCache, knowledge: Knowledge | None = None) -> None:
        self.root = root
        self.knowledge = knowledge
        self.workspace = workspace
        self.cache = cache
        self.memo = Memo()
        self.gaps: dict[tuple[str, str], Gap] = {}
        self.findings: dict[tuple[str, int | None, str], Finding] = {}
        self._sources: dict[Path, ModuleSource] = {}
        self._rounds = 0
        self._modules = 0
        self._parsed = 0
        self._templates: dict[str, Body] = {}

    def spend(self, rounds: int) -> None:
        """Account for rounds of loops. Raises Exhausted beyond what any configuration needs."""
        self._rounds += rounds
        if self._rounds > MOST_ROUNDS:
            raise Exhausted(f"more than {MOST_ROUNDS} rounds of loops")

    def has_room(self, modules: int) -> bool:
        """Account for module instances; whether they may be made. The first that may not leave a gap for them all."""
        if self._modules + modules <= MOST_MODULES:
            self._modules += modules
            return True
        detail = f"modules that call modules make more than {MOST_MODULES} instances: the others were not read"
        self.gap(Gap("terraform", None, ".", "too many modules", detail, "audit the called modules one by one"))
        return False

    def name_of(self, path: Path) -> str:
        """A path as it is reported: from the folder that was asked for, with ``../`` where it lies outside."""
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def parse(self, text: str, file: str) -> Body:
        """The body of a file, from the cache if it is there. Raises SourceSyntaxError."""
        kind = kind_of(file)
        body = self.cache.get(text, kind, file)
        if body is None and self._much_to_parse(text):
            from audits.planes.terraform.parse_ahead import parse_ahead

            parse_ahead(self.root, self.cache)
            body = self.cache.get(text, kind, file)
        if body is None:
            body = parser_of(kind)(text, file)
            self.cache.put(text, kind, body)
        return body

    def _much_to_parse(self, text: str) -> bool:
        """Whether so much was parsed, just now for the first time, that others should help with the rest."""
        before, self._parsed = self._parsed, self._parsed + len(text)
        return before < MUCH <= self._parsed

    def template(self, text: str, file: str) -> nodes.Expression:
        """The node of a template file's text, from the cache if it is there. Raises SourceSyntaxError."""
        body = self._templates.get(text) or self.cache.get(text, "template", file)
        if body is None:
            from audits.planes.terraform.syntax import parse_template

            body = Body({"": nodes.Attribute(file, 1, 1, "", parse_template(text, file))}, ())
            self.cache.put(text, "template", body)
        self._templates[text] = body
        return body.attributes[""].expression

    def source(self, directory: Path) -> ModuleSource:
        """The configuration of a folder, read once; what is wrong with it is reported once."""
        directory = Path(os.path.normpath(directory))
        if directory not in self._sources:
            source = load_module(directory, self.parse, self.name_of)
            self._sources[directory] = source
            for problem in source.unread:
                self.unreadable_file(problem)
            for problem in source.problems:
                self.report(problem.file, problem.line, problem.column, problem.message)
        return self._sources[directory]

    def unreadable_file(self, problem: Problem) -> None:
        """Report a file that could not be read: anything may be in it."""
        place = f"{problem.file}:{problem.line}"
        origin = Origin(problem.file, problem.line, problem.column)
        self.gap(
            Gap(
                "terraform",
                None,
                place,
                "syntax error",
                problem.message,
                f"correct {problem.file}: 'terraform validate' shows what is wrong",
                origin=origin,
            )
        )

    def gap(self, gap: Gap) -> None:
        """Report what could not be read, once."""
        self.gaps.setdefault((gap.scope, gap.cause), gap)

    def finding(self, title: str, detail: str, origin: Origin) -> None:
        """Report something wrong in the source, once a place."""
        self.findings.setdefault((origin.file or "", origin.line, detail), Finding("terraform", title, detail, origin))

    def report(self, file: str, line: int, column: int, message: str) -> None:
        """Report what Terraform would refuse."""
        self.finding(INVALID, message, Origin(file, line, column))

    def cycle(self, members: tuple[str, ...], place: nodes.Attribute | nodes.Block) -> Unknown:
        """What depends on itself: reported, and Unknown, with its members named."""
        text = " → ".join((*members, members[0]))
        self.finding("dependency cycle", text, Origin(place.file, place.line, place.column))
        return Unknown(Cause.CYCLE, detail=text)

    @cached_property
    def checkout(self) -> Path | None:
        """The enclosing checkout, if the folder is in one."""
        folders = (self.root, *self.root.parents)
        return next((folder for folder in folders if is_there(folder / ".git")), None)

    @cached_property
    def tree(self) -> Path:
        """The folder beyond which no function reads: the enclosing checkout, else what all modules share."""
        return self.checkout or Path(os.path.commonpath([self.root, *_local_modules(self, self.root, set())]))

    def may_read(self, directory: Path, local: bool) -> bool:
        """Whether a module's folder may be read: nothing beyond the checkout is.

        Where there is none, a relative source (``local``) leads where its author wrote; what the listing of installed
        modules says must lie below the root.
        """
        inside = self.checkout or (None if local else self.root)
        if inside is None:
            return True
        real, limit = Path(os.path.realpath(directory)), Path(os.path.realpath(inside))
        return real == limit or limit in real.parents


def _local_modules(run: Run, directory: Path, seen: set[Path]) -> set[Path]:
    """The folders of the local modules that are called from here, directly or not."""
    if directory in seen or len(seen) > 1_000:
        return seen
    seen.add(directory)
    for block in run.source(directory).calls.values():
        attribute = block.body.attributes.get("source")
        text = getattr(attribute.expression, "value", None) if attribute else None
        if isinstance(text, str) and text.startswith(("./", "../")):
            _local_modules(run, Path(os.path.normpath(directory / text)), seen)
    return seen


def parse_or_none(run: Run, path: Path, text: str) -> Body | None:
    """The body of a file of values (``.tfvars``); a file that cannot be parsed is a gap."""
    name = run.name_of(path)
    try:
        return run.parse(text, name)
    except SourceSyntaxError as error:
        run.unreadable_file(Problem(name, error.line, error.column, error.message))
        return None


Inputs = Mapping[str, Callable[[], TerraformValue]]
