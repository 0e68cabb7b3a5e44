"""What opens a point is handed out and taken back: the operator's link, its PIN, the token of the room's machine."""

from collections.abc import Sequence

import structlog
from aiohttp import web

from endpoints_registry import credentials, otp, pins
from endpoints_registry.access import Action, Caller, covers
from endpoints_registry.bodies.keys import (
    LinkLine,
    LinkLinesAnswer,
    LinksAnswer,
    LinksQuery,
    LinkTold,
    PhonesAnswer,
    PhoneTold,
    PinBody,
    PointsBody,
    TokensAnswer,
    TokenTold,
)
from endpoints_registry.directory import Directory
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.passwords import TooBusy
from endpoints_registry.pins import WeakPin
from endpoints_registry.points import Point
from endpoints_registry.registry import Registry
from endpoints_registry.signing import busy
from endpoints_registry.taking import answer, body_of, query_of

log = structlog.get_logger("granting")


class Granting:
    def __init__(self, registry: Registry, origin: str = "") -> None:
        """`origin` is the address under which the world reaches us (the request's own, if not given)."""
        self._registry = registry
        self._origin = origin

    def routes(self) -> tuple[Route, ...]:
        links, tokens, pin = "/api/v1/registry/links", "/api/v1/registry/tokens", "/api/v1/registry/pins/{code}"
        return (
            Route(
                "GET",
                links,
                self.listed,
                Action.GRANT_LINKS,
                "Điểm cầu nào có liên kết, mã PIN, mã cho máy; mở trên mấy điện thoại",
                query=LinksQuery,
                answers={200: LinkLinesAnswer, 404: None, 422: None},
            ),
            Route(
                "POST",
                links,
                self.issue_links,
                Action.GRANT_LINKS,
                "Cấp liên kết mới cho điểm cầu; liên kết cũ hết hiệu lực ngay",
                body=PointsBody,
                answers={200: LinksAnswer, 404: None, 422: None},
            ),
            Route(
                "POST",
                f"{links}/revocation",
                self.revoke_links,
                Action.GRANT_LINKS,
                "Thu hồi liên kết của nhiều điểm cầu",
                body=PointsBody,
                answers={204: None, 404: None, 422: None},
            ),
            Route(
                "DELETE",
                f"{links}/{{code}}",
                self.revoke_link,
                Action.GRANT_LINKS,
                "Thu hồi liên kết của một điểm cầu",
                answers={204: None, 404: None},
            ),
            Route(
                "GET",
                f"{links}/{{code}}/phones",
                self.phones,
                Action.GRANT_LINKS,
                "Những điện thoại đang mở liên kết của một điểm cầu",
                answers={200: PhonesAnswer, 404: None},
            ),
            Route(
                "DELETE",
                f"{links}/{{code}}/phones",
                self.end_phones,
                Action.GRANT_LINKS,
                "Đăng xuất mọi điện thoại của một điểm cầu; liên kết vẫn dùng được",
                answers={204: None, 404: None},
            ),
            Route(
                "POST",
                tokens,
                self.issue_tokens,
                Action.GRANT_LINKS,
                "Cấp mã cho máy tại điểm cầu; mã cũ hết hiệu lực ngay",
                body=PointsBody,
                answers={200: TokensAnswer, 404: None, 422: None},
            ),
            Route(
                "POST",
                f"{tokens}/revocation",
                self.revoke_tokens,
                Action.GRANT_LINKS,
                "Thu hồi mã của máy tại nhiều điểm cầu",
                body=PointsBody,
                answers={204: None, 404: None, 422: None},
            ),
            Route(
                "DELETE",
                f"{tokens}/{{code}}",
                self.revoke_token,
                Action.GRANT_LINKS,
                "Thu hồi mã của máy tại một điểm cầu",
                answers={204: None, 404: None},
            ),
            Route(
                "PUT",
                pin,
                self.put_pin,
                Action.GRANT_LINKS,
                "Đặt mã PIN cho liên kết của điểm cầu; điện thoại đang mở phải nhập mã",
                body=PinBody,
                answers={204: None, 404: None, 422: None, 503: None},
            ),
            Route(
                "DELETE",
                pin,
                self.drop_pin,
                Action.GRANT_LINKS,
                "Bỏ mã PIN của điểm cầu",
                answers={204: None, 404: None},
            ),
        )

    async def listed(self, request: web.Request) -> web.Response:
        query, caller = query_of(request, LinksQuery), request[CALLER]
        directory = self._registry.directory
        if query.unit is not None:
            check_theirs(directory, caller, query.unit)
        seen = [
            point
            for point in mine(directory, caller)
            if query.unit is None or query.unit in directory.path(point.unit_code)
        ]
        found = directory.points_found(query.q, seen) if query.q.strip() else seen
        start = (query.page - 1) * query.per_page
        following = query.page + 1 if start + query.per_page < len(found) else None
        async with self._registry.store.reading() as connection:
            live = await credentials.live_links(connection, self._registry.now())
            pinned, rooms = await pins.pinned(connection), await credentials.with_tokens(connection)
        told = []
        for point in found[start : start + query.per_page]:
            id = directory.ids[point.code]
            link = live.get(id)
            told.append(
                LinkLine(
                    code=point.code,
                    name=point.name,
                    parent_name=directory.place(point.code),
                    handle=link.handle if link else None,
                    created_at=link.created_at if link else None,
                    phones=link.phones if link else 0,
                    pin=id in pinned,
                    token=id in rooms,
                )
            )
        opened = [live[id] for point in found if (id := directory.ids[point.code]) in live]
        return answer(
            LinkLinesAnswer(
                links=told,
                total=len(found),
                linked=len(opened),
                phones=sum(link.phones for link in opened),
                next_page=following,
            )
        )

    async def issue_links(self, request: web.Request) -> web.Response:
        points = await self._asked(request)
        links = await self._registry.issue_links([point.code for point in points])
        log.info("links-issued", points=len(links), by=request[CALLER].name)
        origin, alone = self._origin or str(request.url.origin()), len(points) == 1
        told = []
        for point in points:
            url = origin + links[point.code].path
            qr = otp.drawn(url) if alone else None
            told.append(LinkTold(code=point.code, name=point.name, path=links[point.code].path, url=url, qr=qr))
        return answer(LinksAnswer(links=told))

    async def revoke_links(self, request: web.Request) -> web.Response:
        points = await self._asked(request)
        await self._registry.revoke_links([point.code for point in points])
        log.info("links-revoked", points=len(points), by=request[CALLER].name)
        return web.Response(status=204)

    async def revoke_link(self, request: web.Request) -> web.Response:
        point = self._named(request)
        await self._registry.revoke_links([point.code])
        log.info("link-revoked", point=point.code, by=request[CALLER].name)
        return web.Response(status=204)

    async def phones(self, request: web.Request) -> web.Response:
        point = self._named(request)
        id = self._registry.directory.ids[point.code]
        async with self._registry.store.reading() as connection:
            open_now = await credentials.phones(connection, id, self._registry.now())
        return answer(PhonesAnswer(phones=[PhoneTold(device=each.device, since=each.since) for each in open_now]))

    async def end_phones(self, request: web.Request) -> web.Response:
        point = self._named(request)
        await self._registry.end_phones(point.code)
        log.info("phones-signed-out", point=point.code, by=request[CALLER].name)
        return web.Response(status=204)

    async def issue_tokens(self, request: web.Request) -> web.Response:
        points = await self._asked(request)
        tokens = await self._registry.issue_tokens([point.code for point in points])
        log.info("tokens-issued", points=len(tokens), by=request[CALLER].name)
        told = [TokenTold(code=point.code, name=point.name, token=tokens[point.code]) for point in points]
        return answer(TokensAnswer(tokens=told))

    async def revoke_tokens(self, request: web.Request) -> web.Response:
        points = await self._asked(request)
        await self._registry.revoke_tokens([point.code for point in points])
        log.info("tokens-revoked", points=len(points), by=request[CALLER].name)
        return web.Response(status=204)

    async def revoke_token(self, request: web.Request) -> web.Response:
        point = self._named(request)
        await self._registry.revoke_tokens([point.code])
        log.info("token-revoked", point=point.code, by=request[CALLER].name)
        return web.Response(status=204)

    async def put_pin(self, request: web.Request) -> web.Response:
        point = self._named(request)
        body = await body_of(request, PinBody)
        try:
            await self._registry.put_pin(point.code, body.pin.strip())
        except WeakPin as weak:
            raise Problem(422, "weak_pin", str(weak)) from weak
        except TooBusy as many:
            raise busy(many) from many
        log.info("pin-set", point=point.code, by=request[CALLER].name)
        return web.Response(status=204)

    async def drop_pin(self, request: web.Request) -> web.Response:
        point = self._named(request)
        await self._registry.drop_pin(point.code)
        log.info("pin-dropped", point=point.code, by=request[CALLER].name)
        return web.Response(status=204)

    def _named(self, request: web.Request) -> Point:
        return theirs(self._registry.directory, request[CALLER], request.match_info["code"])

    async def _asked(self, request: web.Request) -> Sequence[Point]:
        return asked_for(self._registry.directory, request[CALLER], await body_of(request, PointsBody))


