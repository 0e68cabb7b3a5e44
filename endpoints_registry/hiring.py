"""What a file of new accounts asks for: rows and what there is already in, accounts to make and faults out.

Nothing is touched here. With any fault nobody is taken on.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from endpoints_registry.access import Role
from endpoints_registry.accounts import WrongAccount, check_post, proper_username
from endpoints_registry.planning import FAULTS_SHOWN, Draft, read_tables
from endpoints_registry.rows import Fault, Row
from endpoints_registry.sheets import Sheet
from endpoints_registry.words import STAFF_ROLES

KIND = "accounts"
HIRES = 500
"""In one file: each password takes a tenth of a second to hash."""

CheckScope = Callable[[str | None], None]
"""Raises WrongAccount where there is no such unit or cluster."""


@dataclass(frozen=True, slots=True)
class Hire:
    username: str
    name: str
    role: Role
    scope: str | None


@dataclass(frozen=True, slots=True)
class Hiring:
    """Whom the file takes on."""

    hires: tuple[Hire, ...]
    faults: tuple[Fault, ...]
    faults_left_out: int = 0


def plan(
    sheets: Iterable[Sheet], taken: Collection[str], appoints: Collection[Role], check_scope: CheckScope
) -> Hiring:
    """Read a file of accounts. `taken` are the user names that there are, `appoints` the roles that may be given."""
    draft = Draft()
    rows = read_tables(sheets, (KIND,), draft).get(KIND, [])
    hires: dict[str, Hire] = {}
    first: dict[str, Row] = {}
    for row in rows:
        if not row.sound:
            continue
        read = _hire(row, taken, appoints, check_scope)
        if isinstance(read, Fault):
            draft.faults.append(read)
        elif earlier := first.get(read.username):
            draft.faults.append(row.fault("username", f"Tên đăng nhập này đã có ở dòng {earlier.number}."))
        else:
            hires[read.username], first[read.username] = read, row
    if len(hires) > HIRES:
        draft.faults.append(Fault("", 1, "", f"Tệp có {len(hires)} tài khoản; mỗi lần tối đa {HIRES}, hãy tách tệp."))
    if not rows and not draft.faults:
        draft.faults.append(Fault("", 2, "", "Tệp chưa có dòng nào; hãy điền mỗi người một dòng."))
    faults = sorted(draft.faults, key=lambda fault: (fault.sheet, fault.row))
    return Hiring(tuple(hires.values()), tuple(faults[:FAULTS_SHOWN]), max(0, len(faults) - FAULTS_SHOWN))


def _hire(row: Row, taken: Collection[str], appoints: Collection[Role], check_scope: CheckScope) -> Hire | Fault:
    role = Role(row.text("role") or Role.COORDINATOR)
    scope = row.text("scope") or None
    try:
        username = proper_username(row.text("username"))
    except WrongAccount as wrong:
        return row.fault("username", str(wrong))
    if username in taken:
        return row.fault("username", f"Đã có tài khoản «{username}».")
    if role not in appoints:
        allowed = ", ".join(STAFF_ROLES[each] for each in STAFF_ROLES if each in appoints)
        return row.fault("role", f"Bạn chỉ lập được tài khoản vai trò: {allowed}.")
    try:
        check_post(role, scope)
        check_scope(scope)
    except WrongAccount as wrong:
        return row.fault("scope", str(wrong))
    return Hire(username, row.text("name"), role, scope)
