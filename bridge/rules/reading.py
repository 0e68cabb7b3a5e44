"""JSON that strangers send: whatever is wrong with it is one kind of error."""

from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Reader(Generic[T]):
    """Reads JSON of one shape.

    Raises msgspec.DecodeError (its subclass ValidationError names the field), also for text that is not Unicode and for
    brackets nested so deeply that reading them would exhaust the stack.
    """

    def __init__(self, shape: Any) -> None:
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(shape)

    def __call__(self, given: str | bytes | msgspec.Raw) -> T:
        try:
            return self._decoder.decode(given)
        except RecursionError:
            raise msgspec.DecodeError("JSON is nested too deeply") from None
        except UnicodeError:
            raise msgspec.DecodeError("text is not Unicode") from None
