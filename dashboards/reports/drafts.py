"""Drafts of reports: asked for by somebody or by the calendar, made one after the other, kept whole or not at all."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError

from bridge.archive import REPORTS, Archive, ArchiveError, Kept, Kind, Label, kept
from bridge.rules.calendar import REPORT
from bridge.rules.ladder import Version
from bridge.rules.model import Phase
from bridge.rules.projection import State
from bridge.rules.scene import Scene
from dashboards.reports import figures as telling
from dashboards.reports.figures import Figures, Heads
from dashboards.reports.form import SHIPPED, Form, FormKind
from dashboards.reports.jobs import MEDIA_TYPES, Documents, Format
from dashboards.reports.narrative import Before
from dashboards.reports.tables import Table
from dashboards.reports.writing import Progress, Unwritten

log = structlog.get_logger("reports")

WAITING = 4
"""So many drafts wait at most, over all conferences: each takes seconds of a processor."""
DRAFTS_KEPT = 8
"""Of a conference, the newest; the others are forgotten. What was signed is no draft."""
FAILED_KEPT = 20
FIGURES = "figures"
CALENDAR = "calendar"


class TooMany(Exception):
    """Too many drafts wait already; ask again in a while."""


class Hall(Protocol):
    """A conference as it stands."""

    @property
    def scene(self) -> Scene: ...


class Around(Protocol):
    """What a report is made of, besides the conference itself."""

    def hall(self, conference: str) -> Hall | None: ...

    async def heads(self, conference: str, position: int) -> Heads:
        """Where the conference's journal stood at this position, and the audit log now. Raises Unwritten."""

    def beside(self, scene: Scene, now_ms: int) -> Sequence[Table]:
        """Tables that are made elsewhere."""

    def named(self) -> Mapping[str, str]:
        """How holders of accounts are called, by user name."""

    async def template(self, form: Form) -> bytes | None:
        """The office's own, instead of the shipped one."""


Written = Callable[[Figures, Form, Sequence[Format], bytes | None, Progress | None], Awaitable[Documents]]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a report without opening it; kept beside its figures."""

    number: int
    version: int
    """Which one it would be, or is."""
    position: int
    """Of the journal: the figures are those of this row, and of none after it."""
    closed: bool
    made_ms: int
    form: Form
    formats: tuple[Format, ...]
    points: int
    expected: int
    present: int
    excused: int
    unexcused: int
    runs_over: bool = False
    """Whether the leader's page of the Word file goes on to another one."""
    job: str = ""
    """The job of the calendar that asked for it, with its due time."""


class Making(msgspec.Struct, kw_only=True):
    """A draft that was asked for and is not kept yet."""

    conference: str
    number: int
    form: Form
    formats: tuple[Format, ...]
    by: str
    at_ms: int
    job: str = ""
    progress: float = 0.0
    failed: str = ""
    """Why nothing came of it, for people; "" as long as it may."""


