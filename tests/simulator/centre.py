"""A small centre for the simulator's tests: it speaks the contract over real sockets and remembers what it was told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from bridge.clock import Clock
from bridge.rules import wire
from bridge.rules.trouble import Trouble


class Centre:
    def __init__(self, clock: Clock, conference: str = "hoc-tap-2026-03") -> None:
        self.clock = clock
        self.conference = conference
        self.url = ""
        self.frames_received = 0
        self.rooms: dict[str, web.WebSocketResponse] = {}
        self.rooms_greeted = 0
        self.heard: list[tuple[int, str, str]] = []
        """(hall time, point, frame type or `closed`)."""
        self.acts: list[tuple[int, dict[str, Any]]] = []
        self.duplicates: list[str] = []
        self.phases: list[str] = ["draft"]
        self.checked: list[str] = []
        self.approved: list[int] = []
        self.beside: list[tuple[str, bytes]] = []
        self.signed: list[tuple[int, int]] = []
        """(version, hall time)."""
        self.heartbeat_s = 10.0
        self.busy = 0
        """Refuse so many requests and dials with 503 first."""
        self.screens: set[web.WebSocketResponse] = set()
        self.offset = 0
        self.skip = 0
        """Leave out so many frames before the next one."""
        self._news = asyncio.Condition()
        self.stranger = False
        """Answer every dial with 401."""

    async def point(self, request: web.Request) -> web.StreamResponse:
        if self.stranger:
            return web.Response(status=401, text="unknown token")
        if self.busy:
            self.busy -= 1
            return web.Response(status=503, headers={"Retry-After": "2"})
        code = request.headers["Authorization"].removeprefix("Bearer ")
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        greeted = False
        try:
            async for message in socket:
                self.frames_received += 1
                frame = wire.room_says(message.data)
                self.heard.append((self.clock.now(), code, type(frame).__name__))
                async with self._news:
                    self._news.notify_all()
                if isinstance(frame, wire.Hello):
                    greeted = True
                    self.rooms_greeted += 1
                    self.rooms[code] = socket
                    now = wire.rfc3339(self.clock.now())
                    welcome = wire.Welcome(self.heartbeat_s, 10, now, 60, "j1", self.conference, code, 0)
                    await socket.send_frame(wire.encode(welcome), WSMsgType.TEXT)
                elif isinstance(frame, wire.Bye):
                    await socket.close()
        finally:
            self.heard.append((self.clock.now(), code, "closed"))
            self.rooms_greeted -= greeted
        return socket

    async def board(self, request: web.Request) -> web.WebSocketResponse:
        """A snapshot when asked; then every act at once, with a gap whenever `skip` says so."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for _ in socket:
            await socket.send_json({"type": "snapshot", "epoch": "e", "offset": self.offset, "points": {}})
            self.screens.add(socket)
        self.screens.discard(socket)
        return socket

    async def tell(self, code: str) -> None:
        prev, self.offset = self.offset + self.skip, self.offset + self.skip + 1
        self.skip = 0
        delta = {
            "type": "delta",
            "epoch": "e",
            "prev": prev,
            "offset": self.offset,
            "points": {code: {"stage": "on_site"}},
        }
        for socket in tuple(self.screens):
            await socket.send_json(delta)

    async def desk(self, request: web.Request) -> web.Response:
        return web.json_response({"csrf": "token", "sitting": {"id": "s"}, "expected": 64, "round": "opening"})

    async def session(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked.get("secret", "right") != "right":
            return web.json_response({"code": "unknown_link"}, status=404)
        answer = web.json_response({"csrf": "token"})
        answer.set_cookie("session", request.match_info.get("handle", "staff"))
        return answer

    async def receive(self, request: web.Request) -> web.Response:
        if self.busy:
            self.busy -= 1
            return web.json_response({"code": "busy"}, status=503, headers={"Retry-After": "1"})
        if request.headers.get("X-CSRF-Token") != "token" or "session" not in request.cookies:
            return web.json_response({"code": "signed_out"}, status=401)
        known = {act["id"] for _, act in self.acts}
        outcomes = []
        for raw in wire.batch(await request.read()).acts:
            act = msgspec.json.decode(raw)
            outcomes.append({"id": act["id"], "outcome": "accepted", "duplicate": act["id"] in known, "code": ""})
            if act["id"] in known:
                self.duplicates.append(act["id"])
            else:
                self.acts.append((self.clock.now(), act))
                await self.tell(act["point"])
        return web.json_response({"outcomes": outcomes})

    async def phase(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self.phases.append((await request.json())["phase"])
        return web.json_response({"phase": self.phases[-1], "version": len(self.phases) - 1})

    async def check(self, request: web.Request) -> web.Response:
        self.checked.append((await request.json())["unit"])
        return web.json_response({})

    async def draft(self, request: web.Request) -> web.Response:
        """Written by the time that somebody asks again."""
        number = len(self.signed) + 1
        return web.json_response({"number": number, "status": "making" if request.method == "POST" else "draft"})

    async def sign(self, request: web.Request) -> web.Response:
        self.signed.append(((await request.json())["version"], self.clock.now()))
        return web.json_response({})

    async def corrections(self, _request: web.Request) -> web.Response:
        """Every correction that was said, until it is approved."""
        asked = [act for _, act in self.acts if act["kind"] == "correct"]
        told = [{"number": number, "point": act["point"]} for number, act in enumerate(asked, 1)]
        return web.json_response(
            {
                "corrections": [
                    each | {"status": "approved" if each["number"] in self.approved else "waiting"} for each in told
                ]
            }
        )

    async def incidents(self, _request: web.Request) -> web.Response:
        """As many as anybody may want to explain: one of every kind, of every hall."""
        places = [{"code": code} for code in {act["point"] for _, act in self.acts}]
        found = [
            {"number": number, "trouble": trouble, "points": places, "into": None, "cause": ""}
            for number, trouble in enumerate(Trouble, 1)
        ]
        return web.json_response({"incidents": found})

    async def noted(self, request: web.Request) -> web.Response:
        """What is said beside the halls, by the last part of its address."""
        body = await request.read()
        self.beside.append((request.path.rpartition("/")[2], body))
        return web.json_response({})

    async def approve(self, request: web.Request) -> web.Response:
        self.approved.append(int(request.match_info["number"]))
        return web.json_response({})

    async def heard_beats(self, number: int) -> None:
        """Until so many beats were heard in all."""
        async with self._news:
            await self._news.wait_for(lambda: sum(kind == "Beat" for _, _, kind in self.heard) >= number)

    def kinds(self, code: str) -> list[str]:
        """What one room said, in order, without its beats."""
        return [kind for _, point, kind in self.heard if point == code and kind != "Beat"]


@asynccontextmanager
async def centre(clock: Clock) -> AsyncIterator[Centre]:
    there = Centre(clock)
    app = web.Application()
    one = "/api/v1/conferences/{conference}"
    app.router.add_get("/ws/point", there.point)
    app.router.add_get("/ws/board", there.board)
    app.router.add_get("/api/v1/desk", there.desk)
    app.router.add_post("/api/v1/links/{handle}/session", there.session)
    app.router.add_post("/api/v1/session", there.session)
    app.router.add_post(f"{one}/acts", there.receive)
    app.router.add_get(one, there.phase)
    app.router.add_post(f"{one}/phase", there.phase)
    app.router.add_post(f"{one}/closing/submissions", there.check)
    app.router.add_post(f"{one}/reports", there.draft)
    app.router.add_get(f"{one}/reports/{{number}}", there.draft)
    app.router.add_post(f"{one}/reports/{{number}}/sign", there.sign)
    app.router.add_get(f"{one}/closing/corrections", there.corrections)
    app.router.add_post(f"{one}/closing/corrections/{{number}}/approval", there.approve)
    app.router.add_get(f"{one}/incidents", there.incidents)
    for path in ("incidents/{number}", "checks", "checks/draws", "checks/settlements", "photos"):
        app.router.add_post(f"{one}/{path}", there.noted)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    there.url = f"http://{host}:{port}"
    try:
        yield there
    finally:
        for socket in (*there.rooms.values(), *there.screens):
            with suppress(ConnectionError):
                await socket.close(code=wire.Close.RESTARTING)
        await runner.cleanup()
