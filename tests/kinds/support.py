"""A reader that answers from a script, every answer checked against botocore's output shapes first.

A test cannot invent a member that AWS does not send: the validator refuses it. That is what makes these answers worth
something where moto loses a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.validate import ParamValidator

from audits.canonical import canonical
from audits.kind import Kind, Part
from audits.model import Cause, Observation, Plane, Reference, Resource, Unknown
from audits.provider_schema import block_of

DOCUMENT = "policyDocumentType"
"""IAM's documents are strings in the model; botocore hands them out decoded (``json_decode_policies``)."""


class Absent(str):
    """Answer of a detail: the error code with which AWS says that there is none."""


DENIED = Unknown(Cause.UNREADABLE, detail="AccessDenied")
"""Answer of a detail that could not be read."""


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def operation_of(service: str, operation: str) -> Any:
    names = {xform_name(name): name for name in _model(service).operation_names}
    return _model(service).operation_model(names[operation])


def check_shape(shape: Any, value: Any, where: str) -> None:
    """Refuse what botocore would never hand out for this shape."""
    if shape.name == DOCUMENT:
        assert isinstance(value, dict), f"{where}: botocore decodes IAM documents"
    elif shape.type_name == "structure":
        assert isinstance(value, dict), f"{where}: not a structure"
        for name, member in value.items():
            assert name in shape.members, f"{where}: {shape.name} has no member {name}"
            check_shape(shape.members[name], member, f"{where}.{name}")
    elif shape.type_name == "list":
        assert isinstance(value, list), f"{where}: not a list"
        for number, element in enumerate(value):
            check_shape(shape.member, element, f"{where}[{number}]")
    elif shape.type_name == "map":
        assert isinstance(value, dict), f"{where}: not a map"
        for key, element in value.items():
            check_shape(shape.value, element, f"{where}[{key!r}]")
    else:
        types: dict[str, Any] = {"boolean": bool, "integer": int, "long": int, "timestamp": datetime, "string": str}
        wanted = types.get(shape.type_name, int | float)
        assert isinstance(value, wanted), f"{where}: not a {shape.type_name}"
        assert wanted is bool or not isinstance(value, bool), f"{where}: a boolean is not a {shape.type_name}"


