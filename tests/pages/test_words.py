"""Every Vietnamese sentence of the pages has its English one, and none is left over."""

import re
from pathlib import Path

from dashboards import language

DASHBOARDS = Path(language.__file__).parent
PAGES = [
    path
    for folder in ("static/board", "static/admin", "static/office", "static/reports", "static", "templates")
    for path in sorted((DASHBOARDS / folder).glob("*"))
    # The operator's page carries its own words: it must stay small.
    if path.suffix in {".js", ".html"} and not path.name.startswith("phone")
]
CALLED = re.compile(r"""(?<![\w$])(?:t|N|_)\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")""")
COMMENT = re.compile(r"/\*.*?\*/|(?m:^\s*//[^\n]*$|\s//\s[^\n]*$)|\{#.*?#\}", re.DOTALL)
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
NAMES = re.compile(r"\{(\w+)\}")


def said() -> set[str]:
    return {
        single or double
        for path in PAGES
        for single, double in CALLED.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))
    }


def test_every_sentence_has_its_english_one() -> None:
    assert said() - set(language.read()["en"].words) == set()


def test_no_english_sentence_has_lost_its_vietnamese() -> None:
    assert set(language.read()["en"].words) - said() == set()


def test_translations_fill_in_the_same_names() -> None:
    for vietnamese, english in language.read()["en"].words.items():
        for sentence in [english] if isinstance(english, str) else english:
            assert set(NAMES.findall(sentence)) == set(NAMES.findall(vietnamese)), vietnamese


def test_no_vietnamese_is_shown_past_the_catalogue() -> None:
    for path in PAGES:
        bare = CALLED.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
        # Names of languages and of units are the same in every language; folding names its letters.
        bare = re.sub(r"Tiếng Việt|const KINDS = .*|\[đĐ\]", "", bare)
        assert VIETNAMESE.findall(bare) == [], path.name
