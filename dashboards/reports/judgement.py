"""Praise and criticism with their evidence, and what second sources say beside the halls, as tables of a report."""

from collections.abc import Mapping

from bridge.rules.judging import List, Terms, judged
from bridge.rules.scene import Scene
from bridge.rules.sources import Difference, differences
from bridge.rules.witness import Roll, Source, Stands
from dashboards.reports import words
from dashboards.reports.day import Day
from dashboards.reports.tables import Cell, Column, Kind, Table

TITLES = {Roll.PRAISE: "Danh sách khen", Roll.CRITICISM: "Danh sách phê bình"}
SOURCES = {Source.INSPECTOR: "Kiểm tra đột xuất", Source.CHAIR: "Chủ trì báo", Source.PHOTO: "Đếm trên ảnh"}


def tables(scene: Scene, terms: Terms, now_ms: int, named: Mapping[str, str]) -> tuple[Table, ...]:
    """Behind those of the figures. `named`: how holders of accounts are called, by user name."""
    plan = scene.state.plan
    if plan is None:
        return ()
    day = Day(scene=scene, plan=plan, now_ms=now_ms, key=scene.round_at(now_ms), named=named)
    found, stated = judged(scene.state, terms, now_ms), terms.stated()
    return (
        *(roll_table(day, roll, found.of(roll), stated[roll]) for roll in Roll),
        differing(day),
        drawn(day),
    )


def roll_table(day: Day, roll: Roll, found: List, rules: tuple[str, ...]) -> Table:
    """A list as the rules and the office made it; whoever was taken off is not named, but counted."""
    on_it = {row.point: row for row in found.rows}
    rows: list[tuple[Cell, ...]] = []
    for point in day.points:
        row = on_it.get(point.code)
        if row is None:
            continue
        said = list(row.evidence)
        if row.edited is not None:
            by = day.named.get(row.edited.by, row.edited.by)
            said.append(f"Bổ sung theo ý kiến của {by}: {row.edited.reason}")
        rows.append((len(rows) + 1, day.place(point), point.code, " ".join(said)))
    taken_off = f" Đã xem xét và đưa ra {len(found.removed)} điểm cầu, có ghi lý do." if found.removed else ""
    return Table(
        name=roll.value,
        title=TITLES[roll],
        columns=(
            Column("number", "TT", Kind.INT, 5),
            Column("place", "Điểm cầu", Kind.TEXT, 44),
            Column("code", "Mã", Kind.TEXT, 11),
            Column("evidence", "Căn cứ", Kind.TEXT, 70),
        ),
        rows=tuple(rows),
        note=f"Quy tắc: {_joined(roll, rules)}.{taken_off}",
        empty="Không có điểm cầu nào.",
    )


def _joined(roll: Roll, rules: tuple[str, ...]) -> str:
    if not rules:
        return "không đặt quy tắc, chỉ theo ý kiến của ban tổ chức"
    return ("; và " if roll is Roll.PRAISE else "; hoặc ").join(rules)


def differing(day: Day) -> Table:
    """Where a second source says otherwise than the hall: both figures, who, when, and what was settled."""
    points = day.scene.state.points
    rows = [
        (
            day.place(points[each.point]),
            words.ROUNDS[each.key[1]],
            None if each.own is None else each.own.present,
            each.own_at_ms,
            SOURCES[each.source],
            each.given.seen.present,
            each.given.at_ms,
            day.named.get(each.given.by, each.given.by),
            _settled(each),
        )
        for each in differences(day.scene.state.affairs.sources, points)
    ]
    return Table(
        name="second_sources",
        title="Số liệu từ nguồn thứ hai khác số điểm cầu báo",
        columns=(
            Column("place", "Điểm cầu", Kind.TEXT, 40),
            Column("round", "Đợt", Kind.TEXT, 11),
            Column("own", "Điểm cầu báo có mặt", Kind.INT, 10),
            Column("own_at", "Báo lúc", Kind.TIME, 7),
            Column("source", "Nguồn thứ hai", Kind.TEXT, 17),
            Column("second", "Đếm được", Kind.INT, 9),
            Column("second_at", "Đếm lúc", Kind.TIME, 7),
            Column("by", "Người ghi", Kind.TEXT, 18),
            Column("settled", "Kết luận", Kind.TEXT, 40),
        ),
        rows=tuple(rows),
        note="Số điểm cầu báo chỉ thay đổi khi điểm cầu đính chính; nguồn thứ hai không tự làm thay đổi số liệu.",
        empty="Không có chỗ nào khác nhau.",
    )


def _settled(each: Difference) -> str:
    if each.settled is None:
        return "Chưa làm rõ"
    stands = "Giữ số của điểm cầu" if each.settled.stands is Stands.OWN else "Số đếm đúng, chờ đính chính"
    return f"{stands}: {each.settled.reason}"


def drawn(day: Day) -> Table:
    """The draws for spot checks, with what draws them again."""
    sources = day.scene.state.affairs.sources
    rows = []
    for each in sources.draws.values():
        visited = {place[0] for place in sources.given if place[1][0] == each.sitting and place[2] is Source.INSPECTOR}
        unit = day.scene.state.units.get(each.unit)
        rows.append(
            (
                each.number,
                unit.name if unit else "Toàn bộ",
                each.at_ms,
                each.among,
                len(each.points),
                len(visited.intersection(each.points)),
                each.seed,
            )
        )
    return Table(
        name="spot_checks",
        title="Rút thăm kiểm tra đột xuất",
        columns=(
            Column("number", "Lần", Kind.INT, 6),
            Column("unit", "Phạm vi", Kind.TEXT, 30),
            Column("at", "Lúc", Kind.DATETIME, 17),
            Column("among", "Trong số", Kind.INT, 9),
            Column("drawn", "Rút được", Kind.INT, 9),
            Column("checked", "Đã kiểm tra", Kind.INT, 9),
            Column("seed", "Mầm ngẫu nhiên", Kind.TEXT, 34),
        ),
        rows=tuple(rows),
        note="Ai có mầm ngẫu nhiên và danh sách điểm cầu đều rút lại được đúng kết quả này.",
        empty="Không rút thăm lần nào.",
    )
