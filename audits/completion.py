"""Completion of the command line: what may stand at the last word, and the scripts by which shells ask for it.

The scripts know nothing: each calls ``glimpse-audit complete WORD…`` with the words so far, the last of which is the
one to complete. It answers a candidate a line, or :data:`FILES` where the shell's own completion of paths is meant.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

FILES = ":files"
"""What is answered where a path is meant."""
_PATHS = frozenset({"FILE", "DIR", "PATH", "RUN", "run.json"})
Names = Callable[[Sequence[str]], Iterable[str]]
"""The candidates of a value, from the words so far."""

SHELLS: Mapping[str, str] = {
    "bash": """\
# glimpse-audit completion bash, as in: eval "$(glimpse-audit completion bash)"
_glimpse_audit() {
    local words=("${COMP_WORDS[@]:1:COMP_CWORD}") current=${COMP_WORDS[COMP_CWORD]} line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o filenames 2> /dev/null
            [[ $current == = ]] && current=
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
            return
        fi
        [[ $line == *= ]] && compopt -o nospace 2> /dev/null
        COMPREPLY+=("$line")
    done < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2> /dev/null)
}
complete -F _glimpse_audit glimpse-audit
""",
    "zsh": """\
#compdef glimpse-audit
# glimpse-audit completion zsh, as in: eval "$(glimpse-audit completion zsh)", after compinit
_glimpse_audit() {
    local -a found
    found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2> /dev/null)}")
    if [[ ${found[1]} == :files ]]; then
        compset -P '*='
        _files
    else
        compadd -- ${found:#*=}
        compadd -S '' -- ${(M)found:#*=}
    fi
}
compdef _glimpse_audit glimpse-audit
""",
    "fish": """\
# glimpse-audit completion fish, as in: glimpse-audit completion fish | source
function __glimpse_audit
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] 2> /dev/null)
    if test "$found[1]" = :files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c glimpse-audit -f -a '(__glimpse_audit)'
""",
}


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a command that argparse does not know (those of ``run`` are pytest's)."""

    name: str
    metavar: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What completing knows beyond the parser.

    ``values``: candidates by the name of an argument (``id``, ``kind``) or of an option (``--report``). ``more``: by
    command, options that its parser does not hold, asked for only where they are needed.
    """

    values: Mapping[str, Names] = field(default_factory=dict)
    more: Mapping[str, Callable[[], Sequence[Option]]] = field(default_factory=dict)


def candidates(parser: argparse.ArgumentParser, words: Sequence[str], known: Known) -> list[str]:
    """What may stand in place of the last word; ``[FILES]`` for a path, none where nothing is known.

    bash parts words at ``=``; both ``--option = value`` and ``--option=value`` are understood.
    """
    *before, current = words or [""]
    if current == "=":
        before, current = [*before, "="], ""
    command, rest = _command(parser, before)
    name = rest[0] if rest else ""
    options = list(_options(command)) + (list(known.more[name]()) if name in known.more else [])
    taking = {one.name: one for one in options}
    joined, _, part = current.partition("=")
    if joined.startswith("-") and "=" in current:
        return [f"{joined}={one}" for one in _value(taking.get(joined), words, part, known) if one != FILES]
    option = _awaited(before, taking)
    if option is not None:
        after = before[-1] == "=" and before[-2].startswith("-")
        # What follows the sign within a value (json=run.json) is a path.
        inner = before[-1] == "=" and not after
        return [FILES] if inner else list(_value(option, words, current, known))
    if current.startswith("-"):
        return sorted(one.name for one in options if one.name.startswith(current))
    return list(_positional(command, words, current, known))


def _command(parser: argparse.ArgumentParser, before: Sequence[str]) -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser of the command that the words name, and the names that lead there."""
    names: list[str] = []
    for word in before:
        found = next((one for one in parser._actions if isinstance(one, argparse._SubParsersAction)), None)
        if found is None:
            break
        if word in found.choices:
            parser = found.choices[word]
            names.append(word)
    return parser, names


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:
        for name in action.option_strings:
            if action.nargs == 0:
                yield Option(name)
            else:
                metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
                yield Option(name, metavar, tuple(map(str, action.choices or ())))


def _awaited(before: Sequence[str], taking: Mapping[str, Option]) -> Option | None:
    """The option whose value the last word is, if any: ``--to X``, ``--to = X``, ``--report json = X``."""
    back = list(before)
    if len(back) > 2 and back[-1] == "=" and not back[-2].startswith("-"):
        back = back[:-2]
    if back and back[-1] == "=":
        back.pop()
    option = taking.get(back[-1]) if back else None
    return option if option is not None and option.metavar else None


def _value(option: Option | None, words: Sequence[str], part: str, known: Known) -> Iterator[str]:
    if option is None:
        return
    names = known.values.get(option.name)
    if option.choices or names:
        yield from _beginning(option.choices or (names(words) if names else ()), part)
    elif option.metavar in _PATHS:
        yield FILES


def _positional(parser: argparse.ArgumentParser, words: Sequence[str], part: str, known: Known) -> Iterator[str]:
    for action in parser._actions:
        if action.option_strings:
            continue
        if isinstance(action, argparse._SubParsersAction):
            # What has no help is not for people.
            yield from _beginning([one.dest for one in action._choices_actions], part)
        elif action.choices:
            yield from _beginning(map(str, action.choices), part)
        elif action.dest in known.values:
            yield from _beginning(known.values[action.dest](words), part)
        else:
            yield FILES
        return
    if any(not action.option_strings for action in parser._actions) or not parser._subparsers:
        yield FILES


def _beginning(names: Iterable[str], part: str) -> Iterator[str]:
    return (one for one in dict.fromkeys(names) if one.startswith(part))
