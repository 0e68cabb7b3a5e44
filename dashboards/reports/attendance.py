"""How many people were there: in all, by type, by unit, by sitting and round, and until the end."""

from collections.abc import Iterable, Iterator

from bridge.rules.attendance import NOBODY, People, standing
from bridge.rules.model import Point, PointType, RoundKey
from dashboards.reports import words
from dashboards.reports.day import Day
from dashboards.reports.shares import shares
from dashboards.reports.tables import Cell, Column, Kind, Table

PEOPLE = (
    Column("expected", "Triệu tập", Kind.INT, 9),
    Column("present", "Có mặt", Kind.INT, 9),
    Column("excused", "Vắng có lý do", Kind.INT, 9),
    Column("unexcused", "Vắng không lý do", Kind.INT, 12),
    Column("unreported", "Chưa báo cáo", Kind.INT, 9),
    Column("guests", "Khách mời", Kind.INT, 8),
)
SHARES = (
    Column("present_share", "Có mặt (%)", Kind.PERCENT, 8),
    Column("excused_share", "Vắng có lý do (%)", Kind.PERCENT, 8),
    Column("unexcused_share", "Vắng không lý do (%)", Kind.PERCENT, 9),
    Column("unreported_share", "Chưa báo cáo (%)", Kind.PERCENT, 9),
)
ADDS_UP = "Triệu tập = có mặt + vắng có lý do + vắng không lý do + chưa báo cáo. Khách mời tính riêng."


def tables(day: Day) -> tuple[Table, ...]:
    """In the order of the report; sittings are compared only where there are several."""
    return (
        totals(day),
        by_type(day),
        by_unit(day),
        *([by_sitting(day)] if len(day.sittings) > 1 else []),
        by_round(day),
        stayed(day),
        by_point(day),
    )


def people_of(people: People) -> tuple[Cell, ...]:
    """The cells under PEOPLE."""
    return (
        people.expected,
        people.present,
        people.excused,
        people.unexcused,
        people.unreported,
        people.guests,
    )


def shares_of(people: People) -> tuple[Cell, ...]:
    """Nothing where nobody was summoned: a share of nobody is none."""
    if not people.expected:
        return (None,) * len(SHARES)
    return shares((people.present, people.excused, people.unexcused, people.unreported))


def totals(day: Day) -> Table:
    tally = day.scene.rollup.at("")
    people = tally.people.get(day.key, NOBODY) if day.key else NOBODY
    received = tally.received[day.key] if day.key else 0
    owed = tally.owed[day.key] if day.key else tally.points
    halls = (received, owed - received, tally.points - owed)
    titles = ("Có mặt", "Vắng có lý do", "Vắng không lý do", "Chưa báo cáo")
    numbers = (people.present, people.excused, people.unexcused, people.unreported)
    whole = 100.0 if people.expected else None
    rows: list[tuple[Cell, ...]] = [
        ("Đại biểu triệu tập", people.expected, whole),
        *(
            (f"– {title}", number, share)
            for title, number, share in zip(titles, numbers, shares_of(people), strict=True)
        ),
        ("Khách mời", people.guests, None),
        ("Điểm cầu", tally.points, 100.0 if tally.points else None),
        *(
            (f"– {title}", number, share if tally.points else None)
            for title, number, share in zip(_HALLS, halls, shares(halls), strict=True)
            if number or title != _ELSEWHERE
        ),
    ]
    return Table(
        name="totals",
        title="Tổng hợp chung",
        columns=(
            Column("what", "Chỉ tiêu", Kind.TEXT, 30),
            Column("number", "Số lượng", Kind.INT, 12),
            Column("share", "Tỷ lệ (%)", Kind.PERCENT, 10),
        ),
        rows=tuple(rows),
        note=shown(day, ADDS_UP),
    )


_ELSEWHERE = "Không dự buổi này"
_HALLS = ("Đã báo cáo", "Chưa báo cáo", _ELSEWHERE)


def shown(day: Day, more: str = "") -> str:
    """Which count a table is of, said under its title."""
    sitting = day.sitting(day.key[0]) if day.key else None
    of = f"{sitting.name}, số liệu {words.ROUNDS[day.key[1]].lower()}." if sitting and day.key else ""
    return " ".join(part for part in (of, more) if part)


