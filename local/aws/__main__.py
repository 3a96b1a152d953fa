"""Starts the embedded AWS endpoint: ``python -m local.aws``."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from pathlib import Path

from local.aws import seams
from local.aws.settings import HOST, Settings, read_settings


def main() -> None:
    """Serve until told to stop."""
    settings = read_settings()
    _claim(settings)
    seams.assert_version()
    # Secrets lie in the state folder in plain text: nobody else reads it.
    os.umask(0o077)
    settings.state.mkdir(parents=True, exist_ok=True)
    os.environ.update(_ministack_environment(settings))
    asyncio.run(_serve(settings))


def _claim(settings: Settings) -> None:
    """Stop with advice when the port is taken or the functions' interpreter is missing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.port))
        except OSError:
            from local.processes import describe_port_holder

            sys.exit(describe_port_holder(settings.port))
    if not settings.runtime_python.exists():
        requirements = Path(__file__).with_name("runtime-requirements.txt")
        sys.exit(
            f"{settings.runtime_python} is missing: make a virtual environment there and install "
            f"{requirements} into it, or name another interpreter with --runtime-python."
        )


def _ministack_environment(settings: Settings) -> dict[str, str]:
    """Ministack's own settings, read when its modules are imported."""
    return {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.port),
        "AWS_ENDPOINT_URL": settings.url,
        # With cryptography installed ministack also opens an MQTT broker, on every interface.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.state / "s3"),
    }


async def _serve(settings: Settings) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    from local.aws.lambda_host import LambdaHost

    host = LambdaHost(settings)
    seams.install(settings, host)
    config = Config()
    config.bind = [f"{HOST}:{settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    logging.getLogger().setLevel(logging.WARNING)
    for name in ("lambda-host", "checkpoint", "executions", "resources"):
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        await serve(app, config)
    finally:
        host.stop()


if __name__ == "__main__":
    main()
