"""The views of observations, each made once: controls that see an observation alike share its index."""

from __future__ import annotations

from collections.abc import Mapping

from audits.kind import Kind
from audits.model import Control, Observation, Plane, Scope
from audits.view import View

_Key = tuple[Plane, tuple[tuple[str, tuple[str, ...]], ...], Scope]


class Views:
    """Makes views, and keeps those of the last observation of each plane."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._made: dict[_Key, View] = {}

    def of(self, observation: Observation, control: Control) -> View:
        """The observation as the control sees it: its scope, and what its spec declares of modules."""
        key = (observation.plane, tuple(sorted(control.modules.items())), control.scope)
        found = self._made.get(key)
        if found is None or found.observation is not observation:
            found = self._made[key] = View(observation, self._kinds, control.modules, control.scope)
        return found
