"""Signing a report: one at a time, fixed on the shelf first, on the street then."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

import msgspec
import structlog

from bridge.archive import Archive, ArchiveError, Label
from bridge.rules.model import Phase
from bridge.rules.projection import State
from dashboards.reports.bodies import SignBody
from dashboards.reports.drafts import facts_of
from dashboards.reports.shelf import figures_of, files_of, is_version, shelved, signed_as
from endpoints_registry.access import Caller
from endpoints_registry.door import Problem, nowhere

log = structlog.get_logger("reports")


class Seal(msgspec.Struct, frozen=True):
    """What is to be signed: which version, of which row of the journal, and the SHA-256 of its figures and of each file."""

    version: int
    position: int
    figures_sha256: str
    files: Mapping[str, str]
    """By format."""
    at_once: bool
    """Do not wait for phones that may still be sending what they said before the close."""


Sign = Callable[[str, Caller, Seal], Awaitable[None]]
"""Puts a signature on the street. Raises Problem."""


class Signatures:
    def __init__(self, archive: Archive, sign: Sign) -> None:
        self._archive = archive
        self._sign = sign
        self._signing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def put(self, conference: str, state: State, caller: Caller, number: int, asked: SignBody) -> list[Label]:
        """The labels of the report, signed: signed twice is signed once, and whoever pressed again is told what is.

        Raises Problem: 404 where there is no such report, 409 where it cannot become that version.
        """
        # One at a time: what is fixed and what is signed must be the same report.
        async with self._signing[conference]:
            labels = (await shelved(self._archive, conference)).get(number)
            if labels is None:
                raise nowhere()
            if signed_as(state, labels) is None:
                await self._put_down(conference, state, caller, number, _sealed(labels, asked))
        return (await shelved(self._archive, conference))[number]

    async def _put_down(self, conference: str, state: State, caller: Caller, number: int, seal: Seal) -> None:
        """Fixed first, signed then: a crash between leaves a draft that is kept longer than others, and nothing signed."""
        due = len(state.affairs.closing.versions) + 1
        if seal.version != due:
            detail = f"Phiên bản tiếp theo là {due}, không phải {seal.version}: đã có người ký trước; hãy xem lại."
            raise Problem(409, "version", detail)
        if state.phase is not Phase.CLOSED:
            raise Problem(409, "not_closed", "Hội nghị chưa chốt số liệu nên chưa ký được.")
        try:
            await self._archive.fix(conference, number, seal.version)
        except ArchiveError as refused:
            raise Problem(409, "version", str(refused)) from refused
        try:
            await self._sign(conference, caller, seal)
        except Problem as refused:
            # Of a 503 nobody knows whether it was recorded: the journal decides when somebody asks again.
            if refused.status == 409:
                await self._unfix(conference, state, number, seal.version)
            raise
        log.info("version-signed", conference=conference, report=number, version=seal.version, by=caller.name)

    async def _unfix(self, conference: str, state: State, number: int, version: int) -> None:
        """This report is not that version after all. Another one is, if it was signed and nobody had heard of it."""
        for other, labels in (await shelved(self._archive, conference)).items():
            if any(each.number == version and is_version(each, labels) for each in state.affairs.closing.versions):
                await self._archive.fix(conference, other, version)
                return
        await self._archive.loosen(conference, number)


def _sealed(labels: list[Label], asked: SignBody) -> Seal:
    figures = figures_of(labels)
    return Seal(
        version=asked.version,
        position=facts_of(figures).position,
        figures_sha256=figures.sha256,
        files=files_of(labels),
        at_once=asked.at_once,
    )
