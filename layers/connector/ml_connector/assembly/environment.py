"""The environment of a function as typed, named values; read once at its start."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping


class Environment:
    """Variables by name; a missing one is an error that names it.

    Args:
        variables: The variables; the process's own when left out.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self.variables: Mapping[str, str] = os.environ if variables is None else variables

    def __getitem__(self, name: str) -> str:
        value = self.variables.get(name, "")
        if not value:
            raise Misconfigured(
                f"The environment variable {name} is not set.",
                advice="Deploy the stack again: template.yaml sets every variable of every function.",
                variable=name,
            )
        return value

    def get(self, name: str, default: str = "") -> str:
        """Return the value of an optional variable."""
        return self.variables.get(name) or default
