"""How the figures came up the tree and what was corrected after the close: who asked, who approved, and why."""

from collections.abc import Iterable

from bridge.rules import closing
from bridge.rules.closing import Difference
from bridge.rules.ladder import Correction, Status
from bridge.rules.model import Count, RoundName
from dashboards.reports import words
from dashboards.reports.day import Day
from dashboards.reports.standing import POINT, point_of
from dashboards.reports.tables import Cell, Column, Kind, Table

STATUSES = {
    Status.WAITING: "Chờ duyệt",
    Status.APPROVED: "Đã duyệt",
    Status.REFUSED: "Không duyệt",
    Status.REPLACED: "Đã thay bằng đề nghị khác",
}
ROUND = (Column("sitting", "Buổi", Kind.TEXT, 18), Column("round", "Đợt", Kind.TEXT, 9))
MOVED = (
    Column("present_before", "Có mặt trước", Kind.INT, 8),
    Column("present", "Có mặt sau", Kind.INT, 8),
    Column("excused_before", "Có lý do trước", Kind.INT, 8),
    Column("excused", "Có lý do sau", Kind.INT, 8),
    Column("unexcused_before", "Không lý do trước", Kind.INT, 9),
    Column("unexcused", "Không lý do sau", Kind.INT, 9),
)


def tables(day: Day, since_version: int) -> tuple[Table, ...]:
    """`since_version`: of the version that was signed last; 0: nothing was."""
    return (
        *([differences(day, since_version)] if since_version else []),
        submissions(day),
        corrections(day),
    )


def _round(day: Day, sitting: str, name: RoundName) -> tuple[Cell, ...]:
    held = day.sitting(sitting)
    return (held.name if held else sitting, words.ROUNDS[name])


def _moved(before: Count | None, after: Count) -> tuple[Cell, ...]:
    was: Iterable[Cell] = (before.present, before.excused, before.unexcused) if before else (None, None, None)
    now = (after.present, after.excused, after.unexcused)
    return tuple(value for pair in zip(was, now, strict=True) for value in pair)


def _place(day: Day, code: str) -> tuple[Cell, ...]:
    point = day.scene.state.points.get(code)
    return point_of(day, point) if point else (code, code, "", "")


def differences(day: Day, since_version: int) -> Table:
    """What is said otherwise than in the version that was signed last, name by name."""

    def line(each: Difference) -> tuple[Cell, ...]:
        return (
            *_place(day, each.point),
            *_round(day, each.sitting, RoundName(each.round)),
            *_moved(each.before, each.after),
            day.who(each.asked_by),
            day.who(each.approved_by),
            each.approved_ms,
            "; ".join(part for part in (each.reason, each.why) if part) or ("Báo cáo muộn" if each.late else ""),
        )

    return Table(
        name="differences",
        title=f"Khác biệt so với phiên bản {since_version}",
        columns=(
            *POINT,
            *ROUND,
            *MOVED,
            Column("asked", "Người đề nghị", Kind.TEXT, 18),
            Column("approved", "Người duyệt", Kind.TEXT, 18),
            Column("at", "Duyệt lúc", Kind.DATETIME, 15),
            Column("why", "Lý do", Kind.TEXT, 34),
        ),
        rows=tuple(line(each) for each in closing.differences(day.scene.state, since_version)),
        empty="Số liệu không khác phiên bản trước.",
    )


def corrections(day: Day) -> Table:
    """Everything that was asked for after the close, with what became of it."""

    def line(each: Correction) -> tuple[Cell, ...]:
        return (
            each.number,
            *_place(day, each.point),
            *_round(day, each.sitting, each.round),
            *_moved(each.before, each.count),
            "Báo cáo muộn" if each.late else "Đề nghị",
            day.who(each.asked_by),
            each.asked_ms,
            STATUSES[each.status],
            day.who(each.settled_by) if each.settled_by else "",
            each.settled_ms,
            "; ".join(part for part in (each.reason, each.why) if part),
        )

    known = day.scene.state.affairs.closing.corrections
    return Table(
        name="corrections",
        title="Đính chính sau khi chốt số liệu",
        columns=(
            Column("number", "Số", Kind.INT, 5),
            *POINT,
            *ROUND,
            *MOVED,
            Column("kind", "Loại", Kind.TEXT, 12),
            Column("asked", "Người đề nghị", Kind.TEXT, 18),
            Column("asked_at", "Đề nghị lúc", Kind.DATETIME, 15),
            Column("status", "Kết quả", Kind.TEXT, 14),
            Column("settled", "Người duyệt", Kind.TEXT, 18),
            Column("settled_at", "Duyệt lúc", Kind.DATETIME, 15),
            Column("why", "Lý do", Kind.TEXT, 34),
        ),
        rows=tuple(line(known[number]) for number in sorted(known)),
        empty="Không có đính chính nào.",
    )


def submissions(day: Day) -> Table:
    """Who handed in which sitting: halls, and the units that were checked."""
    state = day.scene.state
    rows: list[tuple[Cell, ...]] = []
    for sitting in day.sittings:
        standings = closing.standings(state, sitting.id)
        for code, name in day.by_unit():
            standing = standings.get(code)
            if standing is None:
                continue
            check = state.affairs.closing.checked.get((sitting.id, code))
            # The root has all halls below it; its own line is of its own halls, which nobody checks but itself.
            if day.root is not None and code == day.root.code:
                continue
            rows.append(
                (
                    sitting.name,
                    name,
                    standing.points,
                    standing.submitted,
                    len(standing.missing),
                    "Đã kiểm tra, nộp" if check and closing.holds(check, standing) else "Chưa nộp",
                    day.who(check.by) if check else "",
                    check.at_ms if check else None,
                )
            )
    return Table(
        name="submissions",
        title="Nộp số liệu theo đơn vị",
        columns=(
            Column("sitting", "Buổi", Kind.TEXT, 20),
            Column("unit", "Đơn vị", Kind.TEXT, 34),
            Column("points", "Điểm cầu", Kind.INT, 8),
            Column("submitted", "Đã nộp", Kind.INT, 8),
            Column("missing", "Chưa nộp", Kind.INT, 8),
            Column("state", "Tình trạng", Kind.TEXT, 18),
            Column("by", "Người kiểm tra", Kind.TEXT, 20),
            Column("at", "Lúc", Kind.DATETIME, 15),
        ),
        rows=tuple(rows),
    )
