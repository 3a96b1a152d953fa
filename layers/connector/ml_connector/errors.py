"""Every error the connector raises on purpose, in families by who must act.

::

    ConnectorError
      Rejected               the partner's data is at fault: no retry, acknowledge or notify
      Misconfigured          the operator must act: no retry, alarm; mended, the document is replayed
        Held                 a person must look and decide: released, the document goes on
      Unavailable            the other system is down, slow or throttling: retry with growing waits
      OutcomeUnknown         a write may or may not have happened: look it up, never blindly repeat

The class names are the names in ``ErrorEquals`` of the state machines; a test compares them.
"""

from __future__ import annotations

import re

# What of an error's context a log may have: numbers and codes that no document, login or token can be.
_FACTS = ("status", "code", "fault_code", "visma_id", "request_id")
_FACT = re.compile(r"\d{1,6}|API\d{6}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class ConnectorError(Exception):
    """An error with a sentence for a person and facts for a machine.

    Attributes:
        message: What was expected, what was found and where.
        advice: What to do about it; empty when nothing can be done.
        context: Facts as plain JSON values: file, segment, offset, partner, VismaId and the like.
    """

    def __init__(self, message: str, *, advice: str = "", **context: object) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.context = context

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".rstrip()


class Rejected(ConnectorError):
    """The partner's data can't be processed, and repeating it would not help."""


class Misconfigured(ConnectorError):
    """The connector's settings, rules or partner files lack something; an operator mends it and replays."""


class Held(Misconfigured):
    """The document is sound, but a rule or a doubt asks for a person's decision before it goes on."""


class Unavailable(ConnectorError):
    """The other system did not answer usefully; the same call may succeed later.

    Attributes:
        retry_after: Seconds the other system asked to wait, if it did.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, advice: str = "", **context: object
    ) -> None:
        super().__init__(message, advice=advice, **context)
        self.retry_after = retry_after


class OutcomeUnknown(ConnectorError):
    """A write was sent and no answer came back: look the document up before sending it again."""


# The classes that state machines know by name; what is derived from one of them is handled as it is.
FAMILIES: tuple[type[ConnectorError], ...] = (Held, Rejected, Misconfigured, Unavailable, OutcomeUnknown)


def in_family(error: ConnectorError) -> ConnectorError:
    """Return the error under the name of its family: a state machine knows no class derived from one.

    ``Retry`` compares names only, so an error of a class of its own would match none of its rules.
    """
    if type(error) in FAMILIES:
        return error
    family = next((one for one in FAMILIES if isinstance(error, one)), None)
    if family is None:
        return error
    named = family(error.message, advice=error.advice, **{**error.context, "error": type(error).__name__})
    if isinstance(named, Unavailable):
        named.retry_after = getattr(error, "retry_after", None)
    return named


def facts_of(error: BaseException) -> dict[str, str]:
    """Return what a log may say of an error: its class, its cause's class, and codes; never its words.

    Words quote documents, and answers of the other systems, which quote documents, logins or tokens.
    """
    context = error.context if isinstance(error, ConnectorError) else {}
    codes = {name: str(context[name]) for name in _FACTS if _FACT.fullmatch(str(context.get(name, "")))}
    cause = {"cause": type(error.__cause__).__name__} if error.__cause__ else {}
    return {"error": type(error).__name__, **cause, **codes}


def without_words(error: BaseException) -> str:
    """Return :func:`facts_of` as one text, as ``LoginRefused (status 401)``."""
    name, *facts = facts_of(error).items()
    return f"{name[1]} ({', '.join(' '.join(fact) for fact in facts)})" if facts else name[1]
