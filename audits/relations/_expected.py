"""Documented statements: their schema, what is refused before anything is read, and their reading as sets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from audits.kind import Kind
from audits.model import Cause, Unknown, Value
from audits.outcome import Outcome
from audits.relation import BodyError
from audits.relations._actions import actions_of, expand, services, spelled
from audits.relations._arns import arn_shape, known_text, named, own_account
from audits.relations._conditions import ALWAYS, OWN_ACCOUNT, Meant, conditions
from audits.relations._exactly import Expected
from audits.relations._globs import ALL_TEXTS, Texts, overlap
from audits.relations._principals import EVERYONE, OWNER, Principal, normal
from audits.relations._schema_check import check_selector, nearest
from audits.view import View

Place = tuple[str | int, ...]
_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "minItems": 1, "items": _TEXT}
_STATEMENT: Mapping[str, Any] = {
    "effect": {"enum": ["Allow", "Deny"]},
    "actions": _TEXTS,
    "resources": _TEXTS,
    "conditions": {"type": "object", "additionalProperties": {"type": "object", "minProperties": 1}},
}
_NAMED = {"oneOf": [_TEXT, {"type": "array", "minItems": 1, "items": {"type": ["string", "object"]}}]}
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
PRINCIPALS: Mapping[str, Any] = {
    "oneOf": [
        {"const": "*"},
        {
            "type": "object",
            "minProperties": 1,
            "properties": dict.fromkeys(_PRINCIPAL_TYPES, _NAMED),
            "additionalProperties": False,
        },
    ]
}
_BASES = "String{}Equals String{}EqualsIgnoreCase String{}Like Numeric{}Equals Date{}Equals Arn{}Equals Arn{}Like"
OPERATORS = (
    *(base.format(negation) for base in _BASES.split() for negation in ("", "Not")),
    *(
        f"{family}{how}{equals}"
        for family in ("Numeric", "Date")
        for how in ("Less", "Greater")
        for equals in ("Than", "ThanEquals")
    ),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
)
_QUALIFIERS = ("ForAnyValue:", "ForAllValues:")


def statements_schema(*, principals: bool) -> Mapping[str, Any]:
    """The JSON Schema of ``exactly``."""
    own = {"principals": PRINCIPALS} if principals else {}
    required = ["effect", "actions", "principals" if principals else "resources"]
    item = {"type": "object", "properties": {**_STATEMENT, **own}, "required": required, "additionalProperties": False}
    return {"type": "array", "items": item}


@dataclass(frozen=True)
class References:
    """The ``refers_to`` inside documented conditions and principals, each with the text that stands for it.

    ``literals``: keys for which plain texts are documented, too.
    """

    view: View
    region: str | None = None
    account: str | None = None
    by_key: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    literals: set[str] = field(default_factory=set)

    def token(self, key: str, value: Any) -> str:
        """The text of a documented value; a reference gets one that nothing else has."""
        if not isinstance(value, dict):
            self.literals.add(key.lower())
            return "true" if value is True else "false" if value is False else str(value)
        data = value["refers_to"]
        select = f" {json.dumps(data['select'], sort_keys=True, ensure_ascii=False)}" if data.get("select") else ""
        # Wildcards in a selector must not be read as wildcards of the policy.
        text = f"⟨{data['kind']}{select}⟩".replace("*", "∗").replace("?", "？")
        self.by_key.setdefault(key.lower(), {})[text] = data
        return text

    def translate(self, key: str, value: Value) -> Value:
        """The text that a value found in a policy stands for: a reference's, if it leads to what is documented."""
        return self._meant(key, known_text(value, self.view, self.region)).value

    def condition(self, operator: str, key: str, value: Value) -> Sequence[Meant]:
        """What a value found in a condition stands for; a pattern for itself: it lets in more than the one wanted."""
        value = known_text(value, self.view, self.region)
        if key.lower() == "aws:sourceaccount" and key.lower() not in (*self.literals, *self.by_key):
            return [Meant(self._account(value))]
        meant = self._meant(key, value)
        pattern = self._pattern(value) if self.by_key.get(key.lower()) and key.lower() not in self.literals else ""
        if not pattern or meant.value in self.by_key[key.lower()] or meant.at_most:
            return [meant]
        if not re.fullmatch(r"(?:.*:)?(?:stringlike|arnlike|arnequals)(?:ifexists)?", operator.lower()):
            return [Meant(pattern)]  # "*" is a plain character there, and no ARN has one
        wanted = self.by_key[key.lower()]
        kinds = [data["kind"] for data in wanted.values() if overlap(Texts((_filled(value),)), _shape(data))]
        note = f"admits any {' or '.join(dict.fromkeys(kinds))} ({pattern})" if kinds else ""
        return [Meant(pattern, note=note)]

    def _meant(self, key: str, value: Value) -> Meant:
        wanted = self.by_key.get(key.lower(), {})
        if not wanted:
            return Meant(value)
        undecided: Meant | None = None
        others = 0
        for text, data in wanted.items():
            found = named(value, data["kind"], self.view, self.account)
            if found.other and not (isinstance(value, str) and self.view.refers_to(data, value).holds):
                others += 1
                continue
            if isinstance(found.value, str) and ("*" in found.value or "?" in found.value):
                continue
            outcome = self.view.refers_to(data, found.value)
            if outcome.holds is True:
                if not found.doubt:
                    return Meant(text)
                undecided = Meant(Unknown(Cause.UNRESOLVED, detail=found.doubt), text if found.unique else "")
            elif outcome.holds is None:
                undecided = Meant(_because(outcome))
        if undecided is not None:
            return undecided
        if isinstance(value, Unknown) and others == len(wanted):
            return Meant(_filled(value, "⟨{}⟩"))
        if isinstance(value, Unknown) and key.lower() not in self.literals:
            return Meant(f"⟨{value.describe()}⟩")
        return Meant(value)

    def _account(self, value: Value) -> Value:
        own = own_account(value, self.account)
        if own:
            return OWN_ACCOUNT
        if own is None and isinstance(value, str):
            return Unknown(Cause.UNRESOLVED, detail=f"whether {value} is the own account cannot be told")
        return value

    def _pattern(self, value: Value) -> str:
        """A text with wildcards that its known end, or all of it, shows to be one; empty if it is none."""
        if isinstance(value, str):
            return value if "*" in value or "?" in value else ""
        last = value.parts[-1] if isinstance(value, Unknown) and value.parts else ""
        return _filled(value, "⟨{}⟩") if isinstance(last, str) and last.endswith(("*", "?")) else ""

    def text(self, value: Value) -> Value:
        """The text of an action or resource."""
        return known_text(value, self.view, self.region)


