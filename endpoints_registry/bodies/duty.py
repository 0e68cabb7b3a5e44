"""The duty roster as it is put in order and told."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, RootModel
from pydantic_core import PydanticCustomError

from endpoints_registry import vietnamese
from endpoints_registry.bodies import NO_CONTROLS, Moment
from endpoints_registry.columns import Misread
from endpoints_registry.columns import phone as phone_of
from endpoints_registry.conferences import HANOI
from endpoints_registry.shifts import SHIFTS_LIMIT, Shift


def _phone(given: str) -> str:
    try:
        return phone_of(given)
    except Misread as wrong:
        raise PydanticCustomError("phone", "{why}", {"why": str(wrong)}) from wrong


Line = Annotated[str, NO_CONTROLS, Field(max_length=200), AfterValidator(vietnamese.proper)]


EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=HANOI) for year in (2000, 2100))


def _of_our_days(at: datetime) -> datetime:
    # The first and the last days that there are cannot be told in another zone.
    if not EARLIEST <= at < LATEST:
        why = f"năm {at.year} không phải ngày trực; hãy ghi một năm từ {EARLIEST.year} đến {LATEST.year - 1}"
        raise PydanticCustomError("days", "{why}", {"why": why})
    return at


When = Annotated[AwareDatetime, AfterValidator(_of_our_days)]


class ShiftBody(BaseModel):
    """`unit`: a unit (for all below it too) or a cluster; null: for everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(min_length=1)]
    phone: Annotated[str, Field(min_length=3, max_length=40), AfterValidator(_phone)]
    what: Line = ""
    from_: When = Field(alias="from")
    to: When
    unit: str | None = Field(None, min_length=1, max_length=16)

    def shift(self) -> Shift:
        return Shift(self.name, self.phone, self.what, self.from_, self.to, self.unit)


class RosterBody(RootModel[list[ShiftBody]]):
    """The whole roster, in the order in which people are to be called."""

    root: Annotated[list[ShiftBody], Field(max_length=SHIFTS_LIMIT)]


class ShiftTold(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, frozen=True)

    name: str
    phone: str
    what: str
    from_: Moment = Field(alias="from")
    to: Moment
    unit: str | None


class RosterTold(RootModel[list[ShiftTold]]):
    """In the order in which people are to be called."""
