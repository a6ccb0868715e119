"""From the parts of a template to nodes: strip markers, indentation of heredocs, nesting of directives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audits.planes.terraform import nodes
from audits.planes.terraform.nodes import Expression, SourceSyntaxError
from audits.planes.terraform.scanner import Part, TemplateSource
from audits.planes.terraform.texts import nfc


@dataclass(frozen=True, slots=True)
class TemplateBuilder:
    """``expression`` gives the node of a chunk, ``place`` the line and column of an offset."""

    expression: Callable[[int], Expression]
    place: Callable[[int], tuple[int, int]]

    def build(self, source: TemplateSource) -> Expression:
        """The node of a template: a Literal if nothing in it is to be evaluated. Raises SourceSyntaxError."""
        parts = _strip(source.parts)
        if source.flush:
            _flush_indentation(parts)
        line, column = self.place(source.position)
        built, end = self._sequence(parts, 0, ())
        if end < len(parts):
            raise self._error(f"unexpected {parts[end].kind!r}", parts[end])
        if not built:
            return nodes.Literal(line, column, "")
        if len(built) == 1:
            only = built[0]
            if isinstance(only, nodes.Literal) and parts[0].kind == "text":
                return nodes.Literal(line, column, only.value)
            if parts[0].kind == "value" and len(parts) == 1:
                return nodes.Template(line, column, built, wrap=True)
        return nodes.Template(line, column, built)

    def _error(self, message: str, part: Part) -> SourceSyntaxError:
        return SourceSyntaxError(message, *self.place(part.position))

    def _sequence(self, parts: list[Part], at: int, until: tuple[str, ...]) -> tuple[tuple[Expression, ...], int]:
        """Nodes of the parts from ``at`` up to one of the directives ``until``, and where that one is."""
        result: list[Expression] = []
        while at < len(parts):
            part = parts[at]
            if part.kind in until or part.kind in ("else", "endif", "endfor"):
                break
            if part.kind == "text":
                text = [part.text]
                while at + 1 < len(parts) and parts[at + 1].kind == "text":
                    at += 1
                    text.append(parts[at].text)
                if any(text):
                    result.append(nodes.Literal(*self.place(part.position), nfc("".join(text))))
            elif part.kind == "value":
                result.append(self._names(part) if part.names else self.expression(part.chunk))
            else:
                node, at = self._if(parts, at) if part.kind == "if" else self._for(parts, at)
                result.append(node)
            at += 1
        return tuple(result), at

    def _names(self, part: Part) -> Expression:
        (at, first), *rest = part.names
        place = self.place(at)
        node: Expression = nodes.Name(*place, first)
        for _, name in rest:
            node = nodes.GetAttribute(*place, node, name)
        return node

    def _if(self, parts: list[Part], at: int) -> tuple[Expression, int]:
        start = parts[at]
        then, at = self._sequence(parts, at + 1, ("else", "endif"))
        otherwise: tuple[Expression, ...] = ()
        if at < len(parts) and parts[at].kind == "else":
            otherwise, at = self._sequence(parts, at + 1, ("endif",))
        if at >= len(parts) or parts[at].kind != "endif":
            raise self._error("'if' without 'endif'", start)
        return nodes.TemplateIf(*self.place(start.position), self.expression(start.chunk), then, otherwise), at

    def _for(self, parts: list[Part], at: int) -> tuple[Expression, int]:
        start = parts[at]
        body, at = self._sequence(parts, at + 1, ("endfor",))
        if at >= len(parts) or parts[at].kind != "endfor":
            raise self._error("'for' without 'endfor'", start)
        place = self.place(start.position)
        return nodes.TemplateFor(*place, start.key, start.value, self.expression(start.chunk), body), at


def _strip(parts: list[Part]) -> list[Part]:
    """The parts after the strip markers did their work: each on the one neighbouring text (in heredocs, a line)."""
    for index, part in enumerate(parts):
        if part.strip_before and index and parts[index - 1].kind == "text":
            parts[index - 1].text = parts[index - 1].text.rstrip()
        if part.strip_after and index + 1 < len(parts) and parts[index + 1].kind == "text":
            parts[index + 1].text = parts[index + 1].text.lstrip()
    return parts


def _flush_indentation(parts: list[Part]) -> None:
    """Takes away the indentation that all lines of a ``<<-`` heredoc have in common (blank lines do not count)."""
    smallest: int | None = None
    adjust: list[Part] = []
    newline = True
    for part in parts:
        if newline:
            newline = False
            spaces: int | None = 0
            if part.kind == "text":
                trimmed = part.text.lstrip()
                if not trimmed and part.text.endswith("\n"):
                    spaces = None
                else:
                    spaces = len(part.text) - len(trimmed)
                    adjust.append(part)
            if spaces is not None:
                smallest = spaces if smallest is None else min(smallest, spaces)
        if part.kind == "text" and part.text.endswith("\n"):
            newline = True
    for part in adjust:
        part.text = part.text[smallest or 0 :]
