"""Every door of the house, and what lies behind each."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from bridge.beside import Beside
from bridge.edges.attending import Attending
from bridge.edges.availability import Availability
from bridge.edges.calling import Calling
from bridge.edges.checks import Checks
from bridge.edges.closing import Closing
from bridge.edges.comparison import Comparison
from bridge.edges.corrections import Corrections
from bridge.edges.desk import Desk, Whereabouts
from bridge.edges.events import Events
from bridge.edges.health import Health
from bridge.edges.incidents import Incidents
from bridge.edges.judgement import Judging
from bridge.edges.linetest import LineTest
from bridge.edges.notices import Notices
from bridge.edges.persons import Persons
from bridge.edges.phases import Phases
from bridge.edges.takers import Takers
from bridge.freezing import frozen_plan
from bridge.halls import Hall
from bridge.house import registered
from bridge.house.colleagues import RegistryColleagues
from bridge.house.describing import described
from bridge.house.parts import House
from bridge.house.roll import RegistryRoll
from bridge.house.signing_in import CitySignIn
from bridge.house.stores import addresses
from bridge.house.terms import judging_terms
from bridge.journal import READ_LIMIT, Journal
from bridge.judge import Judge
from bridge.keeping.door import Door as BackupDoor
from bridge.keeping.verifying import Verifying
from bridge.post import Kind
from bridge.post.book import Book
from bridge.post.door import Door as PostDoor
from bridge.printing.press import Press
from bridge.printing.sheets import Sheets
from bridge.records import happened_in
from bridge.reporting import Signing
from bridge.rules.model import Plan
from bridge.rules.scene import Placed
from bridge.settings import Settings
from dashboards import phone as phone_page
from dashboards import routes as pages
from dashboards.figures import Figures
from dashboards.reports.doors import Doors as Reports
from dashboards.reports.flash import FlashDoors
from dashboards.reports.templating import Templates
from endpoints_registry import routes as registry_routes
from endpoints_registry.auditing import Auditing
from endpoints_registry.bodies.audit import JournalHead
from endpoints_registry.door import Route
from endpoints_registry.registry import Registry

FLASHES = 50
"""So many of the set times are told again: weeks of them."""


def doors(settings: Settings, house: House, city: CitySignIn | None, seed: Callable[[], str]) -> tuple[Route, ...]:
    """In the order in which they are tried."""
    registry, journal, archive, halls, clock = house.registry, house.journal, house.archive, house.halls, house.clock
    named, shown = registry.shown_name, halls.shown
    origin = next(iter(settings.server.origins), "")
    placed, facts = partial(registered.place, registry), partial(registered.facts, registry, halls)
    beside, kept = Beside(), addresses(settings)
    judge = Judge(judging_terms(settings), beside)
    drawn, press = pages.prepared(), Press()

    def locate(conference: str, code: str) -> Whereabouts:
        return registered.whereabouts(registry, conference, code, clock.now())

    served = (
        # First, for reports come most often.
        *Desk(halls, house.ask, clock, locate, named).routes(),
        *Phases(halls, clock, partial(_frozen, registry)).routes(),
        *Events(halls, journal).routes(),
        *registry_routes.routes(
            registry,
            standing=lambda conference: _phase(halls.get(conference)),
            meets=lambda code: hall.conference if (hall := halls.of_point(code)) else None,
            origin=origin,
        ),
        *Sheets(registry, press, origin).routes(),
        *house.rooms.routes(),
        *Figures(house.feed, shown, clock.now, facts, partial(_history, journal)).routes(),
        *house.screens.routes(),
        *pages.routes(drawn, settings.oidc.name if city is not None else None),
        *(city.routes() if city is not None else ()),
        *phone_page.routes(drawn.assets, settings.broadcast.url),
        *Attending(halls, RegistryRoll(registry), clock).routes(),
        *Calling(halls, clock, facts, named).routes(),
        *Notices(halls, clock, named).routes(),
        *Incidents(halls, clock, named, registry.staff).routes(),
        *Takers(halls, RegistryColleagues(registry, clock)).routes(),
        *Closing(halls, clock, named).routes(),
        *Corrections(halls, clock, named).routes(),
        *Availability(halls, clock).routes(),
        *Checks(halls, clock, placed, named, seed).routes(),
        *house.photos.routes(),
        *Comparison(halls, clock, judge, beside, partial(registered.steps, registry)).routes(),
        *Judging(halls, clock, judge, beside, placed, named).routes(),
        *Reports(shown, archive, house.drafts, Signing(halls, clock), named).routes(),
        *FlashDoors(shown, press, clock.now, partial(_flashes, house.book)).routes(),
        *Templates(registry.store, archive, registry.now).routes(),
        *LineTest(clock).routes(),
        *Health(halls).routes(),
        *house.metrics.routes(),
        *PostDoor(halls, house.book).routes(),
        *Auditing(registry, partial(_heads, journal)).routes(),
        *BackupDoor(house.backups).routes(),
        *Verifying((kept.registry, kept.journal, kept.archive), registry.now).routes(),
        *Persons(registry, journal, halls, house.feed.turned).routes(),
    )
    return (*served, *described(served))


async def _frozen(registry: Registry, conference: str) -> Plan | None:
    """What the registry has planned, as the journal keeps it."""
    planned = await registry.plan(conference)
    names = registry.attendees(conference) is not None
    return frozen_plan(planned, names=names) if planned is not None else None


def _phase(hall: Hall | None) -> tuple[str, int]:
    """Phase and version of a conference; a draft that nobody has opened yet is at version 0."""
    state = hall.coordinator.scene.state if hall else None
    return (state.phase.value, state.version) if state else ("draft", 0)


async def _history(journal: Journal, conference: str, code: str) -> Sequence[Placed]:
    """What happened at a point, newest first."""
    rows = await journal.read(conference, 0, READ_LIMIT, point=code)
    return [(row.position, happened_in(row.record)) for row in reversed(rows)]


async def _heads(journal: Journal) -> list[JournalHead]:
    """Where each conference's chain ends."""
    heads = [(each, await journal.head(each)) for each in await journal.conferences()]
    return [
        JournalHead(conference=each, epoch=head.epoch, position=head.position, hash=head.hash.hex())
        for each, head in heads
    ]


async def _flashes(book: Book, conference: str) -> list[tuple[int, str]]:
    """What was told at the set times, newest first."""
    letters = await book.of_kind(conference, Kind.FLASH, FLASHES)
    return [(letter.at_ms, msgspec.json.decode(letter.facts).get("sentence") or letter.title) for letter in letters]
