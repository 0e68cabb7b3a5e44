"""Where each figure about the server is read."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from ipaddress import ip_network

from bridge.doorstep import Doorstep
from bridge.edges.metrics import Metrics, Readings, Source, Terms
from bridge.edges.rooms import Rooms
from bridge.halls import Hall, Halls
from bridge.keeping.backups import Backups
from bridge.post.book import Book
from bridge.rules.model import Link
from bridge.rules.rollup import ROOT
from bridge.settings import Settings
from dashboards.feed import Feed
from dashboards.sockets import Screens
from endpoints_registry.access import Role
from endpoints_registry.registry import Registry


def metered(
    settings: Settings,
    halls: Halls,
    rooms: Rooms,
    screens: Screens,
    feed: Feed,
    backups: Backups,
    registry: Registry,
    book: Book,
    doorstep: Doorstep,
) -> Metrics:
    """Where each figure about the server is read."""

    def of_halls(figure: Callable[[Hall], float]) -> Callable[[], Readings]:
        return lambda: {(hall.conference,): figure(hall) for hall in halls}

    def links() -> Readings:
        tallies = {hall.conference: hall.coordinator.scene.rollup.at(ROOT).links for hall in halls}
        return {(name, link.value): counted[link] for name, counted in tallies.items() for link in Link}

    def there() -> Readings:
        lines = rooms.there()
        return {
            ("rooms",): lines.get(Role.AGENT, 0),
            ("phones",): lines.get(Role.OPERATOR, 0),
            ("screens",): screens.there,
        }

    def backup_age() -> Readings:
        return {(): (registry.now() - backups.last.at).total_seconds()} if backups.last else {}

    async def queue() -> Readings:
        return {(channel,): waiting for channel, waiting in (await book.queue()).items()}

    server = settings.server
    conference = ("conference",)
    sources = (
        Source("gauge", "bridge_build_info", "Which version this is", lambda: {(_version(),): 1}, ("version",)),
        Source(
            "gauge",
            "bridge_journal_position",
            "Where each journal ends",
            of_halls(lambda hall: hall.coordinator.scene.position),
            conference,
        ),
        Source(
            "gauge",
            "bridge_inbox",
            "What waits to be recorded",
            of_halls(lambda hall: hall.coordinator.waiting),
            conference,
        ),
        Source(
            "gauge",
            "bridge_recording",
            "1: the last turn reached the disk",
            of_halls(lambda hall: hall.coordinator.recording),
            conference,
        ),
        Source("gauge", "bridge_lines", "Points by the state of their line", links, ("conference", "state")),
        Source("gauge", "bridge_sockets", "Open sockets", there, ("kind",)),
        Source("counter", "bridge_feed_frames_total", "Frames made for screens", lambda: {(): feed.flow.frames}),
        Source(
            "counter",
            "bridge_feed_behind_total",
            "How often a screen could not follow and started anew",
            lambda: {(): feed.flow.behind},
        ),
        Source("gauge", "bridge_backup_age_seconds", "Since the newest backup", backup_age),
        Source("gauge", "bridge_backup_failed", "1: the last one was not made", lambda: {(): bool(backups.failed)}),
        Source("gauge", "bridge_connections", "Open connections", lambda: {(): doorstep.open}),
        Source(
            "counter",
            "bridge_connections_turned_away_total",
            "Connections beyond the bounds",
            lambda: {(): doorstep.turned_away},
        ),
        Source(
            "counter",
            "bridge_heads_too_slow_total",
            "Connections that did not say in time what they want",
            lambda: {(): doorstep.too_slow},
        ),
    )
    terms = Terms(
        networks=tuple(ip_network(each) for each in settings.metrics.allow),
        # A proxy of this machine that was not named speaks for all the world, and looks like this machine.
        this_machine=not server.origins or bool(server.proxies) or bool(server.tls_cert),
        token=settings.metrics.token.get_secret_value(),
    )
    return Metrics(terms, sources, queue)


def _version() -> str:
    try:
        return version("bridge-points")
    except PackageNotFoundError:
        # Run from its folder.
        return "source"
