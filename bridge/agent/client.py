"""One room's connection to the centre: greet, beat, and come back after every break, each at its own time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from bridge.agent.broadcast import Broadcast, Seen
from bridge.agent.probe import LineProbe, Probe
from bridge.rules import wire
from bridge.rules.wire import Beat, Bye, Hello, Ping, ServerSays, Welcome

FIRST_RETRY_MS = 1_000
RETRY_CAP_MS = 10_000
"""Until a welcome has assigned another."""
OPEN_TIMEOUT_S = 10
WELCOME_PATIENCE_MS = 20_000
"""A centre that took the connection and says nothing for so long is behind a black hole: nobody would ever close it."""
SPREAD = 0.1
"""Beats keep this share away from the assigned time, so that rooms do not beat in step."""
LOST = 1006
"""The connection broke without a word (RFC 6455)."""

REMEDIES: dict[int, str] = {
    wire.Close.REPLACED: "Một máy khác của điểm cầu đã nối thay; mỗi điểm cầu chỉ chạy một chương trình này.",
    wire.Close.OLD_PROTOCOL: "Chương trình này và máy chủ khác phiên bản; hãy cài bản đi cùng máy chủ rồi chạy lại.",
}
"""What to do when sent away for another reason than the token."""

Dial = Callable[[], Awaitable[ClientConnection]]


class Clock(Protocol):
    async def sleep(self, ms: int) -> None: ...


class SentAway(Exception):
    """The centre does not want this agent again: a newer one has taken over, or its token no longer holds."""

    def __init__(self, code: int, why: str) -> None:
        remedy = REMEDIES.get(code, "Hãy kiểm tra mã của điểm cầu.")
        super().__init__(f"Trung tâm từ chối ({code}): {why or 'không rõ lý do'}. {remedy}")
        self.code = code


def socket_url(server: str) -> str:
    """The rooms' socket of a server: http://h:8080 -> ws://h:8080/ws/point."""
    parts = urlsplit(server if "://" in server else f"https://{server}")
    scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise ValueError(f"địa chỉ máy chủ {server!r} không đúng; ví dụ: https://caudieuphoi.example.vn")
    return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/ws/point", "", ""))


