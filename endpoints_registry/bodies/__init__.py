"""What the registry's addresses take and give, as JSON: one file a subject, and here what they have in common."""

from datetime import datetime, time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from endpoints_registry.conferences import HANOI

Moment = Annotated[
    datetime, PlainSerializer(lambda at: at.astimezone(HANOI).isoformat(timespec="milliseconds"), return_type=str)
]
"""RFC 3339 with +07:00."""
Code = Annotated[str, Field(min_length=1, max_length=20)]
NO_CONTROLS = Field(pattern=r"^[^\x00-\x1f\x7f]*$")
"""What is kept or shown as a line: no NUL, which PostgreSQL does not keep, and nothing that moves a terminal."""


def _of_hanoi(at: time) -> time:
    if at.tzinfo is not None:
        raise PydanticCustomError("hanoi", "{why}", {"why": "giờ ghi theo Hà Nội, không kèm múi giờ"})
    return at


Hour = Annotated[time, AfterValidator(_of_hanoi)]
"""An hour of the day in Hà Nội."""


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    model_config = ConfigDict(frozen=True)