def by_type(day: Day) -> Table:
    found: dict[PointType, list[Point]] = {}
    for point in day.points:
        found.setdefault(point.planned.type, []).append(point)
    lines = [(day.types[kind], found[kind]) for kind in PointType if kind in found]
    return Table(
        name="by_type",
        title="Kết quả theo loại điểm cầu",
        columns=(Column("type", "Loại điểm cầu", Kind.TEXT, 24), *_COUNTED),
        rows=tuple((name, *_counted(points, day.key)) for name, points in lines),
        totals=("Tổng cộng", *_counted(day.points, day.key)),
        note=shown(day),
    )


def by_unit(day: Day) -> Table:
    found: dict[str, list[Point]] = {}
    for point in day.points:
        found.setdefault(day.group(point), []).append(point)
    rows = [(name, *_counted(found[code], day.key)) for code, name in day.by_unit() if code in found]
    return Table(
        name="by_unit",
        title="Kết quả theo đơn vị",
        columns=(Column("unit", "Đơn vị", Kind.TEXT, 34), *_COUNTED),
        rows=tuple(rows),
        totals=("Tổng cộng", *_counted(day.points, day.key)),
        note=shown(day),
    )


_COUNTED = (
    Column("points", "Điểm cầu", Kind.INT, 7),
    Column("received", "Đã báo cáo", Kind.INT, 7),
    *PEOPLE,
    *SHARES,
)


def _counted(points: Iterable[Point], key: RoundKey | None) -> tuple[Cell, ...]:
    number = received = 0
    people = NOBODY
    for point in points:
        number += 1
        if key is not None:
            received += key in point.figures
            people += standing(point, key)
    return (number, received, *people_of(people), *shares_of(people))


def by_sitting(day: Day) -> Table:
    """Each sitting with the newest of its rounds that was due; the sum is of attendances, not of people."""
    rows: list[tuple[Cell, ...]] = []
    whole = NOBODY
    tally = day.scene.rollup.at("")
    for sitting in day.sittings:
        due = [each for each in sitting.rounds if each.due_ms <= day.now_ms] or sitting.rounds[:1]
        if not due or sitting.rounds[0].opens_ms > day.now_ms:
            continue
        key = (sitting.id, due[-1].name)
        people = tally.people.get(key, NOBODY)
        whole += people
        rows.append((sitting.name, words.ROUNDS[due[-1].name], *people_of(people), *shares_of(people)))
    return Table(
        name="by_sitting",
        title="Kết quả theo buổi",
        columns=(
            Column("sitting", "Buổi", Kind.TEXT, 24),
            Column("round", "Đợt báo cáo", Kind.TEXT, 12),
            *PEOPLE,
            *SHARES,
        ),
        rows=tuple(rows),
        totals=("Tổng lượt", "", *people_of(whole), *shares_of(whole)),
        empty="Chưa buổi nào bắt đầu.",
    )


def by_round(day: Day) -> Table:
    """Completeness and punctuality of every count, and what it came to."""
    tally = day.scene.rollup.at("")
    rows: list[tuple[Cell, ...]] = []
    for sitting in day.sittings:
        for each in sitting.rounds:
            key = (sitting.id, each.name)
            received, on_time = tally.received[key], tally.on_time[key]
            owed = tally.owed[key]
            halls = (on_time, received - on_time, owed - received)
            people = tally.people.get(key, NOBODY)
            punctual = shares(halls) if owed else (None,) * 3
            rows.append(
                (
                    sitting.name,
                    words.ROUNDS[each.name],
                    each.due_ms,
                    owed,
                    *halls,
                    *punctual,
                    *people_of(people),
                    shares_of(people)[0],
                )
            )
    return Table(
        name="by_round",
        title="Kết quả theo buổi và đợt báo cáo",
        columns=(
            Column("sitting", "Buổi", Kind.TEXT, 22),
            Column("round", "Đợt", Kind.TEXT, 9),
            Column("due", "Hạn báo cáo", Kind.DATETIME, 15),
            Column("points", "Điểm cầu", Kind.INT, 7),
            Column("on_time", "Đúng hạn", Kind.INT, 7),
            Column("late", "Chậm", Kind.INT, 6),
            Column("missing", "Chưa báo cáo", Kind.INT, 7),
            Column("on_time_share", "Đúng hạn (%)", Kind.PERCENT, 8),
            Column("late_share", "Chậm (%)", Kind.PERCENT, 7),
            Column("missing_share", "Chưa báo cáo (%)", Kind.PERCENT, 8),
            *(_renamed(column, "unreported", "Chưa rõ") for column in PEOPLE),
            SHARES[0],
        ),
        rows=tuple(rows),
        empty="Hội nghị không có đợt báo cáo nào.",
    )


