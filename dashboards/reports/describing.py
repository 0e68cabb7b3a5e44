"""What is told of one report: a draft that is being made, or one that is kept."""

from collections.abc import Callable

from bridge.archive import Kind, Label
from bridge.rules import wire
from bridge.rules.projection import State
from dashboards.reports.bodies import FileTold, ReportTold
from dashboards.reports.drafts import Making, facts_of
from dashboards.reports.shelf import figures_of, is_stale, signed_as

Named = Callable[[str], str]
"""How the holder of an account is called, by user name."""


def making_told(making: Making, named: Named) -> ReportTold:
    return ReportTold(
        number=making.number,
        status="failed" if making.failed else "making",
        progress=round(making.progress, 3),
        failed=making.failed,
        version=None,
        position=None,
        stale=False,
        closed=False,
        made_at=wire.rfc3339(making.at_ms),
        made_by=_called(making.by, named),
        job=making.job,
        office=making.form,
        runs_over=False,
        files=[],
        figures_sha256=None,
        points=None,
        expected=None,
        present=None,
        excused=None,
        unexcused=None,
        signed_at=None,
        signed_by=None,
        corrections=[],
    )


def kept_told(state: State, labels: list[Label], named: Named) -> ReportTold:
    figures = figures_of(labels)
    facts, version = facts_of(figures), signed_as(state, labels)
    stem = _stem(figures.conference, facts.number, version.number if version else None)
    return ReportTold(
        number=facts.number,
        status="signed" if version else "draft",
        progress=1,
        failed="",
        version=version.number if version else facts.version,
        position=facts.position,
        stale=version is None and is_stale(state, facts),
        closed=facts.closed,
        made_at=wire.rfc3339(facts.made_ms),
        made_by=_called(figures.by, named),
        job=facts.job,
        office=facts.form,
        runs_over=facts.runs_over,
        files=[
            FileTold(each.name, f"{stem}.{each.name}", each.size, each.sha256)
            for each in labels
            if each.kind is Kind.REPORT
        ],
        figures_sha256=figures.sha256,
        points=facts.points,
        expected=facts.expected,
        present=facts.present,
        excused=facts.excused,
        unexcused=facts.unexcused,
        signed_at=wire.rfc3339(version.signed_ms) if version else None,
        signed_by=_called(version.signed_by, named) if version else None,
        corrections=list(version.corrections) if version else [],
    )


def stem_of(conference: str, report: ReportTold) -> str:
    """What the names of its files begin with."""
    return _stem(conference, report.number, report.version if report.status == "signed" else None)


def _stem(conference: str, number: int, version: int | None) -> str:
    """In letters that no system garbles."""
    return f"bao-cao-{conference}-phien-ban-{version}" if version else f"du-thao-{conference}-so-{number}"


def _called(by: str, named: Named) -> str:
    return named(by.removeprefix("user:"))
