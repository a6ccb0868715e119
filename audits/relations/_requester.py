"""Whether a policy's principal is, and its condition can be met by, a given role or user: three-valued.

Sources: IAM user guide, "AWS JSON policy elements: Principal" (an account stands for whom it delegates to, so its own
principals get nothing by it alone; a Deny for an account holds for all of it; the session of a role is named by
``assumed-role/NAME/SESSION``) and "AWS global condition context keys" (``aws:SourceArn`` and its like are there only in
what a service asks for; ``aws:PrincipalArn`` of a session is the role's; a key that is not there meets no operator but
those with ``IfExists``, the negated ones, ``ForAllValues`` and ``Null`` true).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from audits.index import same
from audits.model import Cause, Resource, Unknown, Value
from audits.relations._arns import named, partition, widest
from audits.relations._conditions import Condition, Term
from audits.relations._doubts import Doubt
from audits.relations._globs import Texts, overlap, within
from audits.relations._principals import EVERYONE, Principal, normal
from audits.view import View

ROLE, USER = "aws_iam_role", "aws_iam_user"
THIS, SESSION, OTHER, ACCOUNT = "⟨this one⟩", "⟨a session of this one⟩", "⟨someone else⟩", "⟨an account⟩"
_NOUN = {ROLE: "role", USER: "user"}
_OF_SERVICES = frozenset(
    {
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
    }
)
_OF_PRINCIPALS = re.compile(r"aws:principal.*|aws:userid|aws:username|aws:federatedprovider|aws:multifactor.*|saml:.*")
_SESSION = re.compile(r"arn:[^:]*:sts::(\d{12}):assumed-role/([^/]+)/.+")


@dataclass(frozen=True, slots=True)
class Requester:
    """A role or user that asks for something by itself."""

    resource: Resource
    view: View

    @property
    def name(self) -> str:
        """Its name, empty where that is not known."""
        name = self.resource.attributes.get("name")
        return name if isinstance(name, str) else ""

    def arn(self) -> str:
        """Its ARN, with a wildcard for what of it is not known."""
        known = self.resource.attributes.get("arn")
        if isinstance(known, str):
            return known
        path = self.resource.attributes.get("path")
        path = path if isinstance(path, str) else "/" if path is None and self.resource.missing == "unset" else "/*"
        start = f"arn:{partition(self.resource.region)}:iam::{self.resource.account or '????????????'}"
        return f"{start}:{_NOUN[self.resource.kind]}{path}{self.name or '*'}"

    def named_as(self, kind: str, value: Value) -> Value:
        """What a principal's value stands for: this one, a session of it, an account, someone else, or an Unknown."""
        if kind not in ("AWS", "*"):
            return OTHER
        if value == "*":
            return value
        if isinstance(value, Unknown):
            return self._unknown(value)
        text = str(value)
        account = re.fullmatch(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?", text)
        if account:
            return text
        session = _SESSION.fullmatch(text)
        if session:
            mine = self.resource.kind == ROLE and session[2] == self.name and self._own(session[1]) is not False
            return SESSION if mine else OTHER
        return self._text(value)

    def _text(self, value: str) -> Value:
        if value == self.resource.attributes.get("unique_id"):
            return THIS
        own = self.arn()
        if not overlap(Texts((value,)), Texts((own,))):
            return OTHER
        if value == own or self._leads_here(value):
            return THIS
        return Unknown(Cause.UNRESOLVED, detail=f"whether {value} is {self.resource.identity}")

    def _leads_here(self, value: Value) -> bool:
        target = self.view.resolve(value, self.resource.kind)
        if target.resource is None:
            meant = named(value, self.resource.kind, self.view, self.resource.account)
            target = target if meant.doubt or meant.other else self.view.resolve(meant.value, self.resource.kind)
        return target.resource is not None and same(target.resource, self.resource)

    def _unknown(self, value: Unknown) -> Value:
        if self._leads_here(value):
            return THIS
        target = self.view.resolve(value, self.resource.kind)
        if target.resource is not None or not target.undecided:
            return OTHER
        meant = named(value, self.resource.kind, self.view, self.resource.account)
        if meant.other:
            return OTHER
        last = value.parts[-1] if value.parts else ""
        if isinstance(last, str) and last.endswith(":root"):
            return ACCOUNT
        if any(one.attribute == "iam_arn" for one in value.references) and not value.parts:
            return OTHER  # an origin access identity of CloudFront
        return value if overlap(Texts((widest(value),)), Texts((self.arn(),))) else OTHER

    def _own(self, account: str) -> bool | None:
        return None if self.resource.account is None else account == self.resource.account

    def among(self, principal: Principal, denies: bool) -> bool | None:
        """Whether a statement for this principal speaks of it, and gives or takes by itself."""
        if principal.doubts:
            return None
        named = principal.names & {normal("AWS", THIS), normal("AWS", SESSION)}
        accounts = [self._own(name[4:]) for name in principal.names if re.fullmatch(r"AWS \d{12}", name)]
        accounts += [None] if normal("AWS", ACCOUNT) in principal.names else []
        own = True if True in accounts else None if None in accounts else False
        if principal.inverted:
            return self._not_left_out(bool(named), own, denies)
        if named or EVERYONE in principal.names:
            return True
        return own if denies else False

    @staticmethod
    def _not_left_out(named: bool, account: bool | None, denies: bool) -> bool | None:
        """Whether ``NotPrincipal`` speaks of it: a Deny leaves out only who is named together with the account."""
        if named:
            return None if denies and account is not True else False
        return True if account is False else None

    def meets(self, condition: Condition) -> tuple[Condition, tuple[Doubt, ...]] | None:
        """What of a condition is left for whoever this is, and what cannot be told of it; None if it never meets it."""
        left: list[Term] = []
        doubts: list[Doubt] = list(condition.more)
        for term in condition.terms:
            met = self._met(term)
            if met is False:
                return None
            if met is None:
                left.append(term)
                if _OF_PRINCIPALS.fullmatch(term.key) or term.vague:
                    doubts.append(Doubt(f"whether {self.resource.identity} meets {term.text}"))
        return Condition(frozenset(left), condition.more), tuple(doubts)

    def _met(self, term: Term) -> bool | None:
        """Whether it meets a term: None where that depends on the request, or cannot be told."""
        if term.key in _OF_SERVICES or (term.key == "aws:username" and self.resource.kind == ROLE):
            return _met_without(term)
        plain = term.operator.removesuffix("ifexists")
        if term.vague or ":" in plain:
            return None
        if term.key == "aws:principalisawsservice" and plain == "bool":
            return term.values == {"false"}
        if plain == "null" and term.key in ("aws:principalarn", "aws:principalaccount", "aws:principaltype"):
            return term.values == {"false"}
        own = {
            "aws:principalarn": self.arn(),
            "aws:principalaccount": self.resource.account or "????????????",
            "aws:principaltype": "AssumedRole" if self.resource.kind == ROLE else "User",
            "aws:username": self.name or "*",
        }.get(term.key)
        if own is None or not re.fullmatch(r"(?:string|arn)(?:not)?(?:equals|like)|(?:arn)?like", plain):
            return None
        return _compared(own, term.values, wild="like" in plain, negated=term.negated)


def _compared(own: str, values: Iterable[str], *, wild: bool, negated: bool) -> bool | None:
    """Whether a text (with wildcards for what of it is not known) is one of the values."""
    answers: list[bool | None] = []
    for value in values:
        if "⟨" in value or (not wild and re.search(r"[*?]", value)):
            answers.append(None if "⟨" in value else False)
        elif within(Texts((own,)), Texts((value,))):
            answers.append(True)
        else:
            answers.append(None if overlap(Texts((own,)), Texts((value,))) else False)
    found = True if True in answers else None if None in answers else False
    return found if found is None else found is not negated


def _met_without(term: Term) -> bool | None:
    """Whether a term is met by a request that does not have its key."""
    qualifier, _, base = term.operator.rpartition(":")
    if base == "null":
        return None if term.vague else term.values == {"true"}
    return base.endswith("ifexists") or "not" in base or qualifier == "forallvalues"
