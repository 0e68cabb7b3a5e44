"""The judge: what the rules say of all halls, thought out beside them and remembered until something happens."""

import asyncio
from functools import partial

import msgspec

from bridge.beside import Beside
from bridge.halls import Hall
from bridge.rules.affairs import Affairs
from bridge.rules.judging import Judgement, Terms, due, judged

ROWS_KEPT = 50_000
"""Halls on remembered lists, of all conferences together: some megabytes. Who was asked for longest ago is forgotten first."""


class _Remembered(msgspec.Struct, frozen=True):
    position: int
    affairs: Affairs
    """The very same: words may be erased from them though nothing happens."""
    due: int
    judgement: Judgement


class Judge:
    def __init__(self, terms: Terms, beside: Beside) -> None:
        self.terms = terms
        self._beside = beside
        self._remembered: dict[str, _Remembered] = {}
        self._one = asyncio.Lock()

    async def judged(self, hall: Hall, now_ms: int) -> Judgement:
        """Both lists of the whole conference, as it stands when its turn comes."""
        # Whoever waited for the same finds it remembered.
        async with self._one:
            scene = hall.coordinator.scene
            state, position = scene.state.still(), scene.position
            rounds = due(state.plan, now_ms) if state.plan else 0
            kept = self._remembered.pop(hall.conference, None)
            if kept is None or (kept.position, kept.due) != (position, rounds) or kept.affairs is not state.affairs:
                found = await self._beside.think(partial(judged, state, self.terms, now_ms))
                kept = _Remembered(position, state.affairs, rounds, found)
            self._remembered[hall.conference] = kept
            self._forget()
            return kept.judgement

    def _forget(self) -> None:
        size = sum(each.judgement.rows for each in self._remembered.values())
        while size > ROWS_KEPT:
            size -= self._remembered.pop(next(iter(self._remembered))).judgement.rows
