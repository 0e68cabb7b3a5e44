"""Every Vietnamese sentence of the pages has its English one, and none is left over; so has every refusal of the server."""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import bridge
import endpoints_registry
from bridge.pictures.darkroom import WHY
from bridge.rules.model import Grade
from bridge.rules.verdict import VERDICTS, Believed
from bridge.simulator.story import CABLE, CARRIER, CENTRE, DEVICE, INSIDE, POWER, SLIP
from dashboards import language

DASHBOARDS = Path(language.__file__).parent
PAGES = [
    path
    for folder in (
        "static/board",
        "static/admin",
        "static/office",
        "static/reports",
        "static/wall",
        "static",
        "templates",
    )
    for path in sorted((DASHBOARDS / folder).glob("*"))
    # The operator's page carries its own words: it must stay small.
    if path.suffix in {".js", ".html"} and not path.name.startswith("phone")
]
CALLED = re.compile(r"""(?<![\w$])(?:t|N|_)\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")""")
COMMENT = re.compile(r"/\*.*?\*/|(?m:^\s*//[^\n]*$|\s//\s[^\n]*$)|\{#.*?#\}", re.DOTALL)
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
NAMES = re.compile(r"\{(\w+)\}")


REFUSED, SAID = "refused:", "said:"
REFUSES = {"Problem", "Refused", "Decided", "Outcome"}
"""Whatever carries a code to whoever asked."""


def said() -> set[str]:
    on_pages = {
        single or double
        for path in PAGES
        for single, double in CALLED.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))
    }
    # Whose word is believed of a hall the server says in a sentence of a table.
    return on_pages | {sentence for believed, sentence in VERDICTS.values() if believed is Believed.HALL}


def sentences() -> set[str]:
    return {words for words in language.read()["en"].words if not words.startswith((REFUSED, SAID))}


def _pattern(sentence: ast.expr, end: str) -> str | None:
    """As the catalogue has it: its values numbered."""
    match sentence:
        case ast.Constant(value=str(words)):
            return words + end
        case ast.JoinedStr(values=parts):
            numbers = count(1)
            return (
                "".join(str(part.value) if isinstance(part, ast.Constant) else f"{{{next(numbers)}}}" for part in parts)
                + end
            )
    return None


def faults() -> set[str]:
    """What the registry finds in files that are brought to it."""
    found = set()
    for path in Path(str(endpoints_registry.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in {"Fault", "fault", "Misread"}:
                continue
            # What was misread ends with a dot where it is told.
            end = "." if name == "Misread" else ""
            last = node.args[-1]
            for each in (last.body, last.orelse) if isinstance(last, ast.IfExp) else (last,):
                words = _pattern(each, end)
                if words and " " in words.replace("{1}", ""):
                    found.add(words)
    return found - {"{1}."}


def _codes_of(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in REFUSES:
        second = call.args[1:2]
        for value in (*second, *(each.value for each in call.keywords if each.arg == "code")):
            yield from (str(node.value) for node in ast.walk(value) if isinstance(node, ast.Constant) and node.value)


IN_A_HALL = {*WHY, *(each.value for each in Grade if each is not Grade.FINE)}
EVERYWHERE = [
    path
    for package in (bridge, endpoints_registry, language)
    for path in Path(str(package.__file__)).parent.rglob("*.py")
]
BEHIND_A_PHONE = [
    Path(str(bridge.__file__)).parent / f"{name}.py"
    for name in (
        "coordinator",
        *(f"rules/{name}" for name in ("deciding", "counting", "correcting")),
        *(f"edges/{name}" for name in ("asking", "desk", "attending", "linetest", "photos")),
    )
]


def codes(files: Iterable[Path]) -> set[str]:
    """Every code that these may give for what the server refuses, or takes with a word of warning."""
    calls = (
        node
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )
    found = {code for call in calls for code in _codes_of(call)}
    return {code for code in found if re.fullmatch("[a-z_]+", code)}


def english() -> dict[str, str]:
    """The refusals of the catalogue, by code."""
    words = language.read()["en"].words
    return {code.removeprefix(REFUSED): str(said) for code, said in words.items() if code.startswith(REFUSED)}


def test_every_sentence_has_its_english_one() -> None:
    assert said() - sentences() == set()


def test_no_english_sentence_has_lost_its_vietnamese() -> None:
    assert sentences() - said() == set()


def test_every_refusal_is_told_in_english_by_its_code() -> None:
    given = codes(EVERYWHERE) | IN_A_HALL | {"wrong_password", "wrong_otp"}
    assert given - english().keys() == set()
    assert english().keys() - given == set()


def test_a_phone_tells_them_in_the_same_words() -> None:
    carried = (DASHBOARDS / "static/phone/english.js").read_text(encoding="utf-8").partition("REFUSALS = {")[2]
    told = dict(re.findall(r'^  (\w+): "(.*)",$', carried, re.MULTILINE))
    assert (codes(BEHIND_A_PHONE) | IN_A_HALL) - told.keys() == set()
    assert {code: said for code, said in told.items() if english().get(code) != said} == {}


def test_what_is_found_in_files_is_told_in_english_by_the_pattern_of_its_sentence() -> None:
    known = {words.removeprefix(SAID) for words in language.read()["en"].words if words.startswith(SAID)}
    assert faults() - known == set()
    assert known - faults() == set()


def test_the_causes_of_the_demo_day_are_those_that_the_board_offers() -> None:
    offered = (DASHBOARDS / "static/board/incident.js").read_text(encoding="utf-8")
    for cause in (POWER, CABLE, CARRIER, DEVICE, INSIDE, SLIP, CENTRE):
        assert f"N('{cause}')" in offered


def test_translations_fill_in_the_same_names() -> None:
    for vietnamese, english in language.read()["en"].words.items():
        if vietnamese.startswith(REFUSED):  # its values are its own
            continue
        for sentence in [english] if isinstance(english, str) else english:
            assert set(NAMES.findall(sentence)) == set(NAMES.findall(vietnamese)), vietnamese


def test_no_vietnamese_is_shown_past_the_catalogue() -> None:
    for path in PAGES:
        bare = CALLED.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
        # Names of languages and of units are the same in every language; folding names its letters.
        bare = re.sub(r"Tiếng Việt|const KINDS = .*|\[đĐ\]", "", bare)
        assert VIETNAMESE.findall(bare) == [], path.name
