"""The head of the page: what came out, how the three stand, and how much of them could be read."""

from __future__ import annotations

from typing import Any

from reports import drifted, page_facts
from reports.html.elements import NOTHING, Html, el, facts, filter_link, join
from reports.html.marks import bar, standing_class, standing_mark, state_mark
from reports.labels import Labels
from reports.order import STANDING_ORDER, STATES, in_order, run_planes


def masthead(run: dict[str, Any], labels: Labels) -> Html:
    """The headline and the facts that place it."""
    about, summary = run["run"], run["summary"]
    new = summary.get("new_deviations")
    tally = [
        (labels("new_deviations"), None if new is None else str(new)),
        (labels("undecided"), str(summary["undecided"])),
        (labels("gaps"), str(summary["gaps"])),
        (labels("drift"), None if drifted.coverage(run) is None else str(len(run["drift"]))),
        (labels("unmanaged"), None if drifted.coverage(run) is None else str(len(run["unmanaged"]))),
    ]
    return el(
        "header",
        el("div", el("p", labels("title"), class_="kicker"), _contents(run, labels), class_="top"),
        el("h1", headline(run, labels), class_=_mood(run)),
        facts(tally, class_="tally"),
        facts(
            (
                (labels("run.local"), [el("time", about["started_local"], datetime=about["started"])]),
                (labels("run.accounts"), ", ".join(about["accounts"])),
                (labels("run.regions"), ", ".join(about["regions"])),
                (labels("run.commit"), commit(about.get("git"), labels)),
            ),
            class_="facts line",
        ),
        class_="mast",
    )


def _contents(run: dict[str, Any], labels: Labels) -> Html:
    compared = ("drift", "unmanaged") if drifted.coverage(run) is not None else ()
    shown = [name for name in ("gaps", "findings", "document", "contradictions") if run.get(name)]
    shown += ["facts"] if page_facts.coverage(run) else []
    shown += [name for name in ("cost", "waivers", "policies") if run.get(name)]
    parts = ["matrix", *(["controls"] if run["controls"] else []), *compared, *shown, "run"]
    links = [el("li", el("a", labels(name), href=f"#{name}")) for name in parts]
    return el("nav", el("ul", links), aria_label=labels("contents"))


def headline(run: dict[str, Any], labels: Labels) -> str:
    """What came out, in a few words."""
    summary, controls = run["summary"], len(run["controls"])
    deviations, undecided = summary["deviations"], summary["undecided"]
    if deviations:
        key = "headline.deviation" if deviations == 1 else "headline.deviations"
        return labels(key, n=deviations, controls=controls)
    if drifted.failing(run):
        return labels("headline.drift", n=drifted.failing(run))
    if not controls:
        return labels("headline.empty")
    # With something undecided or unread, "as documented" would claim more than was seen.
    if undecided:
        return labels("headline.undecided", n=undecided)
    return labels("headline.gaps" if summary["gaps"] else "headline.clean")


def commit(git: dict[str, Any] | None, labels: Labels) -> Html | None:
    """The commit that was audited, and whether the tree was as committed."""
    if not git or not git.get("commit"):
        return None
    return join(el("code", str(git["commit"])[:12]), f" {labels('run.dirty')}" if git.get("dirty") else None)


def overview(run: dict[str, Any], labels: Labels) -> Html:
    """Standing counts and coverage, each count a link that filters by it."""
    return join(
        el("section", el("h2", labels("overview")), _standings(run, labels), id="overview"),
        el("section", el("h2", labels("coverage")), _coverage(run, labels), id="coverage"),
    )


def _standings(run: dict[str, Any], labels: Labels) -> Html:
    counts = run["summary"]["controls"]
    shown = [(name, counts[name]) for name in in_order(counts, STANDING_ORDER) if counts[name]]
    if not shown:
        return el("p", labels("headline.empty"), class_="empty")
    items = [
        el("li", filter_link([standing_mark(name, labels), el("b", count)], standing=name), _gloss(name, labels))
        for name, count in shown
    ]
    return join(bar([(standing_class(name), count) for name, count in shown]), el("ul", items, class_="legend"))


def _gloss(standing: str, labels: Labels) -> Html:
    return el("p", labels(f"explain.{standing}"))


def _coverage(run: dict[str, Any], labels: Labels) -> Html:
    planes = run_planes(run)
    if not planes:
        return el("p", labels("none"), class_="empty")
    return el("div", [_plane(run, plane, labels) for plane in planes], class_="planes")


def _plane(run: dict[str, Any], plane: str, labels: Labels) -> Html:
    summary = run["summary"]
    counts = summary["verdicts"].get(plane, {})
    shown = [(name, counts[name]) for name in in_order(counts, STATES) if counts[name]]
    gaps = sum(gap["plane"] == plane for gap in run["gaps"])
    items = [
        el("li", filter_link([state_mark(name, labels), el("b", count)], **{plane: name})) for name, count in shown
    ]
    return el(
        "div",
        el("h3", labels(f"plane.{plane}")),
        bar(shown) if shown else NOTHING,
        el("ul", items, class_="legend") if items else NOTHING,
        facts(
            (
                (labels("resources"), str(summary["resources"].get(plane, 0))),
                (labels("gaps"), el("a", str(gaps), href="#gaps") if gaps else "0"),
                (labels("run.source"), el("code", str(run["run"]["source"].get(plane) or ""))),
            ),
            class_="facts small",
        ),
    )


def _mood(run: dict[str, Any]) -> str:
    summary = run["summary"]
    if summary["deviations"] or drifted.failing(run):
        return "bad"
    # Nothing audited is nothing found, not a clean bill.
    return "open" if summary["undecided"] or summary["gaps"] or not run["controls"] else "good"
