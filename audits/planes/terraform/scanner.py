"""Prepares a text in HCL for python-hcl2's grammar, which knows less of the language than Terraform does.

The scanner walks the source once. It takes out what the grammar gets wrong and remembers where it was:

* quoted templates and heredocs become ``"n"``, the number of a :class:`TemplateSource`, and the expressions inside
  of them become attributes of their own at the end of the text, so that one parse sees them all;
* comments go; newlines inside parentheses, brackets and ``for`` objects become spaces;
* identifiers beyond ASCII become plain ones, chains of unary operators become the last of them, and a minus is never
  left where it could be read as part of a number.

Every offset in the prepared text leads back to one in the source, so lines and columns stay those of the source.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

from audits.planes.terraform.nodes import SourceSyntaxError

DEEPEST = 250
"""How deep brackets and templates may nest. Terraform itself has no bound; nothing written by people comes near."""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+)
    | (?P<newline>\n)
    | (?P<comment>\#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    | (?P<name>[^\W\d][\w-]*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<quote>")
    | (?P<heredoc><<(?P<flush>-?)(?P<marker>[^\W\d][\w.-]*)\r?\n)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<not>!(?!=))
    | (?P<minus>-)
    | (?P<strip>~(?=\}))
    | (?P<other>[=!<>]=|=>|&&|\|\||\.\.\.|::|[.,:?=<>+*/%])""",
    re.VERBOSE,
)
# Possessive: what was taken for space or a comment is never tried as anything else.
_FOR_OBJECT = re.compile(
    r"(?:\s|#[^\n]*+\n|//[^\n]*+\n|/\*(?:[^*]|\*(?!/))*+\*/)*+for\s++[^\W\d][\w-]*+\s*+(?:,|in\b)", re.DOTALL
)
_QUOTED = re.compile(r'[^"\\$%\n]+|\\.|\$\$\{|%%\{|\$\{~?|%\{~?|[$%]|"|\n|\\', re.DOTALL)
_BARE = re.compile(r"[^$%\n]+|\$\$\{|%%\{|\$\{~?|%\{~?|[$%]|\n")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]*")
_PLAIN = re.compile(rf"[ \t]*({_NAME.pattern}(?:\.{_NAME.pattern})*)[ \t]*(~?)\}}")
_DIRECTIVE = re.compile(r"\s*(if|else|endif|for|endfor)\b")
_FOR_HEADER = re.compile(r"\s*([^\W\d][\w-]*)\s*(?:,\s*([^\W\d][\w-]*)\s*)?in\b")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_PAIRS = {"(": ")", "[": "]", "{": "}"}

PartKind = Literal["text", "value", "if", "else", "endif", "for", "endfor", "end"]


@dataclass(slots=True)
class Part:
    """A piece of a template: ``text``, a ``${value}`` or a directive, whose expression is chunk ``chunk``.

    For the plainest of expressions, names with dots between them, ``names`` says it all (each with its offset).
    """

    kind: PartKind
    position: int
    text: str = ""
    chunk: int = -1
    key: str = ""
    value: str = ""
    strip_before: bool = False
    strip_after: bool = False
    names: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class TemplateSource:
    """The parts of one quoted template or heredoc, in order."""

    position: int
    parts: list[Part]
    heredoc: bool = False
    flush: bool = False


