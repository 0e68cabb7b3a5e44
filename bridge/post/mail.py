"""To people's mailboxes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib
import msgspec

from bridge.post import Letter, NotSent

PATIENCE_S = 10


class Mailbox(msgspec.Struct, frozen=True):
    """Where mail is handed in."""

    host: str
    port: int
    security: str
    """`starttls`, `tls` from the first byte, or `none`."""
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Mailbox({self.host}:{self.port}, {self.security})"


class Mail:
    name = "mail"

    def __init__(self, mailbox: Mailbox, sender: str, receivers: Sequence[str]) -> None:
        self._mailbox = mailbox
        self._sender = sender
        self._receivers = tuple(receivers)

    async def send(self, letter: Letter) -> None:
        box = self._mailbox
        try:
            await aiosmtplib.send(
                written(letter, self._sender, self._receivers, self.name),
                sender=self._sender,
                recipients=self._receivers,
                hostname=box.host,
                port=box.port,
                username=box.user or None,
                password=box.password or None,
                use_tls=box.security == "tls",
                # Never by chance: whoever asks for it must not be talked out of it on the way.
                start_tls=box.security == "starttls",
                timeout=PATIENCE_S,
            )
        except aiosmtplib.SMTPResponseException as refused:
            raise NotSent(f"máy chủ thư trả lời {refused.code}") from refused
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise NotSent("máy chủ thư không nhận địa chỉ nào") from refused
        except TimeoutError as late:
            raise NotSent(f"máy chủ thư không trả lời trong {PATIENCE_S} giây") from late
        # ValueError: a host's name that is none, which only the dialling finds out.
        except (aiosmtplib.SMTPException, OSError, ValueError) as broken:
            raise NotSent("không gửi được qua máy chủ thư") from broken


def written(letter: Letter, sender: str, receivers: Sequence[str], channel: str) -> EmailMessage:
    """The mail: the same at every try, by its Message-ID too, so that a mailbox may know it again."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Điều phối điểm cầu", addr_spec=sender)
    mail["To"] = ", ".join(receivers)
    mail["Subject"] = letter.title
    mail["Date"] = format_datetime(datetime.fromtimestamp(letter.at_ms / 1000, UTC))
    mail["Message-ID"] = f"<{letter.id(channel).replace(':', '.')}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    return mail
