"""``python -m audits observe | plan | policy | explain | kinds | schema | reports``: the engine at the desk.

Exit status: 0 done · 4 wrong input, with one line that says what. Nothing is judged here. ``reports`` is ``python -m
reports``, with that one's exit status, for where only the installed command is at hand.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from audits import completable, kinds, progress, sources, upkeep
from audits.codec import describe_resource, encode_finding, encode_gap
from audits.completion import SHELLS, candidates
from audits.loading import load_specs
from audits.model import Observation

# Specs, relations and tables take longer to import than a small tree takes to read: only what shows them imports them.

SPECS = Path("specs")
EPILOG = "exit status: 0 done (run: nothing to act on) · 1 deviations (run) · 3 an error of ours (run) · 4 wrong input"
DEFAULT_RUN = Path("reports/out/run.json")
_NAME = "python -m audits"
_REPORTS = f"{_NAME} reports"


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line and have the suite's exit status for wrong input."""

    def error(self, message: str) -> NoReturn:
        self.exit(4, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str]) -> int:
    """Run one command; the result is the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The same bytes in every locale; and half a surrogate pair, which a file's name can hold, as an escape.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if arguments and arguments[0] in ("run", "watch"):
        given = [word for word in arguments[1:] if word != "--watch"]
        if arguments[0] == "watch" or len(given) < len(arguments) - 1:
            return _watch(given)
        return _run(given)
    if arguments and arguments[0] == "reports":
        return int(_reports().main(arguments[1:], _REPORTS))
    if arguments and arguments[0] == "complete":
        return _complete([word for word in arguments[1:2] if word != "--"] + list(arguments[2:]))
    options = _parser().parse_args(arguments)
    try:
        result: int = options.run(options)
        sys.stdout.flush()
    except sources.InputError as error:
        print(str(error), file=sys.stderr)
        return 4
    except BrokenPipeError:
        return _nobody_reads()
    return result


def _nobody_reads() -> int:
    """The reader has what it wanted; Python would complain again while closing stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def console() -> int:
    """The installed command ``glimpse-audit``."""
    return main(sys.argv[1:])


def _run(arguments: Sequence[str]) -> int:
    """An audit where no conftest.py of ours is: pytest with both plugins and nothing that an audit does not need."""
    import pytest

    plugins = [part for name in ("audits.plugin", "reports.plugin") for part in ("-p", name)]
    lean = [
        "--disable-plugin-autoload",
        "--assert=plain",
        "-p",
        "no:unraisableexception",
        "-p",
        "no:cacheprovider",
        "-q",
    ]
    return int(pytest.main([*plugins, *lean, *arguments]))


def _watch(arguments: Sequence[str]) -> int:
    from audits import watching

    shown = importlib.import_module("reports.watched")

    def tell(before: Path | None, now: Path) -> str:
        return str(shown.told(before, now, _columns() or 120, color=_colored(arguments)))

    try:
        return watching.watch(arguments, tell, lambda text: print(text, flush=True))
    except BrokenPipeError:
        return _nobody_reads()


def _reports() -> ModuleType:
    """The command line of the reports. As with their plugin, the engine knows the name alone."""
    return importlib.import_module("reports.cli")


def _columns() -> int | None:
    """How wide the terminal is; None where there is none, and COLUMNS does not say."""
    known = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return shutil.get_terminal_size().columns if known else None


