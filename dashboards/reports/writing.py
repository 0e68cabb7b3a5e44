"""Writes the documents of a report in a process of its own, one after the other, and says how far it is."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from dashboards.reports.figures import Figures
from dashboards.reports.form import Form


class Format(StrEnum):
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""


class Unwritten(Exception):
    """A document did not come out; the message says which, and why."""


async def written(
    figures: Figures,
    form: Form,
    formats: Sequence[Format],
    template: bytes | None = None,
    progress: Progress | None = None,
) -> Mapping[Format, bytes]:
    """The documents, the same bytes for the same input. `template`: the office's own .docx instead of the shipped one.

    Raises Unwritten; Busy where too many wait already.
    """
    raise Unwritten("chưa viết")
