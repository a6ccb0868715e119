"""Runs Checkov and tells all that it evaluated: executed by the Python of Checkov's own environment.

Checkov's own report leaves out every result that it calls unknown, and does not evaluate what a comment skips. So its
runner is called here with a recorder in place of that report. It imports nothing of this suite: what Checkov depends on
cannot share an environment with what the suite does.

``scan``: a request as one JSON line on standard input, the results as one JSON document on standard output. The
request's pipe stays open while somebody waits for the results; when it ends, so does this process with all it started.
``policies``: the policies for AWS, one a line, as ``audits/checkov_policies.txt`` keeps them.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

NAMES = re.compile(
    r"(?<![\w.\"-])(?:(?:var|local|data|module|each|count|self|path|terraform)\.[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*"
    r"|[A-Za-z_]\w*\.(?:key|value)(?![\w-]))"
)
"""Names that Checkov left in a text: what it resolves is gone. The iterator of a dynamic block has any name."""
CALL = re.compile(r"(?!(?:rate|cron|at)\()([a-z][a-z0-9_]*)\(.*\)", re.DOTALL)
"""A call that Checkov did not evaluate; AWS has three texts of that form."""
REFUSED = frozenset(
    ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
    + ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")
)
"""Events of Python by which something would leave this process; ``subprocess`` itself posts one before it spawns."""
NO_ATTRIBUTES = (
    "count",
    "for_each",
    "provider",
    "providers",
    "depends_on",
    "lifecycle",
    "source",
    "version",
    "dynamic",
)
RESOURCE = re.compile(r"\b[a-z0-9]+_\w+\.[A-Za-z_]")
refused: list[str] = []


def no_connections() -> None:
    """Refuse, for good, connections and other programs: all that Checkov needs here is in its package."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in REFUSED:
            if event.startswith("socket."):  # Loading Checkov asks for the version of git, which it can do without.
                refused.append(event)
            raise PermissionError("no connections")

    sys.addaudithook(hook)


def end_with_parent(channel: Any) -> None:
    """End with all children once nobody holds the other end of the channel any more."""

    def wait() -> None:
        while channel.read(4096):
            pass
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def strings(value: Any) -> Iterator[str]:
    """Every text in the data, names of attributes left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if not str(key).startswith("__"):
                yield from strings(one)
    elif isinstance(value, (list, tuple, set)):
        for one in value:
            yield from strings(one)


def references(value: Any) -> list[str]:
    """What in the data stands for values that Checkov did not resolve: names, and the functions of calls."""
    found: set[str] = set()
    for text in strings(value):
        names = NAMES.findall(text)
        call = CALL.fullmatch(text.strip())
        found.update(names)
        if call and not names:
            found.add(f"{call[1]}()")
        elif "${" in text and not names and not RESOURCE.search(text):
            found.add("${}")
    return sorted(found)


class Watched(dict[str, Any]):
    """A block's configuration that knows which attributes a check reads; ``whole`` if it goes through them all."""

    def __init__(self, conf: dict[str, Any]) -> None:
        super().__init__(conf)
        self.read: set[str] = set()
        self.whole = False

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The attribute's value."""
        self.read.add(key)
        return super().get(key, default)

    def __iter__(self) -> Iterator[str]:
        self.whole = True
        return super().__iter__()

    def keys(self) -> Any:
        """All names."""
        self.whole = True
        return super().keys()

    def items(self) -> Any:
        """All attributes."""
        self.whole = True
        return super().items()

    def values(self) -> Any:
        """All values."""
        self.whole = True
        return super().values()


def first_names(keys: Any) -> set[str]:
    """The attributes that JSON paths and dpaths begin with."""
    return {re.split(r"[/.\[]", str(key), maxsplit=1)[0] for key in keys or ()}


def rests_on(names: Iterable[str], conf: Any) -> list[str]:
    """What is unresolved in these attributes of a block."""
    if not isinstance(conf, dict):
        return []
    return references({name: conf[name] for name in names if name in conf and name not in NO_ATTRIBUTES})


def read_by(check: Any, conf: dict[str, Any], kind: str, keys: Any) -> set[str] | None:
    """The attributes that a check reads: those it says, and those it is seen to read on a copy of the block.

    None for all of them.
    """
    declared = first_names(keys)
    watched = Watched(copied(conf))
    with contextlib.suppress(Exception):
        check.scan_entity_conf(watched, kind)
    if not watched.whole:
        return declared | watched.read
    # Who looks for a path goes through everything: what it says then counts, if it says anything.
    return declared or None


def result_of(check_result: Any) -> str:
    """``PASSED``, ``FAILED`` or ``UNKNOWN``."""
    value = check_result.get("result")
    value = value[0] if isinstance(value, tuple) else value
    return str(getattr(value, "value", value) or "UNKNOWN")


