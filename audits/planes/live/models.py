"""AWS's service models, cut to the operations that a reading needs.

A client gets a method for each operation of its service (EC2 has over seven hundred), which takes longer than a call.
So a client of a service that kinds read knows what they declare, and nothing else: it cannot even be asked to write.
Services that no kind reads, as those which give a profile its credentials, are left whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from botocore import loaders, xform_name

from audits.kind import Read
from audits.planes.live import guard

Key = tuple[str, str | None, frozenset[str]]
"""A service, the version of its API (a profile may name one), and the operations that are needed of it."""


class Models:
    """A loader of botocore's, whose service models hold the operations of ``reads`` (and what botocore itself asks)."""

    def __init__(self, data_path: str | None, reads: Iterable[Read] = ()) -> None:
        self._whole, self._cut, self._resolved = _of_process(data_path)
        self._wanted: dict[str, frozenset[str]] = {}
        for read in reads:
            self._wanted[read.service] = self._wanted.get(read.service, frozenset()) | {read.operation}

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """A model as botocore's loader gives it; of a service that is read, with the operations that are needed.

        Raises:
            botocore.exceptions.UnknownServiceError: there is no such service.
            botocore.exceptions.DataNotFoundError: there is no such model.
        """
        wanted = self._wanted.get(service_name)
        if type_name != "service-2" or wanted is None:
            return self._whole.load_service_model(service_name, type_name, api_version)
        key = (service_name, api_version, wanted)
        if key not in self._cut:
            self._cut[key] = _cut(
                self._whole.load_service_model(service_name, type_name, api_version), service_name, wanted
            )
        return self._cut[key]

    def share(self, client: Any) -> None:
        """Give a client the shapes that other clients of its service have resolved already, in any account and region.

        botocore has every client resolve them anew, which takes longer than most calls, and keeps them as often. This
        sets an attribute that botocore does not promise: where there is none, nothing is shared.
        """
        own = client.meta.service_model
        wanted = self._wanted.get(own.service_name)
        if wanted is not None and hasattr(client.meta, "_service_model"):
            key = (own.service_name, own.api_version, wanted)
            client.meta._service_model = self._resolved.setdefault(key, own)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


@cache
def _of_process(data_path: str | None) -> tuple[Any, dict[Key, Any], dict[Key, Any]]:
    """The whole models, read once a process (they take longer to read than an account does), and the cut ones.

    Last the cut ones as botocore's objects, with the shapes that were resolved so far.
    """
    return loaders.create_loader(data_path), {}, {}


def _cut(model: dict[str, Any], service: str, wanted: frozenset[str]) -> dict[str, Any]:
    operations = {
        name: operation
        for name, operation in model["operations"].items()
        if xform_name(name) in wanted or guard.asked_by_botocore(service, name)
    }
    return {**model, "operations": operations}


def operations(service_model: Any) -> Iterator[Any]:
    """Every operation of a service's model."""
    for name in service_model.operation_names:
        yield service_model.operation_model(name)


def resolve(operation_model: Any) -> None:
    """Have botocore resolve every shape of a request and its answer now, which it does once."""
    seen: set[str] = set()
    left = [shape for shape in (operation_model.input_shape, operation_model.output_shape) if shape is not None]
    while left:
        shape = left.pop()
        if shape.name not in seen:
            seen.add(shape.name)
            _ = shape.serialization
            left += _within(shape)


def _within(shape: Any) -> Iterable[Any]:
    if shape.type_name == "structure":
        return shape.members.values()  # type: ignore[no-any-return]
    if shape.type_name == "map":
        return (shape.key, shape.value)
    return (shape.member,) if shape.type_name == "list" else ()
