"""What is written is read again, and whatever strangers send is answered, never thrown."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.rules import acts, wire
from bridge.rules.conversation import Asked, Conversation, Greet, Hang, Heard, Left, Say, malformed
from bridge.rules.hours import HANOI
from bridge.rules.model import RoundName
from bridge.rules.wire import BATCH_LIMIT, FRAME_LIMIT, Close, comes_again, ms_of, rfc3339
from tests.cast import HALL_1, MORNING, SITTING, act_id, at, count
from tests.laws.days import acts_said

# Letters of every kind, halves of surrogate pairs too.
anything = st.text(st.characters(codec=None), max_size=60)
words = st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1, max_size=80)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

room_says: SearchStrategy[wire.RoomSays] = st.one_of(
    st.builds(wire.Hello, device=words, device_epoch=words, seq=st.integers(0, 2**53), journal_epoch=words),
    st.builds(
        wire.Beat,
        rtt_ms=st.none() | st.floats(0, 600_000),
        loss=st.none() | st.floats(0, 1),
        stream=st.none() | st.text(st.characters(codec="utf-8"), max_size=20),
        behind_s=st.none() | st.floats(0, 604_800),
        bitrate_kbps=st.none() | st.floats(0, 10_000_000),
    ),
    st.just(wire.Bye()),
)
server_says: SearchStrategy[wire.ServerSays] = st.one_of(
    st.builds(
        wire.Welcome,
        heartbeat_s=st.floats(1, 60),
        retry_cap_s=st.floats(1, 60),
        now=st.just(rfc3339(MORNING)),
        speed=st.floats(0, 1000),
        journal_epoch=words,
        conference=words,
        point=words,
        acked_seq=st.integers(0, 2**53),
    ),
    st.builds(wire.Ack, id=words, outcome=st.sampled_from(("accepted", "refused")), code=words, message=words),
    st.builds(wire.Notice, number=st.integers(1, 200), text=words, at=st.just(rfc3339(MORNING)), by=words),
    st.builds(wire.Reminder, sitting=words, round=words, at=st.just(rfc3339(MORNING))),
    st.just(wire.Ping()),
)


@given(frame=room_says)
def test_what_a_room_says_is_read_as_it_was_said(frame: wire.RoomSays) -> None:
    assert wire.room_says(wire.text(frame)) == frame
    assert wire.room_says(wire.encode(frame)) == frame


@given(frame=server_says)
def test_what_the_server_says_is_read_as_it_was_said(frame: wire.ServerSays) -> None:
    assert wire.server_says(wire.text(frame)) == frame


@given(epoch=st.text(st.characters(codec="utf-8"), max_size=80), offset=st.none() | st.integers(0, 2**53))
def test_what_a_board_asks_is_read_as_it_was_asked(epoch: str, offset: int | None) -> None:
    asked = wire.Watch(epoch=epoch, offset=offset)
    assert wire.watch(wire.text(asked)) == asked


@given(said=acts_said())
def test_an_act_is_read_as_it_was_written(said: list[acts.AnyAct]) -> None:
    for act in said:
        again = acts.decode(msgspec.json.encode(act))
        assert again == act
        assert acts.digest(again) == acts.digest(act)


@given(said=acts_said(8))
def test_a_batch_keeps_its_acts_apart(said: list[acts.AnyAct]) -> None:
    body = msgspec.json.encode({"device": "d", "sent_at": rfc3339(MORNING), "acts": said})
    assert [acts.decode(each) for each in wire.batch(body).acts] == said


@given(one=acts_said(1), other=acts_said(1))
def test_another_content_has_another_digest(one: list[acts.AnyAct], other: list[acts.AnyAct]) -> None:
    same = wordless(one[0]) == wordless(other[0])
    assert (acts.digest(one[0]) == acts.digest(other[0])) is same


def wordless(act: acts.AnyAct) -> acts.AnyAct:
    """Without what somebody wrote by hand."""
    field = acts.OWN_WORDS.get(type(act))
    return msgspec.structs.replace(act, **{field: ""}) if field else act


def test_what_can_hold_words_of_a_person_is_in_no_digest() -> None:
    """Every text of an act is a code, a number's name or one of these."""
    codes = {"id", "point", "act", "sitting", "badge", "person"}
    for kind in get_args(acts.AnyAct):
        texts = {
            field.name
            for field in msgspec.structs.fields(kind)
            if "str" in str(field.type) and "dict" not in str(field.type)
        }
        assert texts - codes == ({acts.OWN_WORDS[kind]} if kind in acts.OWN_WORDS else set()), kind


