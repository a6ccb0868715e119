"""Account and region of resources whose own ARN does not tell: those of everything that the same provider makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.model import Resource
from audits.planes.terraform.saved.shapes import Json, mapping

Places = Mapping[str, tuple[str | None, str | None]]
"""Account and region by provider configuration (``aws``, ``aws.east``), None where they are not told."""

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_ACCOUNT = re.compile(r"\d{12}")


def placed(found: Iterable[tuple[Resource, str]], told: Places) -> tuple[Resource, ...]:
    """The resources, each given with its provider configuration, with the place that this one works in.

    One configuration has one set of credentials, so one account; ``told`` is what else says so.
    """
    pairs = list(found)
    accounts: dict[str, set[str]] = {}
    for one, provider in pairs:
        accounts.setdefault(provider, set()).update({one.account} - {None})  # type: ignore[arg-type]
    return tuple(_placed(one, *told.get(provider, (None, None)), accounts[provider]) for one, provider in pairs)


def _placed(one: Resource, account: str | None, region: str | None, seen: Sequence[str] | set[str]) -> Resource:
    if one.account is None and account is None and len(seen) == 1:
        (account,) = seen
    return replace(one, account=one.account or account, region=one.region or region)


def configured_places(plan: Json) -> dict[str, tuple[str | None, str | None]]:
    """What the provider blocks in a plan's configuration say, where they say it as a constant or a variable."""
    configuration = mapping(plan, "configuration", "the plan")
    variables = mapping(plan, "variables", "the plan")
    found = {}
    for key, one in mapping(configuration, "provider_config", "configuration").items():
        expressions = one.get("expressions") if isinstance(one, dict) else None
        if not isinstance(expressions, dict) or one.get("module_address"):
            continue
        region = _value(expressions.get("region"), variables)
        accounts = _value(expressions.get("allowed_account_ids"), variables)
        account = accounts[0] if isinstance(accounts, list) and len(accounts) == 1 else None
        found[key] = (_matching(account, _ACCOUNT), _matching(region, _REGION))
    return found


def _value(expression: Any, variables: Json) -> Any:
    if not isinstance(expression, dict):
        return None
    references = expression.get("references")
    if references is None:
        return expression.get("constant_value")
    if not isinstance(references, list) or len(references) != 1 or not isinstance(references[0], str):
        return None
    head, _, name = references[0].partition(".")
    variable = variables.get(name) if head == "var" else None
    return variable.get("value") if isinstance(variable, dict) else None


def _matching(text: Any, pattern: re.Pattern[str]) -> str | None:
    return text if isinstance(text, str) and pattern.fullmatch(text) else None
