"""Screens on walls over HTTP: their links are made, renewed and taken down, and a screen exchanges its own for a session."""

from dataclasses import replace

import structlog
from aiohttp import web

from endpoints_registry import walls
from endpoints_registry.access import Action, Caller, covers
from endpoints_registry.arriving import came_from
from endpoints_registry.attempts import TooManyTries
from endpoints_registry.bodies.walls import (
    ViewSeconds,
    WallAnswer,
    WallBody,
    WallLine,
    WallLinesAnswer,
    WallMade,
    WallSecretBody,
)
from endpoints_registry.credentials import UnknownLink
from endpoints_registry.directory import Directory
from endpoints_registry.door import CALLER, CREDENTIAL, Open, Problem, Route, nowhere
from endpoints_registry.granting import check_theirs
from endpoints_registry.keyring import Keyring
from endpoints_registry.registry import Registry
from endpoints_registry.signing import too_many
from endpoints_registry.taking import answer, body_of
from endpoints_registry.walls import WALL_LIFETIME, Hung, Line, Wall, WrongWall

log = structlog.get_logger("hanging")


class Hanging:
    def __init__(self, registry: Registry, origin: str = "") -> None:
        """`origin` is the address under which the world reaches us (the request's own, if not given)."""
        self._registry = registry
        self._keyring = registry.keyring
        self._origin = origin

    def routes(self) -> tuple[Route, ...]:
        every = "/api/v1/registry/walls"
        return (
            Route(
                "GET",
                every,
                self.listed,
                Action.GRANT_LINKS,
                "Các màn hình treo: xem phạm vi nào, mở ở mấy nơi",
                answers={200: WallLinesAnswer},
            ),
            Route(
                "POST",
                every,
                self.hang,
                Action.GRANT_LINKS,
                "Cấp liên kết cho một màn hình treo; địa chỉ chỉ hiện lần này",
                body=WallBody,
                answers={201: WallMade, 404: None, 409: None, 422: None},
            ),
            Route(
                "PUT",
                f"{every}/{{wall}}",
                self.change,
                Action.GRANT_LINKS,
                "Đổi điều một màn hình treo cho xem; màn hình đang mở tự theo trong vài giây",
                body=WallBody,
                answers={200: WallAnswer, 404: None, 422: None},
            ),
            Route(
                "POST",
                f"{every}/{{wall}}/renewal",
                self.renew,
                Action.GRANT_LINKS,
                "Cấp lại liên kết của một màn hình; liên kết cũ hết hiệu lực ngay",
                answers={200: WallMade, 404: None},
            ),
            Route(
                "DELETE",
                f"{every}/{{wall}}",
                self.take_down,
                Action.GRANT_LINKS,
                "Thu hồi liên kết của một màn hình",
                answers={204: None, 404: None},
            ),
            Route(
                "POST",
                "/api/v1/walls/{wall}/session",
                self.open,
                Open.PUBLIC,
                "Màn hình treo đổi liên kết lấy phiên xem",
                body=WallSecretBody,
                answers={200: WallAnswer, 404: None, 422: None, 429: None},
            ),
            Route(
                "GET",
                "/api/v1/wall",
                self.own,
                Action.WATCH,
                "Màn hình treo này xem gì; phiên xem được gia hạn",
                answers={200: WallAnswer, 404: None},
            ),
        )

    # --- for whoever hands out links

    async def listed(self, request: web.Request) -> web.Response:
        return answer(
            WallLinesAnswer(walls=[self._line(each) for each in await _theirs(self._registry, request[CALLER])])
        )

    async def hang(self, request: web.Request) -> web.Response:
        caller, body = request[CALLER], await self._asked(request)
        try:
            hung = await self._registry.hang_wall(body.name.strip(), body.unit, body.turns, body.theme, body.language)
        except WrongWall as wrong:
            raise Problem(409, "too_many", str(wrong)) from wrong
        log.info("wall-hung", wall=hung.wall.handle, unit=body.unit, by=caller.name)
        return self._made(request, hung, 201)

    async def change(self, request: web.Request) -> web.Response:
        before, body = await named(self._registry, request), await self._asked(request)
        wall = replace(
            before,
            name=body.name.strip(),
            unit=body.unit,
            views=body.turns,
            theme=body.theme,
            language=body.language,
        )
        await self._registry.change_wall(wall)
        log.info("wall-changed", wall=wall.handle, unit=wall.unit, by=request[CALLER].name)
        return answer(told(self._registry, wall))

    async def _asked(self, request: web.Request) -> WallBody:
        """What is to be shown, if it is the caller's to show."""
        caller, body = request[CALLER], await body_of(request, WallBody)
        if body.unit is not None:
            check_theirs(self._registry.directory, caller, body.unit)
        elif not caller.everywhere:
            raise nowhere()
        return body

    async def renew(self, request: web.Request) -> web.Response:
        hung = await self._registry.renew_wall(await named(self._registry, request))
        log.info("wall-renewed", wall=hung.wall.handle, by=request[CALLER].name)
        return self._made(request, hung, 200)

    async def take_down(self, request: web.Request) -> web.Response:
        wall = await named(self._registry, request)
        await self._registry.take_wall_down(wall)
        log.info("wall-taken-down", wall=wall.handle, by=request[CALLER].name)
        return web.Response(status=204)

    def _line(self, line: Line) -> WallLine:
        wall = line.wall
        return WallLine(
            handle=wall.handle,
            created_at=wall.created_at,
            screens=line.screens,
            seen_at=line.seen_at,
            **told(self._registry, wall).model_dump(),
        )

    def _made(self, request: web.Request, hung: Hung, status: int) -> web.Response:
        url = (self._origin or str(request.url.origin())) + hung.path
        wall = WallMade(handle=hung.wall.handle, path=hung.path, url=url)
        return answer(wall, status)

    # --- for the screens themselves

    async def open(self, request: web.Request) -> web.Response:
        body, handle, address = await body_of(request, WallSecretBody), request.match_info["wall"], came_from(request)
        held = self._keyring.on_screen(request, handle)
        try:
            token, session = await self._registry.open_wall(handle, body.secret, held, address)
        except UnknownLink as unknown:
            raise Problem(404, "unknown_link", str(unknown)) from unknown
        except TooManyTries as wait:
            log.warning("link-limited", address=address, wait_s=wait.wait_s)
            raise too_many(wait) from wait
        log.info("wall-opened", wall=session.wall.handle)
        return self._let_in(session.wall, token)

    async def own(self, request: web.Request) -> web.Response:
        handle = request[CALLER].name.partition("wall:")[2]
        wall = await self._keyring.wall(handle, request[CREDENTIAL].secret) if handle else None
        if wall is None:
            raise nowhere()
        return self._let_in(wall, request[CREDENTIAL].secret)

    def _let_in(self, wall: Wall, token: str) -> web.Response:
        return let_in(self._keyring, told(self._registry, wall), wall, token)


