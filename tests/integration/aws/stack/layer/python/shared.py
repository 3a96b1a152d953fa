"""Errors by whose names the state machine retries and catches."""


class Rejected(Exception):
    """The input is refused for good."""


class Unavailable(Exception):
    """Worth another try."""
