"""The audit log as it is asked for and told, and where the chains end."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from endpoints_registry.bodies import NO_CONTROLS, Moment

PAGE = 500
"""Rows in one answer, at most."""


class Filter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    actor: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    """Whose: `user:ann`, `command-line`, `system`."""
    action: str = Field("", max_length=60, pattern=r"^[a-z-]*$")
    """`link-revoked`, or `link` for all that is done to links."""
    subject: Annotated[str, NO_CONTROLS] = Field("", max_length=100)
    """About what: a point's or unit's code, a user name, a conference. Of a row that names only some, those."""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class AuditQuery(Filter):
    after: int = Field(0, ge=0, le=2**53)
    limit: int = Field(100, ge=1, le=PAGE)
    order: Literal["newest", "oldest"] = "newest"


class FieldTold(BaseModel):
    """`private`: kept beside the chain; null there where it was erased."""

    subject: str
    field: str
    before: str | int | bool | None
    after: str | int | bool | None
    private: bool


class AuditEntry(BaseModel):
    position: int
    at: Moment
    by: str
    address: str
    reason: str | None
    action: str
    said: str
    number: int
    subjects: list[str]
    more: int
    """So many that are not named."""
    changes: list[FieldTold]
    erased: bool
    """Whether some text of it was erased."""
    hash: str


class ChainHead(BaseModel):
    position: int
    hash: str


class AuditAnswer(BaseModel):
    entries: list[AuditEntry]
    next: int | None
    """`after` of the next page."""
    head: ChainHead


class JournalHead(BaseModel):
    """Where a conference's journal ends. `epoch` names the database; it is another one after a restore."""

    conference: str
    epoch: str
    position: int
    hash: str


class HeadsAnswer(BaseModel):
    audit: ChainHead
    journals: list[JournalHead]
