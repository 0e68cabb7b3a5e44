"""People by name: whether a conference keeps them, its roster in and out, a hall's list and its code."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class NamesBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    names: bool
    keep_days: int | None = Field(None, ge=1, le=3_650)
    """So many days after the conference they are purged; null: as many as the configuration says."""


class NamesAnswer(BaseModel):
    names: bool
    people: int
    keep_days: int | None


class RosterQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False


class RosterExport(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["xlsx", "csv"] = "xlsx"
    point: str | None = Field(None, max_length=20)
    unit: str | None = Field(None, max_length=16)
    """Only the points of this unit and of those below it."""


class PersonTold(BaseModel):
    person: str
    name: str
    position: str
    category: str
    unit: str


class PeopleAnswer(BaseModel):
    conference: str
    point: str
    people: list[PersonTold]
    """In Vietnamese order, by the given name."""


class HallCodeAnswer(BaseModel):
    url: str
    seconds_left: float
    """Until the hall should show the next one."""
    step_s: int
