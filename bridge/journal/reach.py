"""How much of the journal one question may ask for."""

from bridge.journal import READ_LIMIT, JournalBehind


def within(after: int, limit: int) -> None:
    if after < 0 or not 1 <= limit <= READ_LIMIT:
        raise ValueError(
            f"asked for {limit} rows after {after}; ask for 1 to {READ_LIMIT} rows after 0 or more, page by page"
        )


def spanned(after: int, to: int) -> None:
    if not 0 <= after <= to <= after + READ_LIMIT:
        raise ValueError(f"asked for the rows after {after} to {to}; ask for at most {READ_LIMIT} rows, in order")


def in_reach(conference: str, since: int, head: int) -> None:
    """Refuse a turn to a projection that this journal cannot have made, or that one turn cannot bring up to date."""
    if not 0 <= since <= head:
        raise JournalBehind(
            f"the projection of {conference} stands at {since} but its journal ends at {head}: "
            "it was not made from this journal; read the journal anew"
        )
    if head - since > READ_LIMIT:
        raise JournalBehind(
            f"the projection of {conference} stands at {since}, {head - since} rows behind its journal; "
            f"read those in pages first, a turn brings at most {READ_LIMIT}"
        )
