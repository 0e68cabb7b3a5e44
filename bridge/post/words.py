"""The words of a letter, for people and for programs."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bridge.post import Kind, Letter
from bridge.rules import events, flash
from bridge.rules.hours import clock_of
from bridge.rules.incidents import Incident
from bridge.rules.model import RoundKey
from bridge.rules.projection import State
from bridge.rules.scene import Scene
from bridge.rules.showing import BOND_WORDS, spread_ms
from bridge.rules.spelling import figure
from bridge.rules.trouble import Trouble
from bridge.rules.wire import rfc3339, rfc3339_if

NAMED = 10
"""So many points are called by name; the board has all of them."""
LISTED = 100
"""So many are listed for programs."""

TROUBLES: Mapping[Trouble, str] = {
    Trouble.LOST: "mất tín hiệu",
    Trouble.POWER_CUT: "mất điện",
    Trouble.FLAPPING: "chập chờn",
    Trouble.NO_PICTURE: "mất hình",
    Trouble.NO_SOUND: "mất tiếng",
    Trouble.NOT_RECEIVING: "không có tín hiệu phát",
    Trouble.CENTRE: "gián đoạn tại trung tâm",
    Trouble.OTHER: "sự cố khác",
}
ROUNDS = {"opening": "đầu giờ", "middle": "giữa giờ", "closing": "cuối giờ"}


def of_incident(
    kind: Kind, incident: Incident, state: State, *, conference: str, position: int, now_ms: int, address: str
) -> Letter:
    """What is said of an incident as it stands."""
    lines = [_FIRST_LINES[kind](incident, now_ms)]
    if kind is Kind.RESOLVED:
        lines += [f"Nguyên nhân: {incident.cause}."] if incident.cause else []
    else:
        lines += [f"Điểm cầu: {_named(incident, state)}."]
        lines += [] if incident.owner else ["Chưa ai tiếp nhận."]
    if state.plan:
        lines.append(f"Hội nghị: {state.plan.title}.")
    lines.append(f"Bảng theo dõi: {address}")
    return Letter(
        conference=conference,
        position=position,
        kind=kind,
        incident=incident.number,
        title=f"[{_heading(kind, incident)}] {_capital(_what(incident))}",
        text="\n".join(lines),
        facts=msgspec.json.encode(_facts(incident, state)),
        at_ms=now_ms,
    )


_WORDS: Mapping[Kind, str] = {
    Kind.OPENED: "Sự cố",
    Kind.GROWN: "Sự cố lan rộng",
    Kind.ESCALATED: "Báo động, sự cố",
    Kind.RESOLVED: "Đã khắc phục, sự cố",
    Kind.REOPENED: "Tái diễn, sự cố",
}


def _heading(kind: Kind, incident: Incident) -> str:
    if incident.into is not None:
        # Its halls may be dark still: it is over in the book only.
        return f"Gộp sự cố {incident.number} vào sự cố {incident.into}"
    return f"{_WORDS[kind]} {incident.number}"


def _opened(incident: Incident, _now_ms: int) -> str:
    spread_s = spread_ms(incident) // 1000
    within = f", trong {spread_s} giây" if len(incident.hits) > 1 and spread_s > 0 else ""
    return f"{_capital(_what(incident))}{within}, từ {clock_of(incident.first_ms)}."


def _grown(incident: Incident, _now_ms: int) -> str:
    return f"Nay là {_what(incident)}, từ {clock_of(incident.first_ms)}; {len(incident.failing)} điểm chưa trở lại."


def _escalated(incident: Incident, now_ms: int) -> str:
    return f"{_capital(_what(incident))}: {_lasted(incident, now_ms)} chưa khắc phục (báo động lần {incident.level})."


def _resolved(incident: Incident, _now_ms: int) -> str:
    if incident.into is not None:
        return f"{_capital(_what(incident))}: là một phần của sự cố {incident.into}."
    by = "tự trở lại" if incident.by_itself else "đã khắc phục"
    return f"{_capital(_what(incident))}: {by} lúc {clock_of(incident.moved_ms)}, sau {_lasted(incident, incident.moved_ms)}."


def _reopened(incident: Incident, _now_ms: int) -> str:
    return f"{_capital(_what(incident))}: tái diễn lúc {clock_of(incident.first_ms)}."


_FIRST_LINES = {
    Kind.OPENED: _opened,
    Kind.GROWN: _grown,
    Kind.ESCALATED: _escalated,
    Kind.RESOLVED: _resolved,
    Kind.REOPENED: _reopened,
}


def _what(incident: Incident) -> str:
    """`mất điện: 14 điểm cầu, cùng khu vực Liên Hà`."""
    bond = BOND_WORDS.get(incident.shared.bond, "").format(name=incident.shared.name)
    shared = f", {bond}" if bond and incident.trouble is not Trouble.CENTRE else ""
    return f"{TROUBLES[incident.trouble]}: {figure(len(incident.hits))} điểm cầu{shared}"


def _named(incident: Incident, state: State) -> str:
    named = [_called(code, state) for code in list(incident.hits)[:NAMED]]
    more = len(incident.hits) - len(named)
    return "; ".join(named) + (f" và {figure(more)} điểm khác" if more else "")


def _called(code: str, state: State) -> str:
    """A point with the unit above it: names repeat."""
    point = state.point(code)
    if point is None:
        return code
    above = state.path(point.planned.unit)[-2:-1]
    place = state.units[above[0]].name if above else ""
    return f"{point.planned.name} ({place})" if place else point.planned.name


def _lasted(incident: Incident, until_ms: int) -> str:
    minutes = round((until_ms - incident.first_ms) / 60_000)
    return f"{minutes} phút" if minutes > 0 else "chưa đầy một phút"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _facts(incident: Incident, state: State) -> dict[str, Any]:
    """No person's name: whoever takes it in hand is for the house to know."""
    return {
        "number": incident.number,
        "trouble": incident.trouble.value,
        "bond": incident.shared.bond.value,
        "bond_name": incident.shared.name,
        "count": len(incident.hits),
        "failing": len(incident.failing),
        "spread_s": spread_ms(incident) // 1000,
        "began_at": rfc3339(incident.began_ms),
        "again_at": rfc3339_if(incident.again_ms),
        "noticed_at": rfc3339(incident.noticed_ms),
        "status": incident.status.value,
        "level": incident.level,
        "into": incident.into,
        "points": [{"code": code, "name": _called(code, state)} for code in list(incident.hits)[:LISTED]],
    }


