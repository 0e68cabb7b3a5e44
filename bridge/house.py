"""The house: every part of one server, opened in order, composed, and closed in order."""

import asyncio
import contextlib
import errno
import functools
import gc
import socket
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import structlog
from aiohttp import web
from sqlalchemy.exc import DBAPIError

from bridge.archive import Archive
from bridge.archive.sql import SqlArchive, open_archive
from bridge.certificate import Certificate
from bridge.clock import Clock, RealClock
from bridge.control import Occupied, answering
from bridge.coordinator import Coordinator, Turned, happened_in
from bridge.doorstep import Doorstep, DoorstepSite, room_for
from bridge.doorstep import Terms as Bounds
from bridge.edges import chores
from bridge.edges.asking import Ask
from bridge.edges.attending import Attending
from bridge.edges.availability import Availability
from bridge.edges.calendar import Calendar
from bridge.edges.calling import Calling
from bridge.edges.checks import Checks
from bridge.edges.chores import Chore
from bridge.edges.clockwork import Clockwork
from bridge.edges.closing import Closing
from bridge.edges.comparison import Comparison
from bridge.edges.desk import BODY_LIMIT, Desk, OnDuty, Whereabouts
from bridge.edges.health import Health
from bridge.edges.incidents import Incidents
from bridge.edges.judgement import Judging
from bridge.edges.linetest import LineTest
from bridge.edges.metrics import Metrics
from bridge.edges.notices import Notices
from bridge.edges.persons import Persons
from bridge.edges.photos import Photos
from bridge.edges.rooms import Rooms
from bridge.freezing import frozen_plan
from bridge.halls import Hall, Halls
from bridge.journal import READ_LIMIT, Journal, JournalError
from bridge.journal.sql import open_journal
from bridge.keeping.backups import Alarm, Backups
from bridge.keeping.backups import Terms as BackupTerms
from bridge.keeping.door import Door as BackupDoor
from bridge.keeping.verifying import Verifying
from bridge.metering import metered
from bridge.notdone import NotDone
from bridge.pictures import letting_go
from bridge.post import Channel, Kind, Letter, settling
from bridge.post.book import Book, open_book
from bridge.post.door import Door
from bridge.post.postman import Postman
from bridge.post.ways import ways_out
from bridge.post.writing import Writer
from bridge.printing.press import Press
from bridge.printing.sheets import Sheets
from bridge.reporting import Around, Reporter, Signing
from bridge.roll import RegistryRoll
from bridge.rules import acts, judging, wire
from bridge.rules.calendar import Terms
from bridge.rules.comparing import Step
from bridge.rules.model import Plan
from bridge.rules.scene import Placed
from bridge.settings import Settings
from dashboards import phone as phone_page
from dashboards import routes as pages
from dashboards.feed import Feed
from dashboards.feed import Hall as SeenHall
from dashboards.figures import Figures
from dashboards.reports.doors import Doors as Reports
from dashboards.reports.drafts import Drafts
from dashboards.reports.flash import FlashDoors
from dashboards.reports.templating import Templates
from dashboards.reports.writing import written
from dashboards.sockets import Screens
from endpoints_registry import openapi
from endpoints_registry import routes as registry_routes
from endpoints_registry.access import Role
from endpoints_registry.accounts import Lifetime
from endpoints_registry.arriving import ARRIVALS, Arrivals, hosts_of
from endpoints_registry.auditing import Auditing, JournalHead
from endpoints_registry.conferences import HANOI
from endpoints_registry.database import InUse, UnsafeServer, WrongAddress
from endpoints_registry.gate import ORIGINS, RESOLVE, Open, Route, mount
from endpoints_registry.holding import Held
from endpoints_registry.registry import Registry, open_registry
from endpoints_registry.retention import purge
from endpoints_registry.sweeping import sweep

log = structlog.get_logger("house")

