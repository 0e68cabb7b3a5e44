"""What does not stand as it should: who has not reported, what waits, what was corrected, who was late."""

from bridge.rules.attendance import is_summoned
from bridge.rules.ladder import Status
from bridge.rules.model import Author, Point
from dashboards.reports import words
from dashboards.reports.attendance import shown
from dashboards.reports.day import Day
from dashboards.reports.shares import shares
from dashboards.reports.tables import Cell, Column, Kind, Table

POINT = (
    Column("code", "Mã", Kind.TEXT, 10),
    Column("name", "Điểm cầu", Kind.TEXT, 34),
    Column("unit", "Đơn vị", Kind.TEXT, 26),
    Column("above", "Thuộc", Kind.TEXT, 22),
)


def tables(day: Day) -> tuple[Table, ...]:
    return (punctuality(day), unreported(day), quarantine(day), corrected(day))


def point_of(day: Day, point: Point) -> tuple[Cell, ...]:
    return (point.code, point.planned.name, day.unit(point), day.above(point))


def punctuality(day: Day) -> Table:
    """On time, late and silent halls of each unit, for the round of the totals."""
    found: dict[str, list[int]] = {code: [0, 0, 0] for code, _ in day.by_unit()}
    whole = [0, 0, 0]
    for point in day.points:
        figure = point.figures.get(day.key) if day.key else None
        if day.key and figure is None and not is_summoned(point, day.key[0]):
            continue
        place = 2 if figure is None else 0 if figure.on_time else 1
        found.setdefault(day.group(point), [0, 0, 0])[place] += 1
        whole[place] += 1
    return Table(
        name="punctuality",
        title="Báo cáo đầy đủ và đúng hạn theo đơn vị",
        columns=(
            Column("unit", "Đơn vị", Kind.TEXT, 34),
            Column("points", "Điểm cầu", Kind.INT, 8),
            Column("on_time", "Đúng hạn", Kind.INT, 8),
            Column("late", "Chậm", Kind.INT, 8),
            Column("missing", "Chưa báo cáo", Kind.INT, 8),
            Column("on_time_share", "Đúng hạn (%)", Kind.PERCENT, 9),
            Column("late_share", "Chậm (%)", Kind.PERCENT, 9),
            Column("missing_share", "Chưa báo cáo (%)", Kind.PERCENT, 10),
        ),
        rows=tuple((name, *_punctual(found[code])) for code, name in day.by_unit() if sum(found[code])),
        totals=("Tổng cộng", *_punctual(whole)),
        note=shown(day),
    )


def _punctual(halls: list[int]) -> tuple[Cell, ...]:
    return (sum(halls), *halls, *(shares(halls) if sum(halls) else (None,) * 3))


def unreported(day: Day) -> Table:
    rows: list[tuple[Cell, ...]] = []
    key = day.key
    for point in day.points if key else ():
        if key and key not in point.figures and is_summoned(point, key[0]):
            why = "Số liệu chờ xác nhận" if key in point.quarantined else "Chưa báo cáo"
            rows.append((*point_of(day, point), point.expected.get(key[0]), why))
    return Table(
        name="unreported",
        title="Điểm cầu chưa báo cáo",
        columns=(*POINT, Column("expected", "Triệu tập", Kind.INT, 9), Column("why", "Tình trạng", Kind.TEXT, 22)),
        rows=tuple(rows),
        note=shown(day),
        empty="Tất cả điểm cầu đã báo cáo.",
    )


def quarantine(day: Day) -> Table:
    """Figures that nobody believes until they are corrected or released: said, and in no total."""
    rows: list[tuple[Cell, ...]] = []
    for point in day.points:
        for (sitting, name), figure in point.quarantined.items():
            held = day.sitting(sitting)
            if held is None or held.rehearsal:
                continue
            said = figure.count
            rows.append(
                (
                    *point_of(day, point),
                    held.name,
                    words.ROUNDS[name],
                    point.expected.get(sitting),
                    said.present,
                    said.excused,
                    said.unexcused,
                    said.guests,
                    figure.at_ms,
                )
            )
    return Table(
        name="quarantine",
        title="Số liệu chờ xác nhận, chưa tính vào tổng",
        columns=(
            *POINT,
            Column("sitting", "Buổi", Kind.TEXT, 20),
            Column("round", "Đợt", Kind.TEXT, 9),
            Column("expected", "Triệu tập", Kind.INT, 9),
            Column("present", "Có mặt đã báo", Kind.INT, 9),
            Column("excused", "Vắng có lý do", Kind.INT, 9),
            Column("unexcused", "Vắng không lý do", Kind.INT, 9),
            Column("guests", "Khách mời", Kind.INT, 8),
            Column("at", "Lúc", Kind.DATETIME, 15),
        ),
        rows=tuple(rows),
    )


def corrected(day: Day) -> Table:
    """Figures that took the place of others while the conference went on: told so that nobody wonders."""
    # What was approved after the close is told by name, before and after, in a table of its own.
    asked = day.scene.state.affairs.closing.corrections.values()
    later = {(each.point, each.sitting, each.round) for each in asked if each.status is Status.APPROVED}
    rows: list[tuple[Cell, ...]] = []
    for point in day.points:
        for (sitting, name), figure in point.figures.items():
            held = day.sitting(sitting)
            if figure.replaces and held is not None and not held.rehearsal and (point.code, sitting, name) not in later:
                by = "Nhập thay" if figure.author is Author.PROXY else "Điểm cầu"
                count = figure.count
                rows.append(
                    (
                        *point_of(day, point),
                        held.name,
                        words.ROUNDS[name],
                        len(figure.replaces),
                        count.present,
                        count.excused,
                        count.unexcused,
                        by,
                        figure.at_ms,
                    )
                )
    return Table(
        name="corrected",
        title="Số liệu đã được điểm cầu sửa trước khi chốt",
        columns=(
            *POINT,
            Column("sitting", "Buổi", Kind.TEXT, 20),
            Column("round", "Đợt", Kind.TEXT, 9),
            Column("times", "Số lần sửa", Kind.INT, 7),
            Column("present", "Có mặt", Kind.INT, 9),
            Column("excused", "Vắng có lý do", Kind.INT, 9),
            Column("unexcused", "Vắng không lý do", Kind.INT, 9),
            Column("by", "Người nhập", Kind.TEXT, 12),
            Column("at", "Lúc", Kind.DATETIME, 15),
        ),
        rows=tuple(rows),
    )
