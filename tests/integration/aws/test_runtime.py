from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from local import environments
from local.aws import bootstrap, runtime_api

pytestmark = pytest.mark.emulated


@pytest.fixture
def api():
    served = runtime_api.RuntimeApi()
    yield served
    served.close()


def _next(api):
    while (happening := api.happenings.get(timeout=20)).kind is runtime_api.Kind.STARTED:
        pass
    return happening


# The fallback for platforms without a native client is put before it on the path.
@pytest.mark.parametrize("native", [True, False])
def test_events_go_to_the_handler_and_answers_and_errors_come_back(api, tmp_path, native):
    environments.ensure("runtime")
    (tmp_path / "app.py").write_text("def handle(event, context):\n    return 1 / event['by']\n")
    fallback = Path(bootstrap.__file__).with_name("fallback")
    path = [str(tmp_path)] if native else [str(fallback), str(tmp_path)]
    process = subprocess.Popen(
        [environments.interpreter("runtime"), "-P", bootstrap.__file__, "app.handle"],
        env={
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "PYTHONPATH": os.pathsep.join(path),
            "LAMBDA_TASK_ROOT": str(tmp_path),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        api.offer(runtime_api.Invocation("one", "arn", b'{"by": 2}', 5, ""))
        answer = _next(api)
        api.offer(runtime_api.Invocation("two", "arn", b'{"by": 0}', 5, ""))
        error = _next(api)
    finally:
        process.stdin.close()
        process.wait(timeout=10)

    assert (answer.kind, answer.request_id, answer.body) == (runtime_api.Kind.RESPONSE, "one", b"0.5")
    assert (error.kind, error.request_id) == (runtime_api.Kind.ERROR, "two")
    assert b"ZeroDivisionError" in error.body
    # Closing its standard input, the lifeline, is what ended it.
    assert process.returncode == -9
