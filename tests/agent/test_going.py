"""A room's machine that is sent away for good: it ends, and says what to do."""

import pytest
from aiohttp import web

from bridge.commands.room import keep_line
from bridge.notdone import NotDone
from bridge.rules.wire import Close
from tests.agent.air import answered_by


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (Close.OLD_PROTOCOL, "hãy cài bản đi cùng máy chủ"),
        (Close.REPLACED, "mỗi điểm cầu chỉ chạy một chương trình"),
        (Close.NOT_ALLOWED, "Hãy kiểm tra mã của điểm cầu"),
    ],
)
async def test_whoever_is_sent_away_for_good_ends_with_a_sentence(code: Close, remedy: str) -> None:
    async def sends_away(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.close(code=code, message=b"because")
        return socket

    async with answered_by(centre=sends_away) as url:
        with pytest.raises(NotDone) as told:
            await keep_line(url.replace("http", "ws"), "token")
    assert f"({code:d}): because. " in str(told.value)
    assert remedy in str(told.value)
