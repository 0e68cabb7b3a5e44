"""How much of the sittings the lines were there, for how long not, and whose doing that was."""

from collections.abc import Iterable

from bridge.rules.model import Point
from bridge.rules.outages import OURS, Reckoned, reckoned
from dashboards.reports import words
from dashboards.reports.day import Day
from dashboards.reports.shares import shares
from dashboards.reports.standing import POINT, point_of
from dashboards.reports.tables import Cell, Column, Kind, Table

MEASURED = (
    Column("availability", "Thông suốt (%)", Kind.PERCENT, 9),
    Column("theirs", "Mất kết nối của điểm cầu (phút)", Kind.MINUTES, 12),
    Column("times", "Số lần", Kind.INT, 7),
    Column("ours", "Do trung tâm (phút)", Kind.MINUTES, 11),
)
NOT_HELD = "Gián đoạn tại trung tâm không tính cho điểm cầu. Điểm xem truyền hình, truyền thanh không đo."


def tables(day: Day) -> tuple[Table, ...]:
    found = [(point, reckoned(point, day.sittings, day.now_ms)) for point in day.points]
    return (by_unit(day, found), causes(found), worst(day, found))


def by_unit(day: Day, found: Iterable[tuple[Point, Reckoned]]) -> Table:
    of: dict[str, list[Reckoned]] = {}
    for point, each in found:
        of.setdefault(day.group(point), []).append(each)
    return Table(
        name="connectivity",
        title="Đường truyền theo đơn vị",
        columns=(
            Column("unit", "Đơn vị", Kind.TEXT, 34),
            Column("points", "Điểm cầu", Kind.INT, 8),
            Column("measured_points", "Có đo", Kind.INT, 7),
            *MEASURED,
        ),
        rows=tuple((name, *_line(of[code])) for code, name in day.by_unit() if code in of),
        totals=("Tổng cộng", *_line([each for theirs in of.values() for each in theirs])),
        note=NOT_HELD,
    )


def _line(found: list[Reckoned]) -> tuple[Cell, ...]:
    return (len(found), sum(each.measured_ms > 0 for each in found), *_measured(summed(found)))


def summed(found: Iterable[Reckoned]) -> Reckoned:
    """As adding them one by one, without a value for every step."""
    measured_ms = times = 0
    down_ms: dict[str, int] = {}
    for each in found:
        measured_ms += each.measured_ms
        times += each.times
        for cause, ms in each.down_ms.items():
            down_ms[cause] = down_ms.get(cause, 0) + ms
    return Reckoned(measured_ms, dict(sorted(down_ms.items())), times)


def _measured(sums: Reckoned) -> tuple[Cell, ...]:
    if not sums.measured_ms:
        return (None,) * len(MEASURED)
    return (sums.availability, _minutes(sums.theirs_ms), sums.times, _minutes(sums.ours_ms))


def _minutes(ms: int) -> float:
    return round(ms / 60_000, 1)


def causes(found: Iterable[tuple[Point, Reckoned]]) -> Table:
    sums = summed(each for _, each in found)
    known = sorted(sums.down_ms, key=lambda cause: (cause in OURS, -sums.down_ms[cause], cause))
    parts = shares([sums.down_ms[cause] for cause in known])
    rows = [
        (
            words.OUTAGES.get(cause, cause),
            "Trung tâm" if cause in OURS else "Điểm cầu",
            _minutes(sums.down_ms[cause]),
            share,
        )
        for cause, share in zip(known, parts, strict=True)
    ]
    whole = _minutes(sum(sums.down_ms.values()))
    return Table(
        name="outage_causes",
        title="Nguyên nhân mất kết nối",
        columns=(
            Column("cause", "Nguyên nhân", Kind.TEXT, 34),
            Column("whose", "Phía", Kind.TEXT, 14),
            Column("minutes", "Tổng thời gian (phút)", Kind.MINUTES, 12),
            Column("share", "Tỷ lệ (%)", Kind.PERCENT, 9),
        ),
        rows=tuple(rows),
        totals=("Tổng cộng", "", whole, 100.0) if rows else None,
        note="Cộng thời gian của tất cả điểm cầu trong giờ họp.",
        empty="Không điểm cầu nào mất kết nối trong giờ họp.",
    )


def worst(day: Day, found: Iterable[tuple[Point, Reckoned]]) -> Table:
    """The halls whose own line failed, the longest first."""
    failed = [(point, each) for point, each in found if each.theirs_ms]
    failed.sort(key=lambda each: -each[1].theirs_ms)
    return Table(
        name="failed_lines",
        title="Điểm cầu mất kết nối trong giờ họp",
        columns=(*POINT, *MEASURED),
        rows=tuple((*point_of(day, point), *_measured(each)) for point, each in failed),
        note=NOT_HELD,
        empty="Không điểm cầu nào mất kết nối trong giờ họp.",
    )
