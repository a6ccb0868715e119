"""Whether what Terraform refers to is what the account names: the same paired resource, another one, or not told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from audits.index import Index, same
from audits.model import Cause, Resource, Unknown, Value
from audits.outcome import equal


@dataclass(frozen=True)
class Links:
    """Follows references of Terraform to the account. ``live_of``: the paired resource by address.

    ``own``: the resource from which they are followed.
    """

    live: Index
    live_of: Mapping[str, Resource]
    own: str | None = None

    def within(self, resource: Resource) -> Links:
        """The links as the resource itself sees them: what refers to the resource is not known by what it is.

        The rest of a name after its prefix is such a reference.
        """
        return replace(self, own=resource.identity)

    def resolves(self, unknown: Unknown, value: Value) -> bool | None:
        """Whether ``unknown`` stands for ``value``; None where that cannot be told."""
        if not isinstance(value, str) or not value:
            return None
        if unknown.parts:
            return self._composed(unknown, value)
        target = self.target(unknown)
        return None if target is None else self._names(target, unknown.references[0].attribute or "id", value)

    def target(self, unknown: Unknown) -> Resource | None:
        """The account's resource that a plain reference leads to."""
        plain = unknown.cause is Cause.COMPUTED and len(unknown.references) == 1 and not unknown.parts
        if not plain or unknown.derived or unknown.partial is not None or unknown.references[0].address == self.own:
            return None
        return self.live_of.get(unknown.references[0].address)

    def text(self, unknown: Unknown) -> str | None:
        """What the account has for a plain reference, if that is a text that is known."""
        target = self.target(unknown)
        found = target.attributes.get(unknown.references[0].attribute or "id") if target is not None else None
        return found if isinstance(found, str) and found else None

    def _composed(self, unknown: Unknown, value: str) -> bool | None:
        parts = tuple(one if isinstance(one, str) else self.text(one) or one for one in unknown.parts)
        known = [one for one in parts if isinstance(one, str)]
        if len(known) == len(parts):
            text = "".join(known)
            return True if text == value else None if _alike(text, value) else False
        filled = Unknown(unknown.cause, unknown.references, parts=parts)
        return False if equal(value, filled).holds is False else None

    def _names(self, target: Resource, attribute: str, value: str) -> bool | None:
        """Whether a value names the target by the attribute."""
        own = target.attributes.get(attribute)
        kind = self.live.kinds.get(target.kind)
        names = kind.names if kind else ("id", "arn")
        if value == own or value in {target.attributes.get(name) for name in names}:
            return True
        if attribute not in names:
            return False if isinstance(own, str) and own and not _alike(own, value) else None
        found = self.live.resolve(value, target.kind, self.live.place_of(target)).resource
        if found is not None:
            alike = found.key is not None and found.key == target.key
            return True if same(found, target) else None if alike else False
        return False if isinstance(own, str) and _of_one_form(own, value) else None


def _alike(one: str, other: str) -> bool:
    """Whether two texts may be one to AWS: case, and the dot at the end of a name in DNS."""
    return one.lower().rstrip(".") == other.lower().rstrip(".")


def _of_one_form(one: str, other: str) -> bool:
    """Whether two identifiers are of one form, so that each is the whole name of its resource."""
    if one.startswith("arn:") and other.startswith("arn:"):
        return one.split(":")[2] == other.split(":")[2] and _type(one) == _type(other)
    first, second = (re.fullmatch(r"([a-z]+)-[0-9a-f]{8,17}", text) for text in (one, other))
    return first is not None and second is not None and first[1] == second[1]


def _type(arn: str) -> str:
    return re.split(r"[:/]", arn.split(":", 5)[-1])[0]
