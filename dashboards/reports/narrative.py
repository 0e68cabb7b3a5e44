"""The page that a leader reads: what happened, in the sentences of an office, from the same figures as the tables."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bridge.rules.attendance import NOBODY, People
from bridge.rules.incidents import Incident
from bridge.rules.model import Round, Sitting
from bridge.rules.trouble import Trouble
from dashboards.reports import spelling, troubles, words
from dashboards.reports.day import Day
from dashboards.reports.shares import shares
from dashboards.reports.tables import Table
from endpoints_registry.words import PARTS

TOLD_APART = 3
"""An incident of so many halls is told by itself: where, how many, when."""
NAMED = 6
"""So many silent halls are named on the page; of more it says how many."""


class Part(msgspec.Struct, frozen=True):
    heading: str
    """Without its number."""
    paragraphs: tuple[str, ...]
    table: Table | None = None
    """Shown under the paragraphs."""
    see: tuple[str, ...] = ()
    """Names of the tables that tell more: the document says which appendices they are."""


class Narrative(msgspec.Struct, frozen=True):
    about: str
    """What it is about (trích yếu), without «Báo cáo»."""
    standing: str
    """Which figures these are, as it stands in brackets after «như sau»."""
    parts: tuple[Part, ...]


class Before(msgspec.Struct, frozen=True):
    """The version that was signed before: what the difference is told against."""

    version: int
    people: People
    signed_ms: int


def narrative(day: Day, tables: Sequence[Table], version: int, before: Before | None) -> Narrative:
    """The page. Where something was signed before, what differs from that is said before all the rest."""
    found = {table.name: table for table in tables}
    parts = [_people(day, found)]
    if before is not None:
        parts.append(_differences(day, found, before))
    parts.append(_lines(day, found))
    return Narrative(
        about=_about(day),
        standing=_standing(day, version, before),
        parts=tuple(parts),
    )


# --- what it is, and of when


def _about(day: Day) -> str:
    when = _when(day.sittings)
    return f"kết quả tổ chức {day.plan.title}" + (f", {when}" if when else "")


def _when(sittings: Sequence[Sitting]) -> str:
    days = sorted({spelling.local(each.starts_ms).date() for each in sittings})
    if not days:
        return ""
    if len(days) > 1:
        return f"từ ngày {spelling.short_day(days[0])} đến ngày {spelling.short_day(days[-1])}"
    part = PARTS.get(sittings[0].id.rpartition("-")[2], "") if len(sittings) == 1 else ""
    whole = " ".join(word for word in (part.lower(), f"ngày {spelling.short_day(days[0])}") if word)
    return whole.replace(" ", spelling.FIRM)


def _standing(day: Day, version: int, before: Before | None) -> str:
    if not day.closed:
        return f"số liệu tạm tính lúc {spelling.hour(day.now_ms)}, hội nghị chưa chốt số liệu"
    at = f"số liệu phiên bản {version}, chốt lúc {spelling.hour(day.settled_ms)}"
    if before is None:
        return at
    signed = f"thay phiên bản {before.version} đã ký lúc {spelling.hour(before.signed_ms)}"
    on, then = spelling.local(day.settled_ms).date(), spelling.local(before.signed_ms).date()
    return f"{at}, {signed} " + ("cùng ngày" if on == then else f"ngày {spelling.short_day(then)}")


# --- the people


def _people(day: Day, tables: Mapping[str, Table]) -> Part:
    tally = day.scene.rollup.at("")
    people = tally.people.get(day.key, NOBODY) if day.key else NOBODY
    said = [_held(day, tally.points), _counted(people)]
    held = day.sitting(day.key[0]) if day.key else None
    each = next((each for each in held.rounds if day.key and each.name == day.key[1]), None) if held else None
    if each is not None and day.key is not None:
        said.append(_punctual(each, tally.on_time[day.key], tally.received[day.key], day.now_ms))
    table = tables["by_type"].only(
        *("type", "points", "expected", "present", "excused", "unexcused"),
        *(("unreported",) if people.unreported else ()),
        "present_share",
    )
    paragraphs = [" ".join(said)]
    if silent := _silent(tables["unreported"]):
        paragraphs.append(silent)
    if len(day.sittings) > 1 and (sittings := _by_sitting(tables["by_sitting"])):
        paragraphs.append(sittings)
    see = ["by_unit", *(["unreported"] if tables["unreported"].rows else [])]
    return Part("Điểm cầu và đại biểu", tuple(paragraphs), table.retitled({"present_share": "Tỷ lệ (%)"}), tuple(see))


def _held(day: Day, points: int) -> str:
    held = day.sitting(day.key[0]) if day.key else None
    if held is None:
        return f"Hội nghị kết nối {spelling.number(points)} điểm cầu."
    if len(day.sittings) > 1:
        name = held.name[:1].lower() + held.name[1:]
        return (
            f"Hội nghị có {spelling.few(len(day.sittings))} buổi, kết nối {spelling.number(points)} điểm cầu. "
            f"Số liệu dưới đây là của {name}."
        )
    begun = "diễn ra" if held.ends_ms <= day.now_ms else "dự kiến"
    return (
        f"Hội nghị {begun} từ {spelling.hour(held.starts_ms)} đến {spelling.hour(held.ends_ms)}, "
        f"kết nối {spelling.number(points)} điểm cầu."
    )


def _counted(people: People) -> str:
    numbers = (people.present, people.excused, people.unexcused, people.unreported)
    present, excused, unexcused, unreported = (
        f"{spelling.number(number)} ({spelling.percent(share)})"
        for number, share in zip(numbers, shares(numbers), strict=True)
    )
    left = f"chưa báo cáo {unreported}" if people.unreported else "không còn ai chưa báo cáo"
    guests = f" Khách mời: {spelling.number(people.guests)}." if people.guests else ""
    return (
        f"Tổng số triệu tập {spelling.number(people.expected)} đại biểu; có mặt {present}, "
        f"vắng có lý do {excused}, vắng không lý do {unexcused}, {left}.{guests}"
    )


def _punctual(each: Round, on_time: int, received: int, now_ms: int) -> str:
    name = words.ROUNDS[each.name].lower()
    if now_ms < each.due_ms:
        due = spelling.hour(each.due_ms)
        return f"Có {spelling.number(received)} điểm cầu đã báo cáo {name} (hạn {due})."
    return f"Có {spelling.number(on_time)} điểm cầu báo cáo {name} đúng hạn {spelling.hour(each.due_ms)}."


def _silent(table: Table) -> str:
    if not table.rows:
        return ""
    names = [f"{name}{f' ({above})' if above else ''}" for name, above in zip(*map(table.column, _NAMES), strict=True)]
    if len(names) <= NAMED:
        return f"Còn {spelling.few(len(names))} điểm cầu chưa có số liệu: {', '.join(names)}."
    return f"Còn {spelling.number(len(names))} điểm cầu chưa có số liệu."


_NAMES = ("name", "above")


def _by_sitting(table: Table) -> str:
    told = [
        f"{str(name)[:1].lower()}{str(name)[1:]} có mặt {spelling.number(int(present or 0))}"
        f" trên {spelling.number(int(expected or 0))} ({spelling.percent(float(share or 0))})"
        for name, present, expected, share in zip(
            *(table.column(key) for key in ("sitting", "present", "expected", "present_share")), strict=True
        )
    ]
    return f"Theo từng buổi: {'; '.join(told)}." if told else ""


# --- what differs from what was signed


def _differences(day: Day, tables: Mapping[str, Table], before: Before) -> Part:
    tally = day.scene.rollup.at("")
    now = tally.people.get(day.key, NOBODY) if day.key else NOBODY
    moved = [
        _moved(name, was, is_now)
        for name, was, is_now in (
            ("có mặt", before.people.present, now.present),
            ("vắng có lý do", before.people.excused, now.excused),
            ("vắng không lý do", before.people.unexcused, now.unexcused),
            ("chưa báo cáo", before.people.unreported, now.unreported),
            ("khách mời", before.people.guests, now.guests),
        )
        if was != is_now
    ]
    table = tables.get("differences")
    halls = len(set(table.column("code"))) if table else 0
    who = f"{spelling.few(halls)} điểm cầu đính chính số liệu, có người duyệt: " if halls else ""
    what = ", ".join(moved) or "các tổng số không đổi"
    expected = (
        "Tổng số triệu tập không đổi."
        if before.people.expected == now.expected
        else f"Tổng số triệu tập {_moved('', before.people.expected, now.expected).strip()}."
    )
    sentence = f"{who}{what}. {expected}"
    return Part(
        f"Đính chính so với phiên bản {before.version}",
        (sentence[:1].upper() + sentence[1:],),
        see=("differences",) if table and table.rows else (),
    )


def _moved(name: str, was: int, now: int) -> str:
    to, by = ("thành", "tăng") if now > was else ("còn", "giảm")
    return f"{name} từ {spelling.number(was)} {to} {spelling.number(now)} ({by} {spelling.number(abs(now - was))})"


# --- lines and incidents


def _lines(day: Day, tables: Mapping[str, Table]) -> Part:
    found = troubles.of_their_own(day)
    statistics = tables["incident_statistics"]
    said = [_repaired(statistics)]
    if any(each.trouble is Trouble.CENTRE for each in found):
        said.append("Gián đoạn tại trung tâm không tính cho điểm cầu.")
    totals = tables["connectivity"].only("availability").totals
    available = totals[0] if totals else None
    if isinstance(available, float):
        said.append(f"Đường truyền thông suốt {spelling.percent(available)} thời gian họp.")
    see = [name for name in ("connectivity", "incidents") if tables[name].rows]
    told = " ".join(part for part in (_incidents(day, found), *said) if part)
    return Part("Đường truyền và sự cố", (told,), see=tuple(see))


def _incidents(day: Day, found: Sequence[Incident]) -> str:
    counted = day.scene.state.affairs.incidents.by_trouble()
    if not counted:
        return "Không có sự cố nào."
    told = [
        f"{spelling.few(counted[kind])} {_OF_MANY[kind]}{_apart(day, [each for each in found if each.trouble is kind])}"
        for kind in _OF_MANY
        if counted[kind]
    ]
    every = ", ".join(told[:-1]) + (" và " if len(told) > 1 else "") + told[-1]
    return f"Có {spelling.few(counted.total())} sự cố: {every}."


_OF_MANY: Mapping[Trouble, str] = {
    Trouble.NO_SOUND: "mất âm thanh",
    Trouble.NO_PICTURE: "mất hình ảnh",
    Trouble.NOT_RECEIVING: "không nhận được luồng phát",
    Trouble.LOST: "mất tín hiệu",
    Trouble.FLAPPING: "đường truyền chập chờn",
    Trouble.OTHER: "sự cố khác",
    Trouble.POWER_CUT: "mất điện",
    Trouble.CENTRE: "gián đoạn tại trung tâm",
}


def _apart(day: Day, found: Iterable[Incident]) -> str:
    """Where, how many and when, of an incident that many halls felt."""
    told = []
    for each in found:
        if len(each.hits) < TOLD_APART:
            continue
        lasted = troubles.lasted_ms(each)
        where = f"{spelling.number(len(each.hits))} điểm cầu{_common(day, each)}"
        if each.trouble is Trouble.CENTRE:
            for_long = f", {spelling.lasting(lasted)}" if lasted is not None else ""
            told.append(f"{where}{for_long}, lúc {spelling.hour(each.began_ms)}")
        else:
            told.append(f"{where}, từ {spelling.hour(each.began_ms)}")
    return f" ({'; '.join(told)})" if told else ""


def _common(day: Day, incident: Incident) -> str:
    """The unit to which all its halls belong, if there is one."""
    points = day.scene.state.points
    groups = {day.group(points[code]) for code in incident.hits if code in points}
    unit = day.scene.state.units.get(next(iter(groups))) if len(groups) == 1 else None
    return f" {unit.name[:1].lower()}{unit.name[1:]}" if unit is not None and unit is not day.root else ""


def _repaired(statistics: Table) -> str:
    totals = statistics.only("typical", "longest").totals
    typical, longest = totals or (None, None)
    if not isinstance(typical, float) or not isinstance(longest, float):
        return ""
    usual, most = (spelling.lasting(round(minutes * 60_000)) for minutes in (typical, longest))
    return f"Khắc phục thường trong {usual}, lâu nhất {most}."
