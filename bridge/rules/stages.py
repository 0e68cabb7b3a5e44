"""Which stages a point may go to, and what a conference's phase may become."""

from collections.abc import Mapping

from bridge.rules.model import Phase, Stage

NEXT_STAGE: Mapping[Stage, frozenset[Stage]] = {
    # Steps may be skipped, and a wrong tap may be taken back; a hall that has ended is reopened by going back on site.
    Stage.NOT_OPENED: frozenset(Stage),
    Stage.ON_SITE: frozenset(Stage),
    Stage.LINE_TESTED: frozenset(Stage),
    Stage.CHAIR_PRESENT: frozenset(Stage),
    Stage.IN_SESSION: frozenset(Stage),
    Stage.ENDED: frozenset({Stage.ENDED, Stage.ON_SITE, Stage.IN_SESSION}),
}

NEXT_PHASE: Mapping[Phase, frozenset[Phase]] = {
    Phase.DRAFT: frozenset({Phase.REHEARSAL, Phase.OPEN}),
    Phase.REHEARSAL: frozenset({Phase.OPEN}),
    Phase.OPEN: frozenset({Phase.REHEARSAL, Phase.LIVE}),
    Phase.LIVE: frozenset({Phase.CLOSING}),
    Phase.CLOSING: frozenset({Phase.LIVE, Phase.CLOSED}),
    Phase.CLOSED: frozenset(),
}

HALLS_MAY_ACT = frozenset({Phase.REHEARSAL, Phase.OPEN, Phase.LIVE, Phase.CLOSING})
"""The phases in which halls report. Once closed, other numbers are only asked for."""

SUBMITTING = frozenset({Phase.LIVE, Phase.CLOSING})
"""The phases in which figures are handed up the tree."""
