"""The incidents of a conference, and what they were: how many of which kind, and how long they took."""

from collections.abc import Iterable
from statistics import median

from bridge.rules.incidents import Incident
from bridge.rules.severity import people, severity
from bridge.rules.showing import explained
from bridge.rules.trouble import Bond, Trouble
from dashboards.reports import words
from dashboards.reports.day import Day
from dashboards.reports.shares import shares
from dashboards.reports.tables import Cell, Column, Kind, Table


def tables(day: Day) -> tuple[Table, ...]:
    return (statistics(day), causes(day), incidents(day))


def of_their_own(day: Day) -> tuple[Incident, ...]:
    """Every incident once, oldest first: what turned out to be part of another is that other."""
    known = day.scene.state.affairs.incidents.known.values()
    return tuple(sorted((each for each in known if each.into is None), key=lambda each: (each.began_ms, each.number)))


def lasted_ms(incident: Incident) -> int | None:
    """How long it was open in all; None while one of its points still fails.

    Each time from the first silence to the moment when the last of its points was well: in between nobody waited for it.
    """
    ended = ended_ms(incident)
    return None if ended is None else incident.earlier_ms + ended - incident.first_ms


def ended_ms(incident: Incident) -> int | None:
    """When the last of its points was well; None while one still fails."""
    eased = [hit.eased_ms for hit in incident.hits.values()]
    known = [each for each in eased if each is not None]
    return max(known) if known and len(known) == len(eased) else None


def incidents(day: Day) -> Table:
    points = day.scene.state.points
    rows: list[tuple[Cell, ...]] = []
    for each in of_their_own(day):
        hit = [points[code] for code in each.hits if code in points]
        lasted = lasted_ms(each)
        rows.append(
            (
                each.number,
                words.TROUBLES[each.trouble],
                _where(day, each),
                len(each.hits),
                people(hit),
                words.SEVERITIES[severity(each, points)],
                each.began_ms,
                each.noticed_ms,
                ended_ms(each),
                None if lasted is None else round(lasted / 60_000, 1),
                words.STATUSES[each.status],
                each.cause,
            )
        )
    return Table(
        name="incidents",
        title="Danh sách sự cố",
        columns=(
            Column("number", "Số", Kind.INT, 5),
            Column("trouble", "Sự cố", Kind.TEXT, 22),
            Column("where", "Điểm cầu", Kind.TEXT, 40),
            Column("points", "Số điểm", Kind.INT, 7),
            Column("expected", "Đại biểu", Kind.INT, 8),
            Column("severity", "Mức độ", Kind.TEXT, 12),
            Column("began", "Bắt đầu", Kind.TIME, 9),
            Column("noticed", "Phát hiện", Kind.TIME, 9),
            Column("ended", "Khắc phục", Kind.TIME, 9),
            Column("minutes", "Kéo dài (phút)", Kind.MINUTES, 9),
            Column("status", "Tình trạng", Kind.TEXT, 16),
            Column("cause", "Nguyên nhân", Kind.TEXT, 24),
        ),
        rows=tuple(rows),
        note="Sự cố tái diễn: bắt đầu tính từ lần đầu; kéo dài chỉ tính những lúc chưa khắc phục.",
        empty="Không có sự cố nào.",
    )


def _where(day: Day, incident: Incident) -> str:
    """Its only hall, or why its halls are one matter; and how often it came back."""
    (first, *others) = incident.hits
    point = day.scene.state.points.get(first)
    if others or point is None:
        return explained(incident)
    again = f", tái diễn {incident.reopened} lần" if incident.reopened else ""
    return day.place(point) + again


def statistics(day: Day) -> Table:
    """By what failed: how many, of how many halls, and how long it usually took."""
    found: dict[Trouble, list[Incident]] = {}
    for each in of_their_own(day):
        found.setdefault(each.trouble, []).append(each)
    past = day.scene.state.affairs.incidents.past
    kinds = [kind for kind in words.TROUBLES if kind in found or kind in past]
    numbers = [len(found.get(kind, ())) + past.get(kind, 0) for kind in kinds]
    rows = [
        (words.TROUBLES[kind], number, share, *_times(found.get(kind, ())))
        for kind, number, share in zip(kinds, numbers, shares(numbers), strict=True)
    ]
    return Table(
        name="incident_statistics",
        title="Thống kê sự cố theo loại",
        columns=(
            Column("trouble", "Sự cố", Kind.TEXT, 30),
            Column("incidents", "Số sự cố", Kind.INT, 9),
            Column("share", "Tỷ lệ (%)", Kind.PERCENT, 9),
            Column("points", "Lượt điểm cầu", Kind.INT, 9),
            Column("typical", "Thời gian thường (phút)", Kind.MINUTES, 11),
            Column("longest", "Dài nhất (phút)", Kind.MINUTES, 10),
            Column("open", "Chưa khắc phục", Kind.INT, 9),
        ),
        rows=tuple(rows),
        totals=("Tổng cộng", sum(numbers), 100.0, *_times(of_their_own(day))) if rows else None,
        note="Thời gian thường là trung vị.",
        empty="Không có sự cố nào.",
    )


def _times(found: Iterable[Incident]) -> tuple[Cell, ...]:
    known = list(found)
    lasted = [ms for each in known if (ms := lasted_ms(each)) is not None]
    return (
        sum(len(each.hits) for each in known),
        round(median(lasted) / 60_000, 1) if lasted else None,
        round(max(lasted) / 60_000, 1) if lasted else None,
        len(known) - len(lasted),
    )


BONDS = {
    Bond.ALONE: "Riêng một điểm cầu",
    Bond.AREA: "Chung khu vực",
    Bond.PROVIDER: "Chung nhà mạng",
    Bond.FEEDER: "Chung lộ điện",
    Bond.CENTRE: "Tại trung tâm",
}


def causes(day: Day) -> Table:
    """By what was found to be the cause; where nobody wrote one, by what the halls had in common."""
    found: dict[str, list[Incident]] = {}
    for each in of_their_own(day):
        found.setdefault(each.cause or BONDS[each.shared.bond], []).append(each)
    known = sorted(found, key=lambda cause: (-len(found[cause]), cause))
    parts = shares([len(found[cause]) for cause in known])
    rows = [
        (cause, len(found[cause]), share, *_times(found[cause])[:3]) for cause, share in zip(known, parts, strict=True)
    ]
    return Table(
        name="incident_causes",
        title="Thống kê sự cố theo nguyên nhân",
        columns=(
            Column("cause", "Nguyên nhân", Kind.TEXT, 40),
            Column("incidents", "Số sự cố", Kind.INT, 9),
            Column("share", "Tỷ lệ (%)", Kind.PERCENT, 9),
            Column("points", "Lượt điểm cầu", Kind.INT, 9),
            Column("typical", "Thời gian thường (phút)", Kind.MINUTES, 11),
            Column("longest", "Dài nhất (phút)", Kind.MINUTES, 10),
        ),
        rows=tuple(rows),
        totals=("Tổng cộng", sum(len(each) for each in found.values()), 100.0, *_times(of_their_own(day))[:3])
        if rows
        else None,
        note="Sự cố chưa ghi nguyên nhân được xếp theo phạm vi.",
        empty="Không có sự cố nào.",
    )
