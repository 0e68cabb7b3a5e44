"""Units, points and conferences as they are looked up."""

from datetime import date

from pydantic import Field

from endpoints_registry.bodies import Asked, Moment, Told


class Page(Asked):
    q: str = Field("", max_length=200)
    """Accent-free search."""
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=1_000)
    day: date | None = None
    """The day on which codes resolve; today if not given."""


class UnitsQuery(Page):
    parent: str | None = Field(None, max_length=16)
    level: str | None = Field(None, max_length=20)


class PointsQuery(Page):
    unit: str | None = Field(None, max_length=16)
    """Only points of this unit and of those below it."""
    type: str | None = Field(None, max_length=20)


class DayQuery(Asked):
    day: date | None = None


class UnitTold(Told):
    code: str
    name: str
    level: str
    parent: str | None
    parent_name: str
    valid_from: date | None
    valid_to: date | None


class UnitsAnswer(Told):
    units: list[UnitTold]
    total: int
    next_page: int | None


class ContactTold(Told):
    role: str
    name: str
    phone: str


class PointTold(Told):
    code: str
    name: str
    unit: str
    unit_name: str
    parent_name: str
    type: str
    mode: str
    address: str
    seats: int | None
    area: str
    provider: str
    feeder: str
    contacts: list[ContactTold] | None
    """None for those who may not see names."""


class PointsAnswer(Told):
    points: list[PointTold]
    total: int
    next_page: int | None


class ConferenceLine(Told):
    id: str
    title: str
    phase: str
    version: int
    unit: str
    starts_at: Moment
    ends_at: Moment
    points: int


class ConferencesAnswer(Told):
    conferences: list[ConferenceLine]


class RoundTold(Told):
    round: str
    opens_at: Moment
    due_at: Moment


class SittingTold(Told):
    id: str
    name: str
    rehearsal: bool
    starts_at: Moment
    ends_at: Moment
    rounds: list[RoundTold]


class HotlineTold(Told):
    name: str
    phone: str


class ConferenceAnswer(ConferenceLine):
    origin: str
    mode: str
    names: bool
    """Whether it keeps a roster of people; without one nothing about a person is stored."""
    hotline: HotlineTold
    sittings: list[SittingTold]
