"""Refuses, before anything is read, kinds and attributes that do not exist and matchers that could never hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from audits.kind import Kind
from audits.matcher_check import MatcherError, check, speaks_of
from audits.paths import Every, Index, Key, PathError, Step, Where, parse, plain
from audits.provider_schema import block_of, resource_types, sensitive_paths
from audits.relation import BodyError

_PYTHON_TYPES: Mapping[str, set[type]] = {"string": {str}, "number": {int, float}, "bool": {bool}}
_NAMES: Mapping[type, str] = {str: "string", int: "number", float: "number", bool: "bool", list: "list", dict: "object"}
Place = tuple[str | int, ...]


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the nearest known name, or nothing."""
    found = get_close_matches(name, list(known), 1, 0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


def check_kind(name: Any, kinds: Mapping[str, Kind], place: Place) -> Kind:
    """The kind of that name.

    Raises:
        BodyError: there is none; says which is nearest, or into which one it folds.
    """
    if not isinstance(name, str):
        raise BodyError(f"a kind is named by text, not by {name!r}", place)
    if name in kinds:
        return kinds[name]
    # Of several kinds that it may fold into, one that both planes have comes first.
    for kind in sorted(kinds.values(), key=lambda one: one.from_live is None):
        part = next((part for part in kind.parts if part.type == name), None)
        if part:
            into = f", and {' and '.join(part.into)} for its attribute" if part.into else ""
            raise BodyError(f"{name} folds into {kind.type}: write that kind{into}", place)
    known = f" (the provider has it; a file audits/kinds/{name}.py would add it)" if name in resource_types() else ""
    raise BodyError(f"unknown kind {name!r}{known}{nearest(str(name), kinds)}", place)


def check_selector(data: Mapping[str, Any], kinds: Mapping[str, Kind], place: Place) -> Kind:
    """The kind that ``{kind, select}`` chooses from, its conditions checked.

    Raises:
        BodyError: an unknown kind or attribute, or a bad matcher.
    """
    kind = check_kind(data.get("kind"), kinds, (*place, "kind"))
    selector = data.get("select", {})
    if not isinstance(selector, dict):
        raise BodyError("select needs a mapping of paths", (*place, "select"))
    for clause, matcher in selector.items():
        here = (*place, "select", clause)
        if clause == "referred_by":
            _check_referred_by(matcher, kinds, here)
            continue
        try:
            parse(clause)
            check(matcher, here)
        except (PathError, MatcherError) as error:
            raise BodyError(str(error), getattr(error, "path", here)) from error
        check_path(kind, clause, matcher, kinds, here)
    return kind


def _check_referred_by(data: Any, kinds: Mapping[str, Kind], place: Place) -> None:
    if not isinstance(data, dict) or not {"kind", "path"} <= set(data) <= {"kind", "path", "select"}:
        raise BodyError("referred_by needs kind and path, and may have select", place)
    kind = check_selector(data, kinds, place)
    try:
        parse(str(data["path"]))
    except PathError as error:
        raise BodyError(str(error), (*place, "path")) from error
    check_path(kind, str(data["path"]), None, kinds, (*place, "path"))


def check_path(kind: Kind, text: str, matcher: Any, kinds: Mapping[str, Kind], place: Place) -> None:
    """Refuse a path that the kind's schema does not have, and a matcher that its type can never meet.

    Raises:
        BodyError: with the nearest right name.
    """
    _check_steps(kind, parse(text), text, matcher, kinds, place)


def _check_steps(
    kind: Kind, steps: tuple[Step, ...], text: str, matcher: Any, kinds: Mapping[str, Kind], place: Place
) -> None:
    # A block is a list of one in the schema; conditions inside [{…}] are paths of their own.
    secret = {path.replace("[*]", "") for path in (*kind.secrets, *sensitive_paths(kind.type))}
    if any(plain(steps[: number + 1]) in secret for number in range(len(steps))):
        raise BodyError(f"{text} is secret and is removed before judging, so no control can speak of it", place)
    found = _type_at(kind, steps, text, place)
    _check_conditions(kind, steps, kinds, place)
    check_references(matcher, kinds, place)
    if found is not None and matcher is not None:
        _check_type(found, matcher, text, place)


def _check_conditions(kind: Kind, steps: tuple[Step, ...], kinds: Mapping[str, Kind], place: Place) -> None:
    """Check what stands in ``[{…}]``: each condition is a path below the elements, with a matcher."""
    for number, step in enumerate(steps):
        for condition, matcher in step.conditions if isinstance(step, Where) else ():
            try:
                check(matcher)
            except MatcherError as error:
                raise BodyError(f"in [{step.text}]: {error}", place) from error  # type: ignore[union-attr]
            before = (Every() if isinstance(one, Where) else one for one in steps[: number + 1])
            _check_steps(kind, (*before, *parse(condition)), condition, matcher, kinds, place)


def check_references(matcher: Any, kinds: Mapping[str, Kind], place: Place) -> None:
    """Check the selectors inside ``refers_to``, at any depth."""
    if isinstance(matcher, dict):
        for keyword, argument in matcher.items():
            if keyword == "refers_to" and isinstance(argument, dict):
                unknown = next((key for key in argument if key not in ("kind", "select")), None)
                if unknown:
                    raise BodyError(f"unknown key {unknown!r} in refers_to", (*place, keyword, unknown))
                check_selector(argument, kinds, (*place, keyword))
            else:
                check_references(argument, kinds, (*place, keyword))
    elif isinstance(matcher, list):
        for number, element in enumerate(matcher):
            check_references(element, kinds, (*place, number))


def _type_at(kind: Kind, steps: tuple[Step, ...], text: str, place: Place) -> Any:
    """The schema type at a path as Terraform writes it; None where anything may stand."""
    here: Any = {"block": _block(kind)}
    walked: list[Step] = []
    for step in steps:
        walked.append(step)
        if here is None:
            return None
        here = _enter(here, step, text, place)
        if plain(tuple(walked)) in {path.replace("[*]", "") for path in kind.documents}:
            return None
    if isinstance(here, dict):
        return ["list", "dynamic"] if here.get("nesting") in ("list", "set") else None
    return here


def _denies_reference(matcher: Any, denied: bool = False) -> bool:
    """Whether ``not`` stands before ``refers_to`` about the same value."""
    if not isinstance(matcher, dict):
        return False
    found = denied and "refers_to" in matcher
    for keyword in ("allOf", "anyOf", "oneOf"):
        found = found or any(_denies_reference(one, denied) for one in matcher.get(keyword, ()))
    return found or ("not" in matcher and _denies_reference(matcher["not"], True))


def _block(kind: Kind) -> Mapping[str, Any]:
    block = block_of(kind.type) or {"attributes": {}, "blocks": {}}
    extra = {name: {"type": type_} for name, type_ in kind.extra.items()}
    blocks = {name: nested for name, nested in block["blocks"].items() if name not in extra}
    return {"attributes": {**block["attributes"], **extra}, "blocks": blocks}


def _enter(here: Any, step: Step, text: str, place: Place) -> Any:
    if isinstance(here, dict):
        if isinstance(step, Key):
            if here.get("nesting") in ("list", "set"):
                raise BodyError(
                    f"{text}: before {step.name!r} stands a list of blocks; write [*], [0] or [{{…}}]", place
                )
            return _member(here["block"], step.name, text, place)
        if here.get("nesting") not in ("list", "set"):
            raise BodyError(f"{text}: there is no list to take elements of", place)
        return {"block": here["block"]}
    if here == "dynamic":
        return None
    if isinstance(here, str):
        raise BodyError(f"{text}: there is nothing below a {here}", place)
    return _enter_type(here, step, text, place)


def _enter_type(here: Any, step: Step, text: str, place: Place) -> Any:
    name, inner = here[0], here[1]
    if name == "object" and isinstance(step, Key):
        if step.name not in inner:
            raise BodyError(f"{text}: no attribute {step.name!r}{nearest(step.name, inner)}", place)
        return inner[step.name]
    if name == "map" and isinstance(step, Key):
        return inner
    if name in ("list", "set", "tuple") and isinstance(step, Index | Every | Where):
        return inner
    if name in ("list", "set", "tuple"):
        raise BodyError(f"{text}: before {getattr(step, 'name', '')!r} stands a list; write [*], [0] or [{{…}}]", place)
    raise BodyError(f"{text}: there is no list to take elements of", place)


def _member(block: Mapping[str, Any], name: str, text: str, place: Place) -> Any:
    if name in block["attributes"]:
        return block["attributes"][name]["type"]
    if name in block["blocks"]:
        return block["blocks"][name]
    known = [*block["attributes"], *block["blocks"]]
    raise BodyError(f"{text}: no attribute {name!r}{nearest(name, known)}", place)


def _check_type(found: Any, matcher: Any, text: str, place: Place) -> None:
    if found == "dynamic":
        return
    if not isinstance(found, str) and found[0] in ("list", "set", "tuple") and _denies_reference(matcher):
        raise BodyError(
            f"{text} is a list, and refers_to speaks of every element of it: write items: {{not: {{refers_to: …}}}}",
            place,
        )
    if isinstance(found, str):
        possible = _PYTHON_TYPES[found]
    else:
        possible = {list} if found[0] in ("list", "set", "tuple") else {dict}
    wanted = speaks_of(matcher)
    if wanted and not wanted <= possible:
        names = " or ".join(sorted({_NAMES[type_] for type_ in wanted - possible}))
        shown = found if isinstance(found, str) else found[0]
        hint = f' (write "{matcher}")' if found == "string" and isinstance(matcher, int | float) else ""
        raise BodyError(
            f"{text} is a {shown} in the provider's schema, and the matcher speaks of a {names}{hint}", place
        )
