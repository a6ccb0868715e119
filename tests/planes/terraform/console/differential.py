"""Generated expressions, here and in ``terraform console``.

``python -m tests.planes.terraform.console.differential COUNT SEED`` compares that many and shows what differs;
``… --make`` asks the console again for the expressions kept in ``cases.json``; a new case there is
``{"expression": "…"}``. Both need the CLI on PATH.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from audits.planes.terraform.evaluate import evaluate
from audits.planes.terraform.functions.json_text import encode
from audits.planes.terraform.syntax import parse_expression
from audits.planes.terraform.values import Exhausted, TerraformError, unknowns_in, unmark, unmark_deep
from tests.planes.terraform.console.expressions import KINDS, ExpressionMaker
from tests.planes.terraform.console.scopes import scope_of

CASES = Path(__file__).with_name("cases.json")
ERROR, UNKNOWN = "error", "unknown"
_LONGEST_LINE = 40_000


def ours(expression: str) -> str:
    """What the project makes of it: JSON with the mark, ``error``, or ``unknown``."""
    try:
        found, sensitive = unmark(evaluate(parse_expression(expression), scope_of({})))
    except TerraformError:
        return ERROR
    except Exhausted:
        return UNKNOWN
    bare = unmark_deep(found)[0]
    return UNKNOWN if unknowns_in(bare) else f'{{"s":{json.dumps(sensitive)},"v":{encode(bare)}}}'


def theirs(expressions: Sequence[str]) -> list[str]:
    """What the console makes of each. Many stand on one line, for every line costs it time."""
    found: list[str] = []
    batch: list[str] = []
    for expression in expressions:
        batch.append(expression)
        if 2 * sum(map(len, batch)) + 100 * len(batch) > _LONGEST_LINE:
            found += _ask(batch)
            batch = []
    return found + (_ask(batch) if batch else [])


def _ask(batch: Sequence[str]) -> list[str]:
    each = (f"try(base64encode(nonsensitive(jsonencode({{s=issensitive({e}),v={e}}}))), {ERROR!r})" for e in batch)
    line = "[" + ", ".join(each).replace(repr(ERROR), json.dumps(ERROR)) + "]\n"
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    command = ["terraform", "console", "-no-color"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, env=environment, check=False)
    answers = [answer.strip().rstrip(",") for answer in done.stdout.splitlines()[1:-1]]
    if done.returncode or len(answers) != len(batch):
        if len(batch) == 1:
            return [ERROR]
        middle = len(batch) // 2
        return _ask(batch[:middle]) + _ask(batch[middle:])
    return [_answer(answer) for answer in answers]


def _answer(answer: str) -> str:
    if answer.startswith("("):
        return UNKNOWN
    text = answer.strip('"')
    return text if text == ERROR else b64decode(text).decode()


def generated(count: int, seed: int, depth: int = 3, kinds: str = KINDS) -> list[str]:
    """So many different expressions."""
    rng = random.Random(seed)
    maker = ExpressionMaker(rng, {})
    found: dict[str, None] = {}
    while len(found) < count:
        expression = maker.make(rng.choice(kinds), depth)
        if len(expression) < 1_500:
            found[expression] = None
    return list(found)


def compare(expressions: Sequence[str]) -> Iterable[tuple[str, str, str, str]]:
    """Each expression with what it is here, what it is there, and how the two compare."""
    for expression, there in zip(expressions, theirs(expressions), strict=True):
        here = ours(expression)
        if here == there:
            kind = f"same {here if here in (ERROR, UNKNOWN) else 'value'}"
        elif here == UNKNOWN:
            kind = "unknown here"
        elif there == ERROR:
            kind = "refused there only"
        else:
            kind = "DIFFERENT"
        yield kind, expression, here, there


def make() -> None:
    """Ask again for all that is kept."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    answers = theirs([case["expression"] for case in cases])
    made = ({**case, "console": answer} for case, answer in zip(cases, answers, strict=True))
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in made)
    CASES.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main() -> int:
    """Compare, or make the cases. Status 1 where results differ."""
    if sys.argv[1:] == ["--make"]:
        make()
        return 0
    count, seed = (
        (int(text) for text in (*sys.argv[1:], "1000", "1")[:2]) if len(sys.argv) < 3 else map(int, sys.argv[1:3])
    )
    tally: Counter[str] = Counter()
    for kind, expression, here, there in compare(generated(count, seed)):
        tally[kind] += 1
        if not kind.startswith("same"):
            print(f"{kind}: {expression}\n    here  {here[:300]}\n    there {there[:300]}")
    print(", ".join(f"{number} {kind}" for kind, number in sorted(tally.items())))
    return 1 if tally["DIFFERENT"] else 0


if __name__ == "__main__":
    sys.exit(main())
