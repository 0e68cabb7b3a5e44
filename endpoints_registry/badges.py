"""A badge: who it is for, and a proof that we made it. Pure: keys, chance and the clock come in as arguments.

The text of a badge fits a QR code of the smallest practical kind: capitals and digits only, so that the code's
alphanumeric mode applies, and 34 of them, which is version 3 at the highest error correction.

    DB1.7K2M9QXR4TMFRGGZDFMZTWQ2LKNNWG   prefix, person, 100 bits of HMAC-SHA-256
"""

import hmac
from collections.abc import Callable

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""A person's: Crockford's, of which nobody takes one for another when reading it aloud."""
PERSON_LETTERS = 10
PROOF_LETTERS = 20
"""Five bits each: 100 bits, of which none is left over, so that no second text says the same."""
PREFIX = "DB1."
BADGE_LETTERS = len(PREFIX) + PERSON_LETTERS + PROOF_LETTERS
KEY_BYTES = 32
STEP_MS = 20_000
"""How long a hall's code is shown. It is taken for one step more: somebody is always just opening their camera."""


def new_person(chance: Callable[[int], int]) -> str:
    """An id drawn by lot, never from a name. `chance(n)` is a number below n that nobody foresees."""
    return "".join(LETTERS[chance(len(LETTERS))] for _ in range(PERSON_LETTERS))


def sign(key: bytes, conference: str, person: str) -> str:
    """The text of this person's badge for this conference."""
    return f"{PREFIX}{person}{_proof(key, 'badge', conference, person)}"


def read(key: bytes, conference: str, text: str) -> str | None:
    """Whose badge this is; None unless this key made it for this conference."""
    if len(text) != BADGE_LETTERS or not text.isascii() or not text.startswith(PREFIX):
        return None
    person = text[len(PREFIX) :][:PERSON_LETTERS]
    return person if hmac.compare_digest(text, sign(key, conference, person)) else None


def hall_code(key: bytes, point: str, now_ms: int) -> str:
    """What the hall shows now for people to scan with their own phones: another one every STEP_MS."""
    return _hall_code(key, point, now_ms // STEP_MS)


def hall_code_left_ms(now_ms: int) -> int:
    """How long the code of this moment is still the newest."""
    return STEP_MS - now_ms % STEP_MS


def read_hall_code(key: bytes, point: str, code: str, now_ms: int) -> bool:
    """Whether the hall shows this code now or showed it in the step before."""
    step = now_ms // STEP_MS
    given = code.encode(errors="replace")
    # Both are always compared: how long we take says nothing.
    right = [hmac.compare_digest(given, _hall_code(key, point, each).encode()) for each in (step, step - 1)]
    return any(right)


def _hall_code(key: bytes, point: str, step: int) -> str:
    return _proof(key, "hall", point, str(step))


def _proof(key: bytes, *said: str) -> str:
    # What is said holds no NUL (codes, slugs, our own letters), so that no two lists of words make the same bytes.
    digest = hmac.digest(key, "\0".join(said).encode(), "sha256")
    bits = int.from_bytes(digest[:15]) >> _SPARE_BITS
    return "".join([_PAIRS[bits >> place & 1023] for place in _PLACES])


# Base 32 (RFC 4648) two letters at a time: the library's own way costs more than the digest, and every scan pays it.
_BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE_32 for second in _BASE_32]
_SPARE_BITS = 15 * 8 - PROOF_LETTERS * 5
_PLACES = range(PROOF_LETTERS * 5 - 10, -1, -10)
