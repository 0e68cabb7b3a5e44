"""What the state of the hall forbids."""


class Refused(Exception):
    """The state of the hall forbids it, for ever. The message is for whoever asked."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code