def mine(directory: Directory, caller: Caller) -> list[Point]:
    """The points within the caller's scope."""
    return [
        point
        for point in directory.points.values()
        if covers(caller, path=directory.path(point.unit_code), point=point.code)
    ]


def theirs(directory: Directory, caller: Caller, code: str) -> Point:
    """The point of this code, if it is within the caller's scope."""
    point = directory.points.get(code)
    if point is None or not covers(caller, path=directory.path(point.unit_code), point=code):
        raise nowhere()
    return point


def check_theirs(directory: Directory, caller: Caller, unit: str) -> None:
    """Refuse a unit that is not within the caller's scope, or that is none: a typing mistake must not pass for all done."""
    if unit not in directory.tree.units or not covers(caller, path=directory.path(unit)):
        raise nowhere()


def asked_for(directory: Directory, caller: Caller, body: PointsBody) -> Sequence[Point]:
    """The points that a request means, all of them within the caller's scope."""
    if (bool(body.points), body.unit is not None, body.all).count(True) != 1:
        detail = "Hãy nêu points (các mã điểm cầu), unit (mã đơn vị) hoặc all (tất cả), chỉ một trong ba."
        raise Problem(422, "invalid", detail)
    if body.all:
        return mine(directory, caller)
    if body.unit is None:
        return [theirs(directory, caller, code) for code in dict.fromkeys(body.points)]
    check_theirs(directory, caller, body.unit)
    return [point for point in directory.points.values() if body.unit in directory.path(point.unit_code)]
