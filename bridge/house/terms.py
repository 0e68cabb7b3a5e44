"""What config.toml wishes, in the terms of those who keep to it."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

from bridge import doorstep
from bridge.keeping import backups
from bridge.post import settling
from bridge.rules import calendar, judging
from bridge.settings import Settings


def calendar_terms(settings: Settings) -> calendar.Terms:
    wishes = settings.calendar
    hours = [flash.split(":") for flash in wishes.flash_times]
    return calendar.Terms(
        remind_before_ms=tuple(minutes * 60_000 for minutes in wishes.remind_minutes_before),
        flashes=tuple((int(hour), int(minute)) for hour, minute in hours),
        escalate_ms=wishes.escalate_minutes * 60_000,
        grace_ms=round(wishes.grace_minutes * 60_000),
        late_reports_ms=settings.closing.grace_minutes * 60_000,
    )


def judging_terms(settings: Settings) -> judging.Terms:
    return judging.Terms(**settings.judgement.model_dump())


def backup_terms(settings: Settings) -> backups.Terms:
    wishes = settings.backup
    return backups.Terms(
        folder=Path(wishes.folder).resolve() if wishes.folder else None,
        every=timedelta(minutes=wishes.every_minutes),
        keep=wishes.keep,
    )


def doorstep_terms(settings: Settings) -> doorstep.Terms:
    server = settings.server
    return doorstep.Terms(
        doorstep.room_for(server.connections),
        server.connections_per_address,
        tuple(ip_network(each) for each in server.proxies),
    )


def post_terms(settings: Settings) -> settling.Terms:
    return settling.Terms(cool_down_ms=settings.post.cool_down_minutes * 60_000)
