"""What a report takes from everywhere: the hall as it stands, both chains, the staff's names, the street for the signature."""

from collections.abc import Callable, Mapping, Sequence

from bridge.archive import Archive, Kind
from bridge.clock import Clock
from bridge.edges.commanding import commanded
from bridge.halls import Halls
from bridge.journal import Journal, JournalError
from bridge.notdone import NotDone
from bridge.rules import closing
from bridge.rules.judging import Terms
from bridge.rules.scene import Scene
from dashboards.reports import judgement
from dashboards.reports.drafts import Drafts, Hall, TooMany
from dashboards.reports.figures import Heads
from dashboards.reports.form import Form
from dashboards.reports.jobs import Format
from dashboards.reports.signing import Seal
from dashboards.reports.tables import Table
from dashboards.reports.writing import Unwritten
from endpoints_registry import audit
from endpoints_registry.access import Caller
from endpoints_registry.doing import AT_THE_MACHINE
from endpoints_registry.door import nowhere
from endpoints_registry.registry import Registry


class Around:
    """What a report is made of, besides the conference itself."""

    def __init__(
        self,
        registry: Registry,
        journal: Journal,
        archive: Archive,
        hall: Callable[[str], Hall | None],
        terms: Terms,
    ) -> None:
        """`terms`: what is praised and what is criticised."""
        self._registry = registry
        self._journal = journal
        self._archive = archive
        self.hall = hall
        self._terms = terms

    async def heads(self, conference: str, position: int) -> Heads:
        """Where the conference's journal stood at this position, and the audit log now. Raises Unwritten."""
        try:
            rows = await self._journal.read(conference, position - 1, 1) if position else ()
        except JournalError as away:
            raise Unwritten("không đọc được sổ của hội nghị; hãy lập lại sau ít phút") from away
        async with self._registry.store.reading() as connection:
            audited = await audit.head(connection)
        return Heads(journal=rows[0].hash.hex() if rows else "", audit=audited.hash.hex())

    def beside(self, scene: Scene, now_ms: int) -> Sequence[Table]:
        return judgement.tables(scene, self._terms, now_ms, self._registry.shown_names)

    def named(self) -> Mapping[str, str]:
        return self._registry.shown_names

    async def template(self, form: Form) -> bytes | None:
        found = await self._archive.one("", Kind.TEMPLATE, 0, form.kind.value)
        return found.content if found else None


class Signing:
    """Puts a signature on the street."""

    def __init__(self, halls: Halls, clock: Clock) -> None:
        self._halls = halls
        self._clock = clock

    async def __call__(self, conference: str, caller: Caller, seal: Seal) -> None:
        hall = self._halls.get(conference)
        if hall is None:
            raise nowhere()
        now_ms = self._clock.now()
        await commanded(
            hall,
            lambda draft: closing.sign(
                draft,
                seal.version,
                seal.position,
                seal.figures_sha256,
                seal.files,
                now_ms,
                grace_ms=hall.coordinator.grace_ms,
                at_once=seal.at_once,
            ),
            caller,
        )


class Reporter:
    """Reports for a terminal: the signed version as it was kept, else a draft of the figures of the moment."""

    def __init__(self, archive: Archive, drafts: Drafts, hall: Callable[[str], Hall | None]) -> None:
        self._archive = archive
        self._drafts = drafts
        self._hall = hall

    async def begin(self, conference: str, format: Format, version: int | None) -> int:
        """The number of the report that is, or will be, what was asked for. Raises NotDone."""
        hall = self._hall(conference)
        if hall is None or hall.scene.state.plan is None:
            raise NotDone(f"Không có hội nghị «{conference}» đã chốt danh sách điểm cầu; hãy xem lại mã hội nghị.")
        signed = {each.number: each for each in hall.scene.state.affairs.closing.versions}
        if version is not None and version not in signed:
            raise NotDone(f"Hội nghị chưa ký phiên bản {version}; đã ký đến phiên bản {max(signed, default=0)}.")
        wanted = version if version is not None else max(signed, default=None)
        if wanted is not None:
            for label in await self._archive.listed(conference, Kind.FIGURES):
                if label.version == wanted and label.sha256 == signed[wanted].figures_sha256:
                    return label.number
            raise NotDone(f"Phiên bản {wanted} không có trong kho lưu; hãy chạy `bridge verify`.")
        form = await self._drafts.office(conference)
        try:
            return (await self._drafts.ask(conference, form, [format], by=AT_THE_MACHINE.name)).number
        except TooMany as busy:
            raise NotDone("Đã có nhiều báo cáo đang chờ lập; hãy chạy lại lệnh sau ít giây.") from busy

    def progress(self, conference: str, number: int) -> float:
        """From 0 to 1, which is done. Raises NotDone where nothing comes of it."""
        for each in self._drafts.under_way(conference):
            if each.number == number:
                if each.failed:
                    raise NotDone(f"Không lập được báo cáo: {each.failed}.")
                return min(each.progress, 0.99)
        return 1.0

    async def file(self, conference: str, number: int, format: Format) -> bytes:
        """Byte for byte as it was kept. Raises NotDone."""
        found = await self._archive.one(conference, Kind.REPORT, number, format.value)
        if found is None:
            labels = await self._archive.listed(conference, Kind.REPORT, number=number)
            has = ", ".join(label.name for label in labels) or "chưa có tệp nào"
            raise NotDone(f"Báo cáo này không có tệp {format.value} ({has}).")
        return found.content
