"""What the server says while it runs: one line an event, JSON for machines, colours for a person at a terminal."""

import logging
import sys

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError
from structlog.typing import EventDict, Processor


class Strangers(logging.Filter):
    """What the web library says of requests that it could not read: that there was one, and not what it held.

    Whoever sends rubbish is no fault of ours, writes no page of traceback, and the line that could not be read may hold a
    cookie.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        wrong = record.exc_info[1] if record.exc_info else None
        if isinstance(wrong, HttpProcessingError | RequestPayloadError | ConnectionError):
            record.msg, record.args, record.exc_info = "request-broken", None, None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def _harmless(_logger: object, _method: str, said: EventDict) -> EventDict:
    """For a terminal: nothing that somebody else wrote moves the cursor or begins a line of its own."""
    return {
        key: _plain(value) if isinstance(value, str) and key != "exception" else value for key, value in said.items()
    }


def _plain(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def configure(level: str = "info", form: str = "auto") -> None:
    """Set up structlog and the libraries' own logging alike, on standard error."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = (
        # Not the coloured traceback: it shows what every variable holds, and some hold secrets and names.
        [_harmless, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiosqlite", "alembic", "apprise", "apscheduler", "asyncio", "websockets", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    web = logging.getLogger("aiohttp.server")
    if not any(isinstance(each, Strangers) for each in web.filters):
        web.addFilter(Strangers())
