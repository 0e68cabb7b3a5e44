"""What the people in a hall say beside what its machine says: which of the two is believed, and why."""

from enum import StrEnum

import msgspec

from bridge.rules.model import Link, Point, Stream, Word

WORD_HOLDS_MS = 30 * 60_000
"""A word is about what was seen then: later it weighs nothing."""
PHONE_IS_THERE_MS = 3 * 60_000
"""A phone that has sent something so lately has a line, whatever the machine has."""


class Machine(StrEnum):
    """What the machine's line says by itself."""

    NOTHING = "nothing"
    """It was never heard."""
    UNMEASURED = "unmeasured"
    HOME = "home"
    """It was switched off after the session."""
    OURS = "ours"
    STEADY = "steady"
    TREMBLING = "trembling"
    RECONNECTING = "reconnecting"
    LOST = "lost"
    NO_BROADCAST = "no_broadcast"
    """Connected, and the broadcast does not arrive."""


class Human(StrEnum):
    """What the hall says, as long as it holds."""

    SILENT = "silent"
    THERE = "there"
    """No word of picture, sound and line; but its phone has just sent something."""
    BEFORE = "before"
    """All was well when it said so, and the machine's trouble began after that."""
    WELL = "well"
    POOR = "poor"
    NO_LINE = "no_line"
    NO_PICTURE = "no_picture"
    NO_SOUND = "no_sound"


class Believed(StrEnum):
    MACHINE = "machine"
    HALL = "hall"
    BOTH = "both"
    NOBODY = "nobody"


class Verdict(msgspec.Struct, frozen=True):
    believed: Believed
    reason: str
    """For programs and other languages: `<machine>_<human>`, or the machine's word alone where the hall says nothing."""
    sentence: str
    said_ms: int | None
    """When the hall's word was said, if it still holds."""


_M, _H = Machine, Human
_BAD = (_H.NO_LINE, _H.NO_PICTURE, _H.NO_SOUND)

