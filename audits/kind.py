"""What a resource kind declares, once for both planes. One file in ``audits/kinds/`` holds one :class:`Kind`.

A kind is data: the Terraform type, what identifies it, the AWS operations that read it, where JSON documents lie,
which provider defaults are relied on (each with its source), and which other Terraform types fold into it. The two
functions it may bring translate what data cannot: ``from_terraform`` and ``from_live``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

from audits.model import Resource, Unknown, Value

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Read:
    """One AWS operation that a kind needs.

    ``service`` and ``operation`` are botocore's (``rds``, ``describe_db_instances``). ``action`` is the IAM action
    that allows it, given where it differs from ``service:Operation`` (Service Authorization Reference).
    ``absent``: error codes which mean "there is none" (``NoSuchBucketPolicy``), as the operation's documentation says.
    ``resources``: the ARN patterns to which the policy can narrow the action, where that is known to be safe.
    """

    service: str
    operation: str
    action: str | None = None
    absent: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Default:
    """What the provider or AWS does if the source leaves an attribute out, and where that is documented."""

    value: Value
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """A Terraform type that describes a piece of another resource and folds into it.

    ``by``: its attribute that names the parent (or, holding a list, several parents; without it there is none). A type
    may fold into several kinds, each of which declares it. ``into``: the parent's
    attributes (lists of blocks) that it may add to. ``parent_attributes``: what ``by`` may hold of the parent.
    ``convert``: the blocks it adds, by attribute of the parent; by default one block with the part's attributes,
    without ``by``, to the only one in ``into``. Where the parent cannot be told, every parent's ``into`` becomes an
    open Unknown: it may hold this, too. ``many``: a parent may have several; where it can have only one, a part that
    was read leaves no room for another behind a gap.
    """

    type: str
    by: str
    into: tuple[str, ...]
    parent_attributes: tuple[str, ...] = ("id", "arn", "name")
    convert: Callable[[Resource], Mapping[str, Sequence[Value]]] | None = None
    many: bool = True


class Reader(Protocol):
    """How a kind asks AWS, given by ``planes/live.py``. A kind never catches an error: each becomes a gap there.

    Every operation must be one of the kind's ``reads``. Equal calls are made once in a run. All of it may be called
    from several threads.
    """

    @property
    def account(self) -> str:
        """The account's 12-digit identifier."""

    @property
    def region(self) -> str:
        """The region that is read; for a global service the one its endpoint is in."""

    @property
    def only(self) -> frozenset[str] | None:
        """The values of the kind's ``in_parts_by`` that are asked for; None where all resources are."""

    @property
    def beside(self) -> frozenset[str]:
        """The kinds that are read in the same run, this one included: what one call tells of several is asked once."""

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""

    def pages(self, service: str, operation: str, result: str, **parameters: Any) -> list[dict[str, Any]]:
        """Every element of ``result`` (a JMESPath) over all pages. A failure ends the kind's listing with a gap."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One answer on which the whole listing rests. A failure ends the kind's listing with a gap."""

    def detail(
        self, service: str, operation: str, *, resource: str, attribute: str, **parameters: Any
    ) -> dict[str, Any] | Unknown | None:
        """One answer about one resource: None where AWS says there is none, Unknown (``unreadable``) where it failed.

        A failure leaves a gap for ``attribute`` of ``resource`` and harms nothing else.
        """

    def begin(self, service: str, operation: str, **parameters: Any) -> None:
        """Make a call now whose answer ``pages``, ``call`` or ``detail`` will ask for, with equal parameters, later.

        For a second listing that does not wait for the first one. It says nothing of how the call ends: they do.
        """

    def each(self, items: Iterable[Item], function: Callable[[Item], Result]) -> list[Result]:
        """``function`` of every item, side by side, in the order of ``items``."""

    def resource(
        self, kind: str, identity: str, attributes: Mapping[str, Value], *, region: str | None = None
    ) -> Resource:
        """A resource of the account that is read; ``identity`` is its ARN, else the identifier AWS gives."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The declaration of one resource kind.

    ``identity``: attributes that together name it uniquely within account and region, () where there are none.
    ``names``: attributes by which other resources refer to it (``id``, ``arn``, ``name``).
    ``documents``: attribute paths that hold JSON text; they are decoded on both planes.
    ``secrets``: paths whose values never reach a judgement or an output (the provider's own sensitive paths are
    added). Paths are written ``container_definitions[*].environment[*].value``.
    ``conceal``: removes what is secret only in some resources (the endpoint of a subscription, if it is on the web),
    from attributes as they are configured or read, before anything else sees them.
    ``extra``: attributes beyond the provider's schema, made by folding, with the type they have, as Terraform's
    schema would write it (``["list", "dynamic"]``).
    ``aliases``: other names that the provider has for the same type (``aws_alb``).
    ``composed``: pairs of attributes that, joined by a colon, name it as well (``family:revision``).
    ``security_groups``: paths that hold the security groups attached to it (``vpc_security_group_ids[*]``).
    ``in_parts_by``: an attribute for some of whose values alone AWS can be asked; ``from_live`` heeds ``reader.only``.
    ``on_demand``: details, by the attribute for which ``from_live`` asks for them, that are left out where no check
    speaks of any of the attributes they tell (all that rests on them); tags are with every kind.
    ``from_terraform``: what is irregular in source, applied after folding and decoding.
    ``from_live``: reads the account; without it the kind exists on the Terraform plane only.
    """

    type: str
    identity: tuple[str, ...] = ()
    names: tuple[str, ...] = ("id", "arn")
    reads: tuple[Read, ...] = ()
    scope: Literal["regional", "global"] = "regional"
    documents: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    conceal: Callable[[Mapping[str, Value]], Mapping[str, Value]] | None = None
    defaults: Mapping[str, Default] = field(default_factory=lambda: MappingProxyType({}))
    parts: tuple[Part, ...] = ()
    extra: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    security_groups: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    composed: tuple[tuple[str, str], ...] = ()
    in_parts_by: str = ""
    on_demand: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    from_terraform: Callable[[Resource], Resource] | None = None
    from_live: Callable[[Reader], Iterable[Resource]] | None = None

    @property
    def details(self) -> Mapping[str, tuple[str, ...]]:
        """Every detail that may be left out, with the attributes that it tells."""
        return {"tags": ("tags",), **self.on_demand}
