"""The summary at the end of a run in a terminal: what deviates and what is undecided, control by control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tabulate import tabulate

from reports import citations, costs, drifted, page_facts, policies, waived
from reports.findings import findings_of, quiet_reason
from reports.labels import Labels
from reports.order import Part, ordered_controls, ordered_rows, run_planes
from reports.paint import NARROW, folded, painted
from reports.text import clause_text, clip, origin_text, value_text, visible

_MOST_CONTROLS = 40
_MOST_ROWS = 6
_MOST_POLICIES = 12
_MOST_DRIFT = 5
_MOST_UNCITED = 10
_PLANE_NAMES = {"terraform": "Terraform", "live": "live"}


def summary(run: Part, width: int = 120, *, color: bool = False) -> str:
    """The whole summary for ``width`` columns; only a word that is longer than that makes a longer line."""
    due = [control for control in ordered_controls(run) if not control.get("planned")]
    wanted = [control for control in due if control["outcome"] != "pass"]
    blocks = [_control(control, run_planes(run), width) for control in wanted[:_MOST_CONTROLS]]
    if len(wanted) > _MOST_CONTROLS:
        blocks.append(f"… and {len(wanted) - _MOST_CONTROLS} more controls: see the report")
    gaps = "\n".join(_gaps(run, width))
    document, waivers = "\n".join(_document(run, width)), "\n".join(_waivers(run, width))
    findings, checkov = "\n".join(_findings(run, width)), "\n".join(_policies(run, width))
    drift, planned = "\n".join(_drift(run, width)), "\n".join(_planned(run, width))
    parts = [*blocks, drift, gaps, findings, document, planned, _costs(run), waivers, checkov, totals(run)]
    text = folded("\n\n".join(part for part in parts if part), width)
    return painted(text) if color else text


def _control(control: Part, planes: list[str], width: int) -> str:
    head = f"{control['severity'].upper():8}  {visible(control['id'])}  {_standing(control)}"
    lines = [head, f"  {visible(control['title'])}  ({clause_text(control['clause'])})"]
    rows = [row for row in ordered_rows(control) if _speaks(row)]
    listed = _listed if width < NARROW else _table
    lines.extend(f"    {line}".rstrip() for line in listed(rows[:_MOST_ROWS], planes, width))
    if len(rows) > _MOST_ROWS:
        lines.append(f"    … and {len(rows) - _MOST_ROWS} more")
    lines.extend(f"  {line}" for line in dict.fromkeys(_places(rows[:_MOST_ROWS], planes, width)))
    if control["outcome"] == "fail" and control["remedy"]:
        lines.append(f"  mend  {visible(control['remedy'])}")
    return "\n".join(lines)


def _table(rows: list[Part], planes: list[str], width: int) -> list[str]:
    column = max(14, (width - 40) // (1 + len(planes)))
    first = min(34, width - 8 - (column + 2) * (1 + len(planes)))
    table = [_row(row, planes, column) for row in rows]
    headers = ["", "documented", *(_PLANE_NAMES[plane] for plane in planes)]
    widths = [max(first, 14), *[column] * (1 + len(planes))]
    return tabulate(table, headers=headers, tablefmt="plain", disable_numparse=True, maxcolwidths=widths).splitlines()


def _listed(rows: list[Part], planes: list[str], width: int) -> Iterator[str]:
    """The same below each other, where there is no room side by side."""
    names = ["documented", *(_PLANE_NAMES[plane] for plane in planes)]
    for row in rows:
        path, *cells = _row(row, planes, width)
        yield path or Labels("en")("whole")
        yield from (f"  {name:10}  {cell}" for name, cell in zip(names, cells, strict=True))


def _standing(control: Part) -> str:
    quiet = quiet_reason(findings_of(control))
    return f"{control['standing']} ({visible(quiet)})" if quiet else str(control["standing"])


def _speaks(row: Part) -> bool:
    return any(row[plane] is not None and row[plane]["state"] != "pass" for plane in ("terraform", "live"))


def _row(row: Part, planes: list[str], column: int) -> list[str]:
    cells = [_cell(row[plane], column) for plane in planes]
    return [visible(row["path"]), value_text(row["expected"], 3 * column), *cells]


def _cell(cell: Any, column: int) -> str:
    if cell is None:
        return "–"
    if cell["state"] == "absent":
        return "✗ absent"
    if cell["state"] in ("unknown", "unreadable"):
        return f"? {cell['state']}"
    mark = "✓ " if cell["state"] == "pass" else "✗ "
    return mark + value_text(cell["actual"], 3 * column)


def _places(rows: list[Part], planes: list[str], width: int) -> Iterator[str]:
    for row in rows:
        for plane in planes:
            cell = row[plane]
            if cell is None or cell["state"] == "pass":
                continue
            said = " ".join(part for part in (origin_text(cell["origin"]), visible(cell["cause"])) if part)
            if said:
                yield clip(f"{_PLANE_NAMES[plane]:9} {said}", max(width, 60) * 4)
            if cell["mend"]:
                yield f"mend  {visible(cell['mend'])}"


def _drift(run: Part, width: int) -> Iterator[str]:
    """What differs between the planes and what is unmanaged, the first few of each, and how much was compared."""
    labels, found = Labels("en"), drifted.coverage(run)
    if found is None:
        return
    differing, foreign = drifted.drift(run), drifted.unmanaged(run)
    told = [one for one in differing if not one["controls"]]
    said = f", {len(differing) - len(told)} said by controls" if len(told) < len(differing) else ""
    yield f"Drift: {len(told)}{said}, unmanaged: {len(foreign)} ({', '.join(drifted.figures(found, labels))})"
    for one in told[:_MOST_DRIFT]:
        yield from _differing(one, labels, width)
    if len(told) > _MOST_DRIFT:
        yield f"  … and {len(told) - _MOST_DRIFT} more differ: see the report"
    for one in foreign[:_MOST_DRIFT]:
        remark = "".join(f" ({text})" for text in drifted.remarks(one, labels))
        yield clip(visible(f"  {one['severity'].upper():8}  {one['resource']} is not in Terraform{remark}"), width * 2)
    if len(foreign) > _MOST_DRIFT:
        yield f"  … and {len(foreign) - _MOST_DRIFT} more are not in Terraform: see the report"


def _differing(one: Part, labels: Labels, width: int) -> Iterator[str]:
    ours, theirs = one["terraform"], one["live"]
    remark = "".join(f" ({text})" for text in drifted.remarks(one, labels))
    yield clip(visible(f"  {one['severity'].upper():8}  {ours['resource']} {one['path']}{remark}").rstrip(), width * 2)
    there = "not in the account" if theirs is None else drifted.shown(theirs["value"], value_text)
    if theirs is not None:
        yield clip(f"    Terraform {drifted.shown(ours['value'], value_text)}", width * 2)
    yield clip(f"    live      {there}", width * 2)
    yield clip(f"    {origin_text(ours['origin'])}", width * 2)


def _gaps(run: Part, width: int) -> Iterator[str]:
    if run["gaps"]:
        yield "Could not be read:"
    for gap in run["gaps"][:20]:
        mend = f" – {gap['mend']}" if gap["mend"] else ""
        place = origin_text(gap["origin"])
        yield clip(visible(f"  {gap['scope']}: {gap['cause']}{mend}{f' ({place})' if place else ''}"), width * 2)
    if len(run["gaps"]) > 20:
        yield f"  … and {len(run['gaps']) - 20} more"


def _findings(run: Part, width: int) -> Iterator[str]:
    """What is wrong in the sources themselves; what is wrong in the document stands with its clauses."""
    found = [item for item in run["findings"] if item["plane"] != "document"]
    if found:
        yield "Found in the sources:"
    for item in found[:20]:
        place = origin_text(item.get("origin"))
        yield clip(visible(f"  {item['title']}: {item['detail']}{f' ({place})' if place else ''}"), width * 2)
    if len(found) > 20:
        yield f"  … and {len(found) - 20} more"


def _document(run: Part, width: int) -> Iterator[str]:
    labels = Labels("en")
    told = citations.told(run)
    moved = [one["control"] for one in told if citations.kind(one) == "moved"]
    if run["document"]:
        standing = sum(one["state"] == citations.STANDS for one in run["document"])
        yield f"Document: {labels('clause.all stand', n=standing, all=len(run['document']))}"
    for one in told[: len(told) - len(moved)][:_MOST_CONTROLS]:
        known = " (known since the baseline)" if one["known"] else ""
        label = labels("clause." + citations.kind(one))
        yield clip(visible(f"  {label:11} {one['control']}: {one['detail']}{known}"), width * 2)
        if one["nearest"]:
            nearest = f"    nearest   {citations.place(run, one['nearest_line'])}  {one['nearest']}"
            yield clip(visible(nearest), width * 2)
    if len(told) - len(moved) > _MOST_CONTROLS:
        yield f"  … and {len(told) - len(moved) - _MOST_CONTROLS} more"
    if moved:
        yield clip(visible(f"  at another line than cited: {', '.join(moved)}"), width * 2)
    for item in run["findings"]:
        if item["plane"] == "document":
            place = origin_text(item.get("origin"))
            where = f" ({place})" if place else ""
            yield clip(visible(f"  {item['title']}: {item['detail']}{where}"), width * 2)
    page = list(_page(run, width))
    if page and not run["document"]:
        yield "Document: not looked at"
    yield from page


def _page(run: Part, width: int) -> Iterator[str]:
    """Contradictions of the document that no longer stand as recorded, and how much of it is audited."""
    labels = Labels("en")
    found = page_facts.contradictions(run)
    if found:
        changed = page_facts.changed(run)
        unreadable = sum(one["state"] == page_facts.UNREADABLE for one in found)
        counts = [f"{len(changed)} changed"] * bool(changed) + [f"{unreadable} unreadable"] * bool(unreadable)
        yield "  contradictions recorded: " + ", of which ".join([str(len(found)), *filter(None, [", ".join(counts)])])
        for one in changed[:_MOST_CONTROLS]:
            yield clip(visible(f"    {one['id']}: {page_facts.state(one, labels)}"), width * 2)
    covered = page_facts.coverage(run)
    if covered:
        yield f"  {page_facts.tally(covered, labels)} {page_facts.uncited(covered, labels)}"
        for text in covered["stale"]:
            yield clip(visible(f"    stale: {text}"), width * 2)
        for row in (covered["uncited"] or ())[:_MOST_UNCITED]:
            yield clip(visible(f"    line {row['line']}: {row['text']}"), width)


def _planned(run: Part, width: int) -> Iterator[str]:
    """What is not due yet, in a line each."""
    found = page_facts.planned(run)
    if found:
        yield "Not due yet:"
    for control in found[:_MOST_CONTROLS]:
        states = ", ".join(f"{_PLANE_NAMES[plane]} {part['state']}" for plane, part in control["planes"].items())
        early = ", reached early" if control.get("reached_early") else ""
        yield clip(visible(f"  {control['id']}: {states}{early} ({control['planned']})"), width * 2)
    if len(found) > _MOST_CONTROLS:
        yield f"  … and {len(found) - _MOST_CONTROLS} more"


def _costs(run: Part) -> str:
    labels = Labels("en")
    lines: list[str] = []
    for table in costs.tables(run):
        sides = costs.sides(table)
        rows = [
            [
                visible(row["component"]),
                costs.amount(row["documented"]),
                *(costs.cell_text(row[side]) for side in sides),
            ]
            for row in table["rows"]
        ]
        lines.append(f"{labels('cost')}, {visible(table['title'])}: {costs.sum_text(table, labels)}")
        headers = ["", "documented", *(_PLANE_NAMES.get(side, side) for side in sides)]
        text = tabulate(rows, headers=headers, tablefmt="plain", disable_numparse=True)
        lines.extend(f"    {line}".rstrip() for line in text.splitlines())
    return "\n".join(lines)


def _waivers(run: Part, width: int) -> Iterator[str]:
    found = waived.ordered(run)
    if found:
        yield "Waivers:"
    for one in found[:_MOST_CONTROLS]:
        text = f"  {one['state']:11} {waived.about(one)} until {one['expires']}: {one['reason']} ({waived.place(one)})"
        yield clip(visible(text), width * 2)
    if len(found) > _MOST_CONTROLS:
        yield f"  … and {len(found) - _MOST_CONTROLS} more"


def _policies(run: Part, width: int) -> Iterator[str]:
    """What Checkov says and nobody decided about, one line a policy; what is accepted is counted."""
    if not run.get("policies"):
        return
    labels = Labels("en")
    yield policies.tally(run, labels)
    found = [one for one in policies.told(run) if one["decision"] == "information"]
    for one in found[:_MOST_POLICIES]:
        place = next((origin_text(place["origin"]) for place in one["places"] if place["origin"]), "")
        text = f"  {one['id']:12} {policies.states(one, labels)}: {one['title']}{f' ({place})' if place else ''}"
        yield clip(visible(text), width)
    if len(found) > _MOST_POLICIES:
        yield f"  … and {len(found) - _MOST_POLICIES} more: see the report"


def totals(run: Part) -> str:
    """How many controls stand how, and how much was read."""
    found = run["summary"]
    standings = ", ".join(f"{count} {name}" for name, count in found["controls"].items())
    read = ", ".join(f"{count} {_PLANE_NAMES[plane]}" for plane, count in found["resources"].items())
    since = visible((run["run"].get("changed_since") or {}).get("ref") or "the baseline")
    new = f" ({found['new_deviations']} new since {since})" if found["new_deviations"] is not None else ""
    changes = (run.get("history") or {}).get("changes")
    past = f"\n{Labels('en')('history.changes', **changes)}" if changes else ""
    return (
        f"{sum(found['controls'].values())} controls: {standings}\n"
        f"{found['deviations']} deviate{new}, {found['undecided']} undecided, {found['gaps']} gaps; "
        f"resources read: {read}{past}"
    )
