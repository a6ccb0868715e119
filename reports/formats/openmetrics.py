"""OpenMetrics: a text file for a Prometheus textfile collector, so that a silent nightly audit is noticed, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reports.findings import epoch_milliseconds
from reports.formats import Format, RenderOptions
from reports.order import STANDING_ORDER, STATES, run_planes
from reports.report import Run
from reports.text import visible

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

_Numbers: TypeAlias = Mapping[tuple[str, ...], float]
_WAIVERS = ("in force", "expired", "over-broad", "unused", "not decided")


@dataclass(frozen=True, slots=True)
class _Gauge:
    """A figure: its name, what it tells, the names of its labels, and a number for each set of their values."""

    name: str
    about: str
    labels: tuple[str, ...]
    numbers: _Numbers


def render(run: Run, options: RenderOptions) -> bytes:
    """The run's figures as gauges."""
    # Only who asks for metrics pays for it.
    from prometheus_client import CollectorRegistry
    from prometheus_client.openmetrics import exposition

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(run))
    text: bytes = exposition.generate_latest(registry)  # type: ignore[no-untyped-call]
    return text


class _Figures:
    """What prometheus-client takes the figures from."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every gauge of the run."""
        from prometheus_client.core import GaugeMetricFamily

        for gauge in _gauges(self.run):
            family = GaugeMetricFamily(f"glimpse_audit_{gauge.name}", gauge.about, labels=gauge.labels)
            for values, number in gauge.numbers.items():
                family.add_metric([visible(value) for value in values], number)
            yield family


def _gauges(run: Run) -> Iterator[_Gauge]:
    about, summary = run["run"], run["summary"]
    planes = run_planes(run)
    for name in ("started", "finished"):
        seconds = epoch_milliseconds(about[name]) / 1000
        yield _Gauge(f"run_{name}_timestamp_seconds", f"When the audit {name}, Unix time.", (), {(): seconds})
    status = "Exit status of the audit: 0 nothing to act on, 1 deviations."
    yield _Gauge("exit_status", status, (), {(): summary["exit_status"]})
    standings: _Numbers = {(one,): summary["controls"].get(one, 0) for one in STANDING_ORDER}
    yield _Gauge("controls", "Controls by how document, Terraform and account stand.", ("standing",), standings)
    verdicts: _Numbers = {
        (plane, state): summary["verdicts"].get(plane, {}).get(state, 0) for plane in planes for state in STATES
    }
    yield _Gauge("verdicts", "Verdicts by plane and state.", ("plane", "state"), verdicts)
    states: _Numbers = {
        (control["id"], control["severity"], plane, state): float(part["state"] == state)
        for control in run["controls"]
        for plane, part in control["planes"].items()
        for state in STATES
    }
    said = "1 for the state of a control on a plane, 0 for the others."
    yield _Gauge("control_state", said, ("control", "severity", "plane", "state"), states)
    gaps = Counter(gap["plane"] for gap in run["gaps"])
    yield _Gauge("gaps", "What could not be read, by plane.", ("plane",), {(plane,): gaps[plane] for plane in planes})
    resources: _Numbers = {(plane,): summary["resources"].get(plane, 0) for plane in planes}
    yield _Gauge("resources", "Resources read, by plane.", ("plane",), resources)
    waivers = Counter(one["state"] for one in run["waivers"])
    yield _Gauge("waivers", "Waivers by what became of them.", ("state",), {(one,): waivers[one] for one in _WAIVERS})
    yield _Gauge("drift", "Attributes that differ and no control speaks of.", (), {(): len(run["drift"])})
    yield _Gauge("unmanaged", "Resources that no Terraform manages.", (), {(): len(run["unmanaged"])})


FORMAT = Format("openmetrics", ".prom", render)
