"""Nobody who is watched is forgotten, nobody is missed before his time, and a beat costs nothing."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.deadlines import Deadlines

PATIENCE = 40
rooms = st.sampled_from("abcde")
doings = st.lists(
    st.one_of(
        st.tuples(st.just("beats"), rooms, st.sampled_from((PATIENCE, 100))),
        st.tuples(st.just("passes"), st.just(""), st.integers(1, 60)),
        st.tuples(st.just("leaves"), rooms, st.just(0)),
    ),
    max_size=60,
)


@given(doings=doings)
def test_every_room_is_missed_at_its_own_deadline_and_once(doings: list[tuple[str, str, int]]) -> None:
    """Against a plain table of who must be heard by when, looked through from end to end."""
    deadlines = Deadlines()
    table: dict[str, int] = {}
    now = 0
    for what, room, number in doings:
        if what == "beats":
            table[room] = now + number
            deadlines.watch(room, now + number)
        elif what == "leaves":
            table.pop(room, None)
        else:
            now += number
            missed = sorted(deadlines.overdue(now, table.get))
            assert missed == sorted(code for code, due in table.items() if due <= now)
            for code in missed:
                del table[code]


def test_a_thousand_beats_leave_one_entry() -> None:
    deadlines = Deadlines()
    for second in range(1_000):
        deadlines.watch("a", second + PATIENCE)
    assert list(deadlines.overdue(999, lambda _code: 999 + PATIENCE)) == []
    assert list(deadlines.overdue(999 + PATIENCE, lambda _code: 999 + PATIENCE)) == ["a"]
    assert list(deadlines.overdue(10_000, lambda _code: 0)) == []
