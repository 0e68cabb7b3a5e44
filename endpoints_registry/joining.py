"""A screen on a wall comes in by a code that it shows: it asks for one, somebody types it, and the screen is let in."""

import structlog
from aiohttp import web

from endpoints_registry.access import Action
from endpoints_registry.arriving import came_from
from endpoints_registry.attempts import TooManyTries
from endpoints_registry.bodies.walls import (
    PairedAnswer,
    ScreenAnswer,
    ScreenCodeAnswer,
    ScreenCodeBody,
    ScreenSecretBody,
    ScreenWaitsAnswer,
)
from endpoints_registry.credentials import UnknownLink
from endpoints_registry.door import CALLER, Open, Problem, Route
from endpoints_registry.hanging import let_in, named, told
from endpoints_registry.registry import Registry
from endpoints_registry.signing import calls_itself, too_many
from endpoints_registry.taking import answer, body_of
from endpoints_registry.waiting import (
    ASKS_EVERY_S,
    SILENCE,
    SPACING,
    AskedTooSoon,
    Screen,
    TooManyWait,
    UnknownScreen,
)

log = structlog.get_logger("joining")


class Joining:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._pairing = registry.pairing

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                "/api/v1/pairings",
                self.begin,
                Open.PUBLIC,
                "Màn hình chưa có liên kết xin một mã để hiện, có hiệu lực 10 phút",
                answers={201: ScreenCodeAnswer, 429: None},
            ),
            Route(
                "POST",
                "/api/v1/pairings/session",
                self.enter,
                Open.PUBLIC,
                "Màn hình đang hiện mã hỏi đã được ghép chưa; ghép rồi thì nhận phiên xem",
                body=ScreenSecretBody,
                answers={200: PairedAnswer, 202: ScreenWaitsAnswer, 404: None, 422: None, 429: None},
            ),
            Route(
                "POST",
                "/api/v1/registry/pairings",
                self.find,
                Action.GRANT_LINKS,
                "Màn hình nào đang hiện mã này; mỗi mã sai là một lần thử",
                body=ScreenCodeBody,
                answers={200: ScreenAnswer, 404: None, 422: None, 429: None},
            ),
            Route(
                "POST",
                "/api/v1/registry/walls/{wall}/screens",
                self.take_in,
                Action.GRANT_LINKS,
                "Ghép màn hình đang hiện mã này vào một liên kết; màn hình tự vào trong vài giây",
                body=ScreenCodeBody,
                answers={200: ScreenAnswer, 404: None, 422: None, 429: None},
            ),
        )

    # --- for the screens themselves

    async def begin(self, request: web.Request) -> web.Response:
        try:
            screen, secret = self._pairing.begin(came_from(request), calls_itself(request))
        except TooManyWait as many:
            log.warning("screens-limited", address=came_from(request))
            headers = {"Retry-After": str(int(SILENCE.total_seconds()))}
            raise Problem(429, "too_many_waiting", str(many), headers=headers) from many
        log.info("screen-waits", address=screen.address)
        asked = ScreenCodeAnswer(code=screen.code, secret=secret, until=screen.until, ask_every_s=ASKS_EVERY_S)
        return answer(asked, 201)

    async def enter(self, request: web.Request) -> web.Response:
        body = await body_of(request, ScreenSecretBody)
        try:
            entered = await self._pairing.enter(body.secret)
        except (UnknownScreen, UnknownLink) as unknown:
            raise Problem(404, "unknown_screen", str(unknown)) from unknown
        except AskedTooSoon as soon:
            headers = {"Retry-After": str(int(SPACING.total_seconds()))}
            raise Problem(429, "too_soon", str(soon), headers=headers) from soon
        if isinstance(entered, Screen):
            return answer(ScreenWaitsAnswer(until=entered.until), 202)
        token, session = entered
        log.info("wall-opened", wall=session.wall.handle)
        shows = told(self._registry, session.wall)
        paired = PairedAnswer(handle=session.wall.handle, **shows.model_dump())
        return let_in(self._registry.keyring, paired, session.wall, token)

    # --- for whoever hands out links

    async def find(self, request: web.Request) -> web.Response:
        body = await body_of(request, ScreenCodeBody)
        try:
            return answer(_seen(await self._pairing.find(body.code, request[CALLER].name)))
        except (UnknownScreen, TooManyTries) as wrong:
            raise _refused(request, wrong) from wrong

    async def take_in(self, request: web.Request) -> web.Response:
        wall, body = await named(self._registry, request), await body_of(request, ScreenCodeBody)
        try:
            screen = await self._pairing.take_in(body.code, wall, request[CALLER].name)
        except (UnknownScreen, TooManyTries) as wrong:
            raise _refused(request, wrong) from wrong
        log.info("screen-taken-in", wall=wall.handle, address=screen.address, by=request[CALLER].name)
        return answer(_seen(screen))


def _seen(screen: Screen) -> ScreenAnswer:
    return ScreenAnswer(
        code=screen.code,
        address=screen.address,
        browser=screen.browser,
        since=screen.since,
        until=screen.until,
    )


def _refused(request: web.Request, wrong: UnknownScreen | TooManyTries) -> Problem:
    who = request[CALLER].name
    if isinstance(wrong, TooManyTries):
        log.warning("codes-limited", by=who, wait_s=wrong.wait_s)
        return too_many(wrong)
    log.info("code-unknown", by=who)
    return Problem(404, "unknown_code", str(wrong))