def _filled(value: Value, unknown: str = "*") -> str:
    """A text with something in the place of each part that is not known (``{}``: what it is)."""
    if isinstance(value, str):
        return value
    if not value.parts:
        said = value.describe().removeprefix(f"{value.cause}: ").replace("*", "∗").replace("?", "？")
        return unknown.replace("{}", said)
    return "".join(_filled(part, unknown) for part in value.parts)


def _shape(data: Mapping[str, Any]) -> Texts:
    return Texts((arn_shape(data["kind"]),))


def _because(outcome: Outcome) -> Unknown:
    """Why it cannot be told, the cause said once."""
    cause = outcome.unknowns[0].cause if outcome.unknowns else Cause.UNRESOLVED
    references = outcome.unknowns[0].references if len(outcome.unknowns) == 1 else ()
    said = outcome.message.removeprefix(f"{cause}: ")
    names = ", ".join(str(reference) for reference in references)
    return Unknown(cause, references, "" if said == names else said)


def expected_of(data: Mapping[str, Any], references: References) -> Expected:
    """A documented statement (already checked) as sets."""
    actions = sorted({spelled(name) for name in data["actions"]})
    found = frozenset(name for one in data["actions"] for name in expand(one, _service(one)))
    places = tuple(Texts((one,)) for one in sorted(set(data.get("resources", ())))) or (ALL_TEXTS,)
    owners = _principals(data["principals"], references) if "principals" in data else (OWNER,)
    # The values have to be seen before any is translated; here they already are texts.
    plain = {op: {key: _plain(key, v, references) for key, v in keys.items()} for op, keys in _operators(data)}
    met = tuple(conditions(plain, lambda operator, key, value: [Meant(value)])) if plain else (ALWAYS,)
    texts = [", ".join(sorted(str(owner) for owner in owners)), ", ".join(actions)]
    texts += [f"on {', '.join(sorted(set(data['resources'])))}"] if "resources" in data else []
    texts += [f"if {' or '.join(sorted(str(one) for one in met))}"] if plain else []
    prefix = "Deny " if data["effect"] == "Deny" else ""
    return Expected(data["effect"], found, places, owners, met, prefix + " ".join(text for text in texts if text))


