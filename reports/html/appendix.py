"""What stands after the controls: gaps, findings, the document, waivers, and the run's own facts."""

from __future__ import annotations

from typing import Any

from reports import citations
from reports import policies as of_checkov
from reports.html.elements import NOTHING, Html, el, facts, join, table
from reports.html.overview import commit
from reports.html.values import note, origin
from reports.labels import Labels
from reports.text import value_text


def gaps(run: dict[str, Any], labels: Labels) -> Html:
    """What could not be read, why, what that hides and how to mend it."""
    if not run["gaps"]:
        return NOTHING
    head = [labels(name) for name in ("scope", "cause", "hides", "mend")]
    body = table(head, [_gap(gap, labels) for gap in run["gaps"]], class_="list", caption=labels("gaps"))
    return part("gaps", body, labels, len(run["gaps"]))


def findings(run: dict[str, Any], labels: Labels) -> Html:
    """What is wrong in the sources themselves."""
    if not run["findings"]:
        return NOTHING
    head = [labels(name) for name in ("title.column", "detail", "origin")]
    body = table(head, [_finding(item, labels) for item in run["findings"]], class_="list", caption=labels("findings"))
    return part("findings", body, labels, len(run["findings"]))


def document(run: dict[str, Any], labels: Labels) -> Html:
    """Whether the clauses that controls cite still stand in the document, and what became of those that do not."""
    if not run["document"]:
        return NOTHING
    standing = sum(one["state"] == citations.STANDS for one in run["document"])
    told = citations.told(run)
    head = [labels(name) for name in ("control", "standing", "place")]
    rows = [_citation(run, one, labels) for one in told]
    body = join(
        el("p", labels("clause.all stand", n=standing, all=len(run["document"]))),
        table(head, rows, class_="list", caption=labels("document")) if rows else None,
    )
    return part("document", body, labels, len(told))


def _citation(run: dict[str, Any], one: dict[str, Any], labels: Labels) -> Html:
    line = one["line"] or one["nearest_line"]
    return el(
        "tr",
        el("th", el("code", one["control"]), scope="row"),
        el(
            "td",
            labels("clause." + citations.kind(one)),
            el("p", one["detail"], class_="cause") if one["detail"] else None,
        ),
        el(
            "td",
            el("span", citations.place(run, line), class_="file"),
            note(labels("clause.nearest"), one["nearest"] or None, "cause"),
        ),
    )


def policies(run: dict[str, Any], labels: Labels) -> Html:
    """What Checkov says that no control speaks of: policies nobody decided about, and those accepted."""
    if not run.get("policies"):
        return NOTHING
    told = of_checkov.told(run)
    head = [labels(name) for name in ("policy", "policy.decision", "where")]
    rows = [_policy(one, labels) for one in told]
    body = join(
        el("p", of_checkov.tally(run, labels)),
        table(head, rows, class_="list", caption=labels("policies")) if rows else None,
    )
    return part("policies", body, labels, len(told))


def _policy(one: dict[str, Any], labels: Labels) -> Html:
    places, more = of_checkov.places(one, labels)
    listed = [
        el("li", text, el("p", " · ".join(filter(None, (place, cause))), class_="origin"))
        for text, place, cause in places
    ]
    return el(
        "tr",
        el("th", el("code", one["id"]), el("p", one["title"], class_="cause"), scope="row"),
        el(
            "td",
            labels("policy." + one["decision"]),
            el("p", of_checkov.states(one, labels), class_="origin"),
            el("p", one["about"], class_="cause") if one["about"] else None,
        ),
        el("td", el("ul", listed, class_="entries"), el("p", more) if more else None),
    )


def run_facts(run: dict[str, Any], labels: Labels) -> Html:
    """Who ran it, when, over what, with what."""
    about = run["run"]
    document = about.get("document")
    body = join(
        facts(
            (
                (labels("run.id"), el("code", about["id"])),
                (labels("run.started"), el("time", about["started"], datetime=about["started"])),
                (labels("run.finished"), el("time", about["finished"], datetime=about["finished"])),
                (labels("run.local"), f"{about['started_local']} ({about['timezone']})"),
                (labels("run.caller"), el("code", about["caller"]) if about.get("caller") else None),
                (labels("run.accounts"), ", ".join(about["accounts"])),
                (labels("run.regions"), ", ".join(about["regions"])),
                (labels("run.commit"), commit(about.get("git"), labels)),
                (labels("run.document"), _hashed(document["path"], document["sha256"]) if document else None),
                (labels("run.source"), [_source(about, plane, labels) for plane in about["planes"]]),
                (labels("run.status"), str(run["summary"]["exit_status"])),
            )
        ),
        _block(labels("run.specs"), [(path, el("code", sha)) for path, sha in sorted(about["specs"].items())]),
        _block(labels("run.tools"), [(name, version or "–") for name, version in sorted(about["tools"].items())]),
        _block(labels("run.options"), [(name, value_text(item)) for name, item in sorted(about["options"].items())]),
    )
    return part("run", body, labels)


def part(name: str, body: Html, labels: Labels, count: int | None = None) -> Html:
    """A section with its heading, and how many entries it has."""
    counted = el("span", count, class_="count") if count is not None else None
    return el("section", el("h2", labels(name), counted), body, id=name)


def _gap(gap: dict[str, Any], labels: Labels) -> Html:
    hidden = labels("every kind") if gap["kinds"] is None else ", ".join(gap["kinds"])
    resource = ".".join(str(gap[name]) for name in ("resource", "attribute") if gap.get(name))
    place = " · ".join(str(gap[name]) for name in ("account", "region") if gap.get(name))
    return el(
        "tr",
        el(
            "th",
            el("code", gap["scope"]),
            el("p", labels(f"plane.{gap['plane']}"), f" · {place}" if place else None, class_="origin"),
            origin(gap.get("origin"), labels),
            scope="row",
        ),
        el("td", gap["cause"], el("p", gap["detail"], class_="cause") if gap.get("detail") else None),
        el("td", el("code", resource or hidden)),
        el("td", gap.get("mend"), note(labels("action"), gap.get("action"), "cause")),
    )


def _finding(item: dict[str, Any], labels: Labels) -> Html:
    return el(
        "tr",
        el("th", item["title"], el("p", labels(f"plane.{item['plane']}"), class_="origin"), scope="row"),
        el("td", item.get("detail")),
        el("td", origin(item.get("origin"), labels)),
    )


def _hashed(path: str, sha: str | None) -> Html:
    return join(el("span", path, class_="file"), " ", el("code", sha) if sha else None)


def _source(about: dict[str, Any], plane: str, labels: Labels) -> Html:
    source = about["source"].get(plane)
    return el("p", labels(f"plane.{plane}"), " ", el("code", source)) if source else NOTHING


def _block(title: str, pairs: list[tuple[str, Html | str]]) -> Html:
    return el("div", el("h3", title), facts(pairs, "facts small"), class_="block") if pairs else NOTHING