def _colored(arguments: Sequence[str]) -> bool:
    return bool(importlib.import_module("reports.paint").wanted(arguments, os.environ, sys.stdout.isatty()))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=_NAME, description="Compliance and drift audit: the engine.", epilog=EPILOG)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="audit: pytest with the audit's plugins, as in: run specs --terraform DIR")
    commands.add_parser("watch", help="audit as `run` does, and again at each change of what it reads")
    commands.add_parser("reports", help="saved runs: render, diff, history, notify, evidence, merge")
    observe = commands.add_parser("observe", help="print what one plane holds").add_subparsers(required=True)
    source = observe.add_parser("terraform", help="evaluate a Terraform root module, or read a plan or state")
    source.add_argument("folder", type=Path, metavar="DIR", nargs="?")
    source.add_argument("--plan", type=Path, metavar="FILE", help="a plan, as `terraform show -json` prints it")
    source.add_argument("--state", type=Path, metavar="FILE", help="a state, as JSON")
    source.add_argument("--var-file", type=Path, action="append", default=[])
    source.add_argument("--var", action="append", default=[], metavar="NAME=VALUE")
    source.set_defaults(run=_observe_terraform)
    live = observe.add_parser("live", help="read the account")
    live.add_argument("--kind", action="append", default=[])
    live.add_argument("--profile")
    live.add_argument("--region", action="append", default=[])
    live.add_argument("--account-role", action="append", default=[], metavar="ARN")
    live.add_argument("--external-id", metavar="ID")
    live.add_argument("--expect-account", action="append", default=[], metavar="ID")
    live.set_defaults(run=_observe_live)
    for one in (source, live):
        one.add_argument("--json", action="store_true", help="as JSON (else a table)")
    for name, function, text in (
        ("plan", _plan, "the checks of the specs, what they read, what is planned and left out"),
        ("policy", _policy, "the least-privilege IAM policy for the specs"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("specs", nargs="*", type=Path, default=[SPECS])
        command.set_defaults(run=function)
        if name == "plan":
            command.add_argument("--json", action="store_true", help="as JSON (else a table)")
            command.add_argument("--run", dest="saved", type=Path, metavar="FILE", help=f"the last run ({DEFAULT_RUN})")
    explain = commands.add_parser(
        "explain", help="one control: its clause, what it checks, its remedy, its last verdicts"
    )
    explain.add_argument("id", metavar="ID")
    explain.add_argument("--specs", nargs="*", type=Path, default=[SPECS], metavar="PATH")
    explain.add_argument("--run", dest="saved", type=Path, metavar="FILE", help="the run (else reports/out/run.json)")
    explain.add_argument("--history", type=Path, metavar="FILE", help="the history (else reports/out/history.sqlite)")
    explain.add_argument("--lang", choices=("en", "ko"), default="en", help="language of the labels (default: en)")
    explain.add_argument("--json", action="store_true", help="what the specs say of it, as JSON")
    explain.set_defaults(run=_explain)
    commands.add_parser("kinds", help="the resource kinds").set_defaults(run=_kinds)
    completion = commands.add_parser("completion", help="a script that completes this command in a shell")
    completion.add_argument("shell", choices=tuple(SHELLS))
    completion.set_defaults(run=_completion)
    commands.add_parser("schema", help="the JSON Schema of a spec").set_defaults(run=_schema)
    prices = commands.add_parser("prices", help="fetch AWS's list prices anew, for a snapshot or for further names")
    prices.add_argument("region", help="the region, as in ap-northeast-2")
    prices.add_argument("names", nargs="*", metavar="NAME", help="further prices, as in ec2/t4g.large/hour")
    prices.add_argument("--profile")
    prices.set_defaults(run=upkeep.prices)
    reduced = commands.add_parser("provider-schema", help="reduce `terraform providers schema -json` to the kinds")
    reduced.add_argument("file", type=Path, help="what `terraform providers schema -json` printed")
    reduced.add_argument("plan", type=Path, help="the plan of audits/provider_schema.tf, as JSON")
    reduced.add_argument("version", help="the provider's version")
    reduced.set_defaults(run=upkeep.provider_schema)
    shapes = commands.add_parser("resource-shapes", help="reduce `terraform providers schema -json` to shapes")
    shapes.add_argument("file", type=Path, help="what `terraform providers schema -json` printed")
    shapes.set_defaults(run=upkeep.resource_shapes)
    return parser


def _observe_terraform(options: Any) -> int:
    variables = tuple(_assignment(text, number) for number, text in enumerate(options.var, 1))
    read = sources.Sources(
        terraform=options.folder,
        plan=options.plan,
        state=options.state,
        var_files=tuple(options.var_file),
        variables=variables,
    )
    if not read.planes:
        raise sources.InputError("nothing to observe: give DIR, --plan FILE or --state FILE")
    _show(sources.redacted(sources.read_terraform(read)), options.json)
    return 0


def _assignment(text: str, number: int) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        # The text is not repeated: it may well be the secret.
        raise sources.InputError(f"--var wants NAME=VALUE (see number {number} of those given)")
    return name, value


def _observe_live(options: Any) -> int:
    from audits.relations._schema_check import nearest

    found = kinds.registry()
    for name in options.kind:
        if name not in found:
            raise sources.InputError(f"unknown kind {name!r}{nearest(name, found)}")
    # One that is asked for by name and cannot be read is a gap; otherwise it is left out.
    chosen = [kind for name, kind in found.items() if (name in options.kind if options.kind else kind.from_live)]
    read = sources.Sources(
        live=True,
        profile=options.profile,
        regions=tuple(options.region),
        account_roles=tuple(options.account_role),
        external_id=options.external_id or os.environ.get(sources.EXTERNAL_ID),
        expect_accounts=tuple(options.expect_account),
    )
    with progress.shown(sys.stderr) as on_call:
        observation = sources.read("live", replace(read, on_call=on_call), chosen)
    _show(observation, options.json)
    return 0


def _show(observation: Observation, as_json: bool) -> None:
    if as_json:
        entries = {
            "resources": [describe_resource(resource) for resource in observation.resources],
            "gaps": [encode_gap(gap) for gap in observation.gaps],
            "findings": [encode_finding(finding) for finding in observation.findings],
        }
        print(_json_lines(entries))
        return
    from tabulate import tabulate

    from audits.run import printable

    rows = [
        (one.kind, printable(one.identity), str(one.origin), one.account or "", one.region or "")
        for one in observation.resources
    ]
    print(tabulate(rows, headers=["kind", "identity", "origin", "account", "region"], disable_numparse=True))
    for gap in observation.gaps:
        print(printable(f"gap: {gap.scope}: {gap.cause} {gap.detail}".rstrip()))
    for finding in observation.findings:
        print(printable(f"finding: {finding.origin}: {finding.title}: {finding.detail}"))


def _json_lines(lists: Mapping[str, Sequence[Any]]) -> str:
    """Lists by name as JSON, an entry to a line: for line tools, and quicker to write than with indents."""
    parts = (
        f"{json.dumps(name)}: [" + ",".join(f"\n {json.dumps(entry, ensure_ascii=False)}" for entry in entries) + "]"
        for name, entries in lists.items()
    )
    return "{" + ",\n".join(parts) + "}"


def _plan(options: Any) -> int:
    from tabulate import tabulate

    from audits import relations
    from audits.preview import preview, summary
    from audits.run import printable

    found = preview(load_specs(options.specs), relations.registry(), kinds.registry(), last=_calls(options.saved))
    if options.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    rows = [
        (f"{one['spec']}::{one['id']}[{one['plane']}]", one["severity"], ", ".join(one["reads"]))
        for one in found["checks"]
    ]
    print(tabulate(rows, headers=["check", "severity", "reads"]))
    print("\n".join(map(printable, ["", *summary(found)])))
    return 0


def _calls(path: Path | None) -> int | None:
    """How many calls a saved run made of the account; None where that cannot be told of the default one."""
    saved = path or DEFAULT_RUN
    try:
        made = json.loads(saved.read_text(encoding="utf-8"))["run"]["observations"].get("live")
        return int(made["calls"]) if made else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if path is None:
            return None
        raise sources.InputError(f"{path}: {getattr(error, 'strerror', None) or 'no saved run'}") from error


def _policy(options: Any) -> int:
    from audits import plan, relations
    from audits.planes import live

    # What comparing the planes reads is all that the controls need, and what specs name beside it.
    needed = plan.kinds_compared(load_specs(options.specs), relations.registry(), kinds.registry())
    documents = live.policy_documents(needed)
    print(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2))
    if len(documents) > 1:
        print(f"{len(documents)} policies, as one would be too large: attach all of them", file=sys.stderr)
    return 0


def _explain(options: Any) -> int:
    from audits import relations
    from audits.explaining import explained
    from audits.relations._schema_check import nearest
    from audits.waiver_files import WaiverError, find, read

    specs = load_specs(options.specs)
    controls = {control.id: control for one in specs for control in one.controls}
    if options.id not in controls:
        raise sources.InputError(f"no control {options.id!r}{nearest(options.id, controls)}")
    try:
        waivers = read(find(Path(one.path) for one in specs), specs)
    except WaiverError as error:
        raise sources.InputError(str(error)) from error
    today = datetime.now().astimezone().date()
    found = explained(controls[options.id], specs, waivers, relations.registry(), today)
    if options.json:
        print(json.dumps(found, indent=2, ensure_ascii=False, default=str))
        return 0
    # As with the plugin of the reports, the engine knows the name alone.
    shown = importlib.import_module("reports.explained")
    try:
        how = {"lang": options.lang, "width": _columns(), "color": _colored(())}
        print(shown.explain_text(found, run=options.saved, history=options.history, **how))
    except shown.WrongRunError as error:
        raise sources.InputError(str(error)) from error
    return 0


def _completion(options: Any) -> int:
    print(SHELLS[options.shell], end="")
    return 0


def _complete(words: Sequence[str]) -> int:
    """Answer a shell. It asks at a keystroke, so whatever is wrong leaves nothing to offer."""
    with suppress(sources.InputError, SystemExit):
        below = list(words[:1]) == ["reports"] and len(words) > 1
        parser, rest = (_reports().parser(_REPORTS), words[1:]) if below else (_parser(), words)
        print("\n".join(candidates(parser, rest, completable.known(SPECS))))
    return 0


def _kinds(options: Any) -> int:
    from tabulate import tabulate

    rows = [
        (
            kind.type,
            "both" if kind.from_live else "terraform",
            ", ".join(kind.identity) or "–",
            ", ".join(part.type for part in kind.parts),
        )
        for kind in kinds.registry().values()
    ]
    print(tabulate(rows, headers=["kind", "planes", "identity", "folds in"]))
    return 0


def _schema(options: Any) -> int:
    from audits import relations, spec

    sys.stdout.write(spec.dump_schema(kinds.registry(), relations.registry()))
    return 0
