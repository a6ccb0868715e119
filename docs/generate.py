"""``python docs/generate.py [--check]``: the reference in ``docs/reference/``, made of the code that it describes.

With ``--check`` nothing is written; 1 if a page is not what the code would make.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/reference"
sys.path.insert(0, str(ROOT))
NOTE = "<!-- Made by docs/generate.py: make reference -->\n"


def kinds() -> Iterator[str]:
    """The resource kinds, and what each needs and does."""
    from audits.kinds import registry
    from audits.planes.live.actions import iam_action

    found = registry()
    folded = {part.type for kind in found.values() for part in kind.parts}
    yield f"# Kinds\n\n{len(found)} kinds of resources, and {len(folded)} Terraform types that fold into them.\n"
    yield "Attributes are those of the Terraform AWS provider 5.x, on both planes.\n"
    for name, kind in sorted(found.items()):
        yield f"## {name}\n"
        yield from _list(
            {
                "also called": _codes(kind.aliases),
                "planes": "Terraform and live" if kind.from_live else "Terraform",
                "scope": kind.scope if kind.from_live else "",
                "identity": _codes(kind.identity),
                "fold into it": _codes(sorted({part.type for part in kind.parts})),
                "beyond the provider's attributes": _codes(sorted(kind.extra)),
                "JSON text that is decoded": _codes(kind.documents),
                "never shown": _codes(kind.secrets),
                "provider defaults": "; ".join(
                    f"`{path}` = `{default.value!r}`: {default.source}"
                    for path, default in sorted(kind.defaults.items())
                ),
                "IAM actions": _codes(sorted({iam_action(read) for read in kind.reads})),
            }
        )


def matchers() -> Iterator[str]:
    """The keywords of an expectation."""
    from audits.expectations import ABOUT, KEYWORDS

    yield "# Matchers\n\nWhat can stand for a value in `expect` and `select`. A keyword implies its type.\n"
    yield "| keyword | the value … |\n| --- | --- |"
    yield "\n".join(f"| `{name}` | {_cell(ABOUT[name])} |" for name in KEYWORDS) + "\n"


def relations() -> Iterator[str]:
    """The ways in which a control can say something."""
    from audits.relations import registry

    yield "# Relations\n\nThe ways in which a control can say something. docs/specs.md shows each in use.\n"
    for name, relation in sorted(registry().items()):
        yield f"## {name}\n"
        yield from _list({"keys": _codes(relation.keys), "planes": " and ".join(relation.planes)})
        yield f"{_doc(importlib.import_module(relation.judge.__module__))}\n"


def options() -> Iterator[str]:
    """The options of an audit, and the commands at the desk."""
    import pytest

    from audits import cli
    from reports import cli as reports_cli

    # Only what the plugins declare is looked at: nothing is collected.
    manager = pytest.PytestPluginManager()
    for name in ("audits.plugin", "reports.plugin"):
        manager.register(importlib.import_module(name), name)
    parser = pytest.Parser(_ispytest=True)
    manager.hook.pytest_addoption.call_historic(kwargs={"parser": parser, "pluginmanager": manager})
    yield "# Options\n\n`pytest specs audits …` (or `glimpse-audit run specs …`) takes these.\n"
    yield "| option | |\n| --- | --- |"
    for group in parser._groups:
        for option in group.options:
            attributes = option.attrs()
            value = f" {attributes['metavar']}" if attributes.get("metavar") else ""
            choices = f" {'|'.join(attributes['choices'])}" if attributes.get("choices") else ""
            about = _cell(str(attributes.get("help", "")))
            yield f"| `{_cell(option.names()[0] + value + choices)}` | {about} |"
    for title, top in (("python -m audits", cli._parser()), ("python -m reports", reports_cli.parser())):
        yield f"\n## {title}\n\n| command | |\n| --- | --- |"
        yield from (f"| `{name}` | {_cell(text)} |" for name, text in _commands(top))
    yield ""


def formats() -> Iterator[str]:
    """The report formats."""
    from reports.formats import formats as registry

    yield "# Formats\n\n`--report FORMAT=PATH`, or `python -m reports render run.json --to FORMAT`.\n"
    for name, one in registry().items():
        yield f"## {name}\n"
        yield f"Suffix `{one.suffix}`. {_doc(importlib.import_module(one.render.__module__))}\n"


PAGES = {"kinds": kinds, "matchers": matchers, "relations": relations, "options": options, "formats": formats}


def _commands(top: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from ((choice.dest, choice.help or "") for choice in action._choices_actions)


def _list(entries: Mapping[str, str]) -> Iterator[str]:
    yield "\n".join(f"- {name}: {text}" for name, text in entries.items() if text) + "\n"


def _codes(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _doc(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().replace("``", "`")


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them with what the code would make."""
    check = arguments == ["--check"]
    status = 0
    for name, make in PAGES.items():
        path = FOLDER / f"{name}.md"
        text = NOTE + "\n".join(make()).rstrip("\n") + "\n"
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            print(
                "\n".join(list(difflib.unified_diff(old, text.splitlines(), str(path), "the code", lineterm=""))[:20])
            )
            status = 1
    if status:
        print("run: make reference", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