def _operators(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from data.get("conditions", {}).items()


def _plain(key: str, value: Any, references: References) -> list[str]:
    return [references.token(key, one) for one in (value if isinstance(value, list) else [value])]


def _principals(data: Any, references: References) -> tuple[Principal, ...]:
    if data == "*":
        return (Principal(frozenset((EVERYONE,))),)
    found = [
        Principal(frozenset((normal(kind, references.token(kind, one)),)))
        for kind, names in data.items()
        for one in (names if isinstance(names, list) else [names])
    ]
    return tuple(sorted(set(found), key=str))


def _service(action: str) -> str:
    return action.partition(":")[0].lower()


def check_statements(
    data: Sequence[Mapping[str, Any]], kinds: Mapping[str, Kind], place: Place, service: str | None = None
) -> None:
    """Refuse actions, resources and conditions that cannot be.

    Raises:
        BodyError: with the place and the nearest right name.
    """
    for number, one in enumerate(data):
        here = (*place, number)
        for index, action in enumerate(one["actions"]):
            _check_action(action, service, (*here, "actions", index))
        for index, resource in enumerate(one.get("resources", ())):
            if not resource.startswith("arn:") and resource != "*":
                raise BodyError(f"{resource!r} is neither an ARN nor '*'", (*here, "resources", index))
        for operator, keys in one.get("conditions", {}).items():
            _check_operator(operator, (*here, "conditions", operator))
            for key, value in keys.items():
                _check_values(value, kinds, (*here, "conditions", operator, key))
        owners = one.get("principals", {})
        for kind, value in owners.items() if isinstance(owners, dict) else ():
            _check_values(value, kinds, (*here, "principals", kind))


def check_service(name: str, place: Place) -> None:
    """Refuse a service that AWS does not have.

    Raises:
        BodyError: with the nearest right name.
    """
    if not actions_of(name):
        raise BodyError(f"unknown service {name!r}{nearest(name, services())}", place)


def _check_action(action: str, service: str | None, place: Place) -> None:
    prefix, colon, name = action.partition(":")
    if not colon or not name:
        raise BodyError(f"{action!r} is no action; write service:Action", place)
    if service is not None and prefix.lower() != service:
        raise BodyError(f"{action!r} is not of the service {service}", place)
    known = actions_of(prefix.lower())
    if not known:
        raise BodyError(f"{action!r}: unknown service {prefix!r}{nearest(prefix, services())}", place)
    if not expand(action, prefix.lower()) & known.keys():
        near = get_close_matches(action.lower(), known, 1, 0.6)
        hint = f"; did you mean {known[near[0]]!r}?" if near else ""
        raise BodyError(f"unknown action {action!r}{hint}", place)


def _check_operator(operator: str, place: Place) -> None:
    plain = operator
    for qualifier in _QUALIFIERS:
        if plain.lower().startswith(qualifier.lower()):
            plain = plain[len(qualifier) :]
    if plain.lower().endswith("ifexists"):
        plain = plain[: -len("IfExists")]
    if plain.lower() not in {name.lower() for name in OPERATORS}:
        raise BodyError(f"unknown condition operator {operator!r}{nearest(plain, OPERATORS)}", place)


def _check_values(value: Any, kinds: Mapping[str, Kind], place: Place) -> None:
    for number, one in enumerate(value if isinstance(value, list) else [value]):
        here = (*place, number) if isinstance(value, list) else place
        if isinstance(one, dict):
            if set(one) != {"refers_to"} or not isinstance(one["refers_to"], dict):
                raise BodyError("a value is a text, or {refers_to: {kind, select}}", here)
            stranger = next((key for key in one["refers_to"] if key not in ("kind", "select")), None)
            if stranger:
                raise BodyError(f"unknown key {stranger!r} in refers_to", (*here, "refers_to", stranger))
            check_selector(one["refers_to"], kinds, (*here, "refers_to"))
        elif not isinstance(one, str | bool | int | float):
            raise BodyError("a value is a text, or {refers_to: {kind, select}}", here)
