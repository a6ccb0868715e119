"""Changes texts and documents at random."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_ODD_TOKENS = [
    '"',
    "${",
    "}",
    "%{",
    "<<EOT\n",
    "[",
    "(",
    "!",
    "-",
    "null",
    "...",
    "~",
    "é",
    "\0",
    "\r",
    "*/",
    "%{ for ",
]
_ODD_TOKENS += ["1e999999999", "9" * 400, "e\u0301", "\u2028", "\U0001f468", "- ", "&a ", "*a", "<<: ", "!!binary "]
_ODD_VALUES: list[Any] = [None, True, 0, -1, 1.5, 10**40, "", "x", "${", [], {}, [[]], {"": {}}, [None], "a" * 5_000]
_ODD_VALUES += [float("inf"), "module.m[0].a", 'aws_x.y["', {"references": ["a."]}, {"constant_value": []}, 2**63]


def text(original: str, rng: random.Random) -> bytes:
    """The text with a few tokens removed, doubled, swapped or put in, seldom a byte changed."""
    tokens = _TOKEN.findall(original) or [""]
    for _ in range(rng.randint(1, 6)):
        at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        kind = rng.randrange(6)
        if kind == 0:
            tokens[at] = ""
        elif kind == 1:
            tokens[at] *= rng.choice([2, 2, 3, 50])
        elif kind == 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens[at] = tokens[other]
        elif kind == 4:
            tokens.insert(at, rng.choice(_ODD_TOKENS))
        else:
            del tokens[at : at + rng.randint(1, 20)]
            tokens = tokens or [""]
    data = bytearray("".join(tokens).encode("utf-8", "surrogatepass"))
    if data and rng.random() < 0.1:
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def document(original: Any, rng: random.Random) -> bytes:
    """The document with a few of its parts replaced, removed, renamed or moved; seldom its text is changed, too."""
    changed = copy.deepcopy(original)
    places = list(_places(changed))
    for _ in range(rng.randint(1, 4)):
        if not places:
            break
        holder, key = rng.choice(places)
        if (isinstance(holder, dict) and key not in holder) or (isinstance(holder, list) and key >= len(holder)):
            continue
        _change(holder, key, places, rng)
    made = json.dumps(changed)
    return text(made, rng) if rng.random() < 0.15 else made.encode()


def _change(holder: Any, key: Any, places: list[tuple[Any, Any]], rng: random.Random) -> None:
    kind = rng.randrange(5)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[rng.choice([f"{key}x", "", "index_key", "values", "each"])] = holder.pop(key)
    elif kind == 2:
        other, at = rng.choice(places)
        try:
            holder[key] = copy.deepcopy(other[at])
        except (KeyError, IndexError):
            holder[key] = None
    elif kind == 3:
        holder[key] = [holder[key]] * rng.choice([1, 2, 30])
    else:
        holder[key] = rng.choice(_ODD_VALUES)


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        holder = pending.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            found.append((holder, key))
            pending.append(holder[key])
    return found
