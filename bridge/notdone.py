"""What was asked of a command and was not done."""


class NotDone(Exception):
    """The message is one sentence: what was found, and what to do."""
