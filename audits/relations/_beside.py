"""What the policies of buckets say to a role or user: what they allow it beside its own policies, and what they deny.

Source: IAM user guide, "Policy evaluation for requests within a single account": a policy of the resource that names
the principal, or everyone, grants by itself; one that names the account only lets the account's own policies grant. An
explicit Deny in either counts. What a permissions boundary does not allow is denied to a role that is named, not to a
session or user that is; for everyone the guide does not say, so that is left open. Across accounts a resource's policy
does not grant by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from audits.model import Cause, Resource, Unknown, Value
from audits.relations._arns import partition
from audits.relations._doubts import Doubt
from audits.relations._exactly import Policies
from audits.relations._expected import References
from audits.relations._globs import Texts
from audits.relations._principals import EVERYONE, OWNER, Principal, normal
from audits.relations._requester import ROLE, THIS, Requester
from audits.relations._statements import Atom, Document, Places, read
from audits.view import View

BUCKET = "aws_s3_bucket"


@dataclass(slots=True)
class Beside:
    """What was found: Allows that a boundary limits, does not limit, and perhaps limits; Denies; what was not read."""

    limited: list[Atom] = field(default_factory=list)
    free: list[Atom] = field(default_factory=list)
    either: list[Atom] = field(default_factory=list)
    denies: list[Atom] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def added_to(self, policies: Policies) -> Policies:
        """The principal's own policies, with all of this beside them."""
        return replace(
            policies,
            atoms=[*policies.atoms, *self.denies],
            beside=self.limited,
            free=self.free,
            either=self.either,
            beside_doubts=self.doubts,
        )


def of_buckets(principal: Resource, view: View, references: References) -> Beside:
    """What the policies of all buckets that were read say to a role or user (a group is no principal)."""
    found = Beside(doubts=Doubt.behind(view.gaps(BUCKET), view))
    requester = Requester(principal, view)
    for bucket in view.resources(BUCKET):
        for atom in _said(bucket, requester, view, references):
            _put(atom, found, requester, bucket)
    return found


def _said(bucket: Resource, requester: Requester, view: View, references: References) -> Iterator[Atom]:
    """The statements of a bucket's policy; one that could say anything of the bucket where they are not all known."""
    body = view.attributes(bucket).get("policy")
    # What no configuration sets, a new bucket has not.
    body = None if "policy" in bucket.computed and isinstance(body, Unknown) else body
    name = f"policy of {bucket.identity}"
    unset = Unknown(Cause.UNSET) if body is None and bucket.missing == "unset" and not _folds(bucket, view) else None
    body = unset or body
    if body in (None, "", []):
        return

    def named_as(kind: str, value: Value) -> Value:
        return requester.named_as(kind, references.translate(kind, value))

    place = bucket.origin_of("policy")
    atoms, doubts = read(Document(body, name, place, references.text, references.condition, named_as, False), "s3")
    there = (Doubt.of(bucket.existence, f"whether {bucket.identity} exists"),) if bucket.existence is not None else ()
    for atom in atoms:
        yield replace(atom, sure=atom.sure and not there, extra=(*atom.extra, *there))
    if doubts:
        anything = Document(
            {
                "Statement": [
                    {"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": _within(bucket)}
                    for effect in ("Allow", "Deny")
                ]
            },
            name,
            place,
            references.text,
            references.condition,
            named_as,
            False,
        )
        for atom in read(anything, "s3")[0]:
            vague = Places(Texts(), atom.places.possible, atom.places.text, False)
            yield replace(atom, sure=False, places=vague, extra=(*doubts, *there))


def _folds(bucket: Resource, view: View) -> bool:
    declared = view.kinds.get(bucket.kind)
    return any("policy" in part.into for part in (declared.parts if declared else ()))


def _within(bucket: Resource) -> list[str]:
    """What a bucket's policy can speak of (Amazon S3 user guide, "Bucket policies": the bucket and its objects)."""
    name = bucket.attributes.get("bucket")
    if not isinstance(name, str):
        return ["*"]
    arn = f"arn:{partition(bucket.region)}:s3:::{name}"
    return [arn, f"{arn}/*"]


def _put(atom: Atom, found: Beside, requester: Requester, bucket: Resource) -> None:
    """The statement where it belongs, as one about the role or user itself; nowhere if it does not speak of it."""
    denies = atom.effect == "Deny"
    named = requester.among(atom.principal, denies)
    met = requester.meets(atom.condition)
    if named is False or met is None:
        return
    condition, doubts = met
    doubts = (*doubts, *atom.principal.doubts)
    if named is None and not atom.principal.doubts:
        doubts = (*doubts, Doubt(f"{atom.policy}: whether {atom.principal} is {requester.resource.identity}"))
    everyone = not _by_name(atom.principal)
    mine = replace(
        atom,
        principal=OWNER,
        condition=condition,
        sure=atom.sure and not doubts,
        extra=(*atom.extra, *doubts),
        policy=f"{atom.policy}, which speaks of everyone" if everyone and named else atom.policy,
    )
    if denies:
        found.denies.append(mine)
    elif _foreign(requester.resource, bucket):
        return
    elif everyone:
        found.either.append(mine)
    elif requester.resource.kind == ROLE and normal("AWS", THIS) in atom.principal.names:
        found.limited.append(mine)
    else:
        found.free.append(mine)


def _by_name(principal: Principal) -> bool:
    return not principal.inverted and EVERYONE not in principal.names


def _foreign(principal: Resource, bucket: Resource) -> bool:
    """Whether they surely are of two accounts."""
    return principal.account is not None and bucket.account is not None and principal.account != bucket.account
