from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys

import pytest
from local import processes

SLEEP = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    processes.stop_all(folder=tmp_path)


def test_a_process_is_found_by_its_name_until_it_is_stopped(folder):
    process = processes.start("sleeper", SLEEP, folder=folder)

    assert processes.find("sleeper", folder=folder) == process
    assert processes.stop("sleeper", folder=folder)
    assert not process.running
    assert processes.find("sleeper", folder=folder) is None
    assert not processes.stop("sleeper", folder=folder)


def test_a_process_that_runs_is_not_started_again(folder):
    first = processes.start("sleeper", SLEEP, folder=folder)

    assert processes.start("sleeper", SLEEP, folder=folder) == first


def test_a_process_that_ignores_the_signal_is_killed(folder):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\n"
    process = processes.start("deaf", [sys.executable, "-c", deaf + "time.sleep(60)"], folder=folder)

    assert processes.stop("deaf", folder=folder, seconds=0.2)
    assert not process.running


def test_a_process_of_somebody_else_that_got_the_pid_is_left_alone(folder):
    stranger = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        mine = processes.Process("sleeper", stranger.pid, "long ago", 0, tuple(SLEEP), "")
        file = folder / "processes" / "sleeper.json"
        file.parent.mkdir()
        file.write_text(json.dumps(dataclasses.asdict(mine)))

        assert not processes.stop("sleeper", folder=folder)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_said_with_what_to_do(folder):
    with socket.socket() as taken:
        taken.bind((processes.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(processes.ProcessError, match=f"Port {port} is taken by .*set another port"):
            processes.start("server", SLEEP, port=port, folder=folder)


def test_our_own_process_on_the_port_is_named(folder):
    port = processes.free_port()
    server = [sys.executable, "-m", "http.server", str(port), "--bind", processes.HOST]
    process = processes.start("server", server, port=port, folder=folder)
    processes.await_healthy(process, f"http://{processes.HOST}:{port}/")

    assert "our own server" in processes.describe_port_holder(port, folder=folder)
    assert "make down" in processes.describe_port_holder(port, folder=folder)
    assert not processes.port_is_free(port)


def test_a_process_that_ends_at_once_shows_its_last_words(folder):
    process = processes.start("broken", [sys.executable, "-c", "raise SystemExit('no luck')"], folder=folder)

    with pytest.raises(processes.ProcessError, match="no luck"):
        processes.await_healthy(process, f"http://{processes.HOST}:9/")


def test_no_process_has_no_start_time():
    assert processes.start_time(os.getpid())
    assert not processes.start_time(2**22 + 1)