class Recorder:
    """Takes every result that Checkov comes to, in place of its report."""

    def __init__(self, root: str, salt: str) -> None:
        self.salt = salt
        self.root = str(Path(root).resolve())
        self.results: list[dict[str, Any]] = []
        self.blocks: set[str] = set()
        self.skips: dict[str, list[Any]] = {}

    def own(self, file: str, modules: Any) -> bool:
        """Whether a block belongs to the root module itself: Checkov scans every folder below it, too."""
        while modules is not None:
            file, modules = modules.path, modules.nested_tf_module
        return str(Path(file).resolve().parent) == self.root

    def install(self) -> None:
        """Stand in where Checkov evaluates, looks up comments, and reports."""
        from checkov.common.checks.base_check_registry import BaseCheckRegistry
        from checkov.common.graph.graph_builder.graph_components.attribute_names import CustomAttributes
        from checkov.common.output.report import Report
        from checkov.terraform.modules.module_objects import TFModule
        from checkov.terraform.runner import Runner

        run_check, run_blocks = BaseCheckRegistry.run_check, Runner.run_all_blocks
        context_of, update = Runner.get_entity_context_and_evaluations, Runner._update_definitions_and_breadcrumbs

        def evaluate(registry: Any, check: Any, conf: Any, name: str, kind: str, file: str, skip: Any) -> Any:
            before = copied(conf)
            found = dict(run_check(registry, check, conf, name, kind, file, {}))
            names = read_by(check, before, kind, found.get("evaluated_keys"))
            rests = rests_on(before if names is None else names, before)
            found["audit"] = {
                "kind": kind,
                "names": names or set(),
                "seen": seen(found.get("evaluated_keys"), before, self.salt),
                "skip": str(skip["suppress_comment"]) if skip else None,
                "rests": rests,
                "crashed": "results_configuration" in found,
                "present": any(getattr(one, "value", one) == "CKV_ANY" for one in expected(check)),
            }
            return found

        def blocks(runner: Any, definition: Any, context: Any, key: Any, *rest: Any) -> None:
            if self.own(key.file_path, key.tf_source_modules):
                run_blocks(runner, definition, context, key, *rest)

        def loaded(runner: Any, graphs: Any, *rest: Any) -> None:
            for _, graph in graphs:
                for block in graph.vertices:
                    if str(block.block_type) == "resource" and self.own(block.path, block.source_module_object):
                        self.blocks.add(str(block.attributes.get(CustomAttributes.TF_RESOURCE_ADDRESS)))
            update(runner, graphs, *rest)

        def entity_context(runner: Any, entity: Any) -> Any:
            modules = entity.get(CustomAttributes.SOURCE_MODULE_OBJECT)
            modules = TFModule.from_json(modules) if isinstance(modules, dict) else modules
            if not self.own(entity[CustomAttributes.FILE_PATH], modules):
                return None
            context = context_of(runner, entity)
            if context:
                context = {**context}
                address = str(entity.get(CustomAttributes.TF_RESOURCE_ADDRESS) or "")
                self.skips[address] = context.get("skipped_checks") or []
                context["skipped_checks"] = []
            return context

        setattr(BaseCheckRegistry, "run_check", evaluate)  # noqa: B010 - mypy knows no Checkov here
        setattr(Runner, "run_all_blocks", blocks)  # noqa: B010
        setattr(Runner, "_update_definitions_and_breadcrumbs", loaded)  # noqa: B010
        setattr(Runner, "get_entity_context_and_evaluations", entity_context)  # noqa: B010
        setattr(Report, "add_record", lambda report, record: self.add(record))  # noqa: B010

    def add(self, record: Any) -> None:
        """Keep what is told of a result: no value of the source is."""
        found, address = record.check_result, str(record.resource)
        ours = found.get("audit") or self.of_graph(record, address)
        self.results.append(
            {
                "policy": str(record.check_id),
                "title": str(record.check_name),
                "resource": address,
                "file": str(record.file_abs_path),
                "line": int((record.file_line_range or [0])[0] or 0),
                "result": result_of(found),
                "keys": keys_of(found.get("evaluated_keys"), ours.pop("names")),
                **ours,
            }
        )

    def of_graph(self, record: Any, address: str) -> dict[str, Any]:
        """What is told of a result that rests on how blocks are connected."""
        entity = record.check_result.get("entity") or {}
        comments = [one for one in self.skips.get(address, ()) if one.get("id") == record.check_id]
        kind, named = next(((name, one) for name, one in entity.items() if isinstance(one, dict)), ("", {}))
        conf: Any = next(iter(named.values()), {})
        return {
            "kind": str(kind),
            "names": set(),
            "seen": {},
            "skip": str(comments[0].get("suppress_comment")) if comments else None,
            "rests": rests_on(first_names(record.check_result.get("evaluated_keys")), conf),
            "crashed": False,
            "present": False,
        }


