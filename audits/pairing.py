"""Which resource of one plane is which of the other, where a state (or a plan of what exists) tells it.

A state holds the identifier that AWS gave for each address: a Terraform resource and the one in the account with that
ARN or id are one, whatever they are called. Where both planes' natural keys say the same already, they stay; where the
account holds no such thing, the Terraform resource pairs with none, also not with one of its name: that is another.
Identifiers of a state pair, and do nothing else: they are facts of the last apply, and no value or reference is
filled in from them. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from audits.model import Finding, Observation, Origin, Resource


def pair(
    terraform: Observation, live: Observation, identified: Mapping[str, Resource]
) -> tuple[Observation, Observation]:
    """Both observations with keys that pair them. ``identified``: what the state holds, by address."""
    index = _Index.of(live.resources)
    natural = _unique(terraform.resources) & _unique(live.resources)
    ours: dict[str, str] = {}
    theirs: dict[str, str] = {}
    for one in terraform.resources:
        known = identified.get(one.identity, one if one.missing == "absent" else None)
        name = _name(known) if known is not None and known.kind == one.kind else None
        if known is None or name is None:
            continue
        other = index.find(known)
        if other is None:
            if not index.vague(one.kind):
                ours[one.identity] = name
        elif one.key is None or one.key != other.key or (one.kind, one.key) not in natural:
            ours[one.identity] = name
            theirs[other.identity] = name
    return _keyed(terraform, ours), _keyed(live, theirs)


def foreign(terraform: Observation, state: Observation) -> Observation:
    """The observation, with a finding if the state holds nothing of it at all."""
    addresses = {one.identity for one in terraform.resources}
    if not state.resources or not addresses or any(one.identity in addresses for one in state.resources):
        return terraform
    said = "no resource of the state is one of these: it is the state of something else, and pairs nothing"
    finding = Finding("terraform", "state and source differ", said, Origin(state.source))
    return replace(terraform, findings=(*terraform.findings, finding))


def _keyed(observation: Observation, keys: Mapping[str, str]) -> Observation:
    resources = tuple(
        replace(one, key=keys[one.identity]) if one.identity in keys else one for one in observation.resources
    )
    return replace(observation, resources=resources)


def _unique(resources: Iterable[Resource]) -> set[tuple[str, str]]:
    """Kinds and natural keys that only one resource has."""
    counted = Counter((one.kind, one.key) for one in resources if one.key is not None)
    return {(kind, str(key)) for (kind, key), number in counted.items() if number == 1}


def _text(resource: Resource, name: str) -> str | None:
    value = resource.attributes.get(name)
    return value if isinstance(value, str) and value else None


def _identifier(resource: Resource) -> str | None:
    """The id, in the form that readers give it: the provider keeps the dot at the end of a record's name in it."""
    found = _text(resource, "id")
    return found.replace("._", "_") if found is not None and resource.kind == "aws_route53_record" else found


def _name(resource: Resource) -> str | None:
    """The ARN of a resource, else its id."""
    return _text(resource, "arn") or _identifier(resource)


@dataclass(frozen=True)
class _Index:
    """The account's resources by kind and ARN, and by kind and id."""

    by_arn: Mapping[tuple[str, str], Resource]
    by_id: Mapping[tuple[str, str], Sequence[Resource]]
    unnamed: frozenset[str]

    @classmethod
    def of(cls, resources: Sequence[Resource]) -> _Index:
        by_arn: dict[tuple[str, str], Resource] = {}
        by_id: dict[tuple[str, str], list[Resource]] = {}
        unnamed = set()
        for one in resources:
            arn, identifier = _text(one, "arn"), _identifier(one)
            for name in filter(None, (arn, one.identity)):
                by_arn[one.kind, name] = one
            if identifier:
                by_id.setdefault((one.kind, identifier), []).append(one)
            if not arn and not identifier:
                unnamed.add(one.kind)
        return cls(by_arn, by_id, frozenset(unnamed))

    def find(self, known: Resource) -> Resource | None:
        """The one that has the ARN, else the only one that has the id, in the same account and region."""
        arn, identifier = _text(known, "arn"), _identifier(known)
        found = self.by_arn.get((known.kind, arn)) if arn else None
        if found is not None or identifier is None:
            return found
        alike = [one for one in self.by_id.get((known.kind, identifier), ()) if _together(one, known)]
        return alike[0] if len(alike) == 1 else None

    def vague(self, kind: str) -> bool:
        """Whether some resource of the kind has no name that could be compared."""
        return kind in self.unnamed


def _together(one: Resource, other: Resource) -> bool:
    """Whether nothing says that they are in different accounts or regions."""
    pairs = ((one.account, other.account), (one.region, other.region))
    return all(first is None or second is None or first == second for first, second in pairs)
