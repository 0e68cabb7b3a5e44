"""The reports of a conference as they lie on the shelf, held against what the journal says was signed."""

from bridge.archive import Archive, Kind, Label
from bridge.rules.ladder import Version
from bridge.rules.projection import State
from dashboards.reports.drafts import Facts


async def shelved(archive: Archive, conference: str) -> dict[int, list[Label]]:
    """The labels of every report that is kept whole, by its number."""
    found: dict[int, list[Label]] = {}
    for label in await archive.listed(conference, Kind.FIGURES, Kind.REPORT):
        found.setdefault(label.number, []).append(label)
    return {number: labels for number, labels in found.items() if any(each.kind is Kind.FIGURES for each in labels)}


def figures_of(labels: list[Label]) -> Label:
    return next(label for label in labels if label.kind is Kind.FIGURES)


def files_of(labels: list[Label]) -> dict[str, str]:
    """SHA-256 of each file, by format."""
    return {label.name: label.sha256 for label in labels if label.kind is Kind.REPORT}


def is_version(version: Version, labels: list[Label]) -> bool:
    """Whether these very figures and files were signed as that version."""
    return version.figures_sha256 == figures_of(labels).sha256 and version.files == files_of(labels)


def signed_as(state: State, labels: list[Label]) -> Version | None:
    """The version that this report is, as the journal has it: what the archive says alone is not enough."""
    due = figures_of(labels).version
    return next(
        (each for each in state.affairs.closing.versions if each.number == due and is_version(each, labels)), None
    )


def is_stale(state: State, facts: Facts) -> bool:
    """A draft after which figures were corrected, halls judged otherwise, or another one signed."""
    closing = state.affairs.closing
    return facts.position < closing.moved or facts.version != len(closing.versions) + 1