@given(ms=st.integers(0, 2**42))
def test_a_time_is_the_same_moment_in_hanoi(ms: int) -> None:
    text = rfc3339(ms)
    assert text.endswith("+07:00")
    assert ms_of(datetime.fromisoformat(text)) == ms
    assert ms_of(datetime.fromtimestamp(ms / 1000, UTC)) == ms


def test_the_morning_of_the_day_as_every_answer_writes_it() -> None:
    assert rfc3339(at("08:02:11")) == "2026-03-07T08:02:11.000+07:00"
    assert datetime.fromisoformat(rfc3339(MORNING)).tzinfo == HANOI


@given(when=st.datetimes(timezones=st.timezones()))
def test_any_time_that_a_device_may_send_can_be_reckoned_with(when: datetime) -> None:
    act = msgspec.json.encode({"kind": "stage", "id": act_id(1), "seq": 1, "at": when, "point": "x", "stage": "ended"})
    assert abs(ms_of(acts.decode(act).at)) < 2**53


# --- strangers

KNOWN = (Say, Greet, Heard, Asked, Hang, Left)


def hears(text: str, *, greeted: bool) -> None:
    conversation = Conversation()
    conversation.greeted = greeted
    step = conversation.receive(text)
    assert isinstance(step, KNOWN)
    if isinstance(step, Hang):
        # A close frame takes 123 bytes, and its text must be whole letters.
        assert len(step.why.encode()) <= 123
        assert step.why.isascii()
        assert conversation.over
    if isinstance(step, Say):
        assert wire.server_says(wire.encode(step.frame)) == step.frame
    if conversation.over:
        assert conversation.receive('{"type":"beat"}') is None


@given(text=anything, greeted=st.booleans())
def test_no_text_whatever_throws_the_talk_over(text: str, greeted: bool) -> None:
    hears(text, greeted=greeted)


@given(value=json, greeted=st.booleans())
def test_no_json_whatever_throws_the_talk_over(value: Any, greeted: bool) -> None:
    hears(msgspec.json.encode(value).decode(), greeted=greeted)


@given(
    kind=st.sampled_from(("hello", "beat", "bye", "act", "watch", "ping", "")) | anything,
    more=st.dictionaries(
        st.sampled_from(("device", "seq", "rtt_ms", "loss", "kind", "id", "point", "at", "present", "round", "stage"))
        | st.text(max_size=6),
        json,
        max_size=8,
    ),
    greeted=st.booleans(),
)
def test_no_frame_of_a_known_type_throws_the_talk_over(kind: str, more: dict[str, Any], greeted: bool) -> None:
    try:
        text = msgspec.json.encode({"type": kind, **more}).decode()
    except UnicodeError:
        return
    hears(text, greeted=greeted)


def frame_of_an_act() -> str:
    return msgspec.json.encode({"type": "act", **msgspec.to_builtins(count(HALL_1, 60, 3, 1, number=1))}).decode()


@given(data=st.data(), greeted=st.booleans())
def test_a_proper_act_with_letters_changed_is_read_or_refused(data: st.DataObject, greeted: bool) -> None:
    text = list(frame_of_an_act())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from('"{}[],:0-9eE\\u') | st.characters(codec=None))
    hears("".join(text), greeted=greeted)


@pytest.mark.parametrize("deep", [10, 900, 1_000, 1_100, 8_000])
@pytest.mark.parametrize("greeted", [False, True])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_throws_nothing(deep: int, greeted: bool, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    nest = opening * deep + "1" + closing * deep
    for text in (
        nest,
        opening * deep,
        f'{{"type":"beat","x":{nest}}}',
        f'{{"type":"act","kind":"count","id":"{act_id(1)}","x":{nest}}}',
    ):
        hears(text, greeted=greeted)


READERS: tuple[Callable[[bytes], object], ...] = (acts.decode, wire.batch, wire.watch, wire.room_says, wire.server_says)


@pytest.mark.parametrize("read", READERS)
@given(body=st.binary(max_size=60) | json.map(msgspec.json.encode))
def test_every_reader_takes_bytes_or_says_what_is_wrong(read: Callable[[bytes], object], body: bytes) -> None:
    try:
        read(body)
    except msgspec.DecodeError as wrong:
        outcome = malformed(body, wrong)
        assert (outcome.outcome, outcome.code) == ("refused", "malformed")
        assert wire.encode(outcome)


@pytest.mark.parametrize("read", READERS)
def test_every_reader_says_that_deep_nesting_is_wrong(read: Callable[[bytes], object]) -> None:
    body = b'{"type":"watch","kind":"stage","x":' + b"[" * 4_000
    with pytest.raises(msgspec.DecodeError):
        read(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("present", -1),
        ("present", 1_000_001),
        ("present", "64"),
        ("present", 64.5),
        ("present", None),
        ("round", "lunch"),
        ("sitting", "có dấu cách"),
        ("sitting", "x\x00"),
        ("point", "../x"),
        ("point", ""),
        ("id", "1"),
        ("id", "019cc5a0-0000-4000-8000-000000000001"),
        ("at", "2026-03-07T08:00:00"),
        ("at", "hôm qua"),
        ("seq", -1),
    ],
)
def test_a_hard_block_is_malformed_and_names_the_field(field: str, value: object) -> None:
    said = {**msgspec.to_builtins(count(HALL_1, 60, 3, 1)), field: value}
    with pytest.raises(msgspec.ValidationError, match=rf"\$\.{field}"):
        acts.decode(msgspec.json.encode(said))


