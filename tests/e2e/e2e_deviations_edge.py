"""More that may be wrong with the distribution: where it serves, and for how long it caches what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from e2e_account import Account
from e2e_deviations import Change, Wrong, distributed, register

DAY = 86_400
Config = dict[str, Any]
_LOCATIONS = "restrictions[*].geo_restriction[*].locations"
_TYPE = "restrictions[*].geo_restriction[*].restriction_type"


def _path(name: str) -> str:
    return rf"ordered_cache_behavior[{{path_pattern: {{pattern: '^/?{name}/\*$'}}}}]"


def _behavior(config: Config, name: str) -> Config:
    found: list[Config] = [one for one in config["CacheBehaviors"]["Items"] if f"/{name}/" in one["PathPattern"]]
    assert len(found) == 1
    return found[0]


def _times(**seconds: int) -> Callable[[Config], None]:
    def change(config: Config) -> None:
        for name, value in seconds.items():
            _behavior(config, name)["DefaultTTL"] = value

    return change


def _countries(kind: str, *codes: str) -> Callable[[Config], None]:
    def change(config: Config) -> None:
        items = {"Items": list(codes)} if codes else {}
        config["Restrictions"]["GeoRestriction"] = {"RestrictionType": kind, "Quantity": len(codes), **items}

    return change


def _pattern(name: str, pattern: str) -> Callable[[Config], None]:
    def change(config: Config) -> None:
        _behavior(config, name)["PathPattern"] = pattern

    return change


def _without(name: str) -> Callable[[Config], None]:
    def change(config: Config) -> None:
        kept = [one for one in config["CacheBehaviors"]["Items"] if f"/{name}/" not in one["PathPattern"]]
        config["CacheBehaviors"] = {"Quantity": len(kept), "Items": kept}

    return change


def _before(pattern: str) -> Callable[[Config], None]:
    def change(config: Config) -> None:
        items = config["CacheBehaviors"]["Items"]
        config["CacheBehaviors"] = {"Quantity": len(items) + 1, "Items": [items[0] | {"PathPattern": pattern}, *items]}

    return change


def _cached(*names: str) -> list[tuple[str, str]]:
    return [(f"cloudfront-cache-{name}", _path(name)) for name in names]


_ORDER = [("cloudfront-cache-order", "shadowed_behaviors")]
CONFIGS: dict[str, tuple[Callable[[Config], None], list[tuple[str, str]]]] = {
    "profile_pictures_for_six_days": (_times(profiles=6 * DAY), _cached("profiles")),
    "profile_pictures_for_seventy_days": (_times(profiles=70 * DAY), _cached("profiles")),
    "profile_and_group_pictures_exchanged": (
        _times(profiles=14 * DAY, groups=7 * DAY),
        _cached("profiles", "groups"),
    ),
    "group_pictures_for_seven_days": (_times(groups=7 * DAY), _cached("groups")),
    "chat_pictures_for_an_hour": (_times(chat=3600), _cached("chat")),
    "cache_times_in_days": (_times(profiles=7, groups=14, chat=1), _cached("profiles", "groups", "chat")),
    "no_behaviour_for_profiles": (_without("profiles"), _cached("profiles")),
    "no_behaviour_for_groups": (_without("groups"), _cached("groups")),
    "profiles_path_misspelt": (_pattern("profiles", "/profile/*"), _cached("profiles")),
    "groups_path_of_pictures_only": (_pattern("groups", "/groups/*.jpg"), _cached("groups")),
    "everything_before_the_behaviours": (_before("/*"), _ORDER),
    "chat_behind_a_path_with_a_question_mark": (_before("/cha?/*"), _ORDER),
    "every_country": (_countries("none"), [("cloudfront-korea-only", _LOCATIONS), ("cloudfront-korea-only", _TYPE)]),
    "another_country": (_countries("whitelist", "US"), [("cloudfront-korea-only", _LOCATIONS)]),
    "two_other_countries": (_countries("whitelist", "JP", "US"), [("cloudfront-korea-only", _LOCATIONS)]),
}


def _configured(change: Callable[[Config], None], wrong: list[tuple[str, str]]) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        with distributed(account, change) as distribution:
            yield [Wrong(control, path, distribution) for control, path in wrong]

    return bend


for _name, _case in CONFIGS.items():
    register(_name, _configured(*_case))
