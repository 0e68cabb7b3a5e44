"""Who may knock at which door, and for whose places: the promises' table, door by door, as this city expects it.

A new door needs a row here (`test_every_door_has_a_row` names those that have none). A row is

    row("POST /api/v1/conferences/{conference}/notices", COORDINATE, HALL, good=201, body={"text": "x", "points": ["{code}"]})

- the door as it is declared, and behind a `?` what is asked of it. `{code}`, `{unit}`, `{mark}`, `{spare}`, `{person}`,
  `{number}`, `{username}` ... stand for the place that is asked for (`test_cells.Filling` says how), in path and body alike;
- who may come in at all (SEE ... ADMINISTER); everybody else is told 403, nobody 401;
- how the place is named: HALL (a point), UNIT, AMONG (a unit that narrows what is theirs anyway), or not at all (THE_DAY: whoever has any part, as when nothing is said;
  ALL_OF_IT: whoever has everything). Outside of what is theirs the answer is 404, the very one of what does not exist;
- `good`: the status within it; `listed`: outside it is `good` too, and nothing of it is told; `shows`: within it the place's
  name must be told (so that a door that tells nothing at all is found out).
One door may have several rows. Marks are looked for in every answer whatever the row says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.flows.house import SITTING
from tests.matrix.city import Place, Who


class By(Enum):
    HALL = "hall"
    UNIT = "unit"
    AMONG = "among"
    THE_DAY = "the day"
    ALL_OF_IT = "all of it"


HALL, UNIT, AMONG, THE_DAY, ALL_OF_IT = By.HALL, By.UNIT, By.AMONG, By.THE_DAY, By.ALL_OF_IT


@dataclass(frozen=True)
class Group:
    """Who may come in at all, by role."""

    roles: frozenset[str]
    programs: bool = True
    """Whether an API token will do."""
    signed_out: frozenset[str] = frozenset({"nobody"})
    """Told 401: they are nobody here."""


def _group(roles: str, *, programs: bool = True, signed_out: str = "") -> Group:
    return Group(frozenset(roles.split()), programs, frozenset({"nobody", *signed_out.split()}))


# The promises' table, in words of its own: what the code holds to be allowed is not asked.
SEE = _group("admin organiser coordinator operator inspector viewer")
WATCH = _group("admin organiser coordinator operator inspector viewer wall")
NAMES = _group("admin organiser coordinator operator")
ACT = _group("organiser coordinator operator")
COORDINATE = _group("organiser coordinator")
CONNECT = _group("operator agent")
CHECK = _group("organiser coordinator inspector")
GOVERN = _group("organiser")
GRANT = _group("admin organiser coordinator")
APPOINT = _group("admin organiser", programs=False)
ADMINISTER = _group("admin")
PERSON = _group("admin organiser coordinator inspector viewer", programs=False, signed_out="operator agent wall")
"""What is one's own account's: neither a phone's nor a program's."""
STAFF = _group("admin organiser coordinator inspector viewer", signed_out="operator agent wall")
SIGNED_IN = _group("admin organiser coordinator operator inspector viewer agent wall")
ANYBODY = Group(
    frozenset(["admin", "organiser", "coordinator", "operator", "inspector", "viewer", "agent", "wall", "nobody"]),
    True,
    frozenset(),
)


@dataclass(frozen=True)
class Row:
    door: str
    """Method and path, as declared."""
    asked: str
    who: Group
    by: By
    good: int = 200
    body: Any = None
    also: int = 0
    """What it may be within it too, when somebody was there first."""
    outside: int = 404
    shows: bool = False
    page: bool = False
    """Whoever is not signed in is sent to the login instead."""
    but: Mapping[str, int] = field(default_factory=dict)
    """Of a role, where it would be `good`: a door that is for one kind of people alone."""
    spare: bool = False
    """Asked with another session of the same person, which may be lost by it."""
    make: str = ""
    """What must be there first, as it is gone afterwards."""
    named: Mapping[str, str] = field(default_factory=dict)
    """What a name in the path stands for here, if not for what it does elsewhere."""
    refused_only: bool = False
    """Asked only by those who are refused: for everybody else it would change what others ask for."""
    dear: bool = False
    """Takes long: asked for one place of one's own, and for all that are not."""
    closed: bool = False
    """Asked once the conference is closed."""
    judged: bool = False
    """Acts are answered one by one: what counts is the outcome of the first."""

    @property
    def method(self) -> str:
        return self.door.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.door.partition(" ")[2]

    @property
    def placed(self) -> bool:
        return self.by in (HALL, UNIT, AMONG)

    def theirs(self, who: Who, place: Place) -> bool:
        match self.by:
            case By.HALL:
                return who.holds(place)
            case By.UNIT:
                return who.point is None and place.unit != "99999" and who.holds_unit(place.unit)
            case By.AMONG:
                return who.holds_some_of(place.unit)
            case By.ALL_OF_IT:
                return who.everywhere
            case By.THE_DAY:
                return True

    def admits(self, who: Who) -> bool:
        return who.role in self.who.roles and (self.who.programs or not who.program)

    def expected(self, who: Who, place: Place) -> int:
        if not self.admits(who):
            if who.role in self.who.signed_out:
                return 303 if self.page else 401
            return 403
        if who.role not in self.but and self.theirs(who, place):
            return self.good
        return self.but.get(who.role, self.outside)