VERDICTS: dict[tuple[Machine, Human], tuple[Believed, str]] = {
    # The machine is well: it sees the line, and not what is on the screen and in the loudspeakers.
    (_M.STEADY, _H.SILENT): (Believed.MACHINE, "Máy của hội trường nối ổn định; hội trường chưa báo gì."),
    (_M.STEADY, _H.THERE): (Believed.MACHINE, "Máy của hội trường nối ổn định; hội trường chưa báo hình, tiếng."),
    (_M.STEADY, _H.BEFORE): (Believed.BOTH, "Máy nối ổn định và hội trường báo tốt."),
    (_M.STEADY, _H.WELL): (Believed.BOTH, "Máy nối ổn định và hội trường báo tốt."),
    (_M.STEADY, _H.POOR): (Believed.HALL, "Máy nối ổn định nhưng hội trường báo hình, tiếng kém: người xem trực tiếp."),
    (_M.STEADY, _H.NO_LINE): (Believed.HALL, "Máy nối ổn định nhưng hội trường báo không có tín hiệu."),
    (_M.STEADY, _H.NO_PICTURE): (Believed.HALL, "Máy nối ổn định nhưng hội trường không thấy hình."),
    (_M.STEADY, _H.NO_SOUND): (Believed.HALL, "Máy nối ổn định nhưng hội trường không nghe thấy tiếng."),
    (_M.TREMBLING, _H.SILENT): (Believed.MACHINE, "Máy nối chập chờn; hội trường chưa báo gì."),
    (_M.TREMBLING, _H.THERE): (Believed.MACHINE, "Máy nối chập chờn; hội trường chưa báo hình, tiếng."),
    (_M.TREMBLING, _H.BEFORE): (Believed.MACHINE, "Máy nối chập chờn sau khi hội trường báo tốt."),
    (_M.TREMBLING, _H.WELL): (Believed.HALL, "Máy nối chập chờn, hội trường vẫn báo hình và tiếng tốt."),
    (_M.TREMBLING, _H.POOR): (Believed.BOTH, "Máy nối chập chờn và hội trường báo kém."),
    (_M.TREMBLING, _H.NO_LINE): (Believed.HALL, "Máy nối chập chờn, hội trường báo không có tín hiệu."),
    (_M.TREMBLING, _H.NO_PICTURE): (Believed.HALL, "Máy nối chập chờn, hội trường không thấy hình."),
    (_M.TREMBLING, _H.NO_SOUND): (Believed.HALL, "Máy nối chập chờn, hội trường không nghe thấy tiếng."),
    (_M.NO_BROADCAST, _H.SILENT): (Believed.MACHINE, "Đã nối, không có tín hiệu phát; hội trường chưa báo gì."),
    (_M.NO_BROADCAST, _H.THERE): (
        Believed.MACHINE,
        "Đã nối, không có tín hiệu phát; hội trường chưa báo gì về hình, tiếng.",
    ),
    (_M.NO_BROADCAST, _H.BEFORE): (Believed.MACHINE, "Tín hiệu phát mất sau khi hội trường báo tốt."),
    (_M.NO_BROADCAST, _H.WELL): (
        Believed.HALL,
        "Máy không nhận được tín hiệu phát, hội trường vẫn báo hình và tiếng tốt: có thể đang xem bằng thiết bị khác.",
    ),
    **{
        (_M.NO_BROADCAST, bad): (Believed.BOTH, "Máy không nhận được tín hiệu phát, hội trường cũng báo mất.")
        for bad in _BAD
    },
    (_M.NO_BROADCAST, _H.POOR): (Believed.BOTH, "Máy không nhận được tín hiệu phát, hội trường báo kém."),
    # The machine is not there: a phone that speaks has a line of its own.
    (_M.LOST, _H.SILENT): (Believed.MACHINE, "Máy của hội trường mất nối, hội trường cũng im lặng."),
    (_M.LOST, _H.THERE): (Believed.HALL, "Máy của hội trường mất nối, điện thoại của hội trường vẫn gửi báo cáo."),
    (_M.LOST, _H.BEFORE): (Believed.MACHINE, "Máy của hội trường mất nối sau khi hội trường báo tốt."),
    (_M.LOST, _H.WELL): (Believed.HALL, "Máy của hội trường mất nối, điện thoại vẫn báo tốt."),
    (_M.LOST, _H.POOR): (Believed.HALL, "Máy của hội trường mất nối, điện thoại báo hình, tiếng kém."),
    **{(_M.LOST, bad): (Believed.BOTH, "Máy của hội trường mất nối và hội trường cũng báo mất.") for bad in _BAD},
    (_M.RECONNECTING, _H.SILENT): (Believed.MACHINE, "Máy của hội trường đang nối lại."),
    (_M.RECONNECTING, _H.THERE): (
        Believed.HALL,
        "Máy của hội trường đang nối lại, điện thoại của hội trường vẫn gửi báo cáo.",
    ),
    (_M.RECONNECTING, _H.BEFORE): (Believed.MACHINE, "Máy của hội trường đang nối lại."),
    (_M.RECONNECTING, _H.WELL): (Believed.HALL, "Máy của hội trường đang nối lại, điện thoại vẫn báo tốt."),
    (_M.RECONNECTING, _H.POOR): (Believed.HALL, "Máy của hội trường đang nối lại, điện thoại báo kém."),
    **{(_M.RECONNECTING, bad): (Believed.BOTH, "Máy đang nối lại và hội trường cũng báo mất.") for bad in _BAD},
    # We are to blame: only the hall can tell.
    (_M.OURS, _H.SILENT): (Believed.NOBODY, "Gián đoạn tại trung tâm; chưa biết gì về hội trường."),
    (_M.OURS, _H.THERE): (Believed.HALL, "Gián đoạn tại trung tâm; điện thoại của hội trường vẫn gửi báo cáo."),
    (_M.OURS, _H.BEFORE): (Believed.NOBODY, "Gián đoạn tại trung tâm sau khi hội trường báo tốt."),
    (_M.OURS, _H.WELL): (Believed.HALL, "Gián đoạn tại trung tâm; hội trường vẫn báo tốt."),
    (_M.OURS, _H.POOR): (Believed.HALL, "Gián đoạn tại trung tâm; hội trường báo kém."),
    **{(_M.OURS, bad): (Believed.HALL, "Gián đoạn tại trung tâm; hội trường báo mất.") for bad in _BAD},
    # There is no machine to ask.
    **{
        (machine, human): (Believed.NOBODY if human is _H.SILENT else Believed.HALL, f"{without}{said}.")
        for machine, without in (
            (_M.NOTHING, "Máy của hội trường chưa từng nối"),
            (_M.UNMEASURED, "Điểm cầu không đo đường truyền"),
            (_M.HOME, "Máy của hội trường đã tắt sau phiên họp"),
        )
        for human, said in (
            (_H.SILENT, ""),
            (_H.THERE, "; điện thoại của hội trường có gửi báo cáo"),
            (_H.BEFORE, "; hội trường báo tốt"),
            (_H.WELL, "; hội trường báo tốt"),
            (_H.POOR, "; hội trường báo kém"),
            (_H.NO_LINE, "; hội trường báo không có tín hiệu"),
            (_H.NO_PICTURE, "; hội trường không thấy hình"),
            (_H.NO_SOUND, "; hội trường không nghe thấy tiếng"),
        )
    },
}


