"""What has just happened, line by line, as far as a screen may know it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from bridge.rules import events
from bridge.rules.evolving import author
from bridge.rules.scene import Placed, Scene
from dashboards.sight import Sight

SHOWN = 30
NOTICE_LETTERS = 140
"""Of a notice that its line shows."""


def newest(placed: Iterable[Placed], sight: Sight, limit: int = SHOWN) -> list[dict[str, Any]]:
    """The newest lines that this screen may see, newest first."""
    lines: list[dict[str, Any]] = []
    for each in placed:
        line = told(each)
        if line is not None and narrow(sight, each, line):
            lines.append(line)
            if len(lines) == limit:
                break
    return lines


def told(placed: Placed) -> dict[str, Any] | None:
    """One line of «vừa xảy ra», or None for what no screen tells."""
    position, happened = placed
    event = happened.event
    words = WORDS.get(type(event))
    if words is None:
        return None
    line: dict[str, Any] = {
        "position": position,
        "at_s": happened.at_ms // 1000,
        "point": getattr(event, "point", None),
        "kind": events.tag(event),
    }
    return line | words(event) | ({"by": author(happened.by).value} if isinstance(event, events.FigureReported) else {})


def narrow(sight: Sight, placed: Placed, line: dict[str, Any]) -> bool:
    """Cut a line down to what this screen may know; False: it may know nothing of it."""
    position, happened = placed
    event = happened.event
    if isinstance(event, events.PointEvent):
        if event.point not in sight.points:
            return False
    elif isinstance(event, events.JobMissed):
        # The calendar is the city's, whose alarm it is.
        if not sight.whole:
            return False
    elif isinstance(event, events.UnitChecked | events.UnitReturned):
        # What is above one's own halls is nobody's business: only who sees all of a unit hears of it.
        theirs = [point.code for point in sight.scene.points_under(event.unit)]
        if sight.covered(theirs) < len(theirs):
            return False
        line["unit_name"] = sight.scene.state.units[event.unit].name
    else:
        halls = _halls(sight.scene, position, event)
        if halls is not None:
            # How many others there are is not this screen's to know.
            line["points"] = sight.covered(halls)
            if not line["points"]:
                return False
            if line["points"] == 1 and isinstance(event, events.IncidentEvent):
                line["point"] = next(code for code in halls if sight.covered((code,)))
    if isinstance(event, _BY_SOMEBODY):
        line["by_name"] = sight.name(happened.by.removeprefix("user:")) if happened.by.startswith("user:") else ""
        if isinstance(event, events.IncidentAssigned):
            line["to_name"] = sight.name(event.to)
        if sight.named is None:
            line |= unsaid(event, line)
    return True


def unsaid(event: events.AnyEvent, line: Mapping[str, Any]) -> dict[str, Any]:
    """What the staff write for each other, left out: it names people more often than not."""
    return {word: "" for word in ("note", "reason", "why") if word in line} if isinstance(event, _BY_SOMEBODY) else {}


_BY_SOMEBODY = (
    events.IncidentEvent,
    events.CallEnded,
    events.NoticePosted,
    events.RemindersSent,
    events.FiguresReturned,
    events.UnitChecked,
    events.UnitReturned,
    events.CorrectionEvent,
    events.VersionSigned,
)


def _halls(scene: Scene, position: int, event: events.AnyEvent) -> Collection[str] | None:
    """The halls that something concerns; None: all of them."""
    match event:
        case (
            events.CentreOutageBegan()
            | events.IncidentOpened()
            | events.IncidentJoined()
            | events.IncidentEased()
            | events.RemindersSent()
            | events.NoticePosted()
        ):
            return event.points
        case events.IncidentEvent():
            return scene.concerned.get(position, ())
        case _:
            return None


_Figures = events.FigureReported | events.FigureCorrected | events.CorrectionAsked | events.CorrectionApproved


def _figures(event: _Figures) -> dict[str, Any]:
    count = event.count
    return {
        "round": event.round.value,
        "present": count.present,
        "excused": count.excused,
        "unexcused": count.unexcused,
        "grade": event.grade.value,
    }


def _shared(event: events.IncidentOpened | events.IncidentJoined) -> dict[str, Any]:
    return {
        "trouble": event.trouble.value if event.trouble else None,
        "bond": event.shared.bond.value,
        "bond_name": event.shared.name,
        "note": event.note,
    }


WORDS: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    events.PhaseChanged: lambda event: {"phase": event.phase.value},
    events.StageReached: lambda event: {"stage": event.stage.value},
    events.HallPerceived: lambda event: {
        "picture": event.picture.value,
        "sound": event.sound.value,
        "line": event.line.value,
    },
    events.FigureReported: lambda event: {
        **_figures(event),
        "before": event.before.present if event.before else None,
    },
    events.FigureCorrected: lambda event: {
        **_figures(event),
        "before": event.before.present,
        "reason": event.reason,
    },
    events.FiguresSubmitted: lambda event: {"sitting": event.sitting},
    events.FiguresReturned: lambda event: {"sitting": event.sitting, "reason": event.reason},
    events.CorrectionAsked: lambda event: {
        **_figures(event),
        "correction": event.correction,
        "before": event.before.present if event.before else None,
        "late": event.late,
        "reason": event.reason,
    },
    events.CorrectionApproved: lambda event: {
        **_figures(event),
        "correction": event.correction,
        "before": event.before.present if event.before else None,
        "reason": event.reason,
    },
    events.CorrectionRefused: lambda event: {"correction": event.correction, "reason": event.reason},
    events.FigureReleased: lambda event: {"round": event.round.value},
    events.FigureConfirmed: lambda event: {"round": event.round.value},
    events.ActUndone: lambda event: {"axis": event.axis.partition(" ")[0]},
    events.ModeChanged: lambda event: {"mode": event.mode.value, "reason": event.reason},
    events.ExpectedChanged: lambda event: {"value": event.value, "reason": event.reason},
    events.FaultReported: lambda event: {"fault": event.fault.value, "note": event.note},
    events.LinkMoved: lambda event: {"link": event.link.value, "cause": event.cause},
    events.ServiceRestarted: lambda _event: {},
    events.CentreOutageBegan: lambda event: {"points": len(event.points)},
    events.CentreOutageEnded: lambda _event: {},
    events.SourceGiven: lambda event: {
        "round": event.round.value,
        "source": event.source.value,
        "present": event.seen.present,
    },
    events.StreamMoved: lambda event: {"stream": event.stream.value, "behind_s": event.behind_s},
    events.IncidentOpened: lambda event: {"incident": event.incident} | _shared(event),
    events.IncidentJoined: lambda event: {"incident": event.incident} | _shared(event),
    events.IncidentEased: lambda event: {"incident": event.incident},
    events.IncidentAcknowledged: lambda event: {"incident": event.incident},
    events.IncidentAssigned: lambda event: {"incident": event.incident},
    events.IncidentNoted: lambda event: {"incident": event.incident, "note": event.note},
    events.IncidentExplained: lambda event: {"incident": event.incident, "cause": event.cause},
    events.IncidentEscalated: lambda event: {"incident": event.incident, "level": event.level, "why": event.why},
    events.IncidentResolved: lambda event: {
        "incident": event.incident,
        "by_itself": event.by_itself,
        "into": event.into,
        "note": event.note,
    },
    events.IncidentReopened: lambda event: {
        "incident": event.incident,
        "by_itself": event.by_itself,
        "reason": event.reason,
    },
    events.CallEnded: lambda event: {"outcome": event.outcome.value, "note": event.note},
    events.NoticePosted: lambda event: {
        "notice": event.notice,
        "urgent": event.urgent,
        "text": event.text if len(event.text) <= NOTICE_LETTERS else event.text[: NOTICE_LETTERS - 1] + "…",
    },
    events.RemindersSent: lambda event: {"sitting": event.sitting, "round": event.round.value},
    events.UnitChecked: lambda event: {"unit": event.unit, "sitting": event.sitting, "without": len(event.without)},
    events.UnitReturned: lambda event: {"unit": event.unit, "sitting": event.sitting, "reason": event.reason},
    events.VersionSigned: lambda event: {"version": event.version},
    events.JobMissed: lambda event: {"job": event.job, "due_at_s": event.due_ms // 1000},
}
"""What the line of each says, beside when and where."""
