"""Where ministack does otherwise than AWS: one small module each, whose docstring says why it is there.

They replace private parts of exactly one version, which :func:`install` asserts. ``tests/integration/aws``
tests each semantic they bring, so that an upgrade that breaks one is seen.
"""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.aws.lambda_host import LambdaHost
    from local.aws.settings import Settings

VERSION = "1.5.33"


def assert_version() -> None:
    """Refuse to start on another version: the seams were written against this one's private parts.

    Raises:
        SystemExit: another version is installed.
    """
    found = importlib.metadata.version("ministack")
    if found != VERSION:
        message = (
            f"local/aws is made for ministack {VERSION}, found {found}: "
            "run pip install -r local/aws/requirements.txt, or review local/aws/seams for the new version."
        )
        raise SystemExit(message)


def install(settings: Settings, host: LambdaHost) -> None:
    """Put every seam in place; their imports wait until ministack's environment is set."""
    from local.aws.seams import (
        asynchronous,
        checkpoint,
        executions,
        functions,
        jsonata,
        paths,
        redrive,
        resources,
        retries,
        schedules,
        starting,
    )

    functions.install(host)
    asynchronous.install()
    executions.install()
    paths.install()
    jsonata.install()
    redrive.install()
    retries.install()
    starting.install()
    schedules.install(settings.schedule_seconds_per_minute)
    resources.install()
    checkpoint.install(settings.checkpoint_seconds)
