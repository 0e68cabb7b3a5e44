"""A conference as it is made."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from endpoints_registry.bodies import NO_CONTROLS, Asked, Code, Hour, Told
from endpoints_registry.conferences import (
    HANOI,
    Choice,
    Conference,
    Hotline,
    Round,
    Sitting,
    planned,
    sitting_id,
    usual_name,
    usual_rounds,
)


class RoundBody(Asked):
    round: Literal["opening", "middle", "closing"]
    opens_at: AwareDatetime
    due_at: AwareDatetime


class SittingBody(Asked):
    """Hours are Hà Nội's. Without rounds, the usual three."""

    day: date
    starts_at: Hour
    ends_at: Hour
    name: Annotated[str, NO_CONTROLS] = Field("", max_length=200)
    rehearsal: bool = False
    rounds: list[RoundBody] | None = Field(None, min_length=1, max_length=3)

    def sitting(self) -> Sitting:
        id = sitting_id(self.day, self.starts_at)
        starts_at = datetime.combine(self.day, self.starts_at, HANOI)
        ends_at = datetime.combine(self.day, self.ends_at, HANOI)
        rounds = (
            usual_rounds(starts_at, ends_at)
            if self.rounds is None
            else tuple(Round(each.round, each.opens_at, each.due_at) for each in self.rounds)
        )
        name = self.name or usual_name(id, self.day, self.rehearsal)
        return Sitting(id, name, self.day, starts_at, ends_at, self.rehearsal, rounds)


class HotlineBody(Asked):
    name: Annotated[str, NO_CONTROLS] = Field("", max_length=200)
    phone: Annotated[str, NO_CONTROLS] = Field("", max_length=40)


class ChoiceBody(Asked):
    """The rule by which points are chosen; an empty part leaves all in, `but` takes points or whole units out."""

    under: frozenset[Code] = frozenset()
    types: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    codes: frozenset[Code] = frozenset()
    but: frozenset[Code] = frozenset()

    def choice(self) -> Choice:
        return Choice(self.under, self.types, self.levels, self.codes, self.but)


class ConferenceBody(Asked):
    id: str = Field(min_length=1, max_length=64)
    title: Annotated[str, NO_CONTROLS] = Field(min_length=1, max_length=500)
    unit: Code
    """The unit that gathers: the root of the conference's tree."""
    origin: Literal["central", "city"] = "city"
    mode: Literal["online", "hybrid"] = "hybrid"
    hotline: HotlineBody = HotlineBody()
    sittings: list[SittingBody] = Field(min_length=1, max_length=60)
    points: ChoiceBody = ChoiceBody()
    expected: Mapping[str, Mapping[str, Annotated[int, Field(ge=0, le=100_000)]]] = {}
    """People summoned, by sitting and point."""

    def conference(self) -> Conference:
        """Raises conferences.Impossible."""
        hotline = Hotline(self.hotline.name, self.hotline.phone)
        sittings = [each.sitting() for each in self.sittings]
        return planned(self.id, self.title, self.origin, self.mode, self.unit, hotline, sittings)


class ConferenceMade(Told):
    id: str
    points: int
    sittings: list[str]
