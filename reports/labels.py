"""Every word the reports say themselves, in English and Korean. What specs and planes say stays as it was written."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "ko")

_TABLE: dict[str, tuple[str, str]] = {
    # the whole
    "title": ("Audit of document, Terraform and account", "문서 · Terraform · 계정 감사"),
    "headline.deviations": ("{n} of {controls} controls deviate", "통제 {controls}개 중 {n}개에 편차"),
    "headline.deviation": ("1 of {controls} controls deviates", "통제 {controls}개 중 1개에 편차"),
    "headline.undecided": ("No control deviates, {n} undecided", "편차 없음, 미결 통제 {n}개"),
    "headline.gaps": ("No control deviates, but not all could be read", "편차 없음, 일부는 읽지 못함"),
    "headline.clean": ("Everything is as documented", "모두 문서와 같음"),
    "headline.empty": ("No control was audited", "감사한 통제 없음"),
    "skip": ("Skip to the matrix", "표로 바로 가기"),
    "contents": ("Contents", "차례"),
    "overview": ("Standing", "상태 요약"),
    "coverage": ("What could be read", "읽을 수 있었던 범위"),
    "matrix": ("Matrix", "대조표"),
    "controls": ("Controls", "통제"),
    "gaps": ("Gaps", "읽지 못한 것"),
    "findings": ("Findings in the sources", "원본에서 발견한 문제"),
    "drift": ("Drift that no control speaks of", "통제 밖의 드리프트"),
    "unmanaged": ("Not managed by Terraform", "Terraform 밖의 리소스"),
    "document": ("Clauses in the document", "문서의 조항"),
    "clause.stands": ("stands", "그대로"),
    "clause.moved": ("moved", "옮겨짐"),
    "clause.clause-changed": ("changed", "바뀜"),
    "clause.unreadable": ("unreadable", "읽지 못함"),
    "clause.now": ("now in line {n}", "현재 {n}행"),
    "clause.nearest": ("nearest", "가장 가까운 글"),
    "clause.all stand": ("{n} of {all} clauses stand as cited", "조항 {all}개 중 {n}개가 인용한 그대로"),
    "waivers": ("Waivers", "예외 승인"),
    "waiver.in force": ("in force", "유효"),
    "waiver.expired": ("expired", "만료됨"),
    "waiver.over-broad": ("over-broad", "범위가 너무 넓음"),
    "waiver.unused": ("unused", "쓰이지 않음"),
    "waiver.not decided": ("not decided", "판정되지 않음"),
    "waiver.state": ("State", "상태"),
    "waiver.until": ("Until", "기한"),
    "waiver.covers": ("covers {n}", "{n}건 적용"),
    "waiver.reason": ("Reason", "사유"),
    "waiver.owner": ("owner", "담당"),
    "waiver.approver": ("approved by", "승인"),
    "waiver.ticket": ("ticket", "티켓"),
    "run": ("This run", "실행 정보"),
    # columns and fields
    "plane.document": ("Document", "문서"),
    "plane.terraform": ("Terraform", "Terraform"),
    "plane.live": ("Live account", "실제 계정"),
    "control": ("Control", "통제"),
    "severity": ("Severity", "심각도"),
    "theme": ("Theme", "주제"),
    "standing": ("Standing", "상태"),
    "baseline": ("Baseline", "기준선"),
    "where": ("Resource and path", "리소스와 경로"),
    "whole": ("the control as a whole", "통제 전체"),
    "expected": ("expected", "기대값"),
    "actual": ("found", "실제값"),
    "resource": ("Resource", "리소스"),
    "cause": ("Cause", "원인"),
    "mend": ("Mend", "조치"),
    "waiver": ("Waived", "예외 승인"),
    "via": ("via", "경유"),
    "spec": ("Spec", "스펙"),
    "section": ("Section", "절"),
    "row": ("Row", "행"),
    "figure": ("Figure", "수치"),
    "place": ("Place", "위치"),
    "basis": ("Basis", "근거"),
    "remedy": ("Remedy", "해결 방법"),
    "frameworks": ("Frameworks", "프레임워크"),
    "kind": ("Kind", "종류"),
    "relation": ("Judged by", "판정 방식"),
    "planned": ("Planned", "예정"),
    "examined": ("Examined", "검사한 리소스"),
    "resources": ("Resources read", "읽은 리소스"),
    "verdicts": ("Verdicts", "판정"),
    "deviations": ("Deviating", "편차"),
    "new_deviations": ("New", "신규"),
    "undecided": ("Undecided", "미결"),
    "scope": ("What was asked", "요청한 것"),
    "hides": ("Hides", "가려진 것"),
    "every kind": ("resources of every kind", "모든 종류의 리소스"),
    "action": ("Missing permission", "없는 권한"),
    "plane": ("Plane", "대상"),
    "title.column": ("What", "내용"),
    "detail": ("Detail", "상세"),
    "origin": ("Origin", "출처"),
    "no rows": ("No verdict on either plane.", "어느 쪽에도 판정이 없음."),
    "passing rows": ("{n} more that pass", "통과한 것 {n}건 더"),
    "none": ("None.", "없음."),
    "not run": ("not audited", "감사 안 함"),
    "no verdict": ("no verdict", "판정 없음"),
    # filters
    "filter.text": ("Find", "찾기"),
    "filter.hint": ("control, resource, value …", "통제, 리소스, 값 …"),
    "filter.any": ("any", "전체"),
    "filter.reset": ("Clear filters", "필터 지우기"),
    "filter.open": ("Open all shown", "보이는 것 모두 펼치기"),
    "filter.close": ("Close all", "모두 접기"),
    "filter.shown": ("{shown} of {all} controls shown", "통제 {all}개 중 {shown}개 표시"),
    "filter.label": ("Filter controls", "통제 걸러 보기"),
    # run facts
    "run.id": ("Run", "실행"),
    "run.started": ("Started (UTC)", "시작 (UTC)"),
    "run.finished": ("Finished (UTC)", "종료 (UTC)"),
    "run.local": ("Started (local)", "시작 (현지)"),
    "run.caller": ("Caller", "호출자"),
    "run.accounts": ("Accounts", "계정"),
    "run.regions": ("Regions", "리전"),
    "run.commit": ("Commit", "커밋"),
    "run.dirty": ("with uncommitted changes", "커밋하지 않은 변경 있음"),
    "run.document": ("Document", "문서"),
    "run.source": ("Read from", "읽은 곳"),
    "run.status": ("Exit status", "종료 상태"),
    "run.specs": ("Specs (sha256)", "스펙 (sha256)"),
    "run.tools": ("Tools", "도구"),
    "run.options": ("Options", "옵션"),
    "left out": (
        "{n} more are left out here for length: see the full report.",
        "길이 때문에 {n}건을 생략함: 전체 보고서 참고.",
    ),
    "deviating controls": ("Deviating controls", "편차가 있는 통제"),
    "undecided controls": ("Undecided controls", "미결 통제"),
    "more places": ("and {n} more", "외 {n}건"),
    # comparison of runs
    "diff": ("Change", "변화"),
    "diff.was": ("Was", "이전"),
    "diff.is": ("Is", "현재"),
    "diff.gone": ("no such verdict", "판정 사라짐"),
    "diff.new": ("new", "신규"),
    "diff.changed": ("changed", "바뀜"),
    "diff.unreadable": ("became unreadable", "읽지 못하게 됨"),
    "diff.unaudited": ("not audited any more", "더는 감사 안 함"),
    "diff.still": ("still", "지속"),
    "diff.fixed": ("fixed", "해결"),
    # words of the run
    "history": ("Trend", "추이"),
    "history.none": ("No run is in the history.", "이력에 실행 기록이 없음."),
    "history.standing": ("Deviations that stand", "남아 있는 편차"),
    "history.were fixed": ("Deviations that were fixed", "해결된 편차"),
    "history.since": ("Since (UTC)", "시작 (UTC)"),
    "history.reopened": ("Reopened", "재발"),
    "history.fixed": ("Fixed (UTC)", "해결 (UTC)"),
    "history.lasted": ("Lasted", "지속 기간"),
    "history.blind": ("could not be read last time", "마지막 실행에서 읽지 못함"),
    "history.planned": ("planned", "예정"),
    "history.waived": ("waived", "예외 승인"),
    "history.known": ("known since the baseline", "기준선부터 있음"),
    "history.changes": (
        "Since {since}: {new} new, {reopened} reopened, {fixed} fixed, {unreadable} could not be read",
        "{since} 이후: 신규 {new}, 재발 {reopened}, 해결 {fixed}, 읽지 못함 {unreadable}",
    ),
    "history.first run": ("This is the first run in the history.", "이력의 첫 실행입니다."),
    "history.runs": ("Deviating controls in the last {n} runs", "최근 실행 {n}회의 편차 통제 수"),
    "history.open since": ("deviates since {since}", "{since}부터 편차"),
    "history.again": ("reopened {n} times", "재발 {n}회"),
    "severity.critical": ("critical", "치명"),
    "severity.high": ("high", "높음"),
    "severity.medium": ("medium", "보통"),
    "severity.low": ("low", "낮음"),
    "severity.info": ("info", "정보"),
    "state.pass": ("pass", "통과"),
    "state.fail": ("fail", "불일치"),
    "state.absent": ("absent", "없음"),
    "state.unknown": ("unknown", "알 수 없음"),
    "state.unreadable": ("unreadable", "읽지 못함"),
    "basis.stated": ("stated", "명시"),
    "basis.inferred": ("inferred", "추론"),
    "basis.rule": ("rule of AWS", "AWS 규칙"),
    "baseline.new": ("new", "신규"),
    "baseline.known": ("known", "기존"),
    "standing.agrees": ("agrees", "일치"),
    "standing.drift": ("drift", "드리프트"),
    "standing.unapplied": ("unapplied", "미적용"),
    "standing.stale document": ("stale document", "낡은 문서"),
    "standing.all differ": ("all differ", "모두 다름"),
    "standing.unbuilt": ("unbuilt", "미구축"),
    "standing.undecided": ("undecided", "미결"),
    "standing.single plane": ("single plane", "한쪽만"),
    # one sentence a standing
    "explain.agrees": (
        "Document, Terraform and account say the same.",
        "문서와 Terraform, 실제 계정이 모두 같습니다.",
    ),
    "explain.drift": (
        "Terraform is as documented, the account is not: it was changed past Terraform, or the apply is still due.",
        "Terraform은 문서와 같지만 실제 계정이 다릅니다. Terraform 밖에서 바뀌었거나 아직 적용되지 않았습니다.",
    ),
    "explain.unapplied": (
        "The account is as documented, Terraform is not: the next apply would break it.",
        "실제 계정은 문서와 같지만 Terraform이 다릅니다. 다음 적용 때 어긋나게 됩니다.",
    ),
    "explain.stale document": (
        "Terraform and account agree with each other and not with the document: "
        "either the document is out of date or both are wrong.",
        "Terraform과 실제 계정은 서로 같지만 문서와 다릅니다. 문서가 낡았거나 둘 다 잘못되었습니다.",
    ),
    "explain.all differ": (
        "Document, Terraform and account each say something else.",
        "문서와 Terraform, 실제 계정이 모두 서로 다릅니다.",
    ),
    "explain.unbuilt": (
        "Documented, but found neither in Terraform nor in the account.",
        "문서에는 있지만 Terraform에도 실제 계정에도 없습니다.",
    ),
    "explain.undecided": (
        "At least one side could not be decided, so the three cannot be compared.",
        "적어도 한쪽을 판정할 수 없어 셋을 비교할 수 없습니다.",
    ),
    "explain.single plane": (
        "Only one plane was audited: there is nothing to compare it with.",
        "한쪽만 감사하여 비교할 상대가 없습니다.",
    ),
}


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of one language."""

    lang: str = "en"

    def __call__(self, key: str, **values: object) -> str:
        """The label, with ``{name}`` places filled in. An unknown key shows as its last part, never as an error."""
        pair = _TABLE.get(key)
        if pair is None:
            return key.partition(".")[2] or key
        text = pair[LANGUAGES.index(self.lang)]
        return text.format(**values) if values else text


def every_key() -> list[str]:
    """Every key there is, for tests."""
    return list(_TABLE)
