"""The relations, one module each, found by looking: a new file is a new way for a control to say something."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from audits.relation import Relation


@cache
def registry() -> Mapping[str, Relation]:
    """Every relation by name.

    Raises:
        TypeError: two relations claim the same key of a control.
    """
    found: dict[str, Relation] = {}
    keys: dict[str, str] = {}
    for module_info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        relation = getattr(importlib.import_module(f"{__name__}.{module_info.name}"), "RELATION", None)
        if not isinstance(relation, Relation):
            continue
        clash = next((key for key in relation.keys if key in keys), None)
        if clash:
            raise TypeError(f"{relation.name} and {keys[clash]} both claim the key {clash!r}")
        keys.update(dict.fromkeys(relation.keys, relation.name))
        found[relation.name] = relation
    return MappingProxyType(found)
