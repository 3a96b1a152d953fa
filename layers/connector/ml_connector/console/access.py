"""Who asks, and what they may: read, act, see payloads; as API Gateway verified it, never as a header says.

- OIDC: a JWT authorizer puts the token's claims into the event; rights go by the groups among them.
- IAM: the AWS_IAM authorizer puts the caller's ARN there; rights go by patterns of ARNs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ml_connector.assembly.environment import Environment

# From the most telling claim to the one that is always there.
_NAMES = ("email", "preferred_username", "cognito:username", "username", "name")


class Right(StrEnum):
    """What a person may do; each is given by itself."""

    READ = "read"
    ACT = "act"
    PAYLOAD = "payload"


_WHAT_FOR = {
    Right.READ: "look at documents",
    Right.ACT: "replay, hold, release, reroute or review documents",
    Right.PAYLOAD: "see what documents contain",
}


class Forbidden(Rejected):
    """The person is known, but may not do this."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A verified person.

    Attributes:
        name: Recorded in the audit trail with what the person does.
    """

    name: str
    rights: frozenset[Right]

    def may(self, right: str) -> bool:
        """Whether the person has a right."""
        return right in self.rights

    def need(self, right: Right) -> None:
        """Pass who has a right.

        Raises:
            Forbidden: The person has it not; says who gives it.
        """
        if right not in self.rights:
            raise Forbidden(
                f"{self.name} may not {_WHAT_FOR[right]}.",
                advice=f"Ask whoever runs the connector for the right “{right.value}”.",
            )


def visitor_of(request_context: Mapping[str, Any], environment: Environment) -> Visitor:
    """Return who asks.

    Raises:
        Forbidden: API Gateway verified nobody.
    """
    authorizer = request_context.get("authorizer") or {}
    if claims := (authorizer.get("jwt") or {}).get("claims"):
        groups = _groups(claims.get(environment.get("CONSOLE_GROUPS_CLAIM", "groups")))
        return Visitor(_name_in(claims), _rights(environment, lambda wanted: wanted in groups))
    if arn := (authorizer.get("iam") or {}).get("userArn"):
        return Visitor(str(arn), _rights(environment, lambda pattern: fnmatchcase(str(arn), pattern)))
    raise Forbidden("Nobody is signed in.", advice="Come by the address that the stack's outputs name.")


def _name_in(claims: Mapping[str, Any]) -> str:
    """The person's name with the token's subject, which alone is never given to somebody else."""
    subject = str(claims.get("sub", ""))
    name = next((str(claims[name]) for name in _NAMES if claims.get(name)), "")
    return f"{name} ({subject})" if name and subject and name != subject else name or subject or "unnamed"


def _groups(claim: object) -> frozenset[str]:
    """The groups of a claim; API Gateway hands a list on as the text ``[one two]``."""
    if isinstance(claim, list):
        return frozenset(str(group) for group in claim)
    text = str(claim or "")
    if text.startswith("[") and text.endswith("]"):
        return frozenset(text[1:-1].replace(",", " ").split())
    return frozenset((text,)) if text else frozenset()


def _rights(environment: Environment, fits: Any) -> frozenset[Right]:  # noqa: ANN401 - text to truth
    def given(right: Right) -> Iterable[str]:
        return filter(None, map(str.strip, environment.get(f"CONSOLE_{right.name}").split(",")))

    return frozenset(right for right in Right if any(map(fits, given(right))))