def of_flash(scene: Scene, key: RoundKey, *, conference: str, position: int, now_ms: int, address: str) -> Letter:
    """The figures of the moment: the sentence for leaders, and what stands behind it."""
    state, said = scene.state, flash.flash(scene, key, now_ms)
    people, two = said.people, flash.sentence(said)
    rest = (
        f"Đã báo cáo {figure(said.received)} điểm cầu; vắng có lý do {figure(people.excused)}; "
        f"vắng không lý do {figure(people.unexcused)}; chưa báo cáo {figure(people.unreported)}; "
        f"khách mời {figure(people.guests)}"
    )
    lines = [
        f"{two}.",
        f"Đợt {ROUNDS[key[1].value]}, {said.sitting_name}. {rest}.",
        *([f"Đang mất tín hiệu: {figure(said.lost)} điểm cầu."] if said.lost else []),
        *([f"Hội nghị: {state.plan.title}."] if state.plan else []),
        f"Bảng theo dõi: {address}",
    ]
    facts = {
        "sentence": two,
        "sitting": key[0],
        "round": key[1].value,
        "points": said.points,
        "ready": said.ready,
        "received": said.received,
        "lost": said.lost,
        "people": msgspec.structs.asdict(people),
    }
    return Letter(
        conference=conference,
        position=position,
        kind=Kind.FLASH,
        incident=None,
        title=f"[Tin nhanh] {two}",
        text="\n".join(lines),
        facts=msgspec.json.encode(facts),
        at_ms=now_ms,
    )


def of_missed(
    event: events.JobMissed, state: State, *, conference: str, position: int, now_ms: int, address: str
) -> Letter:
    """The calendar could not do what was due."""
    job = _capital(job_words(event.job))
    lines = [
        f"{job}, đến hạn lúc {clock_of(event.due_ms)}, đã lỡ: máy chủ ngừng chạy hoặc đồng hồ bị chỉnh vào lúc đó.",
        "Việc này không được làm bù; hãy xem có cần làm tay không.",
        *([f"Hội nghị: {state.plan.title}."] if state.plan else []),
        f"Bảng theo dõi: {address}",
    ]
    return Letter(
        conference=conference,
        position=position,
        kind=Kind.MISSED,
        incident=None,
        title=f"[Lịch] Lỡ việc: {job_words(event.job)}",
        text="\n".join(lines),
        facts=msgspec.json.encode({"job": event.job, "due_at": rfc3339(event.due_ms)}),
        at_ms=now_ms,
    )


def job_words(job: str) -> str:
    """A job of the calendar by its name: `remind:2026-03-07-am:opening:10`."""
    kind, *rest = job.split(":")
    round_name = ROUNDS.get(rest[1], rest[1]) if len(rest) > 1 else ""
    match kind:
        case "open":
            return f"mở đợt báo cáo {round_name}"
        case "remind" if rest[-1] == "0":
            return f"đôn đốc đợt {round_name} khi đến hạn"
        case "remind":
            return f"đôn đốc đợt {round_name} trước hạn {rest[-1]} phút"
        case "flash":
            return f"tin nhanh {':'.join(rest[-2:])}"
        case "report":
            return "lập dự thảo báo cáo"
        case _:
            return job