SILENCE_S = 75
"""A connection on which nothing more was asked for so long is closed. A proxy's own are closed before (nginx: 60)."""
UNREAD_MS = 60_000
"""Whoever takes nothing of an answer for so long is gone, or wants to hold it for ever."""

FLASHES = 50
"""So many of the set times are told again: weeks of them."""


class Unusable(NotDone):
    """The house cannot be opened; the message says what was found and what to do."""


@dataclass(frozen=True, slots=True)
class House:
    """One running server."""

    address: str
    port: int
    registry: Registry
    journal: Journal
    archive: Archive
    halls: Halls
    rooms: Rooms
    feed: Feed
    postman: Postman
    drafts: Drafts
    photos: Photos
    backups: Backups
    certificate: Certificate | None
    doorstep: Doorstep
    metrics: Metrics
    routes: tuple[Route, ...]

    def at_rest(self) -> bool:
        """Whether nothing that was asked still waits for its answer."""
        return self.postman.idle and self.drafts.idle and all(hall.coordinator.idle for hall in self.halls)


class Stores(NamedTuple):
    """Where everything lies: four files, or the same database with four schemas."""

    registry: str
    journal: str
    post: str
    archive: str


def stores(settings: Settings) -> Stores:
    """Addresses of the four stores."""
    if settings.storage.database != "sqlite":
        return Stores(*(settings.storage.database,) * 4)
    folder = settings.storage.folder.resolve()
    return Stores(*(f"sqlite+aiosqlite:///{folder / name}.sqlite" for name in Stores._fields))


@asynccontextmanager
async def opened_registry(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Registry]:
    """The registry alone, as the command line uses it without a server. Raises Unusable."""
    hall_clock = clock or RealClock()
    lifetime = Lifetime(
        idle=timedelta(minutes=settings.session.idle_minutes), most=timedelta(hours=settings.session.absolute_hours)
    )
    opening = open_registry(
        stores(settings).registry,
        today=lambda: _moment(hall_clock.now()).date(),
        staff_lifetime=lifetime,
        secure=settings.server.secure,
        otp_roles=[Role(name) for name in settings.session.otp_roles],
    )
    async with AsyncExitStack() as opened:
        with _openable(settings):
            registry = await opened.enter_async_context(opening)
        yield registry


async def opened_journal(settings: Settings) -> Journal:
    """The journal at its newest schema; whoever opens it closes it. Raises Unusable."""
    with _openable(settings):
        return await open_journal(stores(settings).journal)


@asynccontextmanager
async def opened_book(settings: Settings) -> AsyncIterator[Book]:
    """The post's book at its newest schema. Raises Unusable."""
    async with AsyncExitStack() as opened:
        with _openable(settings):
            book = await opened.enter_async_context(open_book(stores(settings).post))
        yield book


@asynccontextmanager
async def opened_archive(settings: Settings) -> AsyncIterator[SqlArchive]:
    """What is kept for years, at its newest schema. Raises Unusable."""
    async with AsyncExitStack() as opened:
        with _openable(settings):
            archive = await opened.enter_async_context(open_archive(stores(settings).archive))
        yield archive


@contextlib.contextmanager
def _openable(settings: Settings) -> Iterator[None]:
    try:
        yield
    except (InUse, WrongAddress, UnsafeServer, Occupied) as failed:
        raise Unusable(str(failed)) from failed
    except (DBAPIError, JournalError, OSError) as failed:
        # Never the address itself: it may hold a password.
        where = settings.storage.folder.resolve() if settings.storage.database == "sqlite" else "the database server"
        why = str(failed.orig if isinstance(failed, DBAPIError) else failed).partition("\n")[0]
        raise Unusable(f"{where} cannot be used ({why}); mend it, or [storage] in the configuration") from failed


