"""Photos of halls over HTTP: a hall's phone sends one, whoever may see its people looks at it."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, Field

from bridge.archive import Archive, Kind, Label, kept
from bridge.clock import Clock
from bridge.coordinator import Overloaded, Unavailable
from bridge.edges.commanding import commanded
from bridge.edges.finding import hall_of, holds, may_at, number_of, point_of
from bridge.halls import Hall, Halls
from bridge.pictures.darkroom import SENT_BYTES, WHY, Darkroom, Unfit
from bridge.rules import checking, wire
from bridge.rules.events import AnyEvent
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.sources import Photo
from endpoints_registry.access import ALLOWED, USER, Action, Caller
from endpoints_registry.apart import Busy
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.filing import uploaded
from endpoints_registry.taking import answer, query_of

log = structlog.get_logger("photos")

TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
JPEG = "image/jpeg"
NAME = "hall.jpg"
ROWS = 5_000
STRAY_MS = 3_600_000
"""A picture that the journal does not know goes after so long: far beyond any recording, and whoever was told to come again
has done so or never will."""


class PhotoQuery(BaseModel):
    point: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z-]+$")
    sitting: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")


class PhotosQuery(BaseModel):
    unit: str = Field("", max_length=40)
    point: str = Field("", max_length=40)


class PhotoTold(msgspec.Struct, frozen=True):
    number: int
    point: str
    name: str
    parent: str
    sitting: str
    at: str
    size: int
    sha256: str
    by: str
    """`own` for the hall's own phone, else whose account; empty for who sees no names."""
    gone: bool
    """The picture was let go with the names; that there was one stays."""


class PhotosTold(msgspec.Struct, frozen=True):
    count: int
    photos: list[PhotoTold]
    """The newest first."""