def row(door: str, who: Group, by: By = THE_DAY, good: int = 200, **more: Any) -> Row:
    """`listed`: what is asked for narrows a list, and what is not theirs leaves it empty."""
    method, _, address = door.partition(" ")
    path, _, asked = address.partition("?")
    if more.pop("listed", False):
        more["outside"] = good
    return Row(f"{method} {path}", asked, who, by, good, **more)


ONE = "/api/v1/conferences/{conference}"
CORRECTED = {
    "point": "{code}",
    "sitting": SITTING,
    "round": "opening",
    "present": 41,
    "excused": 2,
    "unexcused": 1,
    "reason": "{mark}",
}
PASSWORD = "{password}"
ACT_TOLD = {"device": "ma-tran", "sent_at": "{now}", "acts": ["{act}"]}
COUNTED = {"id": "{id}", "point": "{code}", "sitting": SITTING, "round": "opening", "present": 50, "note": "{mark}"}
SETTLED = {
    "point": "{code}",
    "sitting": SITTING,
    "round": "opening",
    "source": "photo",
    "stands": "own",
    "seen": {"present": 1},
    "reason": "{mark}",
}
NO_HALL = {"organiser": 404, "coordinator": 404}
"""Doors for whoever stands in a hall."""
NO_WALL = dict.fromkeys(("admin", "organiser", "coordinator", "operator", "inspector", "viewer"), 404)
ONLY_WHO_APPOINTS = {"coordinator": 404, "inspector": 404, "viewer": 404}