@asynccontextmanager
async def opened_house(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """The whole server, serving until the block ends. Raises Unusable."""
    hall_clock: Clock = clock or RealClock()
    async with AsyncExitStack() as open_things:
        registry = await open_things.enter_async_context(opened_registry(settings, hall_clock))
        journal = await opened_journal(settings)
        open_things.push_async_callback(journal.close)
        book = await open_things.enter_async_context(opened_book(settings))
        archive = await open_things.enter_async_context(opened_archive(settings))
        ways = await open_things.enter_async_context(ways_out(settings.post, RealClock()))
        certificate = _certificate(settings)
        listening = _listening(settings)
        open_things.callback(listening.close)

        async def alarm(why: str) -> None:
            await house.postman.bring(_backup_missing(why, hall_clock.now()))

        backups = _backups(settings, registry, alarm)
        open_things.callback(backups.close)
        city = _city_sign_in(settings, registry, listening.getsockname()[1])
        if city is not None:
            open_things.push_async_callback(city.close)
        house, app, screens, clockwork, held = _composed(
            settings, registry, journal, archive, book, ways, hall_clock, listening, backups, certificate, city
        )
        reporter = Reporter(archive, house.drafts, lambda conference: _seen(house.halls, conference))
        with _openable(settings):
            await open_things.enter_async_context(answering(settings.storage.folder, registry, backups, reporter))
        calendar = Calendar(house.halls, hall_clock, _calendar_terms(settings))
        async with _streets(house) as streets:
            await house.halls.start(streets)
            for hall in house.halls:
                # A draft that the calendar has asked for, and that a crash has cut off, is made now.
                house.drafts.stir(hall.conference, hall.coordinator.scene.state)
            streets.create_task(clockwork.run(), name="clockwork")
            streets.create_task(calendar.run(), name="calendar")
            streets.create_task(house.postman.run(), name="postman")
            streets.create_task(house.drafts.run(), name="drafts")
            streets.create_task(
                chores.run(_chores(settings, registry, archive, book, house.photos, backups, certificate)),
                name="chores",
            )
            streets.create_task(house.feed.keep_alive(), name="feed")
            streets.create_task(held.run(), name="holders")
            streets.create_task(house.metrics.run(), name="metrics")
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=False)
            await runner.setup()
            tls = certificate.context if certificate else None
            site = DoorstepSite(runner, listening, house.doorstep, tls, access_log=None, keepalive_timeout=SILENCE_S)
            await site.start()
            log.info("open", address=house.address, conferences=sum(1 for _ in house.halls))
            try:
                yield house
            finally:
                log.info("closing")
                # Whoever was told to come again must find this door shut.
                await site.stop()
                await _patiently(settings.server.shutdown_s / 2, house.rooms.close(), screens.close())
                await _patiently(settings.server.shutdown_s / 2, runner.cleanup())


@contextlib.contextmanager
def for_days() -> Iterator[None]:
    """A process that has opened its one house and now serves for long; whose process it is says so, not the house."""
    # What was built so far stays: the collector need not walk it again at every connection.
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    # The street makes many short-lived objects and no cycles to speak of: looking for them after every 700 objects took a
    # fifth of the processor with 800 rooms connected.
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _patiently(patience_s: float, *farewells: Awaitable[None]) -> None:
    """Whoever hangs on is let go: a restart must end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            await asyncio.gather(*farewells)


@asynccontextmanager
async def _streets(house: House) -> AsyncIterator[asyncio.TaskGroup]:
    """Every task of the house has this owner. One that fails ends the house: the journal brings it back."""
    try:
        async with asyncio.TaskGroup() as streets:
            yield streets
            raise _Closing
    except* _Closing:
        pass
    except* JournalError as broken:
        raise Unusable(f"the journal failed: {broken.exceptions[0]}") from broken


class _Closing(Exception):
    """The block of the house has ended: its tasks go."""


def _listening(settings: Settings) -> socket.socket:
    """The port, taken at once, so that an address in use is known before anything is opened to the world."""
    server = settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Every connection takes it over from here.
    taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
    try:
        taken.bind((server.host, server.port))
        taken.listen(1024)
    except OSError as failed:
        taken.close()
        if failed.errno == errno.EADDRINUSE:
            raise Unusable(
                f"port {server.port} on {server.host} is in use; stop who holds it, or choose another port"
            ) from failed
        raise Unusable(f"cannot listen on {server.host}:{server.port}: {failed.strerror}; mend [server]") from failed
    taken.setblocking(False)
    return taken


def _bounds(settings: Settings) -> Bounds:
    server = settings.server
    return Bounds(
        room_for(server.connections),
        server.connections_per_address,
        tuple(ip_network(each) for each in server.proxies),
    )


class CitySignIn(Protocol):
    """The doors of the city's own sign-in service."""

    def routes(self) -> Sequence[Route]: ...
    async def close(self) -> None: ...


