"""Markdown for a pull-request comment or a step summary: most severe first, and never longer than GitHub takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reports import citations, costs, drifted, page_facts, policies, waived
from reports.formats import Format, RenderOptions
from reports.labels import Labels
from reports.order import STANDING_ORDER, STATES, all_pass, in_order, ordered_controls, ordered_rows, run_planes
from reports.report import Run
from reports.text import clause_text, clip, place_text, value_text, visible

LIMIT = 65_536
"""What a comment holds, counted as GitHub's database does: characters beyond the basic plane are two."""
_RESERVE = 400
"""Kept for the lines that say what was left out."""
_ROWS = 10
_CELL = 160
_MARKS = {"pass": "✓", "fail": "✕", "absent": "∅", "unknown": "?", "unreadable": "⊟"}

_PLAIN_CODE = re.compile(r"[^`|\\<>&\n]+")
# What can begin markup inside a line; escaped text never stands at a line's beginning.
_SPECIAL = re.compile(r"[\\`*{}\[\]<>#!|~@&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_AUTOLINK = re.compile(r"(?<=[@#])|(?<=://)|(?<=www)(?=\.)|(?<=GH)(?=-)", re.IGNORECASE)


@dataclass(slots=True)
class _Budget:
    """Blocks of text up to the limit, and how many of a kind did not fit."""

    left: int
    blocks: list[str] = field(default_factory=list)

    def add(self, block: str) -> bool:
        size = length(block) + 2
        if size > self.left:
            return False
        self.left -= size
        self.blocks.append(block)
        return True


MARK = "<!-- glimpse-audit -->"
"""By this a job finds the comment that it wrote before, and updates it."""


def render(run: Run, options: RenderOptions) -> str:
    """The run as GitHub Markdown of at most ``LIMIT`` characters."""
    labels = Labels(options.lang)
    budget = _Budget(LIMIT - _RESERVE)
    controls = [item for item in ordered_controls(run) if not item.get("planned")]
    budget.add(_head(run, labels))
    _controls(budget, "deviating controls", [item for item in controls if item["outcome"] == "fail"], labels)
    _drift(budget, run, labels)
    _list(budget, "gaps", [_gap(gap, labels) for gap in run["gaps"]], labels)
    _controls(budget, "undecided controls", [item for item in controls if item["outcome"] == "undecided"], labels)
    _list(budget, "findings", [_finding(item) for item in run["findings"]], labels)
    _costs(budget, run, labels)
    _list(budget, "waivers", [_waiver(item, labels) for item in waived.ordered(run)], labels)
    _list(budget, "document", [_citation(run, item, labels) for item in citations.told(run)], labels)
    _list(budget, "planned controls", [_planned(item, labels) for item in page_facts.planned(run)], labels)
    _list(budget, "contradictions", [_contradiction(item, labels) for item in page_facts.contradictions(run)], labels)
    _coverage_of_document(budget, run, labels)
    if run.get("policies"):
        _list(budget, "policies", [_policy(item, labels) for item in policies.told(run)], labels)
        budget.add(escape(policies.tally(run, labels)))
    _facts(budget, run, labels)
    return "\n\n".join(budget.blocks) + "\n"


def length(text: str) -> int:
    """The length GitHub counts, in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def escape(text: str) -> str:
    """Text as text: no markup, no mention, no reference, no link."""
    inert = _AUTOLINK.sub("\u200b", visible(text))
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", inert).replace("\u200b", "&#8203;")


def code(text: str) -> str:
    """Text in code type. In a table neither a backslash nor a pipe is safe in backticks: entities are."""
    shown = visible(text)
    if not shown:
        return ""
    if _PLAIN_CODE.fullmatch(shown) and shown.strip() == shown:
        return f"`{shown}`"
    return f"<code>{_SPECIAL.sub(lambda match: f'&#{ord(match[0])};', shown)}</code>"


def _head(run: Run, labels: Labels) -> str:
    summary, planes = run["summary"], run_planes(run)
    deviations = f"{labels('deviations')}: **{summary['deviations']}**"
    if summary.get("new_deviations") is not None:
        deviations += f" ({labels('new_deviations')}: **{summary['new_deviations']}**)"
    tally = [
        deviations,
        f"{labels('undecided')}: **{summary['undecided']}**",
        f"{labels('gaps')}: **{summary['gaps']}**",
        f"{labels('controls')}: **{len(run['controls'])}**",
    ]
    counts = summary["controls"]
    standings = [
        f"{labels(f'standing.{name}')} {counts[name]}" for name in in_order(counts, STANDING_ORDER) if counts[name]
    ]
    blocks = [MARK, f"## {labels('title')}", " · ".join(tally)]
    changes = (run.get("history") or {}).get("changes")
    blocks += [labels("history.changes", **changes)] if changes else []
    blocks += [f"{labels('standing')}: {' · '.join(standings)}"] if standings else []
    blocks += [_coverage(summary, planes, labels)] if planes else []
    return "\n\n".join(blocks)


def _coverage(summary: dict[str, Any], planes: list[str], labels: Labels) -> str:
    head = [labels("plane"), *(f"{_MARKS[state]} {labels(f'state.{state}')}" for state in STATES), labels("resources")]
    rows = []
    for plane in planes:
        counts = summary["verdicts"].get(plane, {})
        numbers = [str(counts.get(state, 0)) for state in STATES]
        rows.append([labels(f"plane.{plane}"), *numbers, str(summary["resources"].get(plane, 0))])
    return _table(head, rows)


def _controls(budget: _Budget, title: str, controls: list[dict[str, Any]], labels: Labels) -> None:
    if not controls or not budget.add(f"### {labels(title)} ({len(controls)})"):
        return
    for index, control in enumerate(controls):
        if not budget.add(_control(control, labels)):
            budget.blocks.append(f"_{labels('left out', n=len(controls) - index)}_")
            return


def _control(control: dict[str, Any], labels: Labels) -> str:
    clause = control["clause"]
    flags = [labels(f"severity.{control['severity']}"), labels(f"standing.{control['standing']}")]
    flags += [labels(f"baseline.{control['baseline']}")] if control.get("baseline") else []
    flags += [f"{labels('planned')}: {escape(clip(control['planned'], 100))}"] if control.get("planned") else []
    head = f"**{escape(clip(control['title'], 300))}** · {' · '.join(flags)} · {code(clip(control['id'], 200))}"
    stated = " · ".join(escape(clip(part, 200)) for part in (clause["section"], clause["row"]) if part)
    about = f"{code(clip(clause_text(clause), 200))} {stated}: {code(clip(clause['states'], 200))}"
    if control["basis"] != "stated":
        about += f" ({labels('basis.' + control['basis'])})"
    rows = [row for row in ordered_rows(control) if not all_pass(row)]
    blocks = [f"{head}  \n{about}"]
    if rows:
        heads = [labels(name) for name in ("where", "plane.document", "plane.terraform", "plane.live")]
        blocks.append(_table(heads, [_row(row, labels) for row in rows[:_ROWS]]))
    if len(rows) > _ROWS:
        blocks.append(f"_{labels('more places', n=len(rows) - _ROWS)}_")
    if control.get("remedy"):
        blocks.append(f"{labels('remedy')}: {escape(clip(control['remedy'], 500))}")
    return "\n\n".join(blocks)


def _row(row: dict[str, Any], labels: Labels) -> list[str]:
    parts = dict.fromkeys((row.get("key"), row["path"]))
    where = " ".join(code(clip(part, _CELL)) for part in parts if part) or labels("whole")
    return [
        where,
        code(value_text(row.get("expected"), _CELL)),
        *(_cell(row[p], labels) for p in ("terraform", "live")),
    ]


def _cell(cell: dict[str, Any] | None, labels: Labels) -> str:
    if cell is None:
        return "–"
    state = cell["state"]
    parts = [f"{_MARKS[state]} {labels(f'state.{state}')}"]
    if state == "fail" or (state != "absent" and cell.get("actual") is not None):
        parts.append(code(value_text(cell.get("actual"), _CELL)))
    origin = cell.get("origin") or {}
    parts += [code(clip(text, _CELL)) for text in (place_text(origin) or str(origin.get("arn") or ""),) if text]
    parts += [escape(clip(str(cell[name]), 240)) for name in ("cause", "mend") if cell.get(name) and state != "pass"]
    return "<br>".join(parts)


def _drift(budget: _Budget, run: Run, labels: Labels) -> None:
    """Where the planes differ, what is unmanaged, and how much was compared."""
    found = drifted.coverage(run)
    if found is None:
        return
    _list(budget, "drift", [_differing(item, labels) for item in drifted.drift(run)], labels)
    _list(budget, "unmanaged", [_unmanaged(item, labels) for item in drifted.unmanaged(run)], labels)
    lines = [f"**{labels('drift')}**: {' · '.join(drifted.figures(found, labels))}"]
    for name, said in drifted.lists(found):
        more = f" · {labels('more places', n=len(said) - _ROWS)}" if len(said) > _ROWS else ""
        lines.append(f"- {labels(name)} ({len(said)}): {escape(clip('; '.join(said[:_ROWS]), 600))}{more}")
    budget.add("\n".join(lines))


def _differing(item: dict[str, Any], labels: Labels) -> str:
    ours, theirs = item["terraform"], item["live"]
    head = f"- **{labels('severity.' + item['severity'])}** {code(clip(ours['resource'], 200))}"
    path = f" {code(clip(item['path'], 200))}" if item["path"] else ""
    if theirs is None:
        said = labels("drift.missing")
    else:
        both = (drifted.shown(one["value"], lambda value: value_text(value, _CELL)) for one in (ours, theirs))
        names = (labels("plane.terraform"), labels("plane.live"))
        said = ", ".join(f"{name} {code(text)}" for name, text in zip(names, both, strict=True))
    place = place_text(ours["origin"])
    return f"{head}{path}: {said}{' · ' + code(clip(place, 200)) if place else ''}{_remarks(item, labels)}"


def _unmanaged(item: dict[str, Any], labels: Labels) -> str:
    head = f"- **{labels('severity.' + item['severity'])}** {code(clip(item['resource'], 200))}"
    return f"{head} · {code(item['kind'])} · {code(clip(item['spec'], 200))}{_remarks(item, labels)}"


def _remarks(item: dict[str, Any], labels: Labels) -> str:
    return "".join(f" · {escape(clip(text, 300))}" for text in drifted.remarks(item, labels))


def _gap(gap: dict[str, Any], labels: Labels) -> str:
    hides = labels("every kind") if gap["kinds"] is None else ", ".join(gap["kinds"])
    mend = f" · {labels('mend')}: {escape(clip(gap['mend'], 300))}" if gap.get("mend") else ""
    scope = code(clip(gap["scope"], 200))
    about = f"{escape(clip(gap['cause'], 200))} → {escape(clip(hides, 200))}"
    return f"- {labels('plane.' + gap['plane'])}: {scope}: {about}{mend}"


def _finding(item: dict[str, Any]) -> str:
    place = place_text(item.get("origin") or {})
    detail = f": {escape(clip(item['detail'], 400))}" if item.get("detail") else ""
    return f"- **{escape(clip(item['title'], 200))}**{detail}{' · ' + code(clip(place, 200)) if place else ''}"


def _citation(run: Run, item: dict[str, Any], labels: Labels) -> str:
    said = item["detail"] or labels("clause.now", n=item["line"])
    line = item["line"] or item["nearest_line"]
    nearest = f": {code(clip(item['nearest'], 200))}" if item["nearest"] else ""
    head = f"- {code(clip(item['control'], 200))} {labels('clause.' + citations.kind(item))}"
    return f"{head}: {escape(clip(said, 400))} · {code(clip(citations.place(run, line), 200))}{nearest}"


def _costs(budget: _Budget, run: Run, labels: Labels) -> None:
    for number, table in enumerate(costs.tables(run)):
        sides = costs.sides(table)
        heads = [labels("cost.component"), labels("plane.document"), *(costs.head(side, labels) for side in sides)]
        rows = [
            [escape(clip(row["component"], 100)), costs.amount(row["documented"]), *(_cost(row[one]) for one in sides)]
            for row in table["rows"]
        ]
        blocks = [f"### {labels('cost')}"] if number == 0 else []
        blocks += [f"**{escape(clip(table['title'], 100))}**: {costs.sum_text(table, labels)}", _table(heads, rows)]
        blocks += [escape(clip(costs.price_text(one, labels), 400)) for one in table["prices"]]
        if not budget.add("\n\n".join(blocks)):
            budget.blocks.append(f"_{labels('cost')}: {labels('left out', n=len(costs.tables(run)) - number)}_")
            return


def _cost(cell: dict[str, Any] | None) -> str:
    return "–" if cell is None else f"{_MARKS[cell['state']]} {costs.cell_text(cell)}".strip()


def _planned(item: dict[str, Any], labels: Labels) -> str:
    states = [f"{labels(f'plane.{plane}')} {_MARKS[part['state']]}" for plane, part in item["planes"].items()]
    early = f" · **{labels('reached early')}**" if item.get("reached_early") else ""
    about = f"{escape(clip(item['title'], 200))} ({escape(clip(item['planned'], 100))})"
    return f"- {code(clip(item['id'], 100))} {about}: {', '.join(states)}{early}"


def _contradiction(item: dict[str, Any], labels: Labels) -> str:
    said = " · ".join(
        f"{code(clip(one['states'], 60))} {code(clip(page_facts.place(one), 100))}" for one in item["statements"]
    )
    ruling = f"{labels('contradiction.ruling')}: {escape(clip(item['ruling'], 300))}"
    return f"- **{escape(clip(item['title'], 200))}** ({page_facts.state(item, labels)}): {said} · {ruling}"


def _coverage_of_document(budget: _Budget, run: Run, labels: Labels) -> None:
    found = page_facts.coverage(run)
    if not found:
        return
    said = f"{page_facts.tally(found, labels)} {page_facts.uncited(found, labels)}"
    budget.add(
        "\n\n".join([f"### {labels('facts')}", said, *(f"- {escape(clip(one, 300))}" for one in found["stale"])])
    )
    uncited = [f"- {labels('line', n=one['line'])}: {code(clip(one['text'], 200))}" for one in found["uncited"] or ()]
    _list(budget, "facts.checked by nothing", uncited, labels)
    left = page_facts.not_audited(found)
    _list(budget, "facts.not audited", [_left(section, fact, labels) for section, fact in left], labels)


def _left(section: str, fact: dict[str, Any], labels: Labels) -> str:
    place = f"{escape(clip(section, 150))} · {escape(clip(page_facts.figure(fact, labels), 150))}"
    return f"- {place}: {escape(clip(' '.join(fact['reasons']), 300))}"


def _waiver(item: dict[str, Any], labels: Labels) -> str:
    people = "".join(f" · {labels(name)} {escape(clip(value, 100))}" for name, value in waived.people(item))
    reason = escape(clip(item["reason"], 300))
    head = f"- **{labels('waiver.' + item['state'])}** {code(clip(waived.about(item), 200))} → {item['expires']}"
    return f"{head}: {reason}{people} · {code(clip(waived.place(item), 200))}"


def _policy(item: dict[str, Any], labels: Labels) -> str:
    places, more = policies.places(item, labels)
    shown = ", ".join(code(clip(place or text, 200)) for text, place, _ in places[:3])
    rest = len(item["places"]) - 3
    more = f", {labels('more places', n=rest)}" if rest > 0 else ""
    about = f" ({escape(clip(item['about'], 300))})" if item["about"] else ""
    head = f"- {code(item['id'])} {labels('policy.' + item['decision'])}: {policies.states(item, labels)}"
    return f"{head}: {escape(clip(item['title'], 200))}{about}: {shown}{more}"


def _list(budget: _Budget, title: str, items: list[str], labels: Labels) -> None:
    if not items:
        return
    fitting: list[str] = []
    head = f"### {labels(title)} ({len(items)})\n\n"
    # Gaps and findings may fill a quarter: what deviates is why people open the comment.
    room = min(budget.left, LIMIT // 4) - length(head) - _RESERVE
    for item in items:
        room -= length(item) + 1
        if room < 0:
            break
        fitting.append(item)
    if len(fitting) < len(items):
        fitting.append(f"\n_{labels('left out', n=len(items) - len(fitting))}_")
    if not budget.add(head + "\n".join(fitting)):
        budget.blocks.append(f"_{labels(title)}: {labels('left out', n=len(items))}_")


def _facts(budget: _Budget, run: Run, labels: Labels) -> None:
    about = run["run"]
    git = about.get("git") or {}
    parts = [
        f"{labels('run.id')} {code(clip(about['id'], 100))}",
        f"{escape(clip(about['started'], 60))} ({escape(clip(about['started_local'], 60))})",
        f"{labels('run.commit')} {code(clip(str(git['commit']), 40))}" if git.get("commit") else "",
        f"{labels('run.accounts')} {code(clip(', '.join(about['accounts']), 200))}" if about["accounts"] else "",
    ]
    budget.add("---\n\n" + " · ".join(part for part in parts if part))


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


FORMAT = Format("markdown", ".md", render)
