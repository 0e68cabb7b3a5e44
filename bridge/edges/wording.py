"""What people write on one line, as it is kept."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

REASON_LIMIT = 500


def line(text: str) -> str:
    """Composed letters, single blanks. Raises where something cannot be seen."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    wrong = next((letter for letter in plain if unicodedata.category(letter) == "Cc"), None)
    if wrong is not None:
        detail = f"có ký tự điều khiển U+{ord(wrong):04X}; hãy xóa ký tự đó rồi gửi lại"
        raise PydanticCustomError("controls", "{why}", {"why": detail})
    return plain


def _given(text: str) -> str:
    plain = line(text)
    if not plain:
        raise PydanticCustomError("empty", "{why}", {"why": "hãy ghi lý do"})
    return plain


Reason = Annotated[str, Field(min_length=1, max_length=REASON_LIMIT), AfterValidator(_given)]
"""Why somebody does it: never blank."""