def _city_sign_in(settings: Settings, registry: Registry, port: int) -> CitySignIn | None:
    wished = settings.oidc
    if not wished.issuer:
        return None
    # An extra: only where somebody wants it must its package be there.
    from endpoints_registry.provider import Client
    from endpoints_registry.vouching import RETURN, vouching

    return vouching(
        registry,
        Client(
            issuer=wished.issuer,
            id=wished.client_id,
            secret=wished.client_secret.get_secret_value(),
            scopes=wished.scopes,
            claim=wished.claim,
            acrs=wished.second_factor_acr,
            returns_to=f"{_address(settings, port)}{RETURN}",
        ),
    )


def _address(settings: Settings, port: int) -> str:
    """Under which the world reaches us."""
    return settings.server.origins[0] if settings.server.origins else _own_address(settings, port)


def _certificate(settings: Settings) -> Certificate | None:
    server = settings.server
    return Certificate(Path(server.tls_cert), Path(server.tls_key)) if server.tls_cert else None


def _calendar_terms(settings: Settings) -> Terms:
    wishes = settings.calendar
    hours = [flash.split(":") for flash in wishes.flash_times]
    return Terms(
        remind_before_ms=tuple(minutes * 60_000 for minutes in wishes.remind_minutes_before),
        flashes=tuple((int(hour), int(minute)) for hour, minute in hours),
        escalate_ms=wishes.escalate_minutes * 60_000,
        grace_ms=round(wishes.grace_minutes * 60_000),
        late_reports_ms=settings.closing.grace_minutes * 60_000,
    )


def _steps(registry: Registry) -> list[Step]:
    return [Step(each.code, each.successor_code, each.on_day.isoformat()) for each in registry.holdings.successors]


def judging_terms(settings: Settings) -> judging.Terms:
    return judging.Terms(**settings.judgement.model_dump())


def _backups(settings: Settings, registry: Registry, alarm: Alarm) -> Backups:
    wishes = settings.backup
    terms = BackupTerms(
        folder=Path(wishes.folder).resolve() if wishes.folder else None,
        every=timedelta(minutes=wishes.every_minutes),
        keep=wishes.keep,
    )
    stored = settings.storage.folder.resolve() if settings.storage.database == "sqlite" else None
    return Backups(stored, terms, registry.now, alarm)


def _backup_missing(why: str, now_ms: int) -> Letter:
    return Letter(
        # No conference is called so.
        conference="-server",
        position=RealClock().now(),
        kind=Kind.BACKUP,
        incident=None,
        title="[Máy chủ] Chưa có bản sao lưu mới",
        text=why,
        facts=msgspec.json.encode({"why": why}),
        at_ms=now_ms,
    )


def _chores(
    settings: Settings,
    registry: Registry,
    archive: Archive,
    book: Book,
    photos: Photos,
    backups: Backups,
    certificate: Certificate | None,
) -> list[Chore]:
    """What is done every so often by the world's time."""
    copies = [Chore("backup", backups.terms.every, backups.by_the_clock)] if backups.terms.folder else []
    renewals = [Chore("certificate", timedelta(minutes=1), certificate.by_the_clock)] if certificate else []
    return [
        *copies,
        *renewals,
        Chore("sweep", timedelta(hours=1), lambda: sweep(registry.store, registry.now(), registry.staff_lifetime)),
        Chore("stray-photos", timedelta(hours=1), photos.let_go_strays),
        Chore("purge-names", timedelta(days=1), lambda: _purged(registry, archive, settings.people.keep_days)),
        Chore("forget-old-post", timedelta(days=1), lambda: book.forget_old(RealClock().now())),
    ]


