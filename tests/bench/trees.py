"""Trees of a wanted size: copies of the example's modules, each with names of its own, under one root that calls them.

The names come from a generator with a fixed seed, so a tree is the same on every machine. No two files have the same
text, so nothing is parsed once for two of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path("examples/glimpse/terraform")
ENVIRONMENT = EXAMPLE / "environments" / "startup-prod"
SEED = 20261127
_ORDER = (
    *("networking", "dns", "alb", "s3", "cdn", "cognito", "ecs", "rds", "elasticache", "monitoring", "api_gateway"),
)
"""Each module comes after those whose outputs it is given."""
_WORDS = ("orders", "billing", "search", "media", "ledger", "quotes", "stock", "mail", "graph", "fleet", "audit")
_SHARED = ("variables.tf", "locals.tf", "providers.tf", "versions.tf", "terraform.tfvars")


@dataclass(frozen=True)
class Tree:
    """A root module, with what is in it and below it."""

    root: Path
    lines: int
    files: tuple[Path, ...]


def example() -> Tree:
    """The tree that comes with the project."""
    return _tree(ENVIRONMENT, sorted(EXAMPLE.rglob("*.tf")))


def generate(folder: Path, lines: int) -> Tree:
    """Write a tree of at least so many lines into an empty folder."""
    root = folder / "root"
    root.mkdir(parents=True)
    for name in _SHARED:
        (root / name).write_text((ENVIRONMENT / name).read_text(encoding="utf-8"), encoding="utf-8")
    written = sum(_count(path) for path in root.glob("*.tf"))
    calls = _calls()
    for number, name in enumerate(_names()):
        chosen = []
        for module in _ORDER:
            if written >= lines:
                break
            call = _renamed_call(calls[module], f"{name}_{number}")
            written += call.count("\n") + 1 + _copy_module(folder, module, f"{name}-{number}")
            chosen.append(call)
        (root / f"{name}_{number}.tf").write_text("\n".join(chosen), encoding="utf-8")
        if written >= lines:
            break
    return _tree(root, sorted(folder.rglob("*.tf")))


def _tree(root: Path, files: list[Path]) -> Tree:
    return Tree(root, sum(map(_count, files)), tuple(files))


def _count(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def _names() -> Iterator[str]:
    chance = random.Random(SEED)
    while True:
        yield chance.choice(_WORDS)


def _calls() -> dict[str, str]:
    """The example root's module calls, by name."""
    text = (ENVIRONMENT / "main.tf").read_text(encoding="utf-8")
    return {
        match[1]: match[0] for match in re.finditer(r'^module "(\w+)" \{\n.*?^\}\n', text, re.DOTALL | re.MULTILINE)
    }


def _renamed_call(call: str, name: str) -> str:
    """A call of a copy, which is given the outputs of the other copies of its set."""
    call = re.sub(r'^module "(\w+)"', rf'module "\1_{name}"', call)
    call = re.sub(r"\bmodule\.(\w+)", rf"module.\1_{name}", call)
    call = re.sub(r'"\.\./\.\./modules/([\w-]+)"', rf'"../modules/\1-{name.replace("_", "-")}"', call)
    return call.replace("local.name_prefix\n", f'"${{local.name_prefix}}-{name}"\n')


def _copy_module(folder: Path, module: str, name: str) -> int:
    """Write a copy of an example's module under a name of its own. Returns how many lines it has."""
    source = EXAMPLE / "modules" / module.replace("_", "-")
    target = folder / "modules" / f"{source.name}-{name}"
    lines = 0
    for path in sorted(source.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".tf":
                label = name.replace("-", "_")
                text = f"# {target.name}\n" + re.sub(r'("|\.)this\b', rf"\1{label}", text)
                lines += text.count("\n")
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
    return lines
