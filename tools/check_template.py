"""Checks the deployment: ``python -m tools.check_template``.

``sam validate`` reads the template as written, cfn-lint reads it expanded (only then it knows the resources
SAM makes of it), checkov judges its security (each skip has its reason beside it, as metadata),
and asl-validator reads each state machine with its substitutions filled in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "template.yaml"
DEFINITIONS = ROOT / "statemachine"
REGION = "eu-north-1"
_SAM = ROOT / ".venvs/sam/bin"
_CHECKOV = ROOT / ".venvs/checkov/bin/checkov"
_ASL = ROOT / ".venvs/lint/node_modules/.bin/asl-validator"
# Parameters that the SAM transform resolves itself: the expanded template has no more use for them.
_RESOLVED_BY_SAM = ("DeploymentPreference",)
_SOME_ARN = "arn:aws:lambda:eu-north-1:123456789012:function:some-function:live"


def main() -> int:
    """Run all checks; return how many failed."""
    failed = [
        name
        for name, passes in (
            ("sam validate", _sam_validates()),
            ("cfn-lint on the expanded template", _expanded_lints()),
            ("checkov on the expanded template", _expanded_is_secure()),
            *((f"asl-validator on {path.name}", _definition_is_valid(path)) for path in _definitions()),
        )
        if not passes
    ]
    for name in failed:
        print(f"failed: {name}")  # noqa: T201 - a command prints
    if not failed:
        print(f"Template and {len(_definitions())} state machines are valid.")  # noqa: T201
    return len(failed)


def expanded_template(*, layers: str = "") -> dict[str, Any]:
    """Return template.yaml as CloudFormation gets it from the SAM transform, its layers packaged as named."""
    parsed = yaml_parse(TEMPLATE.read_text())
    _inline_local_paths(parsed, layers)
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    expanded: dict[str, Any] = transform(parsed, {}, ManagedPolicyLoader(None))
    return expanded


def _inline_local_paths(template: dict[str, Any], layers: str) -> None:
    """Put an object in S3 where the template has a folder, as `sam package` does."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if name in properties:
                mark = layers if name == "ContentUri" else ""
                properties[name] = f"s3://artifacts/{mark}{properties[name]}"


def _sam_validates() -> bool:
    command = [_SAM / "sam", "validate", "--lint", "--template-file", TEMPLATE, "--region", REGION]
    return _passes(command, env={**os.environ, "SAM_CLI_TELEMETRY": "0"})


def _expanded_lints() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        template = expanded_template()
        for name in _RESOLVED_BY_SAM:
            del template["Parameters"][name]
        del template["Metadata"]["AWS::CloudFormation::Interface"]
        expanded = Path(folder) / "expanded.json"
        expanded.write_text(json.dumps(template, default=str))
        return _passes([_SAM / "cfn-lint", "--regions", REGION, "--", expanded])


def _expanded_is_secure() -> bool:
    """Whether checkov finds nothing but what the template gives a reason to skip."""
    with tempfile.TemporaryDirectory() as folder:
        expanded = Path(folder) / "expanded.json"
        expanded.write_text(json.dumps(expanded_template(), default=str))
        options = ["--framework", "cloudformation", "--compact", "--quiet", "--skip-download"]
        return _passes([_CHECKOV, "--file", expanded, *options])


def _definitions() -> list[Path]:
    return sorted(DEFINITIONS.glob("*.asl.json"))


def _definition_is_valid(path: Path) -> bool:
    filled = re.sub(r"\$\{\w+\}", _SOME_ARN, path.read_text())
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(filled)
        return _passes([_ASL, "--json-path", copy])


def _passes(command: list[str | Path], env: Mapping[str, str] | None = None) -> bool:
    done = subprocess.run(  # noqa: S603 - the project's own tools
        [str(part) for part in command], capture_output=True, text=True, check=False, env=env
    )
    if done.returncode:
        print(done.stdout + done.stderr)  # noqa: T201 - a command prints
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
