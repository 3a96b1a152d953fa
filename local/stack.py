"""Builds and deploys a SAM template to the embedded endpoint with the tools that deploy it to AWS.

A build or a deployment whose inputs have not changed is left out, so that later runs are quick.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient

ROOT = Path(__file__).resolve().parents[1]
SAM = ROOT / ".venvs/sam/bin/sam"
REGION: Final = "eu-north-1"
_REFERENCE = re.compile(r"^\s*(?:CodeUri|ContentUri|DefinitionUri):\s*(\S+)\s*$", re.MULTILINE)
_SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


class StackError(RuntimeError):
    """A build or deployment failed; the tool's last lines are in the message."""


def environment(endpoint: str, region: str = REGION) -> dict[str, str]:
    """What AWS' SDKs and tools need to talk to the embedded endpoint; no credentials of yours are used."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def session(region: str = REGION) -> boto3.Session:
    """A session with the embedded endpoint's credentials; pass ``endpoint_url`` to its clients."""
    return boto3.Session(
        aws_access_key_id="embedded",
        aws_secret_access_key="embedded",  # noqa: S106 - the endpoint takes any
        region_name=region,
    )


def deploy(
    endpoint: str,
    template: Path,
    stack_name: str,
    parameters: Mapping[str, str] | None = None,
    *,
    work: Path = ROOT / ".local" / "stacks",
) -> dict[str, str]:
    """Build and deploy the template; the stack's outputs.

    ``PythonRuntime`` in the parameters must name the interpreter at hand, :func:`interpreter`; it is the
    default.

    Raises:
        StackError: a build or deployment failed.
    """
    parameters = {"PythonRuntime": interpreter(), **(parameters or {})}
    template, folder = template.resolve(), work.resolve() / stack_name
    fingerprint = _fingerprint(template, parameters)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        # Two at once, in two terminals, would build over each other; the second then finds it done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _build(template, parameters, folder, fingerprint)
        cloudformation = session().client("cloudformation", endpoint_url=endpoint)
        if not _is_deployed(cloudformation, stack_name, fingerprint):
            _deploy(endpoint, stack_name, parameters, folder, fingerprint)
    return outputs(endpoint, stack_name)


def outputs(endpoint: str, stack_name: str) -> dict[str, str]:
    """A deployed stack's outputs by key."""
    cloudformation = session().client("cloudformation", endpoint_url=endpoint)
    stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def interpreter() -> str:
    """The Lambda runtime of the interpreter at hand, such as ``python3.11``."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _build(template: Path, parameters: Mapping[str, str], folder: Path, fingerprint: str) -> None:
    stamp = folder / "built"
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    _sam(
        folder,
        ["build", "--template-file", template, "--build-dir", folder / "build", "--cached", "--parallel"],
        ["--cache-dir", folder / "cache", "--parameter-overrides", *_overrides(parameters)],
    )
    stamp.write_text(fingerprint)


def _deploy(
    endpoint: str, stack_name: str, parameters: Mapping[str, str], folder: Path, fingerprint: str
) -> None:
    bucket = f"{stack_name}-artifacts"
    _ensure_bucket(endpoint, bucket)
    _sam(
        folder,
        ["deploy", "--template-file", folder / "build" / "template.yaml", "--stack-name", stack_name],
        ["--s3-bucket", bucket, "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        ["CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset", "--no-fail-on-empty-changeset"],
        ["--no-progressbar", "--tags", f"inputs={fingerprint}"],
        ["--parameter-overrides", *_overrides(parameters)],
        extra=environment(endpoint),
    )


def _ensure_bucket(endpoint: str, name: str) -> None:
    client = session().client("s3", endpoint_url=endpoint)
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


def _sam(folder: Path, *arguments: list[Any], extra: Mapping[str, str] | None = None) -> None:
    """Run SAM in the stack's folder, where it keeps what it downloaded: other builds would clear it."""
    if not SAM.exists():
        message = f"{SAM} is missing: make a virtual environment there from local/sam-requirements.txt."
        raise StackError(message)
    # sam wants the runtime's own interpreter on the path, under its versioned name; our environment has it.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [str(SAM), *(str(part) for group in arguments for part in group)]
    done = subprocess.run(  # noqa: S603 - SAM's own command line
        command,
        cwd=folder,
        env={
            **os.environ,
            "PATH": path,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.5",
            **(extra or {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()
        message = f"sam {command[1]} failed:\n" + "\n".join(lines[-40:])
        raise StackError(message)


def _is_deployed(cloudformation: CloudFormationClient, stack_name: str, fingerprint: str) -> bool:
    try:
        stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    except ClientError:
        return False
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    return stack["StackStatus"] in _SETTLED and tags.get("inputs") == fingerprint


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    return [f"ParameterKey={key},ParameterValue={json.dumps(value)}" for key, value in parameters.items()]


def _fingerprint(template: Path, parameters: Mapping[str, str]) -> str:
    """Digest of the parameters, the template and the files it refers to."""
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
    for path in (template, *_inputs(template)):
        digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _inputs(template: Path) -> Iterator[Path]:
    for reference in sorted(set(_REFERENCE.findall(template.read_text()))):
        path = template.parent / reference
        yield from _files(path) if path.is_dir() else (path,)


def _files(folder: Path) -> Iterator[Path]:
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        yield from (Path(current, name) for name in sorted(files) if not name.endswith(".pyc"))
