"""One hall's side of the server in memory, over real HTTP: what the phone's page is driven against, lost answers included."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from bridge.rules import acts as asked
from bridge.rules.attendance import grade
from bridge.rules.model import Count, Fault, Grade, Mode, PlannedPoint, PointType, opened
from dashboards import assets, phone
from endpoints_registry import badges
from endpoints_registry.door import ORIGINS, Handler
from endpoints_registry.gate import mount
from endpoints_registry.welcoming import drawn

CONFERENCE = "hoc-tap-2026-03"
POINT = "00004-01"
KEY = b"the key of the hall's own server"
"""What badges and the hall's code are proved with."""

FAILS = {
    Fault.NO_PICTURE: "no_picture",
    Fault.NO_SOUND: "no_sound",
    Fault.CONNECTION_LOST: "lost",
    Fault.POWER_CUT: "power_cut",
    Fault.OTHER: "other",
}
"""What the centre makes of a report that stands alone."""

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


def person(number: int) -> str:
    """The id of the hall's n-th person."""
    return f"P{number:09d}"


def badge(number: int) -> str:
    """What stands in the QR code of their badge."""
    return badges.sign(KEY, CONFERENCE, person(number))


PATIENCE_S = 60
"""Thirty times what anything here takes, and on a machine with much other work still some; whoever waits longer waits for nothing."""
NAMES = ("Nguyễn Thị Đống Đa", "Trần Văn Bình", "Lê Hoà", "Phạm Quốc Ân", "Đỗ Thị Ế")


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

    names: bool = False
    """Whether people check in one by one."""
    roster: int = 5
    elsewhere: set[str] = field(default_factory=set)
    """Persons whom another hall has let in already."""
    inside: dict[str, datetime] = field(default_factory=dict)
    """Whom this hall has let in."""
    differing: dict[str, dict[str, Any]] = field(default_factory=dict)
    journal: str = "journal-1"
    undo_s: int = 600

    notices: list[dict[str, Any]] = field(default_factory=list)
    """As the desk tells them, newest first."""
    reminder: dict[str, str] | None = None
    duty: list[dict[str, str]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    """Open ones, as the desk tells them."""
    hotline: str = "024 3000 0800"
    broadcast: str = ""
    """Where the playlist is, if phones may look for it."""
    heartbeat_s: float = 10
    pings_to_lose: int = 0
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, the pings of a line test wait."""
    testing_refused: str = ""
    """The sentence with which every line test is declined."""

    submitted: datetime | None = None
    returned: dict[str, str] | None = None
    corrections: list[dict[str, Any]] = field(default_factory=list)
    """As the desk tells them, newest first."""

    lines: list[web.WebSocketResponse] = field(default_factory=list)
    """The open sockets of phones, the newest last."""
    hellos: int = 0
    byes: int = 0
    """Phones that said that they leave."""
    moved: dict[str, int] = field(default_factory=lambda: {"down": 0, "up": 0, "pings": 0})
    """Bytes and pings of line tests."""
    looked: int = 0
    """How often the desk was read."""
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    """Something of the above has changed."""

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
    sent: list[tuple[str, list[str]]] = field(default_factory=list)
    """Every request: the device, and the ids it sent."""
    acked: dict[str, int] = field(default_factory=dict)
    """The newest number of each device."""
    undone: list[str] = field(default_factory=list)
    names_wait: bool = False
    """Whether the list of names is long on its way."""
    attended: list[dict[str, Any]] = field(default_factory=list)
    """What people sent from their own phones."""
    _before: dict[str, tuple[tuple[str, datetime] | None, dict[str, str] | None, dict[str, dict[str, Any]]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.answering.set()

    @property
    def link(self) -> str:
        return f"/p/{self.handle}#{self.secret}"

    # --- what the phone asks

    async def exchange(self, request: web.Request) -> web.Response:
        self._must_be_here()
        body = await request.json()
        if request.match_info["handle"] != self.handle or body["secret"] != self.secret:
            raise Turned(404, "unknown_link", "Đường dẫn không đúng hoặc đã bị thu hồi.")
        response = web.json_response({"csrf": self.csrf, "code": POINT})
        response.set_cookie(f"link-{self.handle}", self.session, httponly=True, samesite="Strict")
        return response

    async def desk(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        self.looked += 1
        return web.json_response(
            {
                "csrf": self.csrf,
                "conference": {"id": CONFERENCE, "title": "Hội nghị học tập Nghị quyết", "phase": self.phase},
                "point": {
                    "code": POINT,
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
                        "differing": self.differing.get(name),
                    }
                    for name, (opens, due) in ROUNDS.items()
                ]
                if self.sits
                else [],
                "stage": {"stage": self.stage[0], "at": self.stage[1].isoformat()}
                if self.stage
                else {"stage": "not_opened", "at": None},
                "perceived": self.perceived,
                "hotline": {"name": "Trực ban", "phone": self.hotline},
                "duty": self.duty,
                "notices": self.notices,
                "reminder": self.reminder,
                "open_incidents": self.incidents,
                "now": self.now.isoformat(),
                "speed": 1,
                "acked_seq": self.acked.get(request.query.get("device", ""), 0),
                "journal_epoch": self.journal,
                "names": self.names,
                "scanned": len(self.inside),
                "undo_s": self.undo_s,
                "closing": {
                    "owed": True,
                    "submitted_at": self.submitted.isoformat() if self.submitted else None,
                    "returned": self.returned,
                    "closed_at": at("13:50").isoformat() if self.phase == "closed" else None,
                    "signed": 0,
                    "corrections": self.corrections,
                }
                if self.sits
                else None,
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
        device = msgspec.json.decode(body["device"], type=str)
        acts = [asked.decode(each) for each in msgspec.json.decode(body["acts"], type=list[msgspec.Raw])]
        self.sent.append((device, [act.id for act in acts]))
        outcomes = [self._take(act, device) for act in acts]
        self.stirred.set()
        if self.answers_to_lose > 0 and request.transport is not None:
            self.answers_to_lose -= 1
            request.transport.abort()
        return web.json_response({"outcomes": outcomes})

    # --- the line, and what is told over it

    async def line(self, request: web.Request) -> web.WebSocketResponse:
        self._must_be_here()
        if request.query.get("link") != self.handle or request.cookies.get(f"link-{self.handle}") != self.session:
            raise Turned(401, "signed_out", "Phiên làm việc đã hết.")
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self.lines.append(socket)
        try:
            async for message in socket:
                said = message.json()
                if said["type"] == "hello":
                    self.hellos += 1
                    await socket.send_json(self._welcome())
                self.byes += said["type"] == "bye"
                self.stirred.set()
        finally:
            self.lines.remove(socket)
            self.stirred.set()
        return socket

    def _welcome(self) -> dict[str, Any]:
        return {
            "type": "welcome",
            "heartbeat_s": self.heartbeat_s,
            "retry_cap_s": 0.2,
            "now": self.now.isoformat(),
            "speed": 1,
            "journal_epoch": self.journal,
            "conference": CONFERENCE,
            "point": POINT,
            "acked_seq": 0,
        }

    def notice(self, number: int, text: str, **more: object) -> dict[str, Any]:
        """Something that the centre says to the hall; it stands on the desk from now on."""
        said = {
            "number": number,
            "text": text,
            "urgent": False,
            "confirm": False,
            "at": self.now.isoformat(),
            "by": "Ban tổ chức",
            "seen": False,
            "confirmed": False,
            **more,
        }
        self.notices.insert(0, said)
        return said

    async def tell(self, frame: dict[str, Any]) -> None:
        """Over every open line, whatever the desk says."""
        for socket in tuple(self.lines):
            await socket.send_json(frame)

    async def hang_up(self, code: int) -> None:
        for socket in tuple(self.lines):
            await socket.close(code=code)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that phones do."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self.stirred.clear()
                await self.stirred.wait()

    def answers_to_notices(self) -> list[tuple[int, bool]]:
        """What was answered: (number, confirmed)."""
        return [(act.notice, act.confirmed) for act in self.stored if isinstance(act, asked.NoticedAct)]

    # --- the line test, and where the broadcast is

    async def ping(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        if self.testing_refused:
            raise Turned(429, "tested_often", self.testing_refused)
        await self.answering.wait()
        self.moved["pings"] += 1
        if self.moved["pings"] > 1 and self.pings_to_lose > 0 and request.transport is not None:
            self.pings_to_lose -= 1
            request.transport.abort()
        return web.json_response({"at": self.now.isoformat()})

    async def down(self, request: web.Request) -> web.Response:
        self._must_be_known(request)
        size = int(request.query["bytes"])
        self.moved["down"] += size
        return web.Response(body=os.urandom(size), content_type="application/octet-stream")

    async def up(self, request: web.Request) -> web.Response:
        self._must_be_known(request)
        if request.headers.get("X-CSRF-Token") != self.csrf:
            raise Turned(403, "csrf", "Thiếu hoặc sai X-CSRF-Token; hãy tải lại trang.")
        size = len(await request.read())
        self.moved["up"] += size
        return web.json_response({"bytes": size, "took_ms": 1.0})

    async def where_broadcast(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        return web.json_response({"url": self.broadcast})

    # --- people one by one

    async def people(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        self._must_keep_names()
        await self.until(lambda: not self.names_wait)
        people = [
            {
                "person": person(number),
                "name": NAMES[number] if number < len(NAMES) else f"Đại biểu {number}",
                "position": "Bí thư chi bộ" if number == 0 else "",
                "category": "member",
                "unit": "",
            }
            for number in range(self.roster)
        ]
        return web.json_response({"conference": CONFERENCE, "point": POINT, "people": people})

    async def hall_code(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        self._must_keep_names()
        told = {"url": self._code_url(request), "seconds_left": 1.0, "step_s": badges.STEP_MS // 1000}
        return web.json_response(told)

    async def hall_code_drawn(self, request: web.Request) -> web.Response:
        self._must_be_here()
        self._must_be_known(request)
        return web.Response(body=drawn(self._code_url(request)), content_type="image/svg+xml")

    def _code_url(self, request: web.Request) -> str:
        return f"{request.url.origin()}/c/{POINT}#{self.code}"

    @property
    def code(self) -> str:
        """What the hall shows now."""
        return badges.hall_code(KEY, POINT, round(self.now.timestamp() * 1000))

    async def attend(self, request: web.Request) -> web.Response:
        self._must_be_here()
        body = await request.json()
        self.attended.append(body)
        if not badges.read_hall_code(KEY, body["point"], body["code"], round(self.now.timestamp() * 1000)):
            raise Turned(404, "old_code", "Mã hội trường đã hết hạn; hãy quét lại mã đang hiện trên màn hình.")
        known = self.outcomes.get(body["id"])
        code, message, accepted = (
            self._let_in(badges.read(KEY, CONFERENCE, body["badge"])) if known is None else ("", "", True)
        )
        outcome = {"id": body["id"], "outcome": "accepted" if accepted else "refused", "code": code, "message": message}
        answered = known or outcome | {"duplicate": False, "position": 1, "at": self.now.isoformat()}
        self.outcomes[body["id"]] = answered
        if self.answers_to_lose > 0 and request.transport is not None:
            self.answers_to_lose -= 1
            request.transport.abort()
        return web.json_response(answered)

    def _let_in(self, who: str | None) -> tuple[str, str, bool]:
        """(code, message, accepted) of a scan."""
        if not self.names:
            return "names_off", "Hội nghị này không điểm danh từng người.", False
        if who is None:
            return "unknown_badge", "Thẻ không đọc được, hoặc không phải thẻ của hội nghị này.", False
        if who in self.elsewhere:
            return "elsewhere", "Đã điểm danh lúc 07:31 ở điểm cầu khác; lần đầu được tính.", True
        if who in self.inside:
            return "already_in", f"Đã điểm danh lúc {self.inside[who]:%H:%M}.", True
        self.inside[who] = self.now
        return "", "", True

    def _must_keep_names(self) -> None:
        if not self.names:
            raise Turned(409, "names_off", "Hội nghị này không điểm danh từng người.")

    # --- what becomes of it

    def lose(self, after: int, journal: str) -> None:
        """Restored from a copy: what was recorded after the first `after` acts is gone, and the journal is another."""
        gone = self.stored[after:]
        self.stored, self.journal = self.stored[:after], journal
        for act in gone:
            del self.outcomes[act.id]
        self.acked = dict.fromkeys(self.acked, max((act.seq for act in self.stored), default=0))

    def _must_be_here(self) -> None:
        if self.is_away:
            raise Turned(503, "busy", "Máy chủ đang bận; máy sẽ gửi lại.")

    def _must_be_known(self, request: web.Request) -> None:
        if (
            request.headers.get("Bridge-Link") != self.handle
            or request.cookies.get(f"link-{self.handle}") != self.session
        ):
            raise Turned(401, "signed_out", "Phiên làm việc đã hết.")

    def _take(self, act: asked.AnyAct, device: str) -> dict[str, Any]:
        self.arrivals.append(act.id)
        known = self.outcomes.get(act.id)
        if known is not None:
            return known | {"duplicate": True}
        self.acked[device] = max(self.acked.get(device, 0), act.seq)
        code, message = self.refusal or ("", "")
        accepted = self.refusal is None
        if self.refusal is None:
            self._before[act.id] = (self.stage, self.perceived, dict(self.figures))
            code, message, accepted = self._record(act, device)
        outcome = {
            "id": act.id,
            "outcome": "accepted" if accepted else "refused",
            "duplicate": False,
            "code": code,
            "message": message,
            "position": len(self.outcomes) + 1,
            "at": self.now.isoformat(),
        }
        self.outcomes[act.id] = outcome
        return outcome

    def _record(self, act: asked.AnyAct, device: str) -> tuple[str, str, bool]:
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
                well = {
                    trouble
                    for trouble, word in (("no_picture", act.picture), ("no_sound", act.sound), ("lost", act.line))
                    if word == "good"
                }
                self.incidents = [each for each in self.incidents if each["trouble"] not in well]
            case asked.CountAct():
                return *self._count(act, device), True
            case asked.ConfirmAct():
                self._confirm(act.act)
            case asked.UndoAct():
                self.undone.append(act.act)
                self.stage, self.perceived, self.figures = self._before[act.act]
                self.inside = {
                    who: at
                    for who, at in self.inside.items()
                    if who not in {self._person(each) for each in self.stored if each.id == act.act}
                }
            case asked.ScanAct():
                return self._let_in(self._person(act))
            case asked.NoticedAct():
                for each in self.notices:
                    if each["number"] == act.notice:
                        each |= {"seen": True, "confirmed": each["confirmed"] or act.confirmed}
            case asked.SubmitAct():
                self.submitted, self.returned = self.now, None
            case asked.CorrectAct():
                count = {
                    "present": act.present,
                    "excused": act.excused,
                    "unexcused": act.unexcused,
                    "guests": act.guests,
                }
                told = {"number": 1, "round": "closing", "count": count, "late": False, "at": self.now.isoformat()}
                self.corrections.insert(0, told | {"status": "waiting", "settled_at": None, "why": ""})
                return "waiting", "Đã ghi đề nghị đính chính số 1; chờ người có thẩm quyền duyệt.", True
            case asked.IncidentAct():
                self._fail(FAILS[act.fault])
            case _:
                pass
        return "", "", True

    def _fail(self, trouble: str) -> None:
        if all(each["trouble"] != trouble for each in self.incidents):
            self.incidents.append(
                {
                    "number": max((each["number"] for each in self.incidents), default=0) + 1,
                    "trouble": trouble,
                    "status": "open",
                    "owner_name": "",
                    "began_at": self.now.isoformat(),
                }
            )

    def _person(self, act: asked.AnyAct) -> str | None:
        if not isinstance(act, asked.ScanAct):
            return None
        return act.person or badges.read(KEY, CONFERENCE, act.badge)

    def _confirm(self, chosen: str) -> None:
        for name, figure in self.figures.items():
            other = self.differing.get(name)
            if chosen == figure["act"] or (other and chosen == other["act"]):
                right = other if other and chosen == other["act"] else figure
                self.figures[name] = right | {"by": "own"}
                self.differing.pop(name, None)

    def _count(self, act: asked.CountAct, device: str) -> tuple[str, str]:
        planned = PlannedPoint(
            code=POINT,
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
        stood = self.figures.get(act.round.value)
        self.differing.pop(act.round.value, None)
        if stood is not None and stood["device"] != device and stood["present"] != act.present:
            self.differing[act.round.value] = stood
        self.figures[act.round.value] = {
            "device": device,
            "reasons": dict(act.reasons),
            "categories": dict(act.categories),
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
            "device": "another-phone",
            **more,
        }

    def counts(self) -> list[tuple[int, int, int]]:
        """The head counts that were recorded: (present, excused, unexcused)."""
        return [(act.present, act.excused, act.unexcused) for act in self.stored if isinstance(act, asked.CountAct)]


Answer = Callable[[Hall, web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def standing(*halls: Hall) -> AsyncIterator[str]:
    """The server of these halls on a free port of this machine; yields its origin."""
    files = assets.read()

    async def static(request: web.Request) -> web.Response:
        return files.answer(request.match_info["path"], request)

    def of_link(answer: Answer) -> Handler:
        async def asked_of(request: web.Request) -> web.StreamResponse:
            handle = (
                request.match_info.get("handle") or request.headers.get("Bridge-Link") or request.query.get("link", "")
            )
            # A link that is none of these is turned away by the first as it turns away every stranger.
            hall = next((each for each in halls if each.handle == handle), halls[0])
            return await answer(hall, request)

        return asked_of

    app = web.Application(middlewares=[door], client_max_size=2 * 1024 * 1024)
    app[ORIGINS] = ()
    app.router.add_get("/static/{path:.+}", static)
    app.router.add_post("/api/v1/links/{handle}/session", of_link(Hall.exchange))
    app.router.add_get("/api/v1/desk", of_link(Hall.desk))
    app.router.add_get("/api/v1/desk/people", of_link(Hall.people))
    app.router.add_get("/api/v1/desk/hall-code", of_link(Hall.hall_code))
    app.router.add_get("/api/v1/desk/hall-code.svg", of_link(Hall.hall_code_drawn))
    app.router.add_post("/api/v1/attend", of_link(Hall.attend))
    app.router.add_post("/api/v1/conferences/{id}/acts", of_link(Hall.acts))
    app.router.add_get("/ws/point", of_link(Hall.line))
    app.router.add_get("/api/v1/linetest/ping", of_link(Hall.ping))
    app.router.add_get("/api/v1/linetest/down", of_link(Hall.down))
    app.router.add_post("/api/v1/linetest/up", of_link(Hall.up))
    # Ahead of the page's own door, which would ask the gate who it is.
    app.router.add_get("/api/v1/desk/broadcast", of_link(Hall.where_broadcast))
    mount(app, phone.routes(files, halls[0].broadcast))
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@dataclass
class Wire:
    """A line that is measured: every byte that comes down it, headers and all."""

    origin: str = ""
    down: int = 0


@asynccontextmanager
async def measured(origin: str) -> AsyncIterator[Wire]:
    """A line to that server on another port."""
    port = int(origin.rpartition(":")[2])
    wire = Wire()
    carrying: set[asyncio.Task[None]] = set()

    async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, down: bool) -> None:
        try:
            while chunk := await source.read(65536):
                wire.down += len(chunk) if down else 0
                sink.write(chunk)
                await sink.drain()
        finally:
            sink.close()
            with contextlib.suppress(ConnectionError):
                await sink.wait_closed()

    async def connected(phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        carrying.add(task)
        server, to_server = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(
                carry(phone, to_server, down=False), carry(server, to_phone, down=True), return_exceptions=True
            )
        carrying.discard(task)

    line = await asyncio.start_server(connected, "127.0.0.1", 0)
    wire.origin = f"http://127.0.0.1:{line.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        line.close()
        for task in tuple(carrying):
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)
