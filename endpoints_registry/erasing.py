"""What the registry holds about one person, and how it is taken out again without breaking what must stay."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import audit, vietnamese
from endpoints_registry.audit import Texts, What
from endpoints_registry.doing import doer, done_by, forgetting
from endpoints_registry.registry import Registry
from endpoints_registry.tables import ACCOUNT, CONFERENCE, DUTY_SHIFT, PERSON, POINT


@dataclass(frozen=True, slots=True)
class Person:
    """Whom somebody asks about: a whole name, a telephone number, or both."""

    name: str
    phone: str = ""

    def meant(self, name: str, phone: str = "") -> bool:
        """Whether a row is about them. Two of one name are told apart by their number, where both are known."""
        mine, theirs = _digits(self.phone), _digits(phone)
        if mine and theirs:
            return mine == theirs
        return bool(self.name) and _plain(name) == _plain(self.name)

    def named_in(self, text: str) -> bool:
        """Whether somebody's words speak of them."""
        number = _digits(self.phone)
        return bool(self.name and _plain(self.name) in _plain(text)) or bool(number and number in _digits(text))


@dataclass(frozen=True, slots=True)
class Held:
    """One place where something is held. `id` says which: `contact:00004-01:operator`."""

    id: str
    where: str
    subject: str
    fields: dict[str, str]


def _plain(text: str) -> str:
    return vietnamese.proper(text).casefold()


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


async def held(registry: Registry, person: Person) -> list[Held]:
    """Every place of the registry that speaks of them."""
    async with registry.store.reading() as connection:
        found = [
            *await _contacts(connection, person),
            *await _shifts(connection, person),
            *await _hotlines(connection, person),
            *await _accounts(connection, person),
            *await _texts(connection, person),
        ]
    for conference in registry.holdings.conferences:
        if (roster := registry.attendees(conference)) is None:
            continue
        for each in roster.people.values():
            if person.meant(each.name):
                fields = {"name": each.name, "position": each.position, "unit": each.unit, "own_code": each.own_code}
                id = f"attendee:{conference}:{each.person}"
                found.append(Held(id, "attendee", f"{conference} {each.point}", fields))
    return found


async def _contacts(connection: AsyncConnection, person: Person) -> list[Held]:
    rows = await connection.execute(
        select(POINT.c.code, PERSON.c.role, PERSON.c.name, PERSON.c.phone).join_from(PERSON, POINT)
    )
    return [
        Held(f"contact:{row.code}:{row.role}", "contact", row.code, {"name": row.name, "phone": row.phone})
        for row in rows
        if person.meant(row.name, row.phone)
    ]


async def _shifts(connection: AsyncConnection, person: Person) -> list[Held]:
    rows = await connection.execute(select(DUTY_SHIFT))
    return [
        Held(
            f"duty:{row.conference_id}:{row.place}",
            "duty",
            row.conference_id,
            {"name": row.name, "phone": row.phone, "what": row.what},
        )
        for row in rows
        if person.meant(row.name, row.phone)
    ]


async def _hotlines(connection: AsyncConnection, person: Person) -> list[Held]:
    rows = await connection.execute(select(CONFERENCE.c.id, CONFERENCE.c.hotline_name, CONFERENCE.c.hotline_phone))
    return [
        Held(f"hotline:{row.id}", "hotline", row.id, {"name": row.hotline_name, "phone": row.hotline_phone})
        for row in rows
        if person.meant(row.hotline_name, row.hotline_phone)
    ]


async def _accounts(connection: AsyncConnection, person: Person) -> list[Held]:
    rows = await connection.execute(select(ACCOUNT.c.username, ACCOUNT.c.name))
    return [
        Held(f"account:{row.username}", "account", row.username, {"name": row.name})
        for row in rows
        if person.meant(row.name)
    ]


async def _texts(connection: AsyncConnection, person: Person) -> list[Held]:
    texts = await audit.kept_texts(connection)
    return [
        Held(f"audit:{digest}", "audit", digest[:12], {"text": text})
        for digest, text in texts.items()
        if person.named_in(text)
    ]


async def erase(registry: Registry, chosen: Collection[str]) -> int:
    """These places (by their ids) speak of nobody any more; how many there were. The audit log says that it was done."""
    by_kind: dict[str, list[Sequence[str]]] = {}
    for id in chosen:
        kind, *key = id.split(":")
        by_kind.setdefault(kind, []).append(key)
    # Nor is it kept in the log that says so.
    with done_by(forgetting()):
        gone = await _rows(registry, by_kind)
        for conference, person in by_kind.get("attendee", ()):
            gone += await registry.names.remove(conference, person)
    await registry.reload()
    await registry.staff_changed()
    await registry.store.forget_deleted()
    return gone


async def _rows(registry: Registry, by_kind: dict[str, list[Sequence[str]]]) -> int:
    gone = 0
    async with registry.store.writing() as connection:
        for code, role in by_kind.get("contact", ()):
            ids = select(POINT.c.id).where(POINT.c.code == code)
            gone += (
                await connection.execute(delete(PERSON).where(PERSON.c.point_id.in_(ids), PERSON.c.role == role))
            ).rowcount
        for conference, place in by_kind.get("duty", ()):
            mine = (DUTY_SHIFT.c.conference_id == conference) & (DUTY_SHIFT.c.place == int(place))
            gone += (await connection.execute(delete(DUTY_SHIFT).where(mine))).rowcount
        for (conference,) in by_kind.get("hotline", ()):
            blank = update(CONFERENCE).where(CONFERENCE.c.id == conference).values(hotline_name="", hotline_phone="")
            gone += (await connection.execute(blank)).rowcount
        for (username,) in by_kind.get("account", ()):
            # The journal speaks of the account: it stays, under its user name.
            plain = update(ACCOUNT).where(ACCOUNT.c.username == username).values(name=username)
            gone += (await connection.execute(plain)).rowcount
        if digests := [digest for (digest,) in by_kind.get("audit", ())]:
            erased = await audit.erase(connection, digests)
            if erased:
                told = What(erased, tuple(digests[:2_000]))
                await audit.append(connection, doer(), registry.now(), [("text-erased", told)], Texts())
            gone += erased
    return gone
