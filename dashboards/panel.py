"""One point, opened: its axes apart, every round, and what happened to it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bridge.rules import outages, wire
from bridge.rules.attendance import People, standing
from bridge.rules.model import Figure, LineTest, Point
from bridge.rules.scene import Placed, Scene
from bridge.rules.verdict import Verdict, verdict
from dashboards import affairs, news
from dashboards.view import stayed

HISTORY_SHOWN = 50


def detail(scene: Scene, point: Point, history: Sequence[Placed], now_ms: int, *, among_staff: bool) -> dict[str, Any]:
    """A point's live side for its panel; what happened to it, newest first.

    `among_staff`: whoever looks may read what the staff write for each other.
    """
    line = scene.lines.get(point.code)
    said = point.perceived
    plan = scene.state.plan
    return {
        "stage": {"stage": point.stage.value, "at": wire.rfc3339_if(point.stage_ms)},
        "link": {
            "link": scene.link_shown(point),
            "at": wire.rfc3339_if(point.link_ms),
            "noticed_at": wire.rfc3339_if(point.link_noticed_ms),
            "cause": point.link_cause,
        },
        "line": {"rtt_ms": line.rtt_ms, "loss": line.loss} if line and line.rtt_ms is not None else None,
        "stream": {"stream": scene.stream_shown(point), "at": wire.rfc3339_if(point.stream_ms)},
        "line_test": _tested(point.line_test) if point.line_test else None,
        "outages": [
            {
                "cause": outage.cause,
                "began_at": wire.rfc3339_if(outage.began_ms),
                "ended_at": wire.rfc3339_if(outage.ended_ms),
                "times": outage.times,
            }
            for outage in reversed(point.outages)
        ],
        "incidents": affairs.numbers_of(scene, point.code),
        "notices": affairs.heard_by(scene, point.code),
        "perceived": {
            "picture": said.picture.value,
            "sound": said.sound.value,
            "line": said.line.value,
            "at": wire.rfc3339_if(said.at_ms),
        }
        if said
        else None,
        "verdict": _judged(verdict(point, line is not None and line.connected, now_ms)),
        "sittings": [
            {
                "id": sitting.id,
                "name": sitting.name,
                "expected": point.expected.get(sitting.id),
                "scanned": point.scanned.get(sitting.id, 0) if plan and plan.names else None,
                "stayed": stayed(point, sitting),
                "line": outages.told(point, sitting, now_ms),
                "rounds": [
                    {"round": each.name.value, "due_at": wire.rfc3339_if(each.due_ms)}
                    | figures(point, (sitting.id, each.name))
                    for each in sitting.rounds
                ],
            }
            for sitting in (plan.sittings if plan else ())
        ],
        "history": [
            words if among_staff else words | news.unsaid(each[1].event, words)
            for each in history
            if (words := news.told(each)) is not None
        ][:HISTORY_SHOWN],
    }


def _judged(found: Verdict) -> dict[str, Any]:
    return {
        "believed": found.believed.value,
        "reason": found.reason,
        "sentence": found.sentence,
        "said_at": wire.rfc3339_if(found.said_ms),
    }


def _tested(test: LineTest) -> dict[str, Any]:
    return {
        "rtt_ms": test.rtt_ms,
        "jitter_ms": test.jitter_ms,
        "loss": test.loss,
        "down_kbps": test.down_kbps,
        "up_kbps": test.up_kbps,
        "at": wire.rfc3339_if(test.at_ms),
    }


def figures(point: Point, key: tuple[str, Any]) -> dict[str, Any]:
    """A round's figures as they stand, null where nothing was reported."""
    figure: Figure | None = point.figures.get(key)
    shown = point.quarantined.get(key) or figure
    other = point.differing.get(key)
    people: People = standing(point, key)
    return {
        "expected": people.expected,
        "present": people.present if figure else None,
        "excused": people.excused if figure else None,
        "unexcused": people.unexcused if figure else None,
        "unreported": people.unreported,
        "guests": people.guests if figure else None,
        "grade": shown.grade.value if shown else None,
        "said": msgspec.structs.asdict(shown.count) if shown else None,
        "act": shown.act if shown else None,
        "at": wire.rfc3339_if(shown.at_ms) if shown else None,
        "received_at": wire.rfc3339_if(shown.received_ms) if shown else None,
        "by": shown.author.value if shown else None,
        "on_time": figure.on_time if figure else None,
        "differing": said_in(other) if other else None,
    }


def said_in(figure: Figure) -> dict[str, Any]:
    """A figure as its hall said it, with when and by whom."""
    return msgspec.structs.asdict(figure.count) | {
        "at": wire.rfc3339_if(figure.at_ms),
        "received_at": wire.rfc3339_if(figure.received_ms),
        "grade": figure.grade.value,
        "by": figure.author.value,
        "act": figure.act,
        "device": figure.device,
    }
