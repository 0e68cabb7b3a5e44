"""The registry as one open thing: what is on disk, what is held in memory, and who holds the keys."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from endpoints_registry import accounts, credentials, exporting, importing, pins, sheets, units, walls
from endpoints_registry.access import Caller, Role, covers
from endpoints_registry.accounts import STAFF_LIFETIME, Account, Lifetime, StaffSession
from endpoints_registry.attendees import Attendees
from endpoints_registry.conferences import HANOI, Conference, create
from endpoints_registry.credentials import Link, PhoneSession
from endpoints_registry.database import Store, opened
from endpoints_registry.directory import ConferencePlan, Directory, Holdings, conference_plan, load
from endpoints_registry.entering import Door, Entered, Knock
from endpoints_registry.importing import Progress
from endpoints_registry.keeping import Names
from endpoints_registry.keyring import Keyring
from endpoints_registry.pairing import Pairing
from endpoints_registry.passwords import Passwords
from endpoints_registry.planning import Plan
from endpoints_registry.points import KeptPoint
from endpoints_registry.shifts import Shift, on_duty, put_shifts
from endpoints_registry.units import Cluster
from endpoints_registry.walls import Hung, Wall, WallSession
from endpoints_registry.witness import watched

MIGRATIONS = Path(__file__).with_name("migrations")
SCHEMA = "registry"
_DAYS_HELD = 8


class UnknownPoint(Exception):
    """A code that no point has on that day."""


def real_now() -> datetime:
    return datetime.now(UTC)


class Registry:
    """Everything that the rest of the house asks of the registry.

    `now` is the real clock: security does not follow a demo's day. `today` is the day on which codes resolve.
    """

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        holdings: Holdings,
        *,
        now: Callable[[], datetime] = real_now,
        today: Callable[[], date] | None = None,
        staff_lifetime: Lifetime = STAFF_LIFETIME,
        secure: bool = False,
        otp_roles: Collection[Role] = (),
    ) -> None:
        self.store = store
        self.now = now
        self.today = today or (lambda: now().astimezone(HANOI).date())
        self.staff_lifetime = staff_lifetime
        self.holdings = holdings
        self.passwords = passwords
        self._days: dict[date, Directory] = {}
        self.keyring = Keyring(store, now, self._scope, self._path, staff_lifetime, secure)
        self.otp_roles = frozenset(otp_roles)
        self._door = Door(store, passwords, staff_lifetime, self.otp_roles)
        self.pairing = Pairing(store, now)
        self.names = Names(store)
        self._staff: dict[str, str] = {}

        self._reading = asyncio.Lock()

    def _scope(self, code: str) -> frozenset[str]:
        return self.directory.scope(code)

    def _path(self, unit: str) -> Collection[str]:
        return self.directory.path(unit)

    @property
    def directory(self) -> Directory:
        """The registry as it stands today."""
        return self.on(self.today())

    def on(self, day: date) -> Directory:
        """The registry as it stands, stood or will stand on a day."""
        if day not in self._days:
            if len(self._days) >= _DAYS_HELD:
                del self._days[min(self._days)]
            self._days[day] = Directory(self.holdings, day)
        return self._days[day]

    def of_conference(self, id: str) -> Directory | None:
        """The registry on the conference's own day."""
        conference = self.holdings.conferences.get(id)
        return self.on(conference.day) if conference else None

    def attendees(self, conference: str) -> Attendees | None:
        """The people of a conference; None while it keeps no names."""
        return self.names.of(conference)

    def shown_name(self, username: str) -> str:
        """How screens call the holder of an account; who is not known by a name is called by the user name."""
        return self._staff.get(username) or username

    @property
    def shown_names(self) -> Mapping[str, str]:
        """How screens call the holders of accounts, by user name."""
        return self._staff

    async def know_staff(self) -> None:
        """Read how everybody is called: screens ask for it with every claim and every incident."""
        async with self.store.reading() as connection:
            self._staff = await accounts.shown_names(connection)

    def has_part(self, caller: Caller, conference: Conference) -> bool:
        """Whether the conference exists for the caller: they have a point in it, or hold the whole of it."""
        directory = self.on(conference.day)
        if covers(caller, path=directory.path(conference.unit_code)):
            return True
        takes_part = self.holdings.chosen.get(conference.id, ())
        return any(
            covers(caller, path=directory.path(each.point.unit_code), point=each.point.code) for each in takes_part
        )

    async def reload(self) -> None:
        """Read what somebody else has written; our own changes do it by themselves."""
        # One after the other: an older reading must not replace a newer one.
        async with self._reading:
            async with self.store.reading() as connection:
                holdings = await load(connection)
            today = self.today()
            # In a thread: to put a country's names in order takes half a second, and the halls do not wait for it.
            directory = await asyncio.to_thread(Directory, holdings, today)
            self.holdings, self._days = holdings, {today: directory}
        await self.names.load()
        await self.know_staff()

    # --- files

    async def preview(self, raw: bytes, day: date | None = None) -> Plan:
        """What importing this CSV or XLSX file would change. Raises sheets.Unreadable."""
        return await importing.preview(self.store, await sheets.read(raw), day or self.today())

    async def import_file(
        self, raw: bytes, day: date | None = None, progress: Progress = lambda done, total: None
    ) -> Plan:
        """Import a file, wholly or (when the plan has faults) not at all. Raises sheets.Unreadable."""
        made = await importing.carry_out(self.store, await sheets.read(raw), day or self.today(), progress)
        if not made.faults and made.changes:
            await self.reload()
        return made

    async def export_file(self, kinds: Sequence[str], ending: str, day: date | None = None) -> bytes:
        """The registry as `xlsx` (one sheet a kind) or `csv` (its first kind)."""
        async with self.store.reading() as connection:
            found = await importing.existing(connection, day or self.today())
        if ending == "csv":
            return await asyncio.to_thread(lambda: exporting.as_csv(kinds[0], exporting.lines(found, kinds[0])))
        return await asyncio.to_thread(
            lambda: exporting.as_xlsx({kind: exporting.lines(found, kind) for kind in kinds})
        )

    # --- conferences and clusters

    async def create_conference(
        self,
        conference: Conference,
        takes_part: Sequence[KeptPoint],
        summoned: Mapping[tuple[str, str], int],
    ) -> None:
        """Write a conference with its points and, by (sitting, point code), its expected numbers. Raises Impossible."""
        async with self.store.writing() as connection:
            await create(connection, conference, takes_part, summoned, self.now())
        await self.reload()

    async def plan(self, conference: str) -> ConferencePlan | None:
        """Everything that is frozen into the journal. None if there is no such conference."""
        async with self.store.reading() as connection:
            return await conference_plan(connection, self.holdings, conference)

    async def put_duty(self, conference: str, roster: Sequence[Shift]) -> None:
        """The conference has this duty roster from now on, whatever it had before."""
        # Alone with what is held: a reading that began before must not bring the old roster back.
        async with self._reading:
            async with self.store.writing() as connection:
                await put_shifts(connection, conference, roster)
            self.holdings = replace(self.holdings, duty={**self.holdings.duty, conference: tuple(roster)})

    def on_duty(self, conference: str, unit: str, at: datetime) -> tuple[Shift, ...]:
        """Who answers the phone for a unit's points at this moment, the nearest first."""
        directory = self.of_conference(conference) or self.directory
        return on_duty(self.holdings.duty.get(conference, ()), directory.path(unit), at, directory.scope)

    async def assign_cluster(self, cluster: Cluster) -> None:
        async with self.store.writing() as connection:
            await units.assign_cluster(connection, cluster)
        await self.reload()

    # --- people and keys

    async def add_account(
        self,
        username: str,
        name: str,
        role: Role,
        password: str,
        scope: str | None = None,
        *,
        one_time: bool = False,
    ) -> Account:
        """A new account. Raises accounts.WrongAccount, passwords.WeakPassword."""
        self.check_scope(scope)
        password_hash = await self.passwords.hash(password)
        async with self.store.writing() as connection:
            account = await accounts.add(
                connection, username, name, role, scope, password_hash, self.now(), one_time=one_time
            )
        self._staff[account.username] = account.name
        return account

    async def change_account(self, account: Account, *, disabled: bool | None = None) -> None:
        """The account is called so and has this role and scope from now on; None: as open, or as closed, as it was.

        Raises accounts.WrongAccount.
        """
        async with self.store.writing() as connection:
            await accounts.change(connection, account)
            if disabled is True:
                await accounts.disable(connection, account.username, self.now())
            elif disabled is False:
                await accounts.enable(connection, account.username)
        await self.staff_changed()

    def check_scope(self, scope: str | None) -> None:
        """Whether this is a unit or a cluster of today. Raises accounts.WrongAccount."""
        if scope is not None and not any(unit in self.directory.tree.units for unit in self.directory.scope(scope)):
            raise accounts.WrongAccount(f"Không có đơn vị hay cụm mã «{scope}» hôm nay.")

    def scope_name(self, scope: str | None) -> str:
        """What a unit or a cluster is called today; nothing for those who hold everything."""
        for cluster in self.holdings.clusters:
            if cluster.code == scope:
                return cluster.name
        unit = self.directory.tree.units.get(scope or "")
        return unit.name if unit else ""

    async def staff_changed(self) -> None:
        """Accounts are otherwise than they were: whoever is signed in is judged anew."""
        self.keyring.forget()
        await self.know_staff()

    async def staff(self, username: str) -> Caller | None:
        """Who comes in by this user name; None if nobody may."""
        async with self.store.reading() as connection:
            account = await accounts.holder(connection, username)
        return self.keyring.caller(account) if account is not None else None

    async def holders(self) -> list[tuple[Account, Caller]]:
        """Everybody of the staff who may come in, with the scope that each has today."""
        async with self.store.reading() as connection:
            return [(each, self.keyring.caller(each)) for each in await accounts.holders(connection)]

    async def enter(self, knock: Knock) -> Entered:
        """A session of the staff. Raises what `entering` names, attempts.TooManyTries, passwords.TooBusy."""
        entered = await self._door.enter(knock, self.now())
        # A one-time password may have ended sessions elsewhere.
        if entered.ended_others:
            self.keyring.forget()
        return entered

    async def enter_vouched(
        self, username: str, address: str, browser: str, *, second_factor: bool
    ) -> tuple[str, StaffSession]:
        """A session for whoever the city's own sign-in service vouches for. Raises as `Door.vouched` does."""
        return await self._door.vouched(username, address, browser, self.now(), second_factor=second_factor)

    async def sign_in(self, username: str, password: str, address: str) -> tuple[str, StaffSession]:
        """A token and its session, of somebody who needs no more than a password. Raises as `enter` does."""
        entered = await self.enter(Knock(username, password, address))
        return entered.token, entered.session

    async def sign_out(self, token: str) -> None:
        async with self.store.writing() as connection:
            await accounts.sign_out(connection, token)
        self.keyring.signed_out(token)

    def drawn_links(self, codes: Collection[str], day: date | None = None) -> Mapping[str, Link]:
        """A link for each of these points; it opens nothing before it is put. Raises UnknownPoint."""
        ids = self._ids(codes, day)
        links = credentials.drawn_links(ids.values())
        return {code: links[id] for code, id in ids.items()}

    async def put_links(self, links: Mapping[str, Link], day: date | None = None) -> None:
        """These open the points from now on, the earlier ones are revoked. Raises UnknownPoint."""
        ids = self._ids(links.keys(), day)
        async with self.store.writing() as connection:
            await credentials.put_links(connection, {id: links[code] for code, id in ids.items()}, self.now())
        self.keyring.forget()

    async def issue_links(self, codes: Collection[str], day: date | None = None) -> Mapping[str, Link]:
        """A new link for each of these points, the earlier ones revoked. Raises UnknownPoint."""
        links = self.drawn_links(codes, day)
        await self.put_links(links, day)
        return links

    async def revoke_links(self, codes: Collection[str], day: date | None = None) -> None:
        ids = self._ids(codes, day)
        async with self.store.writing() as connection:
            await credentials.revoke_links(connection, ids.values(), self.now())
        self.keyring.forget()

    async def end_phones(self, code: str) -> None:
        """Every phone has to open the point's link again. Raises UnknownPoint."""
        (point_id,) = self._ids([code], None).values()
        async with self.store.writing() as connection:
            await credentials.end_phones(connection, point_id)
        self.keyring.forget()

    async def issue_tokens(self, codes: Collection[str], day: date | None = None) -> Mapping[str, str]:
        """A new token for the machine in each of these rooms, the earlier ones revoked. Raises UnknownPoint."""
        ids = self._ids(codes, day)
        async with self.store.writing() as connection:
            tokens = await credentials.issue_tokens(connection, list(ids.values()), self.now())
        self.keyring.forget()
        return {code: tokens[id] for code, id in ids.items()}

    async def revoke_tokens(self, codes: Collection[str], day: date | None = None) -> None:
        ids = self._ids(codes, day)
        async with self.store.writing() as connection:
            await credentials.revoke_tokens(connection, ids.values(), self.now())
        self.keyring.forget()

    async def hang_wall(
        self, name: str, unit: str | None, views: Sequence[str], theme: str = "dark", language: str = "vi"
    ) -> Hung:
        """A new link for a screen on a wall; no unit is everything. Raises walls.WrongWall."""
        async with self.store.writing() as connection:
            return await walls.hang(connection, name, unit, views, theme, language, self.now())

    async def change_wall(self, wall: Wall) -> None:
        """It shows this from now on; screens that hang by its link come in anew and take it up."""
        async with self.store.writing() as connection:
            await walls.change(connection, wall)
        self.keyring.forget()

    async def renew_wall(self, wall: Wall) -> Hung:
        """Another secret for it; the earlier link and its screens stop at once."""
        async with self.store.writing() as connection:
            hung = await walls.renew(connection, wall)
        self.keyring.forget()
        return hung

    async def take_wall_down(self, wall: Wall) -> None:
        async with self.store.writing() as connection:
            await walls.take_down(connection, wall, self.now())
        self.keyring.forget()

    async def open_wall(self, handle: str, secret: str, held: str, address: str) -> tuple[str, WallSession]:
        """A screen's token for its link. Raises as `walls.exchange` does."""
        return await walls.exchange(self.store, handle, secret, held, address, self.now())

    async def put_pin(self, code: str, pin: str) -> None:
        """Phones are asked for it from now on. Raises UnknownPoint, pins.WeakPin, passwords.TooBusy."""
        (point_id,) = self._ids([code], None).values()
        pins.check(pin)
        pin_hash = await self.passwords.hash_any(pin)
        async with self.store.writing() as connection:
            await pins.put(connection, point_id, pin_hash, self.now())
        self.keyring.forget()

    async def drop_pin(self, code: str) -> None:
        """Phones are no longer asked for it. Raises UnknownPoint."""
        (point_id,) = self._ids([code], None).values()
        async with self.store.writing() as connection:
            await pins.drop(connection, point_id)

    async def exchange(
        self, handle: str, secret: str, device: str, address: str, *, pin: str = "", vouched: bool = False
    ) -> tuple[str, PhoneSession]:
        """A phone's token for its link. Raises as `credentials.exchange` does."""
        return await credentials.exchange(
            self.store, self.passwords, handle, secret, device, address, self.now(), pin=pin, vouched=vouched
        )

    def _ids(self, codes: Collection[str], day: date | None) -> dict[str, int]:
        known = self.on(day or self.today()).ids
        if lacking := sorted(code for code in codes if code not in known):
            raise UnknownPoint(f"Không có điểm cầu mã {', '.join(lacking[:5])}.")
        return {code: known[code] for code in codes}


@asynccontextmanager
async def open_registry(
    url: str,
    *,
    now: Callable[[], datetime] = real_now,
    today: Callable[[], date] | None = None,
    staff_lifetime: Lifetime = STAFF_LIFETIME,
    secure: bool = False,
    otp_roles: Collection[Role] = (),
    passwords: Passwords | None = None,
) -> AsyncIterator[Registry]:
    """Open, bring to the newest schema, and read the registry; closed when the block ends.

    `secure`: browsers reach us over https, so cookies are bound to it. `otp_roles` come in with a second factor only.
    """
    async with opened(url, SCHEMA, MIGRATIONS) as bare:
        store = watched(bare, now)
        async with store.reading() as connection:
            holdings = await load(connection)
        with passwords or Passwords() as checked:
            registry = Registry(
                store,
                checked,
                holdings,
                now=now,
                today=today,
                staff_lifetime=staff_lifetime,
                secure=secure,
                otp_roles=otp_roles,
            )
            await registry.names.load()
            await registry.know_staff()
            yield registry
