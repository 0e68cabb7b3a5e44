"""Vietnamese order, and search by people who do not type accents.

Order is ICU's for `vi` with numbers by value (Phường 2 before Phường 10): letters first (a ă â b c d đ ...), tones
only break ties, then lower case before upper. Held against ICU in tests. Where we differ, on purpose: characters that
are neither Vietnamese letters, digits nor the punctuation below come last by code point, and their marks are ignored.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PUNCTUATION = " _-–—,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
# ngang, huyền, hỏi, ngã, sắc, nặng: the order of the marks in a Vietnamese dictionary.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
# Curly quotes are the straight ones until everything else is equal: M'gar and M’gar stand together.
_CURLY = {"‘": ("'", 1), "’": ("'", 2), "“": ('"', 1), "”": ('"', 2)}
_DIGITS = len(_PUNCTUATION)
_PRIMARY = {letter: place for place, letter in enumerate(_PUNCTUATION)} | {
    letter: _DIGITS + 1 + place for place, letter in enumerate(_LETTERS)
}
_OTHERS = _DIGITS + 1 + len(_LETTERS)
_CLUSTERS = re.compile(r"[0-9]+|.[\u0300-\u036f]*", re.DOTALL)
_KIND = re.compile("(thành phố|thị trấn|thị xã|đặc khu|phường|huyện|quận|tỉnh|xã) +(?=.)", re.IGNORECASE)

Key = tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]


@lru_cache(maxsize=65_536)
def sort_key(name: str) -> Key:
    """The key that sorts names as a Vietnamese dictionary does."""
    return _sort_key(name)


def person_key(name: str) -> tuple[Key, Key]:
    """Order of people, as every list in an office has it: by the given name, which stands last, then by the whole name.

    Nothing is remembered here: who was forgotten elsewhere must not live on in a cache.
    """
    return _sort_key(name.rpartition(" ")[2]), _sort_key(name)


def _sort_key(name: str) -> Key:
    primary: list[tuple[int, int]] = []
    secondary: list[int] = []
    tertiary: list[int] = []
    for cluster in _clusters(name):
        if cluster[0] in "0123456789":
            primary.append((_DIGITS, int(cluster)))
            secondary.append(0)
            tertiary.append(0)
            continue
        marks = [mark for mark in cluster[1:] if mark in _TONES]
        letter = unicodedata.normalize("NFC", "".join(c for c in cluster if c not in _TONES))
        lower, curl = _CURLY.get(letter, (letter.lower(), 0))
        place = _PRIMARY.get(lower)
        primary.append((_OTHERS, ord(lower[0])) if place is None else (place, 0))
        secondary += [curl, *(_TONES[mark] for mark in marks)]
        tertiary += [int(letter.lower() != letter), *(0 for _ in marks)]
    return tuple(primary), tuple(secondary), tuple(tertiary)


def bare(name: str) -> str:
    """A unit's proper name without its kind: «Quận Ba Đình» is «Ba Đình»; a number keeps its kind."""
    plain = unicodedata.normalize("NFC", name).strip()
    own = _own(plain)
    return plain if own.isdigit() else own


def unit_key(name: str) -> tuple[Key, Key]:
    """Order of units and points: by the proper name (Quận Ba Đình before Huyện Ba Vì), the kind only breaks ties."""
    plain = unicodedata.normalize("NFC", name).strip()
    return sort_key(_own(plain)), sort_key(plain)


def _own(plain: str) -> str:
    return _KIND.sub("", plain, count=1) if _KIND.match(plain) else plain


def proper(text: str) -> str:
    """What a person typed or pasted, as it is kept: NFC, no control characters, single spaces."""
    # Most of what is typed is so already, and a roster has some hundred thousand cells.
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split())
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Zs", "Zl", "Zp") else c for c in text)
    return unicodedata.normalize("NFC", " ".join(visible.split()))


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Without accents and case: «Đống Đa» becomes «dong da»."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.replace("đ", "d").split())


def matches(asked: str, name: str) -> bool:
    """Whether every word asked for begins a word of the name, accents aside."""
    words = fold(name).split()
    return all(any(word.startswith(part) for word in words) for part in fold(asked).split())


def rank(asked: str, name: str) -> int | None:
    """How well a name answers the question: 0 best, None not at all. Right accents come before right beginnings.

    0 the same name, 1 same accents, 2 accents aside from the beginning, with or without its kind, 3 accents aside.
    """
    if not matches(asked, name):
        return None
    exact, found = _spelled(asked), _spelled(name)
    if exact == found:
        return 0
    if all(any(word.startswith(part) for word in found.split()) for part in exact.split()):
        return 1
    return 2 if any(fold(each).startswith(fold(asked)) for each in (name, bare(name))) else 3


@lru_cache(maxsize=65_536)
def _spelled(text: str) -> str:
    """With accents, but the tone after its word, where its place does not matter: «hòa» equals «hoà»."""
    words = unicodedata.normalize("NFD", text.casefold()).split()
    return " ".join("".join(sorted(word, key=_TONES.__contains__)) for word in words)


def _clusters(name: str) -> Iterator[str]:
    """Runs of digits, and letters each with their marks."""
    return (found.group() for found in _CLUSTERS.finditer(unicodedata.normalize("NFD", name)))