def test_a_malformed_act_is_refused_under_its_own_id_and_the_talk_goes_on() -> None:
    said = {"type": "act", **msgspec.to_builtins(count(HALL_1, 60, 3, 1)), "present": -5}
    conversation = Conversation()
    conversation.greeted = True
    step = conversation.receive(msgspec.json.encode(said).decode())
    assert isinstance(step, Say)
    assert isinstance(step.frame, wire.Ack)
    assert (step.frame.id, step.frame.outcome, step.frame.code) == (said["id"], "refused", "malformed")
    assert not conversation.over


def test_nothing_that_the_journal_keeps_as_text_can_hold_a_nul() -> None:
    for body in (
        b'{"device":"a\\u0000","sent_at":"2026-03-07T08:00:00+07:00","acts":[{}]}',
        b'{"type":"hello","device":"a\\u0000"}',
    ):
        with pytest.raises(msgspec.ValidationError, match="device"):
            wire.batch(body) if b"acts" in body else wire.room_says(body)


def test_a_batch_has_a_bound() -> None:
    body = msgspec.json.encode({"device": "d", "sent_at": rfc3339(MORNING), "acts": [{}] * (BATCH_LIMIT + 1)})
    with pytest.raises(msgspec.ValidationError, match="acts"):
        wire.batch(body)


def test_the_longest_honest_act_fits_into_a_frame_and_into_two_kilobytes() -> None:
    said = {
        **msgspec.to_builtins(count(HALL_1, 1_000_000, 1_000_000, 1_000_000, guests=1_000_000)),
        "sitting": SITTING,
        "round": RoundName.MIDDLE,
    }
    assert len(msgspec.json.encode(said)) < 2_048 < FRAME_LIMIT


def test_the_first_word_is_hello_and_it_is_said_once() -> None:
    early = Conversation().receive('{"type":"beat"}')
    assert isinstance(early, Hang)
    conversation = Conversation()
    assert isinstance(conversation.receive('{"type":"hello","device":"d","protocol":1}'), Greet)
    assert isinstance(conversation.receive('{"type":"beat","loss":0.1}'), Heard)
    assert isinstance(conversation.receive('{"type":"hello","device":"d"}'), Hang)


@pytest.mark.parametrize(
    "frame",
    [
        '{"type":"hello","device":"d","protocol":2}',
        '{"type":"hello","device":"d","protocol":0}',
        '{"type":"here-we-are","protocol":1000000,"hall":{"of":"another shape"}}',
    ],
)
def test_a_first_word_of_a_protocol_that_is_none_of_ours_is_told_so_whatever_else_it_says(frame: str) -> None:
    step = Conversation().receive(frame)
    assert isinstance(step, Hang)
    assert step.code is Close.OLD_PROTOCOL
    assert step.why.endswith("is not spoken here, but 1")


@pytest.mark.parametrize("protocol", ['"2"', "null", "1.5", "-1", "9" * 5_000])
def test_what_is_no_protocols_number_is_not_understood(protocol: str) -> None:
    step = Conversation().receive(f'{{"type":"hello","device":"d","protocol":{protocol}}}')
    assert isinstance(step, Hang)
    assert step.code is Close.NOT_UNDERSTOOD


def test_after_goodbye_nothing_is_heard() -> None:
    conversation = Conversation()
    conversation.receive('{"type":"hello","device":"d"}')
    assert isinstance(conversation.receive('{"type":"bye"}'), Left)
    assert conversation.receive('{"type":"beat"}') is None


def test_close_codes_say_whether_to_come_back() -> None:
    again = {Close.RESTARTING, Close.FAILED, Close.NOT_UNDERSTOOD, Close.SILENT, Close.TOO_SLOW}
    assert {code for code in Close if comes_again(code)} == again