def keys_of(declared: Any, names: set[str]) -> list[str]:
    """The paths that a check looked at: those it says, and whatever else it was seen to read."""
    paths = {str(key) for key in declared or ()}
    known = first_names(paths)
    more = {name for name in names if name not in known and name not in NO_ATTRIBUTES and not name.startswith("__")}
    return sorted(paths | more)


def typed(text: str) -> Any:
    """A variable's value from the environment: to Checkov's policies the text ``true`` is not true."""
    if re.fullmatch(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", text.strip()):
        return json.loads(text)
    return text


def seen(keys: Any, conf: Any, salt: str) -> dict[str, str]:
    """A fingerprint of the value that a block has at each path: of plain values that are resolved, there is one."""
    found = {}
    for key in keys or ():
        value = value_at(conf, re.findall(r"[^/.\[\]]+", str(key)))
        if isinstance(value, (bool, int, float, str)) and not references(value):
            found[str(key)] = fingerprint(value, salt)
    return found


def value_at(value: Any, steps: list[str]) -> Any:
    """The value at a path. Checkov wraps each attribute, and each block, in a list."""
    for step in steps:
        if isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
            continue
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        value = value.get(step) if isinstance(value, dict) else None
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def fingerprint(value: bool | int | float | str, salt: str) -> str:
    """What tells whether two values are the same, and no more; as text, because types are a matter of who reads."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    text = text.lower() if text.lower() in ("true", "false") else text
    return hashlib.sha256(f"{salt}:{text}".encode("utf-8", "surrogatepass")).hexdigest()


def copied(conf: Any) -> Any:
    """A copy of a block's configuration; nothing where it cannot be copied."""
    try:
        return copy.deepcopy(conf)
    except Exception:  # noqa: BLE001 - whatever Checkov put into it
        return {}


def expected(check: Any) -> list[Any]:
    """What a check compares with, as far as it says so."""
    try:
        return list(check.get_expected_values())
    except Exception:  # noqa: BLE001 - most checks have no such values
        return []


def scan(request: dict[str, Any]) -> dict[str, Any]:
    """Every result of Checkov on one root module."""
    from checkov.runner_filter import RunnerFilter
    from checkov.terraform.runner import Runner
    from checkov.terraform.tf_parser import TFParser

    recorder = Recorder(request["folder"], str(request.get("salt", "")))
    recorder.install()
    variables = {name: typed(text) for name, text in request.get("environment", {}).items()}
    setattr(TFParser, "env_vars", property(lambda _: variables, lambda *_: None))  # noqa: B010
    wanted = RunnerFilter(
        framework=["terraform"],
        download_external_modules=False,
        var_files=request.get("var_files") or None,
        show_progress_bar=False,
    )
    report = Runner().run(root_folder=request["folder"], runner_filter=wanted)
    return {
        "version": metadata.version("checkov"),
        "results": recorder.results,
        "blocks": sorted(recorder.blocks),
        "unparsed": sorted({str(one) for one in report.parsing_errors}),
        "refused": len(refused),
    }


def policies() -> Iterator[str]:
    """Checkov's policies for Terraform and AWS: id, how it looks (one block, or a graph of them), types, title."""
    from checkov.terraform.runner import Runner

    runner = Runner()
    runner.graph_registry.load_checks()
    found: dict[str, tuple[str, set[str], str]] = {}
    for registry in runner.block_type_registries.values():
        for entity, check in registry.all_checks():
            found.setdefault(check.id, (check.block_type, set(), check.name))[1].add(entity)
    for check in runner.graph_registry.checks:
        found.setdefault(check.id, ("graph", set(check.resource_types or ()), check.name))
    yield f"checkov=={metadata.version('checkov')}"
    for name in sorted(found):
        if re.match(r"CKV\d*_(?:AWS|TF)_", name):
            how, types, title = found[name]
            own = sorted(one for one in types if one.startswith("aws_"))
            yield f"{name} {how} {','.join(own) or '*'} {' '.join(title.split())}"


def main() -> int:
    """What the first argument says."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Whatever Checkov prints is no result.
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    no_connections()
    if sys.argv[1:] == ["policies"]:
        output.writelines(f"{line}\n" for line in policies())
        output.flush()
        return 0
    channel = sys.stdin.buffer
    request = json.loads(channel.readline())
    end_with_parent(channel)
    try:
        answer = scan(request)
    except Exception as error:  # noqa: BLE001 - its text may quote the source: only its name is told
        answer = {"error": type(error).__name__, "version": metadata.version("checkov")}
    json.dump(answer, output)
    output.flush()
    # Not sys.exit: threads and pools of Checkov's would be waited for.
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
