"""The resource kinds, one file each, found by looking: a new file is a new kind."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from audits.kind import Kind


@cache
def registry() -> Mapping[str, Kind]:
    """Every kind by its Terraform type.

    Raises:
        TypeError: a module in this package has no ``KIND``, or two declare the same type.
    """
    kinds: dict[str, Kind] = {}
    for module_info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        kind = getattr(module, "KIND", None)
        if not isinstance(kind, Kind):
            raise TypeError(f"{module.__name__} declares no KIND")
        if kind.type in kinds:
            raise TypeError(f"{module.__name__}: {kind.type} is declared twice")
        kinds[kind.type] = kind
    return MappingProxyType(kinds)
