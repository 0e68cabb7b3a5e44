"""Every Vietnamese sentence of the pages has its English one, and none is left over; so has every refusal of the server."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path

import bridge
import endpoints_registry
from bridge.pictures.darkroom import WHY
from bridge.rules import judging
from bridge.rules.model import Grade
from bridge.rules.verdict import VERDICTS, Believed
from bridge.simulator.timetable import CABLE, CARRIER, CENTRE, DEVICE, INSIDE, POWER, SLIP
from dashboards import language
from dashboards.reports import template, writing
from dashboards.reports.fields import NEEDED
from endpoints_registry import mistakes
from endpoints_registry.clusters import USERS
from endpoints_registry.words import ROUNDS, STAFF_ROLES

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


REFUSED, SAID, NAMED = "refused:", "said:", "named:"
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
    return {words for words in language.read()["en"].words if not words.startswith((REFUSED, SAID, NAMED))}


TOLD: Mapping[str, int] = {
    **dict.fromkeys(("Fault", "fault", "Misread"), -1),
    **dict.fromkeys(("Impossible", "WrongAccount", "WrongToken", "NotDone", "Unworded", "Unwritten"), 0),
    "_give_up": 1,
    **dict.fromkeys(("PydanticCustomError", "Problem", "Outcome"), -1),
}
"""What says what is wrong, and which of its arguments is the sentence."""
LISTED = [Path(str(each.__file__)) for each in (template, writing, judging)]
MANY = {"impossible", "in_use", "invalid", "malformed", "not_made", "template", "unknown_units", "wrong_account"}
"""Codes with more than one meaning: each of their sentences has its own English one."""
UNFINISHED = {"Misread", "PydanticCustomError", "Unworded"}
"""Their sentences end with a dot only where they are told."""
REGISTRY = sorted(Path(str(endpoints_registry.__file__)).parent.rglob("*.py"))
BRIDGE = Path(str(bridge.__file__)).parent
ELSEWHERE = [
    *(BRIDGE / "keeping" / f"{name}.py" for name in ("backups", "copying")),
    *sorted((BRIDGE / "edges").glob("*.py")),
    *(BRIDGE / f"{name}.py" for name in ("printing/sheets", "reporting", "rules/conversation", "rules/notices")),
    *sorted((DASHBOARDS / "reports").glob("*.py")),
]


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
        case ast.Subscript(value=cut):
            return _pattern(cut, end)
    return None


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _sentences(said: ast.expr, tree: ast.AST) -> Iterator[ast.expr]:
    """What an argument may come to: a sentence, one of two, or what a name was given."""
    match said:
        case ast.IfExp(body=one, orelse=other):
            yield from (one, other)
        case ast.Name(id=name):
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and name in {getattr(each, "id", "") for each in node.targets}:
                    yield node.value
        case ast.Dict(values=[only]):
            yield from _sentences(only, tree)
        case ast.BoolOp(values=either):
            yield from either
        case _:
            yield said


def _told(call: ast.Call) -> ast.expr | None:
    """The sentence that this call carries, if it is one that must have its own English one."""
    name = _name(call)
    if name not in TOLD:
        return None
    if name in {"Problem", "Outcome"}:
        code = next((str(each.value) for each in call.args[1:2] if isinstance(each, ast.Constant)), "")
        code = next(
            (
                ast.literal_eval(each.value)
                for each in call.keywords
                if each.arg == "code" and isinstance(each.value, ast.Constant)
            ),
            code,
        )
        message = next((each.value for each in call.keywords if each.arg == "message"), None)
        return (message or call.args[2]) if code in MANY else None
    return call.args[TOLD[name]]


def _in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
        said = _told(node)
        # What a command of the terminal could not do is told there.
        if said is None or (_name(node) == "NotDone" and path.parent.name != "keeping"):
            continue
        end = "." if _name(node) in UNFINISHED else ""
        for each in _sentences(said, tree):
            words = _pattern(each, end)
            if words and " " in words.replace("{1}", ""):
                yield words


def of_lists() -> Iterator[str]:
    """What is found wrong with an office's own Word file, and what speaks for a hall or against it."""
    for node in (node for path in LISTED for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        for each in _held(node):
            words = _pattern(each, "")
            if words and VIETNAMESE.search(words):
                yield words


def _held(node: ast.AST) -> Iterator[ast.expr]:
    """What stands in a list, is yielded, or appended."""
    match node:
        case ast.List(elts=several) | ast.Tuple(elts=several):
            yield from several
        case ast.ListComp(elt=one) | ast.Yield(value=ast.expr() as one):
            yield one
        case ast.Call(args=[one]) if _name(node) == "append":
            yield one


def faults() -> set[str]:
    """What the server finds in files that are brought to it, and in what else may be wrong in more than one way."""
    found = {words for path in (*REGISTRY, *ELSEWHERE) for words in _in(path)} | set(of_lists())
    # Its fields are told one by one.
    return (found | set(of_fields())) - {"{1}.", "Nội dung gửi lên không hợp lệ: {1}."}


def of_fields() -> Iterator[str]:
    for said in mistakes.SAID.values():
        sentence = said
        for number, name in enumerate(NAMES.findall(sentence), 1):
            sentence = sentence.replace(f"{{{name}}}", f"{{{number}}}")
        yield f"{sentence}."


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


def test_what_stands_as_a_value_in_a_sentence_has_its_name_too() -> None:
    rounds = {words.lower() for words in ROUNDS.values()}
    values = {*STAFF_ROLES.values(), *rounds, *NEEDED.values(), *template.KINDS.values(), *(what for *_, what in USERS)}
    values |= {*judging.ROUNDS.values(), judging.WAITS}
    named = {words.removeprefix(NAMED) for words in language.read()["en"].words if words.startswith(NAMED)}
    assert named == values


def test_no_refusal_quotes_its_vietnamese() -> None:
    assert [code for code, said in english().items() if "{detail}" in said] == []


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
