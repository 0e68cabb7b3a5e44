"""The talk with one room, without a socket: a frame comes in, replies and signals go out."""

from typing import assert_never

import msgspec

from bridge.rules import acts, wire
from bridge.rules.reading import Reader
from bridge.rules.wire import Close


class Say(msgspec.Struct, frozen=True):
    """Send this frame."""

    frame: wire.ServerSays


class Greet(msgspec.Struct, frozen=True):
    """The room has introduced itself: it is connected from here on."""

    hello: wire.Hello


class Heard(msgspec.Struct, frozen=True):
    """A sign of life, and what the room measured."""

    beat: wire.Beat


class Asked(msgspec.Struct, frozen=True):
    """The room asks for an act."""

    act: acts.AnyAct


class Hang(msgspec.Struct, frozen=True):
    """Close the socket with this code."""

    code: Close
    why: str


class Left(msgspec.Struct, frozen=True):
    """The room has said goodbye."""


Step = Say | Greet | Heard | Asked | Hang | Left


class Conversation:
    """One connection's state: it must greet first, and once it has left it is not listened to."""

    def __init__(self) -> None:
        self.greeted = False
        self.over = False

    def receive(self, text: str) -> Step | None:
        """What follows from one frame; nothing once it is over. Never raises, whatever the frame holds."""
        if self.over:
            return None
        if not self.greeted and (other := wire.unspoken(text)) is not None:
            return self._hang(Close.OLD_PROTOCOL, wire.parting_words(other))
        try:
            frame = wire.room_says(text)
        except msgspec.DecodeError as wrong:
            return self._hang(Close.NOT_UNDERSTOOD, f"frame not understood: {wrong}")
        match frame:
            case wire.Hello():
                if self.greeted:
                    return self._hang(Close.NOT_UNDERSTOOD, "hello was said before")
                self.greeted = True
                return Greet(frame)
            case _ if not self.greeted:
                return self._hang(Close.NOT_UNDERSTOOD, "the first frame must be hello")
            case wire.Beat():
                return Heard(frame)
            case wire.Bye():
                self.over = True
                return Left()
            case wire.ActFrame():
                return self._act(text)
            case _:
                assert_never(frame)

    def _act(self, text: str) -> Step:
        try:
            return Asked(acts.decode(text))
        except msgspec.DecodeError as wrong:
            return Say(acked(malformed(text, wrong)))

    def _hang(self, code: Close, why: str) -> Step:
        self.over = True
        # A close frame has room for 123 bytes, and `why` may quote the room: plain ASCII cannot be cut within a letter.
        return Hang(code, why.encode("ascii", "backslashreplace").decode()[:100])


class _Named(msgspec.Struct):
    id: str = ""


_name: Reader[_Named] = Reader(_Named)


def malformed(raw: str | bytes | msgspec.Raw, wrong: msgspec.DecodeError) -> wire.Outcome:
    """The answer to an act that cannot be read: refused for ever, under the id it seems to have."""
    try:
        name = _name(raw).id[:80]
    except msgspec.DecodeError:
        name = ""
    return wire.Outcome(id=name, outcome="refused", code="malformed", message=f"Báo cáo không đọc được: {wrong}"[:300])


def acked(outcome: wire.Outcome) -> wire.Ack:
    return wire.Ack(
        outcome.id,
        outcome.outcome,
        outcome.duplicate,
        outcome.code,
        outcome.message,
        outcome.position,
        outcome.at,
    )