@dataclass(slots=True)
class Output:
    """Prepared text: its pieces, and where each came from."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    starts: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    unary: dict[int, str] = field(default_factory=dict)

    def emit(self, text: str, source: int) -> None:
        """Add text that stands for what is at ``source``."""
        if not self.starts or source - self.sources[-1] != self.length - self.starts[-1]:
            self.starts.append(self.length)
            self.sources.append(source)
        self.pieces.append(text)
        self.length += len(text)

    def source_of(self, position: int) -> int:
        """The offset in the source of an offset in the prepared text."""
        at = bisect_right(self.starts, position) - 1
        return self.sources[at] + position - self.starts[at] if at >= 0 else 0


@dataclass(slots=True)
class _Code:
    """Where the scanner is in code.

    ``flat``: newlines mean nothing here. ``run``: unary operators not yet written, the first at ``run_at``.
    ``operand``: the last token ended an operand, so that a minus is binary. ``stack``: open brackets, each with what
    ``flat`` was before it.
    """

    output: Output
    inner: bool
    start: int
    flat: bool
    run: str = ""
    run_at: int = 0
    operand: bool = False
    strip: bool = False
    stack: list[tuple[str, bool]] = field(default_factory=list)


class Scanner:
    """Scans one source text. ``output``, ``templates`` and ``chunks`` hold the result after :meth:`run`."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.output = Output()
        self.templates: list[TemplateSource] = []
        self.chunks: list[Output] = []
        self.depth = 0

    def run(self) -> None:
        """Scan a whole file: a body. Raises SourceSyntaxError."""
        self._code(0, self.output, inner=False)
        self._append_chunks()

    def run_template(self) -> TemplateSource:
        """Scan a text that is one template, as the file of a ``templatefile``. Raises SourceSyntaxError."""
        parts, _ = self._template(0, "bare")
        self._append_chunks()
        return TemplateSource(0, parts, heredoc=True)

    def _append_chunks(self) -> None:
        output = self.output
        for number, chunk in enumerate(self.chunks):
            position = chunk.sources[0] if chunk.sources else 0
            output.emit(f"\n_{number} = ", position)
            shift = output.length
            output.pieces.extend(chunk.pieces)
            output.length += chunk.length
            output.starts.extend(start + shift for start in chunk.starts)
            output.sources.extend(chunk.sources)
            output.names.update({start + shift: name for start, name in chunk.names.items()})
            output.unary.update({start + shift: run for start, run in chunk.unary.items()})
        output.emit("\n", len(self.source))

    def error(self, message: str, position: int) -> SourceSyntaxError:
        """The error to raise for what is at ``position``."""
        line, column = line_and_column(self.source, position)
        return SourceSyntaxError(message, line, column)

    def _deeper(self, position: int) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"nested more than {DEEPEST} deep", position)

    def _code(self, position: int, output: Output, inner: bool) -> tuple[int, bool]:
        """Scan code up to the end, or (``inner``) to the brace that closes a template sequence.

        Returns the offset after it, and whether ``~`` stood before it.
        """
        state = _Code(output, inner, position, flat=inner)
        source, length, match_token = self.source, len(self.source), _TOKEN.match
        while position < length:
            match = match_token(source, position)
            if match is None:
                raise self.error(f"unexpected character {source[position]!r}", position)
            kind = match.lastgroup or ""
            if kind == "not" or (kind == "minus" and not state.operand):
                state.run_at = state.run_at if state.run else position
                state.run += match.group()
                position = match.end()
            elif kind == "space" or kind == "comment" or (kind == "newline" and state.flat):
                if output.pieces and output.pieces[-1] != " ":
                    output.emit(" ", position)
                position = match.end()
            elif kind == "close" and inner and not state.stack and match.group() == "}":
                self._end_run(state, closed=True)
                return match.end(), state.strip
            else:
                self._end_run(state)
                position = self._token(state, kind, match)
        self._end_run(state, closed=True)
        if inner or state.stack:
            what = "template sequence" if inner else f"{state.stack[-1][0]!r}"
            raise self.error(f"{what} is not closed", state.start if inner else length)
        return position, state.strip

    def _end_run(self, state: _Code, closed: bool = False) -> None:
        """Write the last of a chain of unary operators, and remember the others."""
        if not state.run:
            return
        if closed:
            raise self.error("an expression is missing", state.run_at)
        if len(state.run) > 1:
            state.output.unary[state.output.length] = state.run[:-1]
        state.output.emit(state.run[-1] + " ", state.run_at)
        state.run = ""

    def _token(self, state: _Code, kind: str, match: re.Match[str]) -> int:
        """Write one token, and what belongs to it. Returns the offset after it."""
        output, position, text = state.output, match.start(), match.group()
        if kind == "name":
            if not text.isascii():
                output.names[output.length] = text
            output.emit(self._grammatical(text, match.end()), position)
            state.operand = text not in ("in", "if", "else")
        elif kind == "quote" or match["heredoc"] is not None:
            state.operand = True
            return self._string(position, output) if kind == "quote" else self._heredoc(position, match, output)
        elif kind == "open" or kind == "close":
            self._bracket(state, kind, text, position)
        elif kind == "strip":
            if state.stack or not state.inner:
                raise self.error("unexpected '~'", position)
            state.strip = True
        else:
            output.emit("- " if kind == "minus" else text, position)
            state.operand = kind == "number"
        return match.end()

    def _grammatical(self, name: str, end: int) -> str:
        """A name as the grammar takes it: of a function with a namespace it wants three parts, not ``core::upper``."""
        if name == "core" and self.source.startswith("::", end):
            return "core::core"
        return name if name.isascii() else "u_"

    def _bracket(self, state: _Code, kind: str, text: str, position: int) -> None:
        if kind == "open":
            self._deeper(position)
            state.stack.append((text, state.flat))
            state.flat = text != "{" or _FOR_OBJECT.match(self.source, position + 1) is not None
        else:
            if not state.stack or _PAIRS[state.stack[-1][0]] != text:
                raise self.error(f"unexpected {text!r}", position)
            state.flat = state.stack.pop()[1]
            self.depth -= 1
        state.output.emit(text, position)
        state.operand = kind == "close"

    def _register(self, template: TemplateSource, position: int, output: Output) -> None:
        output.emit(f'"{len(self.templates)}"', position)
        self.templates.append(template)

    def _string(self, position: int, output: Output) -> int:
        parts, end = self._template(position + 1, "quoted")
        self._register(TemplateSource(position, parts), position, output)
        return end

    def _heredoc(self, position: int, match: re.Match[str], output: Output) -> int:
        marker = match["marker"]
        parts, end = self._template(match.end(), "heredoc", marker)
        self._register(TemplateSource(position, parts, True, match["flush"] == "-"), position, output)
        return end

    def _template(self, position: int, mode: str, marker: str = "") -> tuple[list[Part], int]:
        """Scan a template up to its end. Returns its parts and the offset after it."""
        parts: list[Part] = []
        text: list[str] = []
        start = text_at = position
        source, length = self.source, len(self.source)
        pattern = _QUOTED if mode == "quoted" else _BARE
        closing = re.compile(rf"[ \t]*{re.escape(marker)}[ \t]*(?=\r?\n|\Z)") if mode == "heredoc" else None
        line_start = True

        def flush() -> None:
            if text:
                parts.append(Part("text", text_at, "".join(text)))
                text.clear()

        while True:
            if closing is not None and line_start:
                found = closing.match(source, position)
                if found:
                    flush()
                    return parts, found.end()
            if position >= length:
                if mode == "bare":
                    flush()
                    return parts, position
                raise self.error("the template is not closed", start)
            match = pattern.match(source, position)
            assert match is not None
            token = match.group()
            line_start = token == "\n"
            if not text:
                text_at = position
            if token in ("${", "${~", "%{", "%{~"):
                flush()
                part, position = self._sequence(match)
                parts.append(part)
                continue
            if mode == "quoted" and token == '"':
                flush()
                return parts, match.end()
            if mode == "quoted" and token == "\n":
                raise self.error("a quoted text must end on its own line", position)
            if mode == "quoted" and token[0] == "\\":
                position = self._escape(position, text)
                continue
            text.append(token[1:] if token in ("$${", "%%{") else token)
            if line_start and mode != "quoted":
                flush()
            position = match.end()

    def _escape(self, position: int, text: list[str]) -> int:
        letter = self.source[position + 1 : position + 2]
        if letter in _ESCAPES and letter:
            text.append(_ESCAPES[letter])
            return position + 2
        digits = {"u": 4, "U": 8}.get(letter, 0)
        code = self.source[position + 2 : position + 2 + digits]
        if not digits or not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", code) or int(code, 16) > 0x10FFFF:
            raise self.error("invalid escape sequence", position)
        number = int(code, 16)
        text.append("\ufffd" if 0xD800 <= number < 0xE000 else chr(number))
        return position + 2 + digits

    def _sequence(self, match: re.Match[str]) -> tuple[Part, int]:
        """Scan ``${…}`` or ``%{…}``. Returns the part and the offset after it."""
        opening, position = match.group(), match.end()
        part = Part("value", match.start(), strip_before=opening.endswith("~"))
        plain = _PLAIN.match(self.source, position)
        if plain and opening[0] == "$" and plain[1] not in ("true", "false", "null"):
            part.names = tuple((name.start(), name.group()) for name in _NAME.finditer(self.source, *plain.span(1)))
            part.strip_after = plain[2] == "~"
            return part, plain.end()
        self._deeper(match.start())
        if opening[0] == "%":
            position = self._directive(part, position)
        chunk = Output()
        end, part.strip_after = self._code(position, chunk, inner=True)
        self.depth -= 1
        empty = not "".join(chunk.pieces).strip()
        if part.kind in ("else", "endif", "endfor"):
            if not empty:
                raise self.error(f"unexpected expression after {part.kind!r}", position)
        elif empty:
            raise self.error("an expression is missing", position)
        else:
            part.chunk = len(self.chunks)
            self.chunks.append(chunk)
        return part, end

    def _directive(self, part: Part, position: int) -> int:
        keyword = _DIRECTIVE.match(self.source, position)
        if keyword is None:
            raise self.error("expected if, else, endif, for or endfor", position)
        part.kind = keyword[1]  # type: ignore[assignment]
        position = keyword.end()
        if part.kind == "for":
            header = _FOR_HEADER.match(self.source, position)
            if header is None:
                raise self.error("expected 'for name in'", position)
            part.key, part.value = (header[1], header[2]) if header[2] else ("", header[1])
            position = header.end()
        return position


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset."""
    line_start = text.rfind("\n", 0, position) + 1
    return text.count("\n", 0, position) + 1, position - line_start + 1