async def _purged(registry: Registry, archive: Archive, keep_days: int) -> None:
    """What shows or names people goes when it is time."""
    # Photos first: how long a conference keeps its people is forgotten with their names.
    await letting_go.purge(registry, archive, keep_days)
    await purge(registry, keep_days)


def _composed(
    settings: Settings,
    registry: Registry,
    journal: Journal,
    archive: Archive,
    book: Book,
    ways: Sequence[Channel],
    clock: Clock,
    listening: socket.socket,
    backups: Backups,
    certificate: Certificate | None,
    city: CitySignIn | None,
) -> tuple[House, web.Application, Screens, Clockwork, Held]:
    feed = Feed(clock.now, lambda: clock.speed, registry.shown_name)

    def told(coordinator: Coordinator, placed: Sequence[Placed], touched: set[str]) -> None:
        feed.tell(coordinator, placed, touched)
        rooms.tell(coordinator, placed)
        drafts.stir(coordinator.conference, coordinator.scene.state)

    def note(turn: Turned) -> None:
        metrics.turned(turn)

    heartbeat_ms = round(settings.line.heartbeat_s * 1000) or None
    halls = Halls(
        journal,
        clock,
        tell=told,
        stir=feed.stir,
        heartbeat_ms=heartbeat_ms,
        undo_ms=settings.attendance.undo_minutes * 60_000,
        grace_ms=settings.closing.grace_minutes * 60_000,
        note=note,
    )
    roll = RegistryRoll(registry)
    ask = Ask(clock, roll)
    held = Held(registry.keyring)
    rooms = Rooms(halls, ask, clock, held, registry.shown_name)
    clockwork = Clockwork(halls, clock, turned=feed.turned)

    def seen(conference: str) -> SeenHall | None:
        return _seen(halls, conference)

    async def freeze(conference: str) -> Plan | None:
        planned = await registry.plan(conference)
        names = registry.attendees(conference) is not None
        return frozen_plan(planned, names=names) if planned is not None else None

    def beside(conference: str, code: str) -> str:
        return (registry.of_conference(conference) or registry.directory).place(code)

    async def journal_heads() -> list[JournalHead]:
        heads = [(each, await journal.head(each)) for each in await journal.conferences()]
        return [
            JournalHead(conference=each, epoch=head.epoch, position=head.position, hash=head.hash.hex())
            for each, head in heads
        ]

    async def history(conference: str, code: str) -> Sequence[Placed]:
        rows = await journal.read(conference, 0, READ_LIMIT, point=code)
        return [(row.position, happened_in(row.record)) for row in reversed(rows)]

    def locate(conference: str, code: str) -> Whereabouts:
        return _whereabouts(registry, conference, code, clock.now())

    press = Press()
    drafts = Drafts(archive, Around(registry, journal, archive, seen, judging_terms(settings)), written, clock.now)
    desk = Desk(halls, journal, ask, clock, freeze, locate, registry.shown_name)
    facts = functools.partial(_facts, registry, halls)
    figures = Figures(feed, seen, clock.now, facts, history)
    screens = Screens(feed, seen, held)
    photos = Photos(halls, archive, clock, beside, registry.shown_name)
    drawn, kept = pages.prepared(), stores(settings)
    doorstep = Doorstep(_bounds(settings))
    metrics = metered(settings, halls, rooms, screens, feed, backups, registry, book, doorstep)
    served: list[Route] = [
        # First: doors are tried in order, and reports come most often.
        *desk.routes(),
        *registry_routes.routes(
            registry,
            standing=lambda conference: _phase(halls.get(conference)),
            meets=lambda code: hall.conference if (hall := halls.of_point(code)) else None,
            origin=next(iter(settings.server.origins), ""),
        ),
        *Sheets(registry, press, next(iter(settings.server.origins), "")).routes(),
        *rooms.routes(),
        *figures.routes(),
        *screens.routes(),
        *pages.routes(drawn, settings.oidc.name if city is not None else None),
        *(city.routes() if city is not None else ()),
        *phone_page.routes(drawn.assets, settings.broadcast.url),
        *Attending(halls, roll, clock).routes(),
        *Calling(halls, clock, facts, registry.shown_name).routes(),
        *Notices(halls, clock, registry.shown_name).routes(),
        *Incidents(halls, clock, registry.shown_name, registry.staff).routes(),
        *Closing(halls, clock, registry.shown_name).routes(),
        *Availability(halls, clock).routes(),
        *Checks(halls, clock, beside, registry.shown_name).routes(),
        *photos.routes(),
        *Comparison(halls, clock, judging_terms(settings), functools.partial(_steps, registry)).routes(),
        *Judging(halls, clock, judging_terms(settings), beside, registry.shown_name).routes(),
        *Reports(seen, archive, drafts, Signing(halls, clock), registry.shown_name).routes(),
        *FlashDoors(seen, press, clock.now, functools.partial(_flashes, book)).routes(),
        *Templates(registry.store, archive, registry.now).routes(),
        *LineTest(clock).routes(),
        *Health(halls).routes(),
        *metrics.routes(),
        *Door(halls, book).routes(),
        *Auditing(registry, journal_heads).routes(),
        *BackupDoor(backups).routes(),
        *Verifying((kept.registry, kept.journal, kept.archive), registry.now).routes(),
        *Persons(registry, journal, halls, feed.turned).routes(),
    ]
    served += _described(served)
    app = web.Application(client_max_size=BODY_LIMIT)
    port = listening.getsockname()[1]
    app[RESOLVE] = registry.keyring
    app[ORIGINS] = _origins(settings, port)
    app[ARRIVALS] = _arrivals(settings, port)
    mount(app, served)
    address = _address(settings, port)
    real = RealClock()
    patience = settling.Terms(cool_down_ms=settings.post.cool_down_minutes * 60_000)
    writer = Writer(journal, book, [way.name for way in ways], patience, address, clock.now, real.now)
    postman = Postman(halls, book, writer, ways, clock, real)
    house = House(
        address,
        port,
        registry,
        journal,
        archive,
        halls,
        rooms,
        feed,
        postman,
        drafts,
        photos,
        backups,
        certificate,
        doorstep,
        metrics,
        tuple(served),
    )
    return house, app, screens, clockwork, held


