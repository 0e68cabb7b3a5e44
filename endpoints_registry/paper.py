"""Which templates of its own an office writes its reports with: by form, what was put there and when."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert

from endpoints_registry.database import Store
from endpoints_registry.tables import REPORT_TEMPLATE


class OwnTemplate(msgspec.Struct, frozen=True):
    form: str
    sha256: str
    size: int
    set_at: datetime


async def put_template(store: Store, template: OwnTemplate) -> None:
    """From now on reports of this form are written with it."""
    async with store.writing() as connection:
        await connection.execute(delete(REPORT_TEMPLATE).where(REPORT_TEMPLATE.c.form == template.form))
        await connection.execute(insert(REPORT_TEMPLATE).values(msgspec.structs.asdict(template)))


async def remove_template(store: Store, form: str) -> bool:
    """The shipped one again. False where there was none of the office's own."""
    async with store.writing() as connection:
        gone = await connection.execute(delete(REPORT_TEMPLATE).where(REPORT_TEMPLATE.c.form == form))
    return gone.rowcount > 0