class FakeReader:
    """``answers``: by (service, operation), one answer, a list of pages, or a function of the parameters."""

    account = "123456789012"
    region = "ap-northeast-2"
    partition = "aws"
    only: frozenset[str] | None = None

    def __init__(self, kind: Kind, answers: Mapping[tuple[str, str], Any]) -> None:
        self.kind = kind
        self.beside = frozenset({kind.type})
        self.answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def pages(self, service: str, operation: str, result: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = self._answer(service, operation, parameters)
        pages = answer if isinstance(answer, list) else [answer]
        found: list[dict[str, Any]] = []
        for page in pages:
            self._check(service, operation, page)
            found.extend(jmespath.search(result, page) or [])
        return found

    def begin(self, service: str, operation: str, **parameters: Any) -> None:
        """Only looks whether it may: the call itself is made when its answer is asked for."""
        operation_of(service, operation)
        assert any((read.service, read.operation) == (service, operation) for read in self.kind.reads), operation

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        answer = self._answer(service, operation, parameters)
        self._check(service, operation, answer)
        assert isinstance(answer, dict)
        return answer

    def detail(
        self, service: str, operation: str, *, resource: str, attribute: str, **parameters: Any
    ) -> dict[str, Any] | Unknown | None:
        answer = self._answer(service, operation, parameters)
        if isinstance(answer, Absent):
            codes = next(read.absent for read in self.kind.reads if read.operation == operation)
            assert answer in codes, f"{answer} does not mean that there is none"
            return None
        if isinstance(answer, Unknown):
            return answer
        self._check(service, operation, answer)
        assert isinstance(answer, dict)
        return answer

    def each(self, items: Iterable[Any], function: Callable[[Any], Any]) -> list[Any]:
        return [function(item) for item in items]

    def resource(
        self, kind: str, identity: str, attributes: Mapping[str, Any], *, region: str | None = None
    ) -> Resource:
        return Resource(kind, identity, attributes, account=self.account, region=region or self.region)

    def _answer(self, service: str, operation: str, parameters: dict[str, Any]) -> Any:
        assert any((read.service, read.operation) == (service, operation) for read in self.kind.reads), operation
        report = ParamValidator().validate(parameters, operation_of(service, operation).input_shape)
        assert not report.has_errors(), report.generate_report()
        self.calls.append((operation, parameters))
        answer = self.answers[service, operation]
        return answer(parameters) if callable(answer) else answer

    def _check(self, service: str, operation: str, answer: Any) -> None:
        check_shape(operation_of(service, operation).output_shape, answer, operation)


def live(kind: Kind, answers: Mapping[tuple[str, str], Any]) -> list[Resource]:
    """What the kind makes of these answers."""
    assert kind.from_live is not None
    found = list(kind.from_live(FakeReader(kind, answers)))
    block = block_of(kind.type)
    assert block is not None
    for resource in found:
        check_names({name: value for name, value in resource.attributes.items() if name not in kind.extra}, block, "")
    return found


def check_names(attributes: Mapping[str, Any], block: Mapping[str, Any], path: str) -> None:
    """Refuse names that the provider's schema does not have, and blocks that are no lists."""
    for name, value in attributes.items():
        assert name in block["attributes"] or name in block["blocks"], f"{path}{name} is not in the provider's schema"
        if name in block["blocks"] and not isinstance(value, Unknown):
            assert isinstance(value, list), f"{path}{name} is a block, and blocks are lists"
            for element in value:
                check_names(element, block["blocks"][name]["block"], f"{path}{name}.")


def source(kind: str, name: str = "this", **attributes: Any) -> Resource:
    """A resource as the Terraform plane gives it."""
    return Resource(kind, f"{kind}.{name}", attributes, missing="unset")


def declared(kind: str, /, **attributes: Any) -> Resource:
    """The resource ``this`` of a kind, as the Terraform plane gives it; any attribute may be set, ``name`` as well."""
    return Resource(kind, f"{kind}.this", attributes, missing="unset")


def in_source(kind: Kind, *resources: Resource) -> Resource:
    """The one resource of the kind in source, after its parts are folded in and all is canonical."""
    return _canonical("terraform", kind, resources)


def in_account(kind: Kind, resource: Resource) -> Resource:
    """The resource of an account in canonical form."""
    return _canonical("live", kind, (resource,))


def _canonical(plane: Plane, kind: Kind, resources: tuple[Resource, ...]) -> Resource:
    (found,) = canonical(Observation(plane, resources), {kind.type: kind}).of_kind(kind.type)
    return found


def reference(address: str, attribute: str = "arn") -> Unknown:
    """An attribute that only an apply can tell."""
    return Unknown(Cause.COMPUTED, (Reference(address, attribute),), not_null=True)


def part(kind: Kind, part_type: str) -> Part:
    """A kind's declaration of one of its parts."""
    return next(part for part in kind.parts if part.type == part_type)


def converted(kind: Kind, resource: Resource) -> Mapping[str, Any]:
    """What a part adds to its parent."""
    convert = part(kind, resource.kind).convert
    assert convert is not None
    return convert(resource)


def finished(kind: Kind, resource: Resource) -> dict[str, Any]:
    """The attributes after the kind's own normalisation of source."""
    assert kind.from_terraform is not None
    return dict(kind.from_terraform(resource).attributes)


def agrees(configured: Any, actual: Any, path: str = "") -> None:
    """Assert that everything configured is in the account under the same name and with the same value."""
    if isinstance(configured, dict):
        for name, value in configured.items():
            assert isinstance(actual, dict) and name in actual, f"{path}.{name} is not read"
            agrees(value, actual[name], f"{path}.{name}")
    elif isinstance(configured, list):
        assert isinstance(actual, list) and len(configured) == len(actual), f"{path}: {actual!r}"
        for number, (one, other) in enumerate(zip(configured, actual, strict=True)):
            agrees(one, other, f"{path}[{number}]")
    elif not isinstance(configured, Unknown):
        assert configured == actual, f"{path}: {configured!r} is not {actual!r}"