def _seen(halls: Halls, conference: str) -> SeenHall | None:
    """A conference as screens see it: once its list is fixed."""
    hall = halls.get(conference)
    return hall.coordinator if hall and hall.coordinator.scene.state.plan else None


async def _flashes(book: Book, conference: str) -> list[tuple[int, str]]:
    """What was told at the set times, newest first."""
    letters = await book.of_kind(conference, Kind.FLASH, FLASHES)
    return [(letter.at_ms, msgspec.json.decode(letter.facts).get("sentence") or letter.title) for letter in letters]


def _origins(settings: Settings, port: int) -> frozenset[str]:
    """Exactly the addresses under which browsers may show our pages."""
    if settings.server.origins:
        return frozenset(settings.server.origins)
    scheme = _own_address(settings, port).partition(":")[0]
    return frozenset(f"{scheme}://{host}:{port}" for host in {_written(settings.server.host), "127.0.0.1", "localhost"})


def _own_address(settings: Settings, port: int) -> str:
    scheme = "https" if settings.server.tls_cert else "http"
    return f"{scheme}://{_written(settings.server.host)}:{port}"


def _written(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host


def _arrivals(settings: Settings, port: int) -> Arrivals:
    server = settings.server
    hosts = frozenset(server.hosts) or hosts_of([*server.origins, _own_address(settings, port)])
    https_only = bool(server.origins) and all(origin.startswith("https://") for origin in server.origins)
    return Arrivals(hosts, tuple(ip_network(each) for each in server.proxies), https_only)


def _phase(hall: Hall | None) -> tuple[str, int]:
    """Phase and version of a conference; a draft that nobody has opened yet is at version 0."""
    state = hall.coordinator.scene.state if hall else None
    return (state.phase.value, state.version) if state else ("draft", 0)


def _described(served: Sequence[Route]) -> list[Route]:
    """The documents about the doors, which describe themselves too."""

    # Made once: everybody may ask, and to make them takes longer than most answers.
    @functools.cache
    def made(what: str) -> bytes:
        doors = [*served, *described]
        return msgspec.json.encode(
            openapi.document(doors, "Bridge points", "1") if what == "document" else frame_schemas()
        )

    async def document(_request: web.Request) -> web.Response:
        return web.Response(body=made("document"), content_type="application/json")

    async def frames(_request: web.Request) -> web.Response:
        return web.Response(body=made("frames"), content_type="application/json")

    described = [
        Route("GET", "/api/v1/openapi.json", document, Open.PUBLIC, "Mô tả giao diện lập trình (OpenAPI 3.1)"),
        Route("GET", "/api/v1/frames.json", frames, Open.PUBLIC, "Mô tả các khung tin của hai WebSocket (JSON Schema)"),
    ]
    return described


def frame_schemas() -> Mapping[str, Any]:
    """JSON Schema of every frame on both sockets, by who says it."""
    schemas: dict[str, Any] = {}
    told = {
        "room_says": wire.RoomSays,
        "server_says_to_room": wire.ServerSays,
        "act": acts.AnyAct,
        "screen_says": wire.Watch,
        "server_says_to_screen": wire.Snapshot | wire.Delta | wire.Notice,
    }
    return {
        "close_codes": {str(close.value): close.name.lower() for close in wire.Close},
        "frames": {name: openapi.schema_of(kind, schemas) for name, kind in told.items()},  # type: ignore[arg-type]
        "components": {"schemas": schemas},
    }


def _whereabouts(registry: Registry, conference: str, code: str, now_ms: int) -> Whereabouts:
    directory = registry.of_conference(conference) or registry.directory
    point = directory.points.get(code)
    held = registry.holdings.conferences.get(conference)
    hotline = held.hotline if held else None
    return Whereabouts(
        parent=directory.place(code),
        address=point.address if point else "",
        hotline_name=hotline.name if hotline else "",
        hotline_phone=hotline.phone if hotline else "",
        duty=tuple(
            OnDuty(shift.name, shift.phone, shift.what)
            for shift in (registry.on_duty(conference, point.unit_code, _moment(now_ms)) if point else ())
        ),
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, HANOI)


def _facts(registry: Registry, halls: Halls, code: str, names: bool) -> Mapping[str, Any]:
    """A point as the registry knows it on its conference's day."""
    hall = halls.of_point(code)
    directory = (registry.of_conference(hall.conference) if hall else None) or registry.directory
    point = directory.points.get(code)
    if point is None:
        return {"point": {"code": code}, "contacts": []}
    unit = directory.tree.units[point.unit_code]
    return {
        "point": {
            "code": code,
            "name": point.name,
            "unit": unit.code,
            "unit_name": unit.name,
            "parent_name": directory.place(code),
            "type": point.type,
            "mode": point.mode,
            "address": point.address,
            "seats": point.seats,
            "area": point.area,
            "provider": point.provider,
            "feeder": point.feeder,
        },
        "contacts": [
            {"role": contact.role, "name": contact.name, "phone": contact.phone}
            for contact in (point.contacts if names else ())
        ],
    }
