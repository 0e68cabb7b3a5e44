"""What was sent, and what became of it: for those who answer for the whole conference."""

import msgspec
from aiohttp import web
from pydantic import BaseModel, Field

from bridge.halls import Halls
from bridge.post import Letter
from bridge.post.book import Book, Entry, Fate
from bridge.rules.wire import rfc3339, rfc3339_if
from endpoints_registry.access import Action
from endpoints_registry.door import CALLER, Route, nowhere
from endpoints_registry.taking import answer, query_of


class PostQuery(BaseModel):
    limit: int = Field(100, ge=1, le=500)


class DeliveryLine(msgspec.Struct, frozen=True):
    channel: str
    id: str
    """As the receiver was told."""
    state: str
    tries: int
    ended_at: str | None
    next_at: str | None
    """When it is tried again."""
    why: str
    """Why the last try failed."""


class LetterLine(msgspec.Struct, frozen=True):
    position: int
    kind: str
    incident: int | None
    at: str
    title: str
    text: str
    deliveries: list[DeliveryLine]


class PostAnswer(msgspec.Struct, frozen=True):
    letters: list[LetterLine]
    """Newest first."""
    waiting: int
    given_up: int
    """Deliveries that were tried as often as it is worth, or found too many waiting."""


class Door:
    def __init__(self, halls: Halls, book: Book) -> None:
        self._halls = halls
        self._book = book

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/conferences/{conference}/post",
                self.post,
                Action.COORDINATE,
                "Những tin đã gửi ra ngoài, kèm kết quả gửi",
                query=PostQuery,
                answers={200: PostAnswer, 404: None, 422: None},
            ),
        )

    async def post(self, request: web.Request) -> web.Response:
        conference = request.match_info["conference"]
        # A letter names points of the whole conference.
        if self._halls.get(conference) is None or not request[CALLER].everywhere:
            raise nowhere()
        query = query_of(request, PostQuery)
        tally = await self._book.tally(conference)
        lines = [_line(letter, entries) for letter, entries in await self._book.log(conference, query.limit)]
        lost = tally.get(Fate.GIVEN_UP, 0) + tally.get(Fate.DROPPED, 0)
        return answer(PostAnswer(lines, tally.get(Fate.WAITING, 0), lost))


def _line(letter: Letter, entries: list[Entry]) -> LetterLine:
    return LetterLine(
        position=letter.position,
        kind=letter.kind.value,
        incident=letter.incident,
        at=rfc3339(letter.at_ms),
        title=letter.title,
        text=letter.text,
        deliveries=[
            DeliveryLine(
                channel=each.channel,
                id=letter.id(each.channel),
                state=each.state,
                tries=each.tries,
                ended_at=rfc3339_if(each.ended_ms),
                next_at=rfc3339(each.due_ms) if each.state == Fate.WAITING else None,
                why=each.why,
            )
            for each in entries
        ],
    )