class Agent:
    """Keeps one room's line. `run` ends when it has left, and raises SentAway when it shall not come again."""

    def __init__(
        self,
        url: str,
        token: str,
        clock: Clock,
        *,
        device: str = "agent",
        chance: random.Random | None = None,
        dial: Dial | None = None,
        probe: Callable[[], Probe] = LineProbe,
        broadcast: Broadcast | None = None,
        told: Callable[[ServerSays], None] = lambda _: None,
        parted: Callable[[str, int], None] = lambda _why, _pause_ms: None,
    ) -> None:
        """`told` sees every frame of the centre, `parted` why there is no line and how long until the next try.

        `broadcast` is followed by whoever owns it; None: the room says nothing of it. `dial` and `probe` may be others in a
        drill.
        """
        self._url = url
        self._token = token
        self._clock = clock
        self._device = device
        self._chance = chance or random.SystemRandom()
        self._dial = dial or self._connect
        self._probe = probe
        self._broadcast = broadcast
        self._told = told
        self._parted = parted
        self._line: ClientConnection | None = None
        self._leaving = False
        self._retry_cap_ms = RETRY_CAP_MS
        self._attempts = 0

    async def run(self) -> None:
        while not self._leaving:
            why, pause_ms = await self._once()
            if not self._leaving:
                self._parted(why, pause_ms)
                await self._clock.sleep(pause_ms)

    async def leave(self) -> None:
        """Say goodbye and hang up. Without a line, whoever owns `run` cancels it."""
        self._leaving = True
        if self._line is not None:
            with suppress(ConnectionClosed):
                await self._line.send(wire.text(Bye()))
                await self._line.close()

    async def _once(self) -> tuple[str, int]:
        """One connection from dialling to its end; why it ended and how long to wait before the next, in milliseconds."""
        self._attempts += 1
        try:
            self._line = line = await self._dial()
        except InvalidStatus as refused:
            status = refused.response.status_code
            if status in (401, 403):
                raise SentAway(status, refused.response.body.decode(errors="replace")[:200]) from None
            return f"refused with {status}", self._asked_to_wait(refused) + self._jitter()
        except (OSError, InvalidHandshake, TimeoutError) as failed:
            return f"not reached: {failed}", self._jitter()
        code, why = await self._talk(line)
        self._line = None
        if self._leaving:
            return "left", 0
        if not wire.comes_again(code):
            raise SentAway(code, why)
        ended = f"closed with {code} {why}".rstrip()
        if code == wire.Close.RESTARTING:
            # Everybody was told at once: come back spread over the whole time, not all in the first second.
            return ended, round(self._chance.uniform(0, self._retry_cap_ms))
        return ended, self._jitter()

    async def _connect(self) -> ClientConnection:
        return await connect(
            self._url,
            additional_headers={"Authorization": f"Bearer {self._token}"},
            open_timeout=OPEN_TIMEOUT_S,
            ping_interval=None,
            close_timeout=1,
            proxy=None,
            compression=None,
        )

    def _jitter(self) -> int:
        """Full jitter: anywhere between now and twice as long as the last time at most."""
        return round(self._chance.uniform(0, min(self._retry_cap_ms, FIRST_RETRY_MS * 2 ** min(self._attempts, 16))))

    @staticmethod
    def _asked_to_wait(refused: InvalidStatus) -> int:
        after = refused.response.headers.get("Retry-After", "")
        return min(int(after), 300) * 1000 if after.isdigit() else 0

    async def _talk(self, line: ClientConnection) -> tuple[int, str]:
        """Until the connection ends; its close code and reason."""
        async with asyncio.TaskGroup() as jobs:
            unheard = jobs.create_task(self._give_up(line))
            talking = [unheard]
            try:
                await line.send(wire.text(Hello(device=self._device)))
                async for raw in line:
                    frame = _frame(raw)
                    if isinstance(frame, Welcome) and unheard in talking:
                        unheard.cancel()
                        talking.remove(unheard)
                        self._attempts = 0
                        self._retry_cap_ms = round(frame.retry_cap_s * 1000)
                        talking.append(jobs.create_task(self._beat(line, frame.heartbeat_s * 1000)))
                        if self._broadcast is not None:
                            talking.append(jobs.create_task(self._tell(line, self._broadcast)))
                    elif isinstance(frame, Ping):
                        await line.send(wire.text(Beat()))
                    if frame is not None:
                        self._told(frame)
            except ConnectionClosed:
                pass  # the close code tells why
            for each in talking:
                each.cancel()
        return line.close_code or LOST, line.close_reason or ""

    async def _give_up(self, line: ClientConnection) -> None:
        await self._clock.sleep(WELCOME_PATIENCE_MS)
        line.transport.abort()

    async def _beat(self, line: ClientConnection, every_ms: float) -> None:
        probe = self._probe()
        try:
            while not probe.deaf:
                await self._clock.sleep(round(every_ms * self._chance.uniform(1 - SPREAD, 1 + SPREAD)))
                await line.send(
                    wire.text(_with(self._broadcast.seen if self._broadcast else None, await probe.look(line)))
                )
        except ConnectionClosed:
            return  # the reader tells why
        line.transport.abort()

    async def _tell(self, line: ClientConnection, broadcast: Broadcast) -> None:
        """What becomes of the broadcast is said at once: a hall without a picture does not wait for the next beat."""
        told = None
        try:
            while True:
                seen = await broadcast.other_than(told)
                told = seen.stream
                await line.send(wire.text(_with(seen, Beat())))
        except ConnectionClosed:
            return  # the reader tells why


MOST_BEHIND_S = 604_800.0
MOST_KBPS = 10_000_000.0
"""What a frame may say (`wire.Beat`)."""


def _with(seen: Seen | None, beat: Beat) -> Beat:
    """The beat, and what is seen of the broadcast."""
    if seen is None:
        return beat
    return msgspec.structs.replace(
        beat,
        stream=seen.stream,
        behind_s=None if seen.behind_s is None else min(seen.behind_s, MOST_BEHIND_S),
        bitrate_kbps=None if seen.bitrate_kbps is None else min(seen.bitrate_kbps, MOST_KBPS),
    )


def _frame(raw: str | bytes) -> ServerSays | None:
    """A frame of the centre; None for a kind that this agent does not know yet."""
    try:
        return wire.server_says(raw)
    except msgspec.DecodeError:
        return None
