"""What was said to halls, and which of them have seen and confirmed it."""

import unicodedata
from collections.abc import Collection

import msgspec

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.model import RoundKey

TEXT_LIMIT = 1_000
"""Letters of one notice: more than that is a document, and nobody reads it on a phone in a full hall."""
NOTICES_LIMIT = 200
"""Of one conference. Whoever says more than that is not listened to any more."""
KEPT_FOR_ALL = 50
"""The last so many of these are for whoever answers for every hall: one district that says too much does not gag the city."""
NEWEST = 20
"""So many that a hall has not answered are shown and sent to it; what is older is out of date."""
READ_AGAIN = 5
"""So many that it has answered are still shown, to be read again."""


class Notice(msgspec.Struct, frozen=True):
    number: int
    text: str
    urgent: bool
    confirm: bool
    points: frozenset[str] | None
    """None: every point."""
    units: tuple[str, ...]
    by: str
    """User name."""
    at_ms: int
    seen: dict[str, int] = {}
    """When each hall saw it, by point."""
    confirmed: dict[str, int] = {}
    withdrawn: bool = False

    def reaches(self, point: str) -> bool:
        return self.points is None or point in self.points

    def awaits(self, point: str) -> bool:
        """Whether this hall has still to say that it saw it, or that it will do as it says."""
        return (
            self.reaches(point) and not self.withdrawn and point not in (self.confirmed if self.confirm else self.seen)
        )


class Notices(msgspec.Struct, frozen=True):
    posted: dict[int, Notice] = {}
    reminded: dict[RoundKey, dict[str, int]] = {}
    """When each hall was last reminded of a round, by point."""

    @property
    def next_number(self) -> int:
        return len(self.posted) + 1

    def unanswered(self, point: str) -> list[Notice]:
        """What a hall has still to answer, the newest NEWEST of them, oldest first."""
        return [each for each in self.posted.values() if each.awaits(point)][-NEWEST:]

    def shown(self, point: str) -> list[Notice]:
        """What a hall's phone shows, newest first: what waits for an answer, and a few that have one."""
        answered = [each for each in self.posted.values() if _answered(each, point)][-READ_AGAIN:]
        return sorted((*self.unanswered(point), *answered), key=lambda each: each.number, reverse=True)


def _answered(notice: Notice, point: str) -> bool:
    return notice.reaches(point) and not notice.withdrawn and not notice.awaits(point)


def after(notices: Notices, happened: Happened) -> Notices:
    """What was said, and answered, after something happened; the very same value where it changes nothing."""
    event = happened.event
    match event:
        case events.NoticePosted():
            notice = Notice(
                number=event.notice,
                text=event.text,
                urgent=event.urgent,
                confirm=event.confirm,
                points=None if event.points is None else frozenset(event.points),
                units=event.units,
                by=happened.by.removeprefix("user:"),
                at_ms=happened.at_ms,
            )
            return _with(notices, notice)
        case events.NoticeWithdrawn():
            return _with(notices, msgspec.structs.replace(notices.posted[event.notice], withdrawn=True))
        case events.NoticeAnswered():
            before = notices.posted[event.notice]
            answered = _heard(before, event.point, event.confirmed, happened.at_ms)
            return notices if answered is before else _with(notices, answered)
        case events.RemindersSent():
            key = (event.sitting, event.round)
            reminded = {**notices.reminded.get(key, {}), **dict.fromkeys(event.points, happened.at_ms)}
            return msgspec.structs.replace(notices, reminded={**notices.reminded, key: reminded})
        case _:
            return notices


def _with(notices: Notices, notice: Notice) -> Notices:
    return msgspec.structs.replace(notices, posted={**notices.posted, notice.number: notice})


def _heard(notice: Notice, point: str, confirmed: bool, at_ms: int) -> Notice:
    """The notice after a hall's answer. The first one counts: a second phone that shows it later changes nothing."""
    if point not in notice.seen:
        notice = msgspec.structs.replace(notice, seen={**notice.seen, point: at_ms})
    if confirmed and point not in notice.confirmed:
        notice = msgspec.structs.replace(notice, confirmed={**notice.confirmed, point: at_ms})
    return notice


# --- what may be said, and how far it got


class Unworded(ValueError):
    """A text that no hall can be told; the message says why, to whoever wrote it, as half a sentence."""


def worded(text: str) -> str:
    """A notice's text as it is kept: composed letters, plain lines. Raises Unworded."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")).strip()
    if not plain:
        raise Unworded("thông báo chưa có nội dung")
    if len(plain) > TEXT_LIMIT:
        raise Unworded(f"thông báo dài {len(plain)} ký tự; tối đa {TEXT_LIMIT}, hãy viết ngắn lại")
    wrong = next((letter for letter in plain if letter != "\n" and _moves(letter)), None)
    if wrong is not None:
        raise Unworded(f"thông báo có ký tự điều khiển U+{ord(wrong):04X}; hãy xóa ký tự đó rồi gửi lại")
    return plain


_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of writing, so that a line reads otherwise than it was written."""


def _moves(letter: str) -> bool:
    return letter in _TURNS or unicodedata.category(letter) == "Cc"


class Reach(msgspec.Struct, frozen=True):
    """How far a notice got: halls it went to, halls that saw it, halls that confirmed it."""

    count: int
    seen: int
    confirmed: int


def reach(notice: Notice, points: int, theirs: Collection[str] | None = None) -> Reach:
    """How far it got: of all so many points of the conference, or among `theirs` alone, for whoever may know of no others."""
    if theirs is None:
        return Reach(points if notice.points is None else len(notice.points), len(notice.seen), len(notice.confirmed))
    return Reach(
        count=sum(map(notice.reaches, theirs)),
        seen=sum(code in notice.seen for code in theirs),
        confirmed=sum(code in notice.confirmed for code in theirs),
    )