class Drafts:
    """Times are the hall's."""

    def __init__(self, archive: Archive, around: Around, written: Written, now: Callable[[], int]) -> None:
        self._archive = archive
        self._around = around
        self._written = written
        self._now = now
        self._queue: deque[Making] = deque()
        self._failed: deque[Making] = deque(maxlen=FAILED_KEPT)
        self._highest: dict[str, int] = {}
        self._come = asyncio.Event()
        self._numbering = asyncio.Lock()
        self._looked: dict[str, object] = {}
        self._due: set[str] = set()

    @property
    def idle(self) -> bool:
        return not self._queue and not self._due

    async def ask(
        self, conference: str, form: Form, formats: Iterable[Format] = Format, *, by: str, job: str = ""
    ) -> Making:
        """Put a draft in the queue. Raises TooMany."""
        async with self._numbering:
            if len(self._queue) >= WAITING:
                raise TooMany
            used = await self._archive.next_number(conference, Kind.FIGURES) - 1
            number = self._highest[conference] = max(used, self._highest.get(conference, 0)) + 1
            making = Making(
                conference=conference,
                number=number,
                form=form,
                formats=tuple(dict.fromkeys(formats)),
                by=by,
                at_ms=self._now(),
                job=job,
            )
            self._queue.append(making)
        self._come.set()
        return making

    def under_way(self, conference: str) -> list[Making]:
        """What is being made, waits, or failed lately."""
        return [each for each in (*self._queue, *self._failed) if each.conference == conference]

    def stir(self, conference: str, state: State) -> None:
        """Something happened: if the calendar has asked for a draft, it is made."""
        jobs = state.affairs.jobs
        # Replaced, and never changed: nearly always this is all.
        if state.phase is Phase.CLOSED and self._looked.get(conference) is not jobs:
            self._looked[conference] = jobs
            self._due.add(conference)
            self._come.set()

    async def run(self) -> None:
        """Make what is asked for, until cancelled. What cannot be made is said, and the next one's turn comes."""
        while True:
            await self._come.wait()
            self._come.clear()
            while self._due:
                await self._look(next(iter(self._due)))
            while self._queue:
                making = self._queue[0]
                try:
                    await self._make(making)
                except (Unwritten, ArchiveError) as failed:
                    self._give_up(making, str(failed))
                except (DBAPIError, OSError) as failed:
                    self._give_up(making, f"máy chủ chưa làm được ({type(failed).__name__}); hãy lập lại sau ít phút")
                # A fault of ours in a report is no fault of the halls: it would be made again, and fail again, after each start.
                except Exception as fault:  # noqa: BLE001
                    self._give_up(making, f"lỗi của phần mềm ({type(fault).__name__}); hãy báo người quản trị", fault)
                finally:
                    self._queue.popleft()

    def _give_up(self, making: Making, why: str, fault: Exception | None = None) -> None:
        making.failed = why
        self._failed.append(making)
        log.error(
            "report-failed", conference=making.conference, report=making.number, why=why[:300], exc_info=fault or False
        )

    async def _look(self, conference: str) -> None:
        """Whether the calendar asks for a draft; once more if something happened while we looked."""
        looked = self._looked[conference]
        try:
            await self._by_the_calendar(conference)
        except DBAPIError as away:
            # Looked at again with whatever happens next.
            self._looked.pop(conference, None)
            self._due.discard(conference)
            log.error("report-not-looked-for", conference=conference, why=type(away).__name__)
        else:
            if self._looked[conference] is looked:
                self._due.discard(conference)

    async def _by_the_calendar(self, conference: str) -> None:
        """The draft that the calendar's newest job asks for, unless one of its drafts has these figures already.

        What the journal says decides, so a draft that a crash has cut off is made after it, and one that was kept is not.
        """
        hall = self._around.hall(conference)
        if hall is None:
            return
        closing, jobs = hall.scene.state.affairs.closing, hall.scene.state.affairs.jobs
        since_ms = closing.closed_ms or 0
        fired = [(due_ms, name) for name, due_ms in jobs.done.items() if name.startswith(REPORT) and due_ms >= since_ms]
        if not fired or closing.versions:
            return
        due_ms, name = max(fired)
        for label in await self._archive.listed(conference, Kind.FIGURES):
            facts = facts_of(label)
            if facts.job and facts.position >= closing.moved:
                return
        form = await self.office(conference)
        try:
            await self.ask(conference, form, by=CALENDAR, job=f"{name}@{due_ms}")
        except TooMany:
            # So many others are being made of the same figures.
            log.warning("report-not-asked-for", conference=conference, job=name)

    async def _make(self, making: Making) -> None:
        hall = self._around.hall(making.conference)
        if hall is None or hall.scene.state.plan is None:
            raise Unwritten("hội nghị chưa chốt danh sách điểm cầu nên chưa có gì để báo cáo")
        # One breath: position, state and sums are of the same moment.
        scene, now_ms = hall.scene.still(), self._now()
        versions = scene.state.affairs.closing.versions
        before = await self._before(making.conference, versions[-1]) if versions else None
        heads = await self._around.heads(making.conference, scene.position)
        named = self._around.named()

        def told() -> Figures:
            scene.sum_up()
            beside = self._around.beside(scene, now_ms)
            return telling.figures(
                scene, now_ms, beside, version=len(versions) + 1, before=before, heads=heads, named=named
            )

        figures = await asyncio.to_thread(told)
        making.progress = 0.1

        def on(done: float) -> None:
            making.progress = max(making.progress, min(0.99, 0.1 + 0.9 * done))

        template = await self._around.template(making.form) if Format.DOCX in making.formats else None
        made = await self._written(figures, making.form, making.formats, template, on)
        await self._keep(making, figures, made)
        log.info("report-made", conference=making.conference, report=making.number, by=making.by, job=making.job)

    async def _keep(self, making: Making, figures: Figures, made: Documents) -> None:
        people = figures.people
        facts = Facts(
            number=making.number,
            version=figures.version,
            position=figures.position,
            closed=figures.closed,
            made_ms=figures.made_ms,
            form=making.form,
            formats=making.formats,
            points=figures.points,
            expected=people.expected,
            present=people.present,
            excused=people.excused,
            unexcused=people.unexcused,
            runs_over=made.runs_over,
            job=making.job,
        )
        raw = telling.encode(figures)

        def item(kind: Kind, name: str, media_type: str, content: bytes, facts: bytes = b"{}") -> Kept:
            return kept(
                making.conference,
                kind,
                making.number,
                name,
                media_type,
                content,
                at_ms=self._now(),
                by=making.by,
                facts=facts,
            )

        # Before, not after: there are never more than so many.
        await self._forget_old(making.conference)
        # All of it or nothing: there is no report with half its files.
        await self._archive.keep(
            [
                item(Kind.FIGURES, FIGURES, MEDIA_TYPES[Format.JSON], raw, msgspec.json.encode(facts)),
                *(
                    item(Kind.REPORT, format.value, MEDIA_TYPES[format], content)
                    for format, content in made.files.items()
                ),
            ]
        )

    async def _forget_old(self, conference: str) -> None:
        # Those, too, of which a crash has left no more than a file.
        loose = {label.number for label in await self._archive.listed(conference, *REPORTS) if label.version is None}
        for number in sorted(loose, reverse=True)[DRAFTS_KEPT - 1 :]:
            # The files first: what is listed is whole.
            await self._archive.forget(conference, Kind.FIGURES, number)
            await self._archive.forget(conference, Kind.REPORT, number)

    async def _before(self, conference: str, version: Version) -> Before | None:
        """What the version before said, as it was kept."""
        for label in await self._archive.listed(conference, Kind.FIGURES):
            if label.version == version.number and label.sha256 == version.figures_sha256:
                found = await self._archive.one(conference, Kind.FIGURES, label.number, FIGURES)
                if found is not None:
                    return telling.signed_before(found.content, version.signed_ms)
        return None

    # --- what the office fills its forms with

    async def office(self, conference: str) -> Form:
        """The form that was filled in last for this conference; else for any."""
        return _filled(None, *await self._filled_in(conference))

    async def offices(self, conference: str) -> dict[FormKind, Form]:
        """Each kind of form, as it was filled in last."""
        found = await self._filled_in(conference)
        return {kind: _filled(kind, *found) for kind in FormKind}

    async def _filled_in(self, conference: str) -> tuple[list[Label], list[Label]]:
        return await self._archive.listed(conference, Kind.OFFICE), await self._archive.listed("", Kind.OFFICE)

    async def remember(self, conference: str, form: Form, by: str) -> None:
        said = msgspec.json.encode(form)
        await self._archive.keep(
            [
                kept(
                    each,
                    Kind.OFFICE,
                    0,
                    form.kind.value,
                    MEDIA_TYPES[Format.JSON],
                    b"",
                    at_ms=self._now(),
                    by=by,
                    facts=said,
                )
                for each in dict.fromkeys((conference, ""))
            ]
        )


def _filled(kind: FormKind | None, mine: Sequence[Label], anybodys: Sequence[Label]) -> Form:
    """As it was filled in last for this conference; else for any, without what is a single document's own."""
    for labels, own in ((mine, {}), (anybodys, {"number": "", "date": "", "title": ""})):
        of_kind = [label for label in labels if kind in (None, label.name)]
        if of_kind:
            last = max(of_kind, key=lambda label: label.at_ms)
            return msgspec.structs.replace(msgspec.json.decode(last.facts, type=Form), **own)
    return SHIPPED[kind or FormKind.PARTY]


def facts_of(label: Label) -> Facts:
    return msgspec.json.decode(label.facts, type=Facts)