def verdict(point: Point, line_connected: bool, now_ms: int) -> Verdict:
    """Whose word counts for this hall now. `line_connected`: whether a connection of it is open."""
    machine, since_ms = _machine(point, line_connected)
    said = point.perceived
    holds = said is not None and now_ms - said.at_ms <= WORD_HOLDS_MS
    human = _human(point, machine, since_ms, now_ms)
    believed, sentence = VERDICTS[machine, human]
    reason = machine.value if human is Human.SILENT else f"{machine.value}_{human.value}"
    return Verdict(believed, reason, sentence, said.at_ms if said is not None and holds else None)


def _machine(point: Point, connected: bool) -> tuple[Machine, int]:
    """What the machine says, and since when."""
    match point.link:
        case Link.NEVER_SEEN:
            return Machine.NOTHING, 0
        case Link.NOT_MEASURED:
            return (Machine.HOME if point.link_cause == "left" else Machine.UNMEASURED), 0
        case Link.UNKNOWN:
            return Machine.OURS, point.link_ms
        case Link.LOST:
            return Machine.LOST, point.link_ms
        case Link.STEADY | Link.UNSTABLE:
            if not connected:
                return Machine.RECONNECTING, point.link_ms
            if point.stream in (Stream.STALLED, Stream.GONE):
                return Machine.NO_BROADCAST, point.stream_ms
            return (Machine.STEADY if point.link is Link.STEADY else Machine.TREMBLING), point.link_ms


def _human(point: Point, machine: Machine, since_ms: int, now_ms: int) -> Human:
    """What the hall says. `since_ms`: when the machine's state began; a good word from before does not gainsay it."""
    said = point.perceived
    there = _phone_is_there(point, since_ms, now_ms)
    if said is None or now_ms - said.at_ms > WORD_HOLDS_MS:
        return Human.THERE if there else Human.SILENT
    # That there was no signal before the line came back is what everybody knows.
    outdated = machine is Machine.STEADY and said.at_ms < since_ms
    if said.line is Word.NONE and not outdated:
        return Human.NO_LINE
    if said.picture is Word.NONE:
        return Human.NO_PICTURE
    if said.sound is Word.NONE:
        return Human.NO_SOUND
    if Word.POOR in (said.picture, said.sound) or (said.line is not Word.GOOD and not outdated):
        return Human.POOR
    if said.at_ms >= since_ms:
        return Human.WELL
    return Human.THERE if there else Human.BEFORE


def _phone_is_there(point: Point, since_ms: int, now_ms: int) -> bool:
    """Whether the hall's own phone has sent something lately, and after the machine's state began."""
    own = [step.received_ms for step in point.last.values() if step.by == f"point:{point.code}"]
    if point.line_test is not None:
        own.append(point.line_test.at_ms)
    newest_ms = max(own, default=0)
    return newest_ms >= since_ms and 0 <= now_ms - newest_ms <= PHONE_IS_THERE_MS