class Photos:
    def __init__(
        self,
        halls: Halls,
        archive: Archive,
        clock: Clock,
        placed: Callable[[str, str], str],
        named: Callable[[str], str],
    ) -> None:
        """`placed` says what stands beside a hall's name (conference, point); `named` how the holder of an account is called."""
        self._halls = halls
        self._archive = archive
        self._clock = clock
        self._placed = placed
        self._named = named
        self._darkroom = Darkroom()
        # Numbers are given one after another.
        self._giving = asyncio.Lock()

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}/photos"
        return (
            Route(
                "POST",
                one,
                self.take,
                Action.ACT,
                "Gửi ảnh hội trường (JPEG, PNG, WebP); chỉ giữ lại hình, mọi thông tin khác trong tệp bị bỏ",
                query=PhotoQuery,
                body_type=JPEG,
                costs=10,
                answers={
                    200: PhotoTold,
                    201: PhotoTold,
                    404: None,
                    409: None,
                    413: None,
                    415: None,
                    422: None,
                    503: None,
                },
            ),
            Route(
                "GET",
                one,
                self.photos,
                Action.SEE_NAMES,
                "Ảnh các hội trường đã gửi, mới nhất trước",
                query=PhotosQuery,
                answers={200: PhotosTold, 404: None, 422: None},
            ),
            Route(
                "GET",
                f"{one}/{{number}}",
                self.photo,
                Action.SEE_NAMES,
                "Một ảnh hội trường",
                answer_type=JPEG,
                answers={200: None, 404: None},
            ),
        )

    async def take(self, request: web.Request) -> web.Response:
        query = query_of(request, PhotoQuery)
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        point = point_of(state, caller, query.point, Action.ACT)
        if request.content_type not in (*TYPES, "multipart/form-data"):
            raise Problem(415, "unreadable", WHY["unreadable"])
        # Before ten megabytes are sent for nothing. For how many there is room is asked later: this one may be here already.
        _must_be_there(state, point.code, query.sitting)
        try:
            photo = await self._darkroom.developed(await uploaded(request, SENT_BYTES))
        except Unfit as unfit:
            raise Problem(422, unfit.code, str(unfit)) from unfit
        except Busy as busy:
            detail = "Máy chủ đang xử lý nhiều ảnh; hãy gửi lại sau ít giây."
            raise Problem(503, "busy", detail, headers={"Retry-After": "5"}) from busy
        taken, new = await self._kept(hall, caller, point.code, query.sitting, photo.jpeg)
        log.info("photo-taken", conference=hall.conference, point=point.code, photo=taken.number, size=taken.size)
        return answer(self._told(hall, caller, taken, gone=False), 201 if new else 200)

    async def _kept(self, hall: Hall, caller: Caller, code: str, sitting: str, jpeg: bytes) -> tuple[Photo, bool]:
        """The photo as it is known from now on, and whether it was not before: sent again, it is the same one."""
        conference, state, now_ms = hall.conference, hall.coordinator.scene.state, self._clock.now()
        facts = msgspec.json.encode({"point": code, "sitting": sitting})
        item = kept(conference, Kind.PHOTO, 0, NAME, JPEG, jpeg, at_ms=now_ms, by=caller.name, facts=facts)
        async with self._giving:
            before = state.affairs.sources.photo(code, sitting, item.sha256)
            if before is not None:
                return before, False
            strays = await self._strays(hall)
            again = next((each for each in strays if (each.facts, each.sha256) == (facts, item.sha256)), None)
            number = again.number if again else await self._next_number(hall)

            def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
                return checking.take(draft, code, sitting, number, item.sha256, item.size, now_ms)

            # The picture first: what the journal speaks of must be there.
            await self._archive.keep([msgspec.structs.replace(item, number=number)])
            try:
                await commanded(hall, judge, caller)
            except Problem as refused:
                if refused.status_code == 409:
                    await self._archive.forget(conference, Kind.PHOTO, number)
                raise
            taken = state.affairs.sources.photo(code, sitting, item.sha256)
            assert taken is not None  # noqa: S101 - recorded, now or before
            return taken, True

    async def _next_number(self, hall: Hall) -> int:
        # The journal remembers numbers whose pictures were let go.
        known = max(hall.coordinator.scene.state.affairs.sources.photos, default=0)
        return max(await self._archive.next_number(hall.conference, Kind.PHOTO), known + 1)

    async def _strays(self, hall: Hall) -> list[Label]:
        """Pictures of which the journal knows nothing, as far as we have heard."""
        photos = hall.coordinator.scene.state.affairs.sources.photos
        return [each for each in await self._archive.listed(hall.conference, Kind.PHOTO) if each.number not in photos]

    async def let_go_strays(self) -> int:
        """Let go, after STRAY_MS, the pictures whose recording failed and that nobody sent again; how many there were."""
        gone = 0
        for hall in list(self._halls):
            # Nobody of this house is between keeping a picture and recording it.
            async with self._giving:
                for each in await self._old_strays(hall):
                    gone += await self._archive.forget(hall.conference, Kind.PHOTO, each.number)
        if gone:
            log.info("stray-photos-let-go", photos=gone)
        return gone

    async def _old_strays(self, hall: Hall) -> list[Label]:
        late_ms = self._clock.now() - STRAY_MS
        if not any(each.at_ms <= late_ms for each in await self._strays(hall)):
            return []
        try:
            # A recording may have stood of which we were told that it failed: after this turn we know.
            await hall.coordinator.command(lambda _draft: (), by="system")
        except (Overloaded, Unavailable):
            return []
        return [each for each in await self._strays(hall) if each.at_ms <= late_ms]

    async def photos(self, request: web.Request) -> web.Response:
        query = query_of(request, PhotosQuery)
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        if query.unit and not holds(state, caller, query.unit):
            raise nowhere()
        if query.point:
            point_of(state, caller, query.point, Action.SEE_NAMES)
        found = [
            each
            for each in reversed(state.affairs.sources.photos.values())
            if may_at(state, caller, Action.SEE_NAMES, each.point)
            and query.point in ("", each.point)
            and (not query.unit or query.unit in state.path(state.points[each.point].planned.unit))
        ]
        there = {each.number for each in await self._archive.listed(hall.conference, Kind.PHOTO)}
        told = [self._told(hall, caller, each, gone=each.number not in there) for each in found[:ROWS]]
        return answer(PhotosTold(len(found), told))

    async def photo(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        number = number_of(request)
        photo = state.affairs.sources.photos.get(number) if number is not None else None
        if photo is None or not may_at(state, caller, Action.SEE_NAMES, photo.point):
            raise nowhere()
        item = await self._archive.one(hall.conference, Kind.PHOTO, photo.number, NAME)
        if item is None or item.sha256 != photo.sha256:
            raise Problem(404, "gone", "Ảnh này đã được xóa khi hết thời hạn lưu.")
        headers = {"Content-Disposition": f'inline; filename="{photo.point}-{photo.number}.jpg"'}
        return web.Response(body=item.content, content_type=JPEG, headers=headers)

    def _told(self, hall: Hall, caller: Caller, photo: Photo, *, gone: bool) -> PhotoTold:
        own = not photo.by.startswith(USER)
        among_staff = caller.point is None and caller.role in ALLOWED[Action.SEE_NAMES]
        return PhotoTold(
            number=photo.number,
            point=photo.point,
            name=hall.coordinator.scene.state.points[photo.point].planned.name,
            parent=self._placed(hall.conference, photo.point),
            sitting=photo.sitting,
            at=wire.rfc3339(photo.at_ms),
            size=photo.size,
            sha256=photo.sha256,
            by="own" if own else self._named(photo.by.removeprefix(USER)) if among_staff else "",
            gone=gone,
        )


def _must_be_there(state: State, code: str, sitting: str) -> None:
    try:
        checking.may_show(Draft(state), code, sitting)
    except Refused as refused:
        raise Problem(409, refused.code, str(refused)) from refused
