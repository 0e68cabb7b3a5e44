"""What the process that writes documents is asked."""

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


class Job(msgspec.Struct, frozen=True):
    figures: Figures | None
    """None: only the template is to be checked."""
    form: Form = Form()
    formats: tuple[Format, ...] = ()
    template: bytes | None = None
