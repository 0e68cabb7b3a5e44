"""Where photos are made anew: one child process each, two at a time, a few waiting, none for long."""

from pathlib import Path

import msgspec

from endpoints_registry import apart

SENT_BYTES = 12_000_000
"""Of one upload. The phone's page sends a tenth of it; a camera's own file from another program fits too."""
CPU_S = 8
"""The finest photo takes about one second of a processor."""
PATIENCE_S = 30
AT_ONCE = 2
WAITING = 20
_WORKER = Path(__file__).with_name("worker.py")

WHY = {
    "unreadable": "Tệp không phải ảnh JPEG, PNG hay WebP đọc được; hãy chụp lại rồi gửi.",
    "too_many_pixels": "Ảnh có quá nhiều điểm ảnh (tối đa 60 triệu); hãy chụp ở cỡ thường rồi gửi lại.",
    "too_small": "Ảnh quá nhỏ để đếm người; hãy chụp lại rồi gửi.",
    "too_large": "Ảnh không thu nhỏ được xuống dưới 600 kB; hãy chụp lại rồi gửi.",
    "too_long": "Ảnh quá nặng để xử lý; hãy chụp lại ở cỡ thường rồi gửi.",
}


class Unfit(Exception):
    """It is no photo that we keep. The message says what to do; `code` is for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(WHY[code])
        self.code = code


class Photo(msgspec.Struct, frozen=True):
    jpeg: bytes
    width: int
    height: int


class _Answer(msgspec.Struct):
    jpeg: bytes = b""
    width: int = 0
    height: int = 0
    refused: str = ""


class Darkroom:
    def __init__(self) -> None:
        self._turns = apart.Turns(AT_ONCE, WAITING)

    async def developed(self, sent: bytes) -> Photo:
        """The photo as it is kept: a JPEG of at most 1,600 pixels a side and 600 kB, and nothing but the picture.

        The same bytes for the same photo. Raises Busy, Unfit.
        """
        async with self._turns.one():
            return await _developed(sent)


async def _developed(sent: bytes) -> Photo:
    try:
        told = await apart.answered(_WORKER, [str(CPU_S)], sent, PATIENCE_S)
    except apart.Silent as silent:
        raise Unfit("too_long") from silent
    answer = msgspec.msgpack.decode(told, type=_Answer)
    if answer.refused or not answer.jpeg:
        raise Unfit(answer.refused or "unreadable")
    return Photo(answer.jpeg, answer.width, answer.height)
