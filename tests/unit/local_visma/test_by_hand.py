"""The simulator as a program: started by hand, asked over HTTP, stopped."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
from tests.integration.visma.world import TLS

ROOT = Path(__file__).parents[3]


def test_it_says_where_it_is_and_serves_with_the_faults_it_was_given(tmp_path):
    plan = tmp_path / "faults.yaml"
    plan.write_text("rules: [{kind: throttle, path: /v1/branch, seconds: 9}]\n")
    program = [sys.executable, "-m", "local.visma", "--port", "0", "--faults", plan]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            url = re.search(r"http://\S+?(?=,)", running.stdout.readline())[0]
            with httpx.Client(base_url=url, verify=TLS) as http:
                answers = [http.get("/v1/branch") for _ in range(2)]
                journal = http.get("/_control/journal").json()
        finally:
            running.send_signal(signal.SIGINT)
    assert [(answer.status_code, answer.headers.get("Retry-After")) for answer in answers] == [
        (429, "9"),
        (401, None),
    ]
    assert [call["fault"] for call in journal] == ["throttle", ""]
    assert running.returncode == 0