ROWS: Sequence[Row] = (
    # --- the hall's day
    row(f"POST {ONE}/acts", ACT, HALL, body=ACT_TOLD, judged=True),
    row(f"POST {ONE}/phase", GOVERN, good=409, body={"phase": "live", "version": 0}),
    row(f"GET {ONE}/events?limit=1000", SEE),
    row("GET /api/v1/desk", ACT, but=NO_HALL),
    row(f"GET {ONE}/totals?unit={{unit}}", WATCH, UNIT),
    row(f"GET {ONE}/board?unit={{unit}}", WATCH, UNIT, shows=True),
    row(f"GET {ONE}/board", WATCH, but={"operator": 404}),
    row(f"GET {ONE}/points/{{code}}", SEE, HALL, shows=True),
    row(f"GET {ONE}/availability?unit={{unit}}", SEE, AMONG),
    row(f"GET {ONE}/availability", SEE),
    # --- what goes wrong, who is called, what is said to halls
    row(f"GET {ONE}/incidents?status=all", SEE),
    row(f"POST {ONE}/incidents", COORDINATE, HALL, 201, body={"trouble": "no_sound", "points": ["{code}"]}, also=409),
    row(f"GET {ONE}/incidents/{{number}}", SEE, HALL, shows=True),
    row(f"POST {ONE}/incidents/{{number}}", COORDINATE, HALL, body={"do": "note", "note": "{mark}"}),
    row(f"GET {ONE}/incidents/{{number}}/takers", COORDINATE, HALL),
    row(f"GET {ONE}/calls", COORDINATE),
    row(f"POST {ONE}/calls/{{code}}", COORDINATE, HALL, body={"do": "end", "outcome": "answered", "note": "{mark}"}),
    row(f"GET {ONE}/notices", SEE),
    row(f"POST {ONE}/notices", COORDINATE, HALL, 201, body={"text": "{mark}", "points": ["{code}"]}),
    row(f"POST {ONE}/notices", COORDINATE, UNIT, 201, body={"text": "{unit_mark}", "units": ["{unit}"]}),
    row(f"GET {ONE}/notices/{{number}}", SEE, HALL, shows=True),
    row(f"DELETE {ONE}/notices/{{number}}", COORDINATE, HALL, make="notice"),
    row(
        f"POST {ONE}/reminders",
        COORDINATE,
        HALL,
        body={"sitting": SITTING, "round": "opening", "points": ["{code}"]},
    ),
    # --- second sources, and what is made of the day
    row(f"GET {ONE}/checks", CHECK),
    row(f"GET {ONE}/checks?unit={{unit}}", CHECK, UNIT),
    row(f"POST {ONE}/checks", CHECK, HALL, body=COUNTED, shows=False),
    row(f"GET {ONE}/checks/draws", CHECK),
    row(f"POST {ONE}/checks/draws", CHECK, UNIT, 201, body={"sitting": SITTING, "unit": "{unit}", "count": 2}),
    row(f"POST {ONE}/checks/settlements", COORDINATE, HALL, 409, body=SETTLED),
    row("GET /api/v1/comparison?unit={unit}", SEE, UNIT),
    row(f"POST {ONE}/photos?point={{code}}&sitting={SITTING}", ACT, HALL, 415, body=b"no photo"),
    row(f"GET {ONE}/photos", NAMES),
    row(f"GET {ONE}/photos?unit={{unit}}", NAMES, UNIT, but={"operator": 404}),
    row(f"GET {ONE}/photos?point={{code}}", NAMES, HALL),
    row(f"GET {ONE}/photos/{{number}}", NAMES, good=404),
    row(f"GET {ONE}/judgement?unit={{unit}}", SEE, UNIT),
    row(f"GET {ONE}/judgement", SEE),
    row(
        f"POST {ONE}/judgement/changes",
        GOVERN,
        HALL,
        body={"point": "{code}", "list": "praise", "add": True, "reason": "{mark}"},
        shows=True,
    ),
    row(f"GET {ONE}/post", COORDINATE, ALL_OF_IT),
    row(f"GET {ONE}/duty", NAMES),
    row(f"PUT {ONE}/duty", GOVERN, body="{duty}"),
    # --- handing in, checking, closing, correcting
    row(f"GET {ONE}/closing?unit={{unit}}", SEE, UNIT, shows=True),
    row(f"GET {ONE}/closing", SEE),
    row(f"POST {ONE}/closing/submissions", COORDINATE, UNIT, body={"sitting": SITTING, "unit": "{unit}"}),
    row(
        f"POST {ONE}/closing/returns",
        COORDINATE,
        UNIT,
        body={"sitting": SITTING, "unit": "{unit}", "reason": "{unit_mark}"},
        also=409,
    ),
    row(
        f"POST {ONE}/closing/returns",
        COORDINATE,
        HALL,
        409,
        body={"sitting": SITTING, "point": "{code}", "reason": "{mark}"},
    ),
    row(f"GET {ONE}/closing/corrections", SEE, closed=True),
    row(f"POST {ONE}/closing/corrections", ACT, HALL, 201, body=CORRECTED, closed=True),
    row(
        f"POST {ONE}/closing/corrections/{{number}}/approval",
        COORDINATE,
        HALL,
        body={"reason": "{mark}"},
        closed=True,
        make="correction",
    ),
    row(
        f"POST {ONE}/closing/corrections/{{number}}/refusal",
        COORDINATE,
        HALL,
        body={"reason": "{mark}"},
        closed=True,
        make="correction",
    ),
    row(f"GET {ONE}/closing?unit={{unit}}", SEE, UNIT, shows=True, closed=True),
    # --- reports: they tell of every unit, so they are for whoever holds all of them; a draft for whoever signs
    row(f"GET {ONE}/reports", SEE, ALL_OF_IT),
    row(f"POST {ONE}/reports", GOVERN, ALL_OF_IT, 202, body={"formats": ["csv"]}),
    row(f"GET {ONE}/reports/{{number}}", SEE, ALL_OF_IT, but={"admin": 404}),
    row(f"GET {ONE}/reports/{{number}}/figures", SEE, ALL_OF_IT, but={"admin": 404}),
    row(f"GET {ONE}/reports/{{number}}/files/{{format}}", SEE, ALL_OF_IT, but={"admin": 404}),
    row(f"POST {ONE}/reports/{{number}}/sign", GOVERN, ALL_OF_IT, 409, body={"version": 1}),
    row(f"GET {ONE}/flash?unit={{unit}}", SEE, UNIT),
    row(f"GET {ONE}/flash", SEE, but={"operator": 404}),
    row(f"GET {ONE}/flash.png?unit={{unit}}", SEE, UNIT, dear=True),
    row("GET /api/v1/report-templates", GOVERN),
    row("GET /api/v1/report-templates/{form}/facts", GOVERN),
    row("GET /api/v1/report-templates/{form}", GOVERN),
    row("PUT /api/v1/report-templates/{form}", GOVERN, good=422, body=b"x"),
    # Nobody has put one of their own there.
    row("DELETE /api/v1/report-templates/{form}", GOVERN, good=404),
    # --- people by name
    row(f"GET {ONE}/names", GOVERN),
    row(f"PUT {ONE}/names", GOVERN, body={"names": True}),
    row(f"POST {ONE}/roster/imports?dry_run=true", GOVERN, body=b"point,name\n00178-01,Ai Do\n"),
    row(f"GET {ONE}/roster/export?point={{code}}&format=csv", NAMES, HALL, shows=True),
    row(f"GET {ONE}/roster/export?unit={{unit}}", NAMES, UNIT, shows=True),
    row(f"GET {ONE}/roster/export", NAMES),
    row(f"GET {ONE}/roster/template", GOVERN),
    row(f"DELETE {ONE}/attendees/{{person}}", GOVERN, good=204, make="attendee"),
    row(f"GET {ONE}/points/{{code}}/people", NAMES, HALL, shows=True),
    row(f"GET {ONE}/badges.pdf?point={{code}}", NAMES, HALL, shows=True, dear=True),
    row(f"GET {ONE}/badges.pdf?unit={{unit}}", NAMES, UNIT, refused_only=True),
    row(f"GET {ONE}/papers.pdf?point={{code}}", NAMES, HALL, shows=True, dear=True),
    row(f"GET {ONE}/papers.pdf?unit={{unit}}", NAMES, UNIT, refused_only=True),
    row("GET /api/v1/desk/people", NAMES, but={"admin": 404, "organiser": 404, "coordinator": 404}),
    row("GET /api/v1/desk/hall-code", ACT, but=NO_HALL),
    row("GET /api/v1/desk/hall-code.svg", ACT, but=NO_HALL),
    row("POST /api/v1/attend", ANYBODY, good=404, body={"id": "{id}", "point": "{code}", "code": "x", "badge": "x"}),
    row("POST /api/v1/people/held", ADMINISTER, body={"name": "Nguyễn Văn Không Ai"}),
    row("POST /api/v1/people/erasures", ADMINISTER, body={"name": "Nguyễn Văn Không Ai", "only": ["x"]}),
    # --- the registry
    row("GET /api/v1/units?q={unit_mark}", SEE, UNIT, listed=True, shows=True),
    row("GET /api/v1/units?parent={unit}", SEE),
    row("GET /api/v1/units?per_page=1000", SEE),
    row("GET /api/v1/points?q={mark}", SEE, HALL, listed=True, shows=True),
    row("GET /api/v1/points?unit={unit}", SEE, AMONG, listed=True),
    row("GET /api/v1/points/{code}", SEE, HALL, shows=True),
    row("GET /api/v1/conferences", WATCH),
    row("POST /api/v1/conferences", GOVERN, good=201, body="{conference_body}"),
    row("GET /api/v1/conferences/{conference}", WATCH),
    row("POST /api/v1/registry/imports?dry_run=true", GOVERN, body=b"code,name\n00178-01,Ten khac\n"),
    row("GET /api/v1/registry/export", GOVERN),
    row("GET /api/v1/registry/template", GOVERN),
    # --- accounts and clusters
    row("GET /api/v1/accounts?q={mark}", APPOINT),
    row("POST /api/v1/accounts", APPOINT, good=201, body="{account_body}"),
    row("GET /api/v1/accounts/imports/template", APPOINT),
    row("POST /api/v1/accounts/imports/preview", APPOINT, body=b"username,name,scope\nmoi,Moi,00178\n"),
    row("POST /api/v1/accounts/imports?format=csv", APPOINT, body="{accounts_file}"),
    row("GET /api/v1/accounts/{username}", APPOINT, UNIT, shows=True),
    row("GET /api/v1/accounts/{username}", APPOINT, named={"username": "viewer"}, but={"organiser": 404}),
    row("PATCH /api/v1/accounts/{username}", APPOINT, UNIT, body={"disabled": False}),
    row(
        "PATCH /api/v1/accounts/{username}",
        APPOINT,
        named={"username": "viewer"},
        body={"disabled": False},
        but={"organiser": 404},
    ),
    row("POST /api/v1/accounts/{username}/password", APPOINT),
    row("DELETE /api/v1/accounts/{username}/otp", APPOINT, good=204),
    row("GET /api/v1/clusters", APPOINT),
    row("POST /api/v1/clusters", APPOINT, good=201, body={"name": "Cụm mới", "units": ["{unit}"]}),
    row("GET /api/v1/clusters/{cluster}", APPOINT),
    row("PUT /api/v1/clusters/{cluster}", APPOINT, body={"name": "Cụm hồ", "units": ["00181", "00199"]}),
    row("DELETE /api/v1/clusters/{cluster}", APPOINT, good=204, make="cluster"),
    # --- what opens a hall
    row("GET /api/v1/registry/links?q={mark}", GRANT, HALL, listed=True, shows=True),
    row("GET /api/v1/registry/links?unit={unit}", GRANT, UNIT, shows=True),
    row("POST /api/v1/registry/links", GRANT, HALL, body={"points": ["{spare}"]}),
    row("POST /api/v1/registry/links", GRANT, UNIT, body={"unit": "{unit}"}, refused_only=True),
    row("POST /api/v1/registry/links/revocation", GRANT, HALL, 204, body={"points": ["{spare}"]}),
    row("POST /api/v1/registry/links/revocation", GRANT, UNIT, 204, body={"unit": "{unit}"}, refused_only=True),
    row("DELETE /api/v1/registry/links/{code}", GRANT, HALL, 204, named={"code": "{spare}"}),
    row("POST /api/v1/registry/links/sheet", GRANT, HALL, body={"points": ["{spare}"]}, dear=True),
    row("POST /api/v1/registry/links/sheet", GRANT, UNIT, body={"unit": "{unit}"}, refused_only=True),
    row("POST /api/v1/registry/tokens", GRANT, HALL, body={"points": ["{spare}"]}),
    row("POST /api/v1/registry/tokens", GRANT, UNIT, body={"unit": "{unit}"}, refused_only=True),
    row("POST /api/v1/registry/tokens/revocation", GRANT, HALL, 204, body={"points": ["{spare}"]}),
    row("POST /api/v1/registry/tokens/revocation", GRANT, UNIT, 204, body={"unit": "{unit}"}, refused_only=True),
    row("DELETE /api/v1/registry/tokens/{code}", GRANT, HALL, 204, named={"code": "{spare}"}),
    row(
        "PUT /api/v1/registry/pins/{code}",
        GRANT,
        HALL,
        204,
        named={"code": "{spare}"},
        body={"pin": "492817"},
        dear=True,
    ),
    row("DELETE /api/v1/registry/pins/{code}", GRANT, HALL, 204, named={"code": "{spare}"}),
    row("GET /api/v1/registry/links/{code}/phones", GRANT, HALL),
    row("DELETE /api/v1/registry/links/{code}/phones", GRANT, HALL, 204, named={"code": "{spare}"}),
    # --- screens on walls
    row("GET /api/v1/registry/walls", GRANT),
    row("POST /api/v1/registry/walls", GRANT, UNIT, 201, body={"name": "Phòng họp", "unit": "{unit}"}),
    row("POST /api/v1/registry/walls", GRANT, ALL_OF_IT, 201, body={"name": "Phòng họp"}),
    row("PUT /api/v1/registry/walls/{wall}", GRANT, UNIT, body={"name": "Phòng họp", "unit": "{unit}"}),
    row("POST /api/v1/registry/walls/{wall}/renewal", GRANT, UNIT, make="wall"),
    row("DELETE /api/v1/registry/walls/{wall}", GRANT, UNIT, 204, make="wall"),
    row("POST /api/v1/walls/{wall}/session", ANYBODY, good=422, body={}),
    # 429 once as many wait from one address as may.
    row("POST /api/v1/pairings", ANYBODY, good=201, also=429),
    row("POST /api/v1/pairings/session", ANYBODY, good=422, body={}),
    row("POST /api/v1/registry/pairings", GRANT, good=422, body={}),
    row("POST /api/v1/registry/walls/{wall}/screens", GRANT, UNIT, body={"code": "{screen}"}, make="screen"),
    row("GET /api/v1/wall", WATCH, but=NO_WALL),
    # --- one's own account
    row("POST /api/v1/session", ANYBODY, good=422, body={}),
    row("GET /api/v1/session", STAFF),
    row("DELETE /api/v1/session", PERSON, good=204, spare=True),
    row("POST /api/v1/session/password", PERSON, good=422, body={"password": PASSWORD, "new_password": "ngắn"}),
    row("GET /api/v1/session/otp", PERSON),
    row("POST /api/v1/session/otp", PERSON, body={"password": PASSWORD}),
    row("PUT /api/v1/session/otp", PERSON, good=401, body={"otp": "000000"}),
    row("POST /api/v1/session/otp/removal", PERSON, good=401, body={"password": PASSWORD, "otp": "000000"}),
    row("GET /api/v1/sessions", PERSON),
    row("GET /api/v1/sessions?username={username}", PERSON, UNIT, but=ONLY_WHO_APPOINTS),
    row("DELETE /api/v1/sessions", PERSON, good=204, spare=True),
    row("DELETE /api/v1/sessions?username={username}", PERSON, UNIT, 204, but=ONLY_WHO_APPOINTS),
    row("DELETE /api/v1/sessions/{session}", PERSON, good=204, make="session", but=ONLY_WHO_APPOINTS),
    row("GET /api/v1/tokens", PERSON),
    row("GET /api/v1/tokens?username={username}", PERSON, UNIT, but=ONLY_WHO_APPOINTS),
    row(
        "POST /api/v1/tokens",
        PERSON,
        good=422,
        body={"name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"},
    ),
    row("DELETE /api/v1/tokens/{token}", PERSON, good=204, make="token", but=ONLY_WHO_APPOINTS),
    row("POST /api/v1/links/{handle}/session", ANYBODY, good=422, body={}),
    # --- the server's own
    row("GET /api/v1/audit", ADMINISTER),
    row("GET /api/v1/audit/export", ADMINISTER),
    row("GET /api/v1/audit/heads", ADMINISTER),
    row("GET /api/v1/audit/verification", ADMINISTER),
    row("POST /api/v1/audit/verification", ADMINISTER),
    row("GET /api/v1/backups", ADMINISTER),
    row("POST /api/v1/backups", ADMINISTER, good=409),
    row("GET /api/v1/linetest/ping", ACT),
    row("GET /api/v1/linetest/down?bytes=1000", ACT),
    row("POST /api/v1/linetest/up", ACT, body=b"x" * 100),
    row("GET /healthz", ANYBODY),
    row("GET /metrics", ANYBODY),
    row("GET /readyz", ANYBODY),
    row("GET /api/v1/openapi.json", ANYBODY),
    row("GET /api/v1/frames.json", ANYBODY),
    # --- pages: frames without anything of anybody's; what they show they ask for
    row("GET /", SEE, page=True),
    row("GET /reports", SEE, page=True),
    row("GET /admin", SIGNED_IN, page=True),
    row("GET /units/{code}", SEE, page=True),
    row("GET /points/{code}", SEE, page=True),
    row("GET /checks", CHECK, page=True),
    row("GET /compare", SEE, page=True),
    row("GET /login", ANYBODY),
    row("GET /wall", ANYBODY),
    row("GET /static/{path}", ANYBODY),
    row("GET /p/sw.js", ANYBODY),
    row("GET /p/zxing.wasm", ANYBODY),
    row("GET /p/{handle}", ANYBODY),
    row("GET /p/{handle}/manifest.webmanifest", ANYBODY),
    row("GET /api/v1/desk/broadcast", ACT, good=404),
    row("GET /c/{point}", ANYBODY),
    # --- the sockets: what they say is looked at in test_frames
    row("GET /ws/point", CONNECT, good=400),
    row("GET /ws/board?conference={conference}&unit={unit}", WATCH, UNIT, good=400),
)
