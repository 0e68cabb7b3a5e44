"""What the addresses of the reports take and give, as JSON."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from dashboards.reports.form import Form, FormKind
from dashboards.reports.jobs import Format

PRINTABLE = r"^[^\x00-\x1f\x7f\uFFFE\uFFFF]*$"
"""What no document can hold is refused before one is made."""
Line = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]


def _on_a_calendar(day: str | None) -> str | None:
    try:
        date.fromisoformat(day or "2026-01-01")
    except ValueError as wrong:
        raise PydanticCustomError("day", "{why}", {"why": f"không có ngày {day}; hãy ghi năm-tháng-ngày"}) from wrong
    return day


class OfficeBody(BaseModel):
    """The fields of the document; what is left out stays as it was last time."""

    model_config = ConfigDict(extra="forbid")

    kind: FormKind | None = None
    superior: Line | None = None
    body: Line | None = None
    called: Line | None = None
    number: str | None = Field(None, max_length=20, pattern=PRINTABLE)
    symbol: str | None = Field(None, max_length=60, pattern=PRINTABLE)
    place: Line | None = None
    date: Annotated[str | None, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$"), AfterValidator(_on_a_calendar)] = None
    title: str | None = Field(None, max_length=1_000, pattern=PRINTABLE)
    basis: str | None = Field(None, max_length=1_000, pattern=PRINTABLE)
    authority: Line | None = None
    signer_title: Line | None = None
    signer: Line | None = None
    recipients: list[Line] | None = Field(None, max_length=30)


class ReportBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    office: OfficeBody = OfficeBody()
    formats: list[Format] = Field(list(Format), min_length=1, max_length=len(Format))


class SignBody(BaseModel):
    """`at_once`: do not wait for phones that may still be sending what they said before the close."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=1_000_000)
    at_once: bool = False


class FileTold(msgspec.Struct, frozen=True):
    format: str
    name: str
    bytes: int
    sha256: str


class ReportTold(msgspec.Struct, frozen=True):
    number: int
    status: Literal["making", "failed", "draft", "signed"]
    progress: float
    """From 0 to 1."""
    failed: str
    """Why nothing came of it."""
    version: int | None
    """Which one it is, or would be."""
    position: int | None
    stale: bool
    """A draft after which figures were corrected, or halls judged otherwise: it can no longer be signed."""
    closed: bool
    """Whether its figures are those of a closed conference; before, they are provisional."""
    made_at: str
    made_by: str
    job: str
    office: Form
    runs_over: bool
    """Whether the leader's page of the Word file goes on to another one: the office's template leaves it too little room."""
    files: list[FileTold]
    figures_sha256: str | None
    points: int | None
    expected: int | None
    present: int | None
    excused: int | None
    unexcused: int | None
    signed_at: str | None
    signed_by: str | None
    corrections: list[int]
    """Numbers of those that this version took in."""


class ReportsTold(msgspec.Struct, frozen=True):
    reports: list[ReportTold]
    """The newest first. Drafts only for whoever may sign."""
    office: Form
    """What the next one's form is filled with."""
    offices: dict[FormKind, Form]
    """And what it would be, by kind."""
    next_version: int
    phase: str
    may_sign: bool
    """Whether you are somebody who makes and signs them."""
