from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from local import environments
from local.demo.following import Follower
from local.demo.main import INTERCHANGES, drop
from local.demo.purchasing import read
from local.demo.round_trip import make_round_trip
from local.demo.surroundings import CONFIGURATION, Site

from ml_connector.partners import parse, read_folder
from ml_connector.store.audit_queries import AuditQueries
from ml_connector.store.configuration import ConfigurationStore

PATIENCE_SECONDS = 240
ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items):
    for item in items:
        if "end_to_end" in item.nodeid:
            item.add_marker(pytest.mark.emulated)
            item.add_marker(pytest.mark.xdist_group("end_to_end"))


class Deployment:
    """The whole connector on this machine, deployed once for all tests of this folder."""

    def __init__(self, site, outputs):
        self.site = site
        self.outputs = outputs
        self.queries = AuditQueries(site.client("dynamodb"), outputs["AuditTable"])
        self.build = ROOT / ".local/stacks" / site.stack / "build"  # what `sam build` made

    def push(self, **changed):
        """Put the example configuration in force, with some of its files changed."""
        files = read_folder(CONFIGURATION) | changed
        store = ConfigurationStore(self.site.client("s3"), self.outputs["ConfigurationBucket"])
        store.push(parse(files), actor="test")

    def run(self, folder=INTERCHANGES):
        """Drop the folder's files and return the rows they became once all is settled."""
        dropped = drop(self.site, folder)
        follower = Follower(self.queries, dropped)
        return {row.number: row for row in self.wait(lambda: _complete(follower))}

    def wait(self, look):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.5)
        raise AssertionError(f"not settled in {PATIENCE_SECONDS} s")

    def wait_for(self, document, status):
        def look():
            state = self.queries.state(document)
            return state if state and state["status"] == status else None

        return self.wait(look)

    def visma(self, path):
        """Read from the Visma simulator as a person with its token would."""
        return read(self.site, path)

    def journal(self):
        return httpx.get(f"{self.site.visma}/_control/journal").json()

    def posts(self):
        """How many documents of each kind were posted so far."""
        counts = httpx.get(f"{self.site.visma}/_control/counts").json()
        return {call: count for call, count in counts.items() if call.startswith("POST /v1/")}


def _complete(follower):
    rows, complete = follower.look()
    return rows if complete else None


@pytest.fixture(scope="session")
def deployment(tmp_path_factory):
    environments.ensure("aws")
    environments.ensure("runtime")
    environments.ensure("sam")
    site = Site.on_free_ports(tmp_path_factory.mktemp("site"), "ml-connector-test", seconds_per_minute=3)
    calls = site.folder / "calls"
    calls.mkdir()
    try:
        with pytest.MonkeyPatch.context() as switched:
            switched.setenv("ML_CONNECTOR_AWS_CALLS", str(calls))
            site.start()
        deployed = Deployment(site, site.deploy())
        deployed.push()
        yield deployed
    finally:
        site.stop()


@pytest.fixture(scope="session")
def first_run(deployment):
    """What the demo's interchanges became, the first time they came."""
    return deployment.run()


@pytest.fixture(scope="session")
def round_trip(deployment, first_run):
    """What became of the documents that people released in Visma after the first run."""
    rows = make_round_trip(deployment.site, deployment.queries, within=PATIENCE_SECONDS)
    return {row.number: row for row in rows}


VESTBY = "partners/vestby-emballasje.yaml"
STRANGER = b"7000010008888"


@pytest.fixture(scope="session")
def stopped(deployment, first_run, tmp_path_factory):
    """Invoices without a supplier, VE-601 to 603, and two of a stranger, by their numbers."""
    folder = tmp_path_factory.mktemp("stopped")
    (folder / "vestby-emballasje").mkdir()
    for number in (601, 602, 603, 604, 605):
        content = vestby_invoice(number)
        if number > 603:
            content = content.replace(b"UNB+UNOC:3+7000010000093", b"UNB+UNOC:3+" + STRANGER)
        (folder / "vestby-emballasje" / f"invoice-{number}.edi").write_bytes(content)
    return deployment.run(folder)


def vestby_invoice(number):
    """Return the demo's invoice without a supplier under another number."""
    content = (INTERCHANGES / "vestby-emballasje" / "invoice-501.edi").read_bytes()
    return content.replace(b"501'", f"{number}'".encode()).replace(b"VE-501", f"VE-{number}".encode())


@pytest.fixture
def known_stranger(deployment):
    """Put a configuration in force for a test in which the stranger's address is Vestby's."""
    text = (CONFIGURATION / VESTBY).read_text()
    known = f'identities:\n  - {{standard: edifact, qualifier: "14", id: "{STRANGER.decode()}"}}'
    deployment.push(**{VESTBY: text.replace("identities:", known)})
    yield
    deployment.push()


def now():
    return datetime.now(UTC)


@pytest.fixture
def run_cli(deployment):
    """Run ``ml-connector`` against the deployment and return the finished process."""
    import os
    import subprocess
    import sys

    command = Path(sys.executable).with_name("ml-connector")

    def run(*arguments, stdin=""):
        return subprocess.run(
            [command, *arguments],
            env={**os.environ, **deployment.site.environment()},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
