"""The parts of one server: what each is made of, and who is told what by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bridge.archive import Archive
from bridge.certificate import Certificate
from bridge.clock import Clock, RealClock
from bridge.coordinator import Coordinator, Turned
from bridge.doorstep import Doorstep
from bridge.edges.asking import Ask
from bridge.edges.calendar import Calendar
from bridge.edges.clockwork import Clockwork
from bridge.edges.metrics import Metrics
from bridge.edges.photos import Photos
from bridge.edges.rooms import Rooms
from bridge.halls import Halls
from bridge.house import registered
from bridge.house.alarm import backup_missing
from bridge.house.metering import metered
from bridge.house.roll import RegistryRoll
from bridge.house.stores import Stores
from bridge.house.terms import backup_terms, calendar_terms, doorstep_terms, judging_terms, post_terms
from bridge.journal import Journal
from bridge.keeping.backups import Backups
from bridge.post import Channel
from bridge.post.book import Book
from bridge.post.postman import Postman
from bridge.post.writing import Writer
from bridge.reporting import Around
from bridge.rules.scene import Placed
from bridge.settings import Settings
from dashboards.feed import Feed
from dashboards.reports.drafts import Drafts
from dashboards.reports.writing import written
from dashboards.sockets import Screens
from endpoints_registry.door import Route
from endpoints_registry.holding import Held
from endpoints_registry.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One running server."""

    address: str
    port: int
    clock: Clock
    registry: Registry
    journal: Journal
    book: Book
    archive: Archive
    halls: Halls
    ask: Ask
    held: Held
    rooms: Rooms
    feed: Feed
    screens: Screens
    clockwork: Clockwork
    calendar: Calendar
    drafts: Drafts
    postman: Postman
    photos: Photos
    backups: Backups
    certificate: Certificate | None
    doorstep: Doorstep
    metrics: Metrics
    routes: tuple[Route, ...] = ()
    """Every door, once they are hung."""

    def at_rest(self) -> bool:
        """Whether nothing that was asked still waits for its answer."""
        return self.postman.idle and self.drafts.idle and all(hall.coordinator.idle for hall in self.halls)


def composed(
    settings: Settings,
    stores: Stores,
    ways: Sequence[Channel],
    clock: Clock,
    address: str,
    port: int,
    certificate: Certificate | None,
) -> House:
    """Everything but the doors; nothing runs yet. `ways`: out of the house."""
    registry, journal, book, archive = stores

    def told(coordinator: Coordinator, placed: Sequence[Placed], touched: set[str]) -> None:
        feed.tell(coordinator, placed, touched)
        rooms.tell(coordinator, placed)
        drafts.stir(coordinator.conference, coordinator.scene.state)

    def note(turn: Turned) -> None:
        metrics.turned(turn)

    async def alarm(why: str) -> None:
        await postman.bring(backup_missing(why, clock.now()))

    feed = Feed(clock.now, lambda: clock.speed, registry.shown_name)
    halls = Halls(
        journal,
        clock,
        tell=told,
        stir=feed.stir,
        heartbeat_ms=round(settings.line.heartbeat_s * 1000) or None,
        undo_ms=settings.attendance.undo_minutes * 60_000,
        grace_ms=settings.closing.grace_minutes * 60_000,
        note=note,
    )
    ask = Ask(clock, RegistryRoll(registry))
    held = Held(registry.keyring)
    rooms = Rooms(halls, ask, clock, held, registry.shown_name)
    screens = Screens(feed, halls.shown, held)
    around = Around(registry, journal, archive, halls.shown, judging_terms(settings))
    drafts = Drafts(archive, around, written, clock.now)
    stored = settings.storage.folder.resolve() if settings.storage.database == "sqlite" else None
    backups = Backups(stored, backup_terms(settings), registry.now, alarm)
    doorstep = Doorstep(doorstep_terms(settings))
    metrics = metered(settings, halls, rooms, screens, feed, backups, registry, book, doorstep)
    real = RealClock()
    writer = Writer(journal, book, [way.name for way in ways], post_terms(settings), address, clock.now, real.now)
    postman = Postman(halls, book, writer, ways, clock, real)
    return House(
        address=address,
        port=port,
        clock=clock,
        registry=registry,
        journal=journal,
        book=book,
        archive=archive,
        halls=halls,
        ask=ask,
        held=held,
        rooms=rooms,
        feed=feed,
        screens=screens,
        clockwork=Clockwork(halls, clock, turned=feed.turned),
        calendar=Calendar(halls, clock, calendar_terms(settings)),
        drafts=drafts,
        postman=postman,
        photos=Photos(halls, archive, clock, partial(registered.place, registry), registry.shown_name),
        backups=backups,
        certificate=certificate,
        doorstep=doorstep,
        metrics=metrics,
    )
