"""The words of the pages: Vietnamese as written, other languages looked up by it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
VIETNAMESE = "vi"
COOKIE = "language"

Words = str | list[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: a sentence, or two where the language tells one from many."""

    language: str
    words: Mapping[str, Words]

    def __call__(self, vietnamese: str) -> str:
        found = self.words.get(vietnamese, vietnamese)
        return found if isinstance(found, str) else found[-1]

    def json(self) -> bytes:
        return json.dumps(self.words, ensure_ascii=False, separators=(",", ":")).encode()


def read(folder: Path = LOCALE) -> dict[str, Catalogue]:
    """Vietnamese, and every language that has a `bridge.po`."""
    catalogues = {VIETNAMESE: Catalogue(VIETNAMESE, {})}
    for path in sorted(folder.glob("*/LC_MESSAGES/bridge.po")):
        language = path.parents[1].name
        with path.open("rb") as file:
            messages = read_po(file, locale=language, abort_invalid=True)
        words: dict[str, Words] = {}
        for message in messages:
            if not message.id or not message.string:
                continue
            vietnamese = message.id if isinstance(message.id, str) else message.id[0]
            # What is no sentence of a page, such as the code of a refusal, stands in a context of its own.
            words[f"{message.context}:{vietnamese}" if message.context else vietnamese] = (
                message.string if isinstance(message.string, str) else list(message.string)
            )
        catalogues[language] = Catalogue(language, words)
    return catalogues
