"""Policy documents that are read only while applying: the plan shows their arguments, so what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from audits.model import Redacted, Unknown, Value
from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.documents import complete_document

POLICY_DOCUMENT = "aws_iam_policy_document"
_BLOCKS = frozenset(("statement", "principals", "not_principals", "condition"))


@dataclass(slots=True)
class Documents(Mapping[str, Unknown]):
    """The JSON of each such document by its address, made when it is asked for: one may be made of others."""

    arguments: Callable[[str], dict[str, Value] | None]
    addresses: frozenset[str]
    _done: dict[str, Unknown | None] = field(default_factory=dict)

    def __getitem__(self, address: str) -> Unknown:
        if address not in self._done:
            self._done[address] = None  # One that is made of itself is told by nobody.
            self._done[address] = self._made(address)
        found = self._done[address]
        if found is None:
            raise KeyError(address)
        return found

    def _made(self, address: str) -> Unknown | None:
        arguments = self.arguments(address) if address in self.addresses else None
        if arguments is None:
            return None
        body = _body(arguments)
        complete_document(body)
        made = body.attributes["json"]
        return made if isinstance(made, Unknown) else None

    def __iter__(self) -> Iterator[str]:
        return iter(self.addresses)

    def __len__(self) -> int:
        return len(self.addresses)


def _body(arguments: Mapping[str, Value]) -> BodyValue:
    body = BodyValue(("", 0, 0))
    for name, value in arguments.items():
        if name in _BLOCKS:
            blocks = value if isinstance(value, list) else []
            body.blocks[name] = (
                value
                if isinstance(value, Unknown)
                else [_body(one) if isinstance(one, dict) else BodyValue(("", 0, 0)) for one in blocks]
            )
        elif name not in ("id", "json", "minified_json", "override_json", "source_json"):
            body.attributes[name] = value
    return body


def has_secret(value: Value) -> bool:
    """Whether anything in it was removed: then nothing is made of it."""
    if isinstance(value, dict):
        return any(map(has_secret, value.values()))
    if isinstance(value, list):
        return any(map(has_secret, value))
    return isinstance(value, Redacted)
