"""What the process that writes documents is asked, and what it makes."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from dashboards.reports.figures import Figures
from dashboards.reports.form import Form


class Format(StrEnum):
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
}


class Documents(msgspec.Struct, frozen=True):
    files: Mapping[Format, bytes]
    runs_over: bool = False
    """Whether the leader's page goes on to another one in the Word file, however closely it is set."""


class Job(msgspec.Struct, frozen=True):
    figures: Figures | None
    """None: only the template is to be checked."""
    form: Form = Form()
    formats: tuple[Format, ...] = ()
    template: bytes | None = None
