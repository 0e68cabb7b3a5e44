"""One hall's side of the server in memory, over real HTTP: what the phone's page is driven against, lost answers included."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from bridge.rules import acts as asked
from bridge.rules.attendance import grade
from bridge.rules.model import Count, Grade, Mode, PlannedPoint, PointType, opened
from dashboards import assets, phone
from endpoints_registry.gate import ORIGINS, Handler, mount

SITTING = "2026-03-07-am"
ROUNDS = {
    "opening": ("07:00", "08:15"),
    "middle": ("09:30", "09:45"),
    "closing": ("11:15", "12:00"),
}


def at(clock: str) -> datetime:
    """An hour of the demo day."""
    return datetime.fromisoformat(f"2026-03-07T{clock}:00+07:00")


class Turned(Exception):
    """Turned away at the door: answered as problem+json."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.answer = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Turned as turned:
        return web.json_response(
            turned.answer, status=int(str(turned.answer["status"])), content_type="application/problem+json"
        )


@dataclass
class Hall:
    """Xã Tản Lĩnh on the demo day; fields are set by a test before or while the page looks."""

    handle: str = "tan-linh"
    secret: str = "Xq3-secret-of-the-hall"
    now: datetime = field(default_factory=lambda: at("08:02"))
    name: str = "Xã Tản Lĩnh"
    mode: Mode = Mode.TWO_WAY
    seats: int | None = 80
    expected: int = 64
    phase: str = "live"
    sits: bool = True
    round: str = "opening"
    stage: tuple[str, datetime] | None = None
    perceived: dict[str, str] | None = None
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    session: str = "session-1"
    csrf: str = "csrf-1"

    answers_to_lose: int = 0
    is_away: bool = False
    refusal: tuple[str, str] | None = None
    """(code, sentence) with which every act is refused."""

    stored: list[asked.AnyAct] = field(default_factory=list)
    """What was recorded, in order, once each."""
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)
    """The ids of every act that came in, repeats too."""
    sizes: list[int] = field(default_factory=list)
    """Bytes of every body of acts."""

    @property
    def link(self) -> str:
        return f"/p/{self.handle}#{self.secret}"

    # --- what the phone asks

    async def exchange(self, request: web.Request) -> web.Response:
        self._must_be_here()
        body = await request.json()
        if request.match_info["handle"] != self.handle or body["secret"] != self.secret:
            raise Turned(404, "unknown_link", "Đường dẫn không đúng hoặc đã bị thu hồi.")
        response = web.json_response({"csrf": self.csrf, "code": "00004-01"})
        response.set_cookie(f"link-{self.handle}", self.session, httponly=True, samesite="Strict")
        return response

    async def desk(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        return web.json_response(
            {
                "csrf": self.csrf,
                "conference": {"id": "hoc-tap-2026-03", "title": "Hội nghị học tập Nghị quyết", "phase": self.phase},
                "point": {
                    "code": "00004-01",
                    "name": self.name,
                    "parent": "Huyện Ba Vì",
                    "address": "Nhà văn hóa xã",
                    "mode": self.mode.value,
                    "seats": self.seats,
                },
                "sitting": {
                    "id": SITTING,
                    "name": "Buổi sáng",
                    "starts_at": at("08:00").isoformat(),
                    "ends_at": at("11:30").isoformat(),
                }
                if self.sits
                else None,
                "expected": self.expected if self.sits else None,
                "round": self.round if self.sits else None,
                "rounds": [
                    {
                        "round": name,
                        "opens_at": at(opens).isoformat(),
                        "due_at": at(due).isoformat(),
                        "figure": self.figures.get(name),
                    }
                    for name, (opens, due) in ROUNDS.items()
                ]
                if self.sits
                else [],
                "stage": {"stage": self.stage[0], "at": self.stage[1].isoformat()}
                if self.stage
                else {"stage": "not_opened", "at": None},
                "perceived": self.perceived,
                "hotline": {"name": "Trực ban", "phone": "024 3000 0800"},
                "now": self.now.isoformat(),
                "speed": 1,
                "acked_seq": max((act.seq for act in self.stored), default=0),
            }
        )

    async def acts(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        if request.headers.get("X-CSRF-Token") != self.csrf:
            raise Turned(403, "csrf", "Thiếu hoặc sai X-CSRF-Token; hãy tải lại trang.")
        raw = await request.read()
        self.sizes.append(len(raw))
        body = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        outcomes = [
            self._take(asked.decode(each)) for each in msgspec.json.decode(body["acts"], type=list[msgspec.Raw])
        ]
        if self.answers_to_lose > 0 and request.transport is not None:
            self.answers_to_lose -= 1
            request.transport.abort()
        return web.json_response({"outcomes": outcomes})

    # --- what becomes of it

    def _must_be_here(self) -> None:
        if self.is_away:
            raise Turned(503, "busy", "Máy chủ đang bận; máy sẽ gửi lại.")

    def _must_be_known(self, request: web.Request) -> None:
        if (
            request.headers.get("Bridge-Link") != self.handle
            or request.cookies.get(f"link-{self.handle}") != self.session
        ):
            raise Turned(401, "signed_out", "Phiên làm việc đã hết.")

    def _take(self, act: asked.AnyAct) -> dict[str, Any]:
        self.arrivals.append(act.id)
        known = self.outcomes.get(act.id)
        if known is not None:
            return known | {"duplicate": True}
        code, message = self.refusal or ("", "")
        if self.refusal is None:
            code, message = self._record(act)
        outcome = {
            "id": act.id,
            "outcome": "refused" if self.refusal else "accepted",
            "duplicate": False,
            "code": code,
            "message": message,
            "position": len(self.outcomes) + 1,
            "at": self.now.isoformat(),
        }
        self.outcomes[act.id] = outcome
        return outcome

    def _record(self, act: asked.AnyAct) -> tuple[str, str]:
        self.stored.append(act)
        match act:
            case asked.StageAct():
                self.stage = (act.stage.value, self.now)
            case asked.PerceivedAct():
                self.perceived = {
                    "picture": act.picture.value,
                    "sound": act.sound.value,
                    "line": act.line.value,
                    "at": self.now.isoformat(),
                }
            case asked.CountAct():
                return self._count(act)
            case asked.ConfirmAct():
                for name, figure in self.figures.items():
                    if figure["act"] == act.act:
                        self.figures[name] = figure | {"by": "own"}
            case _:
                pass
        return "", ""

    def _count(self, act: asked.CountAct) -> tuple[str, str]:
        planned = PlannedPoint(
            code="00004-01",
            name=self.name,
            unit="00004",
            type=PointType.COMMUNE,
            mode=self.mode,
            seats=self.seats,
            expected={SITTING: self.expected},
        )
        names = list(ROUNDS)
        earlier = names[names.index(act.round) - 1] if act.round != names[0] else ""
        before = self.figures.get(earlier)
        judged, why = grade(
            opened(planned),
            (SITTING, act.round),
            Count(act.present, act.excused, act.unexcused, act.guests),
            Count(before["present"], before["excused"], before["unexcused"]) if before else None,
        )
        self.figures[act.round.value] = {
            "present": act.present,
            "excused": act.excused,
            "unexcused": act.unexcused,
            "guests": act.guests,
            "substitutes": act.substitutes,
            "at": self.now.isoformat(),
            "received_at": self.now.isoformat(),
            "grade": judged.value,
            "by": "own",
            "act": act.id,
        }
        return ("" if judged is Grade.FINE else judged.value), why

    def figure(self, round_: str, present: int, excused: int, unexcused: int, **more: object) -> None:
        """A figure that the centre has already."""
        self.figures[round_] = {
            "present": present,
            "excused": excused,
            "unexcused": unexcused,
            "guests": 0,
            "substitutes": 0,
            "at": self.now.isoformat(),
            "received_at": self.now.isoformat(),
            "grade": "fine",
            "by": "own",
            "act": "01890a5d-ac96-774b-bcce-b302099a8057",
            **more,
        }

    def counts(self) -> list[tuple[int, int, int]]:
        """The head counts that were recorded: (present, excused, unexcused)."""
        return [(act.present, act.excused, act.unexcused) for act in self.stored if isinstance(act, asked.CountAct)]


@asynccontextmanager
async def standing(hall: Hall) -> AsyncIterator[str]:
    """The hall's server on a free port of this machine; yields its origin."""
    files = assets.read()

    async def static(request: web.Request) -> web.Response:
        return files.answer(request.match_info["path"], request)

    app = web.Application(middlewares=[door])
    app[ORIGINS] = ()
    app.router.add_get("/static/{path:.+}", static)
    app.router.add_post("/api/v1/links/{handle}/session", hall.exchange)
    app.router.add_get("/api/v1/desk", hall.desk)
    app.router.add_post("/api/v1/conferences/{id}/acts", hall.acts)
    mount(app, phone.routes(files))
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
