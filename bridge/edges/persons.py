"""A person's right over what is held about them: to have it told, and to have it erased while the chains stay whole."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bridge.coordinator import Coordinator
from bridge.halls import Halls
from bridge.journal import Journal
from bridge.rules.wire import rfc3339
from endpoints_registry import erasing
from endpoints_registry.access import Action
from endpoints_registry.bodies import NO_CONTROLS
from endpoints_registry.door import Route
from endpoints_registry.erasing import Held, Person
from endpoints_registry.registry import Registry
from endpoints_registry.taking import answer, body_of


class PersonBody(BaseModel):
    """Somebody's whole name, their telephone number, or both. In the body: an address is written into logs."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, NO_CONTROLS] = Field("", max_length=300)
    phone: Annotated[str, NO_CONTROLS] = Field("", max_length=40)

    @model_validator(mode="after")
    def _somebody(self) -> "PersonBody":
        if len(self.name.split()) < 2 and sum(c.isdecimal() for c in self.phone) < 8:
            raise PydanticCustomError("nobody", "{why}", {"why": "cần họ và tên đầy đủ, hoặc số điện thoại"})
        return self

    def person(self) -> Person:
        return Person(self.name, self.phone)


class ErasureBody(PersonBody):
    """`only`: which of the places that were told; two people may bear one name."""

    only: list[str] = Field(min_length=1, max_length=2_000)


class HeldTold(BaseModel):
    id: str
    where: str
    subject: str
    fields: dict[str, str]


class HeldAnswer(BaseModel):
    found: list[HeldTold]


class ErasedAnswer(BaseModel):
    erased: int


class Persons:
    def __init__(
        self, registry: Registry, journal: Journal, halls: Halls, renew: Callable[[Coordinator], None]
    ) -> None:
        self._registry = registry
        self._journal = journal
        self._halls = halls
        self._renew = renew

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                "/api/v1/people/held",
                self.told,
                Action.ADMINISTER,
                "Mọi điều hệ thống đang giữ về một người",
                body=PersonBody,
                answers={200: HeldAnswer, 422: None},
                costs=5,
            ),
            Route(
                "POST",
                "/api/v1/people/erasures",
                self.erase,
                Action.ADMINISTER,
                "Xóa hẳn những điều đang giữ về một người; các nhật ký vẫn nguyên vẹn",
                body=ErasureBody,
                answers={200: ErasedAnswer, 422: None},
                costs=10,
            ),
        )

    async def told(self, request: web.Request) -> web.Response:
        found = await self._held((await body_of(request, PersonBody)).person())
        told = [HeldTold(id=each.id, where=each.where, subject=each.subject, fields=each.fields) for each in found]
        return answer(HeldAnswer(found=told))

    async def erase(self, request: web.Request) -> web.Response:
        asked = await body_of(request, ErasureBody)
        # Only what was told of them: an id alone erases nobody.
        chosen = [each for each in await self._held(asked.person()) if each.id in asked.only]
        erased = 0
        words: dict[str, set[str]] = {}
        for each in chosen:
            if each.where == "note":
                words.setdefault(each.subject, set()).add(each.fields["text"])
        for conference, texts in words.items():
            erased += await self._journal.erase(conference, texts)
            if (hall := self._halls.get(conference)) is not None:
                hall.coordinator.forget(texts)
                self._renew(hall.coordinator)
        places = [each.id for each in chosen if each.where not in ("note", "seen")]
        erased += await erasing.erase(self._registry, places) if places else 0
        return answer(ErasedAnswer(erased=erased))

    async def _held(self, person: Person) -> list[Held]:
        found = await erasing.held(self._registry, person)
        for conference in await self._journal.conferences():
            for text in await self._journal.texts(conference):
                if person.named_in(text):
                    digest = sha256(text.encode()).hexdigest()[:16]
                    found.append(Held(f"note:{conference}:{digest}", "note", conference, {"text": text}))
        return [*found, *self._seen(found)]

    def _seen(self, found: list[Held]) -> list[Held]:
        """Where and when the journal has them, under the word that stands for them: without the roster it is nobody's."""
        seen = []
        for each in found:
            if each.where != "attendee":
                continue
            _, conference, person = each.id.split(":")
            hall = self._halls.get(conference)
            state = hall.coordinator.scene.state if hall else None
            if state is None or state.plan is None:
                continue
            for sitting in state.plan.sittings:
                if (at := state.seen(sitting.id, person)) is not None:
                    fields = {"point": at.point, "at": rfc3339(at.at_ms)}
                    seen.append(Held(f"seen:{conference}:{person}:{sitting.id}", "seen", sitting.id, fields))
        return seen