async def named(registry: Registry, request: web.Request) -> Wall:
    """The wall that a request names, if it is within the caller's scope."""
    for each in await _theirs(registry, request[CALLER]):
        if each.wall.handle == request.match_info["wall"]:
            return each.wall
    raise nowhere()


async def _theirs(registry: Registry, caller: Caller) -> list[Line]:
    async with registry.store.reading() as connection:
        lines = await walls.listed(connection, registry.now())
    return [each for each in lines if _is_theirs(registry.directory, caller, each.wall)]


def _is_theirs(directory: Directory, caller: Caller, wall: Wall) -> bool:
    if wall.unit is None:
        return caller.everywhere
    return covers(caller, path=directory.path(wall.unit))


def told(registry: Registry, wall: Wall) -> WallAnswer:
    """What a screen on this wall shows."""
    unit = registry.directory.tree.units.get(wall.unit or "")
    return WallAnswer(
        name=wall.name,
        unit=wall.unit,
        unit_name=unit.name if unit is not None else "",
        views=[ViewSeconds.of(each) for each in wall.views],
        theme=wall.theme,
        language=wall.language,
    )


def let_in(keyring: Keyring, content: WallAnswer, wall: Wall, token: str) -> web.Response:
    """The answer to a screen that is in: what it shows, and the cookie that it keeps."""
    response = answer(content)
    # Each time anew: a browser throws a cookie away by the day on which it was given it.
    keyring.set_cookie(response, keyring.wall_cookie(wall.handle), token, strict=True, lifetime=WALL_LIFETIME)
    return response