def _renamed(column: Column, key: str, title: str) -> Column:
    return Column(column.key, title, column.kind, column.width) if column.key == key else column


def stayed(day: Day) -> Table:
    """Closing against opening count, of the halls that said both."""
    rows: list[tuple[Cell, ...]] = []
    total = [0, 0, 0, 0]
    names = dict(day.by_unit())
    for sitting in day.sittings:
        if len(sitting.rounds) < 2:
            continue
        first, last = (sitting.id, sitting.rounds[0].name), (sitting.id, sitting.rounds[-1].name)
        found: dict[str, list[int]] = {code: [0, 0, 0, 0] for code in names}
        for point in day.points:
            opening, closing = point.figures.get(first), point.figures.get(last)
            if opening is None or closing is None:
                continue
            counts = standing(point, first).present, standing(point, last).present
            sums = found.setdefault(day.group(point), [0, 0, 0, 0])
            for place, more in enumerate((1, *counts, int(counts[1] < counts[0]))):
                sums[place] += more
                total[place] += more
        rows += [(sitting.name, names.get(code, code), *_ends(sums)) for code, sums in found.items() if sums[0]]
    return Table(
        name="stayed",
        title="Dự đến cuối buổi: có mặt cuối giờ so với đầu giờ",
        columns=(
            Column("sitting", "Buổi", Kind.TEXT, 22),
            Column("unit", "Đơn vị", Kind.TEXT, 34),
            Column("points", "Điểm cầu báo đủ hai đợt", Kind.INT, 10),
            Column("opening", "Có mặt đầu giờ", Kind.INT, 10),
            Column("closing", "Có mặt cuối giờ", Kind.INT, 10),
            Column("difference", "Chênh lệch", Kind.INT, 10),
            Column("kept", "Cuối giờ so với đầu giờ (%)", Kind.PERCENT, 11),
            Column("fewer", "Điểm cầu giảm", Kind.INT, 9),
        ),
        rows=tuple(rows),
        totals=("Tổng cộng", "", *_ends(total)) if rows else None,
        note="Chỉ tính điểm cầu đã báo cáo cả hai đợt.",
        empty="Chưa có điểm cầu nào báo cáo đủ đợt đầu và đợt cuối.",
    )


def _ends(sums: list[int]) -> tuple[Cell, ...]:
    points, opening, closing, fewer = sums
    kept = round(100 * closing / opening, 1) if opening else None
    return (points, opening, closing, closing - opening, kept, fewer)


REPORTED = {True: "Đúng hạn", False: "Chậm"}
WAITING = "Chờ xác nhận"
SILENT = "Chưa báo cáo"


def by_point(day: Day) -> Table:
    return Table(
        name="by_point",
        title="Kết quả từng điểm cầu",
        columns=(
            Column("code", "Mã", Kind.TEXT, 10),
            Column("name", "Điểm cầu", Kind.TEXT, 34),
            Column("unit", "Đơn vị", Kind.TEXT, 26),
            Column("above", "Thuộc", Kind.TEXT, 22),
            Column("type", "Loại", Kind.TEXT, 20),
            Column("mode", "Tiếp nhận", Kind.TEXT, 16),
            *PEOPLE,
            Column("present_share", "Có mặt (%)", Kind.PERCENT, 8),
            Column("report", "Báo cáo", Kind.TEXT, 12),
            Column("reported", "Lúc", Kind.TIME, 9),
        ),
        rows=tuple(_points(day)),
        totals=("", "Tổng cộng", "", "", "", "", *people_of(_whole(day)), shares_of(_whole(day))[0], "", None),
        note=shown(day),
    )


def _whole(day: Day) -> People:
    return day.scene.rollup.at("").people.get(day.key, NOBODY) if day.key else NOBODY


def _points(day: Day) -> Iterator[tuple[Cell, ...]]:
    for point in day.points:
        figure = point.figures.get(day.key) if day.key else None
        waits = day.key in point.quarantined if day.key else False
        people = standing(point, day.key) if day.key else NOBODY
        expected, *counted = people_of(people)
        yield (
            point.code,
            point.planned.name,
            day.unit(point),
            day.above(point),
            day.types[point.planned.type],
            words.MODES[point.mode],
            expected,
            # What was not said is not 0.
            *(counted if figure else (None, None, None, people.unreported, None)),
            shares_of(people)[0] if figure else None,
            REPORTED[figure.on_time] if figure else WAITING if waits else SILENT,
            figure.at_ms if figure else None,
        )
