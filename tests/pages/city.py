"""A city at 08:24 of the demo day, told over real HTTP and a real socket: what the board's page is driven against."""

import asyncio
import contextlib
import csv
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from dashboards import routes as pages
from dashboards.view import COLUMNS
from endpoints_registry import samples
from endpoints_registry.access import Action, Caller, Role
from endpoints_registry.door import ORIGINS, RESOLVE, Credential, Open, Problem, Resolve, Route, csrf_token, nowhere
from endpoints_registry.gate import mount
from endpoints_registry.taking import answer
from endpoints_registry.vietnamese import bare, unit_key

HANOI = timezone(timedelta(hours=7))
NOON_CLOCK = datetime(2026, 3, 7, 8, 24, 16, tzinfo=HANOI)
CONFERENCE = "hoc-tap-2026-03"
SECRET = "session-of-the-organiser"
COOKIE = "session"
PEOPLE = ("chair", "operator", "technician", "secretary")
SAMPLES = Path(samples.__file__).parent

Row = dict[str, Any]


def _table(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def seconds(clock: str) -> int:
    """An hour of the day as rows carry it."""
    return int(datetime.fromisoformat(f"2026-03-07T{clock}+07:00").timestamp())


@dataclass
class City:
    """766 halls; a test changes them and every open board is told."""

    points: dict[str, Row] = field(default_factory=dict)
    units: dict[str, dict[str, str]] = field(default_factory=dict)
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: list[list[str]] = field(default_factory=list)
    news: list[Row] = field(default_factory=list)
    phase: str = "live"
    conferences: bool = True
    names: bool = False
    """Whether people check in one by one."""
    epoch: str = "e1"
    offset: int = 0
    incidents: dict[int, Row] = field(default_factory=dict)
    calls: dict[str, Row] = field(default_factory=dict)
    notices: dict[int, Row] = field(default_factory=dict)
    asked: Row | None = None
    """The round that is being reported, while the opening's figures are shown."""
    signed_in: bool = True
    now: datetime = NOON_CLOCK
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    speaks: bool = True
    """Whether the server keeps saying that it is alive."""
    away: bool = False
    """Whether no screen gets in, as while the server restarts."""
    every_s: float = 2.0
    watched: int = 0
    """How often a screen asked for its board."""
    screens: set[web.WebSocketResponse] = field(default_factory=set)

    def hall_time(self) -> str:
        return (self.now + (datetime.now(UTC) - self.began)).isoformat(timespec="milliseconds")

    def under(self, unit: str) -> dict[str, Row]:
        return {code: row for code, row in self.points.items() if not unit or unit in self.path(str(row["unit"]))}

    def path(self, unit: str) -> list[str]:
        above = []
        while unit in self.units:
            above.append(unit)
            unit = self.units[unit]["parent_code"]
        return above

    def totals(self, unit: str = "") -> Row:
        rows = self.under(unit).values()
        people = {
            name: sum(row[name] or 0 for row in rows)
            for name in ("expected", "present", "excused", "unexcused", "unreported", "guests")
        }
        return {
            "phase": self.phase,
            "sitting": "2026-03-07-am",
            "round": "opening",
            "points": {"total": len(rows), "by_stage": {}, "by_link": {}},
            "people": people,
            "reports": {
                "due": len(rows),
                "received": sum(row["present"] is not None for row in rows),
                "on_time": sum(bool(row["on_time"]) for row in rows),
                "quarantined": sum(row["report"] == "quarantined" for row in rows),
                "differing": sum(bool(row["differs"]) for row in rows),
            },
            "incidents": {
                "open": sum(each["status"] == "open" for each in self.incidents.values()),
                "acknowledged": sum(each["status"] == "acknowledged" for each in self.incidents.values()),
            },
            "asked": self.asked,
            "at": self.hall_time(),
        }

    def snapshot(self, unit: str = "") -> Row:
        rows = self.under(unit)
        shown = {row["group"] for row in rows.values()}
        return {
            "type": "snapshot",
            "epoch": self.epoch,
            "offset": self.offset,
            "at": self.hall_time(),
            "totals": self.totals(unit),
            "units": {
                "columns": ["code", "name", "level", "parent"],
                "rows": [
                    [each["code"], each["name"], each["level"], each["parent_code"] or None]
                    for each in self.units.values()
                    if not unit or unit in self.path(each["code"])
                ],
            },
            "groups": {"columns": ["code", "name"], "rows": [group for group in self.groups if group[0] in shown]},
            "points": {"columns": list(COLUMNS), "rows": [[row[name] for name in COLUMNS] for row in rows.values()]},
            "news": self.news[:30],
            "speed": 1,
            "affairs": {
                "incidents": list(self.incidents.values()),
                "calls": self.calls,
                "notices": list(self.notices.values()),
            },
        }

    def to_call(self) -> list[Row]:
        """The call sheet: the dark first, then the deaf, those in doubt and the silent; of equals the many."""
        found = [(why, code) for code, row in self.points.items() if (why := _why(row))]
        return [
            {
                "point": code,
                "name": self.points[code]["name"],
                "parent": "",
                "unit": self.points[code]["unit"],
                "why": why,
                "since_s": seconds("08:15:00"),
                "minutes": 9,
                "expected": self.points[code]["expected"],
                "urgency": 1,
                "contacts": contacts(self, code),
                "claim": self.calls.get(code),
                "last": None,
                "tries": 0,
            }
            for why, code in sorted(
                found, key=lambda each: (WEIGHT.index(each[0][0]), -int(self.points[each[1]]["expected"]))
            )
        ]

    async def goes_wrong(self, incident: Row, **changes: object) -> None:
        """An incident begins, or is otherwise from now on; its halls change with it."""
        self.incidents[incident["number"]] = incident
        codes = [each["code"] for each in incident["points"]]
        going_on = incident["number"] if incident["status"] != "resolved" else None
        await self.tell({code: {"incident": going_on, **changes} for code in codes}, affairs={"incidents": [incident]})

    async def tell(
        self,
        changes: dict[str, Row],
        news: list[Row] | None = None,
        skip: int = 0,
        affairs: Row | None = None,
    ) -> None:
        """Change halls and say so; `skip` loses that many frames on the way."""
        for code, change in changes.items():
            self.points[code].update(change)
        self.news[:0] = news or []
        prev, self.offset = self.offset + skip, self.offset + skip + 1
        frame = {
            "type": "delta",
            "epoch": self.epoch,
            "prev": prev,
            "offset": self.offset,
            "at": self.hall_time(),
            "points": changes,
            "totals": self.totals(),
            "news": news or [],
            **({"affairs": affairs} if affairs else {}),
        }
        await self.send(frame)

    async def send(self, frame: Row) -> None:
        text = msgspec.json.encode(frame).decode()
        for screen in tuple(self.screens):
            with contextlib.suppress(ConnectionError):
                await screen.send_str(text)

    def find(self, name: str, parent: str = "") -> str:
        """The code of a hall by its name."""
        names = dict(self.groups)
        return next(
            code
            for code, row in self.points.items()
            if row["name"] == name and (not parent or names[row["group"]] == parent)
        )


WEIGHT = ("dark", "not_receiving", "no_sound", "no_picture", "quarantined", "differing", "not_opened", "silent:opening")


def _why(row: Row) -> list[str]:
    """What is wrong with a hall, the weightiest first."""
    wrong = {
        "dark": row["link"] == "lost",
        "not_receiving": row["stream"] in ("stalled", "gone"),
        "no_sound": row["sound"] == "none",
        "no_picture": row["picture"] == "none",
        "quarantined": row["report"] == "quarantined",
        "differing": row["differs"],
        "not_opened": row["stage"] == "not_opened",
        "silent:opening": row["report"] == "none",
    }
    return [why for why in WEIGHT if wrong[why]]


def contacts(city: City, code: str) -> list[Row]:
    record = city.records[code]
    return [{"role": role, "name": record[f"{role}_name"], "phone": record[f"{role}_phone"]} for role in PEOPLE]


def power_cut(city: City, number: int = 3) -> Row:
    """The 14 halls of Ba Vì as one incident that nobody has taken yet."""
    began = seconds("08:20:05")
    dark = [code for code, row in city.points.items() if row["link"] == "lost"]
    return {
        "number": number,
        "trouble": "power_cut",
        "bond": "area",
        "bond_name": "Liên Hà",
        "why": f"{len(dark)} điểm, cùng khu vực Liên Hà, trong 40 giây",
        "points": [
            {"code": code, "name": city.points[code]["name"], "began_at_s": began + 3 * n, "eased_at_s": None}
            for n, code in enumerate(dark)
        ],
        "count": len(dark),
        "failing": len(dark),
        "spread_s": 40,
        "began_at_s": began,
        "again_at_s": None,
        "earlier_s": 0,
        "noticed_at_s": began + 40,
        "status": "open",
        "moved_at_s": began,
        "owner": None,
        "owner_name": None,
        "cause": "",
        "level": 0,
        "severity": "critical",
        "by_itself": False,
        "reopened": 0,
        "note": "",
        "expected": 900,
        "into": None,
    }


def at_0824() -> City:
    """The city of the mock-ups: 14 dark in Ba Vì, 3 unstable, one on its way back, 14 silent, two by television."""
    city = City()
    city.units = {each["code"]: each for each in _table("hanoi-2023-units.csv")}
    root = next(code for code, each in city.units.items() if not each["parent_code"])
    names: dict[str, str] = {}
    for number, record in enumerate(_table("hanoi-2023-points.csv")):
        code = record["code"]
        city.records[code] = record
        path = city.path(record["unit_code"])
        top = path[-2] if len(path) > 1 else root
        level = city.units[top]["level"]
        group = "direct_unit" if level == "direct_unit" else top
        names[group] = (
            "Trực thuộc" if group == "direct_unit" else "Thành phố" if top == root else bare(city.units[top]["name"])
        )
        seats = int(record["seats"] or 80)
        expected = max(12, round(seats * 0.8))
        excused, unexcused = number % 4, int(number % 11 == 0)
        city.points[code] = dict.fromkeys(COLUMNS) | {
            "code": code,
            "name": record["name"],
            "unit": record["unit_code"],
            "group": group,
            "type": record["type"],
            "mode": record["reception_mode"] or "two_way",
            "seats": seats,
            "stage": "in_session",
            "stage_at_s": seconds("08:00:03"),
            "link": "steady",
            "link_at_s": seconds("07:40:22"),
            "picture": "good",
            "sound": "good",
            "line": "good",
            "expected": expected,
            "present": expected - excused - unexcused,
            "excused": excused,
            "unexcused": unexcused,
            "unreported": 0,
            "guests": int(number % 7 == 0),
            "report": "fine",
            "reported_at_s": seconds("08:02:31") + number % 600,
            "on_time": number % 40 != 0,
            "differs": False,
            "proxy": number % 13 == 0,
        }
    first = {root: 0, "direct_unit": 1}
    city.groups = [
        [code, name]
        for code, name in sorted(names.items(), key=lambda each: (first.get(each[0], 2), unit_key(each[1])))
    ]
    order = [code for code, _ in city.groups]
    city.points = dict(sorted(city.points.items(), key=lambda each: (order.index(each[1]["group"]), each[0])))

    def halls(name: str) -> list[str]:
        group = next(code for code, each in city.groups if each == name)
        return [code for code, row in city.points.items() if row["group"] == group]

    def silent(code: str) -> Row:
        return {
            "present": None, "excused": None, "unexcused": None, "guests": None, "report": "none",
            "reported_at_s": None, "unreported": city.points[code]["expected"], "on_time": None, "proxy": False,
        }  # fmt: skip

    for code in halls("Ba Vì")[1::2][:14]:
        city.points[code] |= {"link": "lost", "link_at_s": seconds("08:20:12")}
    for code in (*halls("Chương Mỹ")[3:5], halls("Thạch Thất")[23]):
        city.points[code] |= {"link": "unstable", "link_at_s": seconds("08:19:40")}
    city.points[halls("Đan Phượng")[5]] |= {"link": "reconnecting", "link_at_s": seconds("08:24:02")}
    city.points[halls("Gia Lâm")[11]] |= {"picture": "none"}
    city.points[halls("Hà Đông")[17]] |= {"sound": "none"}
    closed = halls("Sóc Sơn")[1]
    city.points[closed] |= {"link": "never_seen", "link_at_s": None, "stage": "not_opened", "stage_at_s": None}
    city.points[closed] |= {"picture": None, "sound": None, "line": None} | silent(closed)
    for code in (halls("Phú Xuyên")[24], halls("Ứng Hòa")[23]):
        city.points[code] |= {"link": "not_measured", "mode": "tv"}
    for code in (halls("Mỹ Đức")[0], *halls("Trực thuộc")[3:5], *halls("Đống Đa")[4:9]):
        city.points[code] |= silent(code)
    typed = halls("Hoàng Mai")[5]
    city.points[typed] |= silent(typed) | {"report": "quarantined"}
    city.points[halls("Hoàng Mai")[7]] |= {"differs": True}
    city.points[halls("Hoàng Mai")[9]] |= {"report": "warned", "guests": 6}
    position = itertools.count(9000, -1)
    city.news = [
        {"position": next(position), "at_s": seconds(clock), "point": code, **rest}
        for clock, code, rest in (
            ("08:24:02", halls("Đan Phượng")[5], {"kind": "link-moved", "link": "unknown", "cause": ""}),
            ("08:23:30", halls("Hà Đông")[17], {"kind": "hall-perceived", "picture": "good", "sound": "none", "line": "good"}),
            ("08:22:11", halls("Đống Đa")[3], {"kind": "figure-corrected", "round": "opening", "present": 63, "before": 61, "reason": "đếm lại"}),
            ("08:21:40", halls("Hoàng Mai")[5], {"kind": "figure-reported", "round": "opening", "present": 640, "excused": 0, "unexcused": 0, "grade": "quarantined", "by": "own"}),
            ("08:20:52", halls("Ba Vì")[1], {"kind": "link-moved", "link": "lost", "cause": "silence"}),
            ("08:20:50", halls("Ba Vì")[3], {"kind": "link-moved", "link": "lost", "cause": "silence"}),
            ("08:05:00", None, {"kind": "phase-changed", "phase": "live"}),
        )
    ]  # fmt: skip
    return city


def _details(city: City, code: str) -> Row:
    row, record = city.points[code], city.records[code]
    shown = row["report"] in ("fine", "warned")
    figures = {name: row[name] if shown else None for name in ("present", "excused", "unexcused", "guests")}
    blank = dict.fromkeys(("present", "excused", "unexcused", "guests", "grade", "said", "act", "at", "received_at"))
    blank |= {"by": None, "on_time": None, "differing": None, "unreported": row["expected"]}
    typed = {"present": 10 * row["expected"], "excused": 0, "unexcused": 0, "guests": 0}
    said = figures if shown else typed if row["report"] == "quarantined" else None
    stamp = "2026-03-07T08:02:31+07:00"
    unit = city.units[record["unit_code"]]
    parent = city.units.get(unit["parent_code"])
    return {
        "point": {
            "code": code,
            "name": row["name"],
            "unit": unit["code"],
            "unit_name": unit["name"],
            "parent_name": parent["name"] if parent else None,
            "type": row["type"],
            "mode": row["mode"],
            "address": record["hall_address"],
            "seats": row["seats"],
            "area": record["area"],
            "provider": record["provider"],
            "feeder": record["feeder"],
        },
        "contacts": contacts(city, code),
        "stage": {"stage": row["stage"], "at": None},
        "link": {
            "link": row["link"],
            "at": "2026-03-07T08:20:12.000+07:00" if row["link"] == "lost" else None,
            "noticed_at": "2026-03-07T08:20:52.000+07:00" if row["link"] == "lost" else None,
            "cause": "silence",
        },
        "line": {"rtt_ms": 42.4, "loss": 0.003},
        "perceived": {"picture": "good", "sound": "good", "line": "good", "at": "2026-03-07T08:05:00+07:00"},
        "sittings": [
            {
                "id": "2026-03-07-am",
                "name": "Buổi sáng",
                "expected": row["expected"],
                "scanned": None,
                "stayed": None,
                "rounds": [
                    {
                        "round": "opening", "due_at": "2026-03-07T08:15:00+07:00", "expected": row["expected"],
                        **figures, "unreported": row["unreported"], "grade": row["report"] if said else None,
                        "said": said, "act": f"act-{code}" if said else None, "at": stamp if said else None,
                        "received_at": stamp if said else None, "by": "proxy" if row["proxy"] else "own" if said else None,
                        "on_time": row["on_time"],
                        "differing": {**typed, "present": 41, "at": stamp, "by": "own", "act": "other"} if row["differs"] else None,
                    },
                    {"round": "middle", "due_at": "2026-03-07T09:45:00+07:00", "expected": row["expected"], **blank},
                    {"round": "closing", "due_at": "2026-03-07T12:00:00+07:00", "expected": row["expected"], **blank},
                ],
            }
        ],
        "history": [
            {"position": 90, "at_s": seconds("08:20:12"), "point": code, "kind": "link-moved", "link": "lost", "cause": "silence"},
            {"position": 80, "at_s": seconds("08:02:31"), "point": code, "kind": "figure-corrected", "round": "opening", "before": 59, "present": 60, "reason": "đếm lại"},
            {"position": 70, "at_s": seconds("07:58:04"), "point": code, "kind": "stage-reached", "stage": "chair_present"},
            {"position": 60, "at_s": seconds("07:40:22"), "point": code, "kind": "stage-reached", "stage": "line_tested"},
            {"position": 50, "at_s": seconds("07:31:50"), "point": code, "kind": "stage-reached", "stage": "on_site"},
        ],
    }  # fmt: skip


def _routes(city: City) -> list[Route]:
    who = {"username": "ban-to-chuc", "name": "Nguyễn Thu Hà", "role": "organiser"}

    async def session(_request: web.Request) -> web.StreamResponse:
        return answer({"csrf": csrf_token(SECRET), "user": who})

    async def sign_in(request: web.Request) -> web.StreamResponse:
        given = await request.json()
        if given["password"] != "dung-mat-khau":
            raise Problem(401, "wrong_password", "Tên hoặc mật khẩu không đúng.")
        city.signed_in = True
        return answer({"csrf": csrf_token(SECRET), "user": who})

    async def sign_out(_request: web.Request) -> web.StreamResponse:
        city.signed_in = False
        return web.Response(status=204)

    async def conferences(_request: web.Request) -> web.StreamResponse:
        one = {"id": CONFERENCE, "title": "Hội nghị học tập, quán triệt Nghị quyết", "phase": city.phase, "version": 4}
        return answer({"conferences": [one] if city.conferences else []})

    async def conference(_request: web.Request) -> web.StreamResponse:
        due = {"opening": "08:15", "middle": "09:45", "closing": "12:00"}
        opens = {"opening": "06:30", "middle": "09:15", "closing": "11:15"}
        day = "2026-03-07T{}:00+07:00"
        rounds = [
            {"round": name, "opens_at": day.format(opens[name]), "due_at": day.format(clock)}
            for name, clock in due.items()
        ]
        return answer({"id": CONFERENCE, "names": city.names, "sittings": [{"id": "2026-03-07-am", "rounds": rounds}]})

    async def badges(request: web.Request) -> web.StreamResponse:
        if "point" in request.query:
            raise Problem(404, "nobody", "Danh sách đại biểu ở đây chưa có ai; hãy nhập danh sách trước khi in thẻ.")
        return web.Response(body=b"%PDF-1.7", content_type="application/pdf")

    async def totals(request: web.Request) -> web.StreamResponse:
        if request.query.get("unit", "") not in ("", *city.units):
            raise nowhere()
        return answer(city.totals(request.query.get("unit", "")))

    async def point(request: web.Request) -> web.StreamResponse:
        if request.match_info["code"] not in city.points:
            raise nowhere()
        return answer(_details(city, request.match_info["code"]))

    async def calls(_request: web.Request) -> web.StreamResponse:
        rows = city.to_call()
        return answer({"rows": rows[:300], "count": len(rows)})

    async def incident(request: web.Request) -> web.StreamResponse:
        found = city.incidents.get(int(request.match_info["number"]))
        if found is None:
            raise nowhere()
        opened = {
            "at_s": found["began_at_s"], "kind": "incident-opened", "by": "system", "by_name": None, "points": [],
            "count": found["count"], "said": "", "to": None, "to_name": None, "level": None, "by_itself": False, "into": None,
        }  # fmt: skip
        return answer({**found, "history": [opened]})

    async def photos(_request: web.Request) -> web.Response:
        return answer({"count": 0, "photos": []})

    async def duty(_request: web.Request) -> web.StreamResponse:
        day = "2026-03-07T{}:00+07:00"
        hours = {"from": day.format("06:30"), "to": day.format("12:00"), "unit": None}
        return answer([{"name": "Tạ Thu Hà", "phone": "0900 999 003", "what": "kỹ thuật đường truyền", **hours}])

    async def board(request: web.Request) -> web.StreamResponse:
        unit = request.query.get("unit", "")
        if unit not in ("", *city.units):
            raise nowhere()
        if city.away:
            raise Problem(503, "restarting", "Máy chủ đang khởi động lại.")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and msgspec.json.decode(message.data)["type"] == "watch":
                    city.watched += 1
                    # In one breath: what is told while this is being sent is told to this screen, too.
                    seen = msgspec.json.encode(city.snapshot(unit)).decode()
                    city.screens.add(socket)
                    await socket.send_str(seen)
        finally:
            city.screens.discard(socket)
        return socket

    see = Action.SEE_BOARD
    return [
        Route("GET", "/api/v1/session", session, Open.SIGNED_IN, ""),
        Route("POST", "/api/v1/session", sign_in, Open.PUBLIC, ""),
        Route("DELETE", "/api/v1/session", sign_out, Open.SIGNED_IN, ""),
        Route("GET", "/api/v1/conferences", conferences, see, ""),
        Route("GET", "/api/v1/conferences/{id}", conference, see, ""),
        Route("GET", "/api/v1/conferences/{id}/totals", totals, see, ""),
        Route("GET", "/api/v1/conferences/{id}/points/{code}", point, Action.SEE_NAMES, ""),
        Route("GET", "/api/v1/conferences/{id}/badges.pdf", badges, Action.SEE_NAMES, ""),
        Route("GET", "/api/v1/conferences/{id}/calls", calls, Action.COORDINATE, ""),
        Route("GET", "/api/v1/conferences/{id}/incidents/{number}", incident, see, ""),
        Route("GET", "/api/v1/conferences/{id}/duty", duty, Action.SEE_NAMES, ""),
        Route("GET", "/api/v1/conferences/{id}/photos", photos, Action.SEE_NAMES, ""),
        Route("GET", "/ws/board", board, see, "", socket=True),
    ]


@asynccontextmanager
async def served(city: City, port: int = 0) -> AsyncIterator[str]:
    """The city's address while it is open."""

    async def resolve(request: web.Request) -> Credential | None:
        if not city.signed_in:
            return None
        return Credential(Caller("user:ban-to-chuc", Role.ORGANISER, everywhere=True), ambient=True, secret=SECRET)

    async def alive() -> None:
        while True:
            await asyncio.sleep(city.every_s)
            if city.speaks:
                await city.tell({})

    app = web.Application()
    answering: Resolve = resolve
    app[RESOLVE] = answering
    origins: set[str] = set()
    app[ORIGINS] = origins
    mount(app, [*pages.routes(pages.prepared()), *_routes(city)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    origins.add(address)
    voice = asyncio.create_task(alive())
    try:
        yield address
    finally:
        voice.cancel()
        for screen in tuple(city.screens):
            await screen.close()
        await runner.cleanup()
