"""What is told of stored documents: the pipeline's own steps stored them, in the stores of moto."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.audit_store import StoredParts, aws_in_memory
from typer.testing import CliRunner

from ml_connector.cli.app import app
from ml_connector.errors import ConnectorError
from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners import load
from ml_connector.store.audit import Origin
from ml_connector.store.interchanges import Seen
from ml_connector.workflow.failure import record_trouble
from ml_connector.workflow.map_document import Mapping, map_document
from ml_connector.workflow.parse_document import Parsing, parse_document
from ml_connector.workflow.split_interchange import Splitting, split_interchange
from ml_connector.workflow.tickets import MessageTicket

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "configuration"
FILES = (
    "great-lakes-tools/invoice-7001.edi",
    "malmberg-verktyg/invoices-88.edi",
    "northern-office/invoice-2202.xml",
    "vestby-emballasje/invoice-501.edi",
)


class Deployed(StoredParts):
    """A deployment whose ledger is the configuration's copy of it."""

    @property
    def lookups(self):
        return snapshot_of(self.configuration)


class FirstSeen:
    """Control numbers that never came before."""

    def claim(self, key, *, item, sha256):
        return Seen(item, sha256)


def process(parts, content, number):
    """Take a file through splitting, parsing and mapping, as the state machines do."""
    origin = Origin(step="test", execution=f"arn:{number}", entered_at=datetime.now(UTC))
    message = MessageTicket(system="sterling", mailbox="/any/Inbound", message_id=str(number))
    raw = parts.documents.put(f"raw/{number}", content)
    splitting = Splitting(
        parts.documents, parts.audit, FirstSeen(), parts.configuration, parts.starter("process"),
        lambda: 900.0, "production",
    )  # fmt: skip
    before = set(parts.started)
    split_interchange({"message": message.model_dump(), "raw": raw.model_dump()}, splitting, origin)
    for name in sorted(set(parts.started) - before):
        given = {key: value for key, value in parts.started[name].items() if key != "machine"}
        parsing = Parsing(parts.documents, parts.audit, parts.configuration)
        parsed = parse_document(given, parsing, origin)
        mapping = Mapping(parts.documents, parts.audit, parts.queries, parts.configuration, parts.lookups)
        try:
            map_document(parsed, mapping, origin)
        except ConnectorError as error:
            record_trouble(parts.audit, given, error, origin)


@pytest.fixture(scope="module")
def deployed():
    with pytest.MonkeyPatch.context() as patch, aws_in_memory(patch):
        parts = Deployed(load(EXAMPLE))
        patch.setattr("ml_connector.assembly.deployment.deployed_parts", lambda stack=None: parts)
        for number, file in enumerate(FILES):
            process(parts, (ROOT / "local/demo/interchanges" / file).read_bytes(), number)
        yield parts


@pytest.fixture
def run(deployed):
    def json_of(*words):
        result = CliRunner().invoke(app, [*map(str, words), "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return json_of


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(EXAMPLE, tmp_path / "configuration"))


def rewrite(folder, file, old, new):
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


class TestImpact:
    def test_the_configuration_in_force_changes_nothing(self, run, folder):
        assert run("rules", "impact", folder) == []

    def test_a_changed_rule_shows_each_value_of_each_document_and_itself(self, run, folder):
        rewrite(folder, "rules/30-charges.yaml", '"4360"', '"7140"')
        found = run("rules", "impact", folder)
        assert {(one["number"], one["before"], one["after"]) for one in found} == {
            ("GL-7001", "4360", "7140")
        }
        assert all("rules/30-charges.yaml" in one["because"] for one in found)

    def test_a_mended_partner_shows_what_would_no_longer_stop(self, run, folder):
        rewrite(folder, "partners/vestby-emballasje.yaml", "roles:", 'supplier: "50006"\nroles:')
        found = run("rules", "impact", folder)
        assert {one["number"] for one in found} == {"VE-501"}
        stopped = next(one for one in found if one["field"] == "stopped")
        assert ("unknown" in stopped["before"], stopped["after"]) == (True, "")

    def test_a_narrower_tolerance_shows_what_would_be_held(self, run, folder):
        file = "partners/malmberg-verktyg.yaml"
        rewrite(folder, file, "unit_price: {percent: 0.5}", "unit_price: {percent: 0}")
        found = [one for one in run("rules", "impact", folder) if one["field"] == "match"]
        assert {(one["before"], one["after"]) for one in found} == {("matched_within_tolerance", "exception")}

    def test_another_period_has_no_documents(self, run, folder):
        rewrite(folder, "rules/30-charges.yaml", '"4360"', '"7140"')
        day = (datetime.now(UTC) - timedelta(days=3)).date()
        assert run("rules", "impact", folder, "--since", day, "--until", day) == []

    def test_nothing_is_touched(self, run, folder, deployed):
        def everything():
            table = deployed.client("dynamodb").scan(TableName="audit")["Items"]
            objects = deployed.client("s3").list_object_versions(Bucket="documents")["Versions"]
            return table, [(one["Key"], one["VersionId"]) for one in objects]

        before = everything()
        rewrite(folder, "rules/30-charges.yaml", '"4360"', '"7140"')
        run("rules", "impact", folder)
        assert everything() == before


class TestReport:
    def test_the_share_matched_untouched_is_by_partner_and_reason(self, run):
        rows = {row["partner"]: row for row in run("matching", "report")}
        assert (rows["great-lakes-tools"]["compared"], rows["great-lakes-tools"]["share"]) == (1, 1.0)
        assert rows["malmberg-verktyg"]["compared"] == 2
        assert rows["malmberg-verktyg"]["reasons"]
        assert (rows["northern-office"]["compared"], rows["northern-office"]["share"]) == (0, None)
        assert "vestby-emballasje" not in rows
        assert rows["all"]["compared"] == 3
        assert (
            rows["all"]["untouched"]
            == rows["great-lakes-tools"]["untouched"] + rows["malmberg-verktyg"]["untouched"]
        )

    def test_what_stopped_before_it_was_matched_is_in_no_figure(self, run, deployed):
        assert {state["status"] for state in deployed.queries.by_number("VE-501")} == {"failed"}
        assert sum(run("matching", "report")[-1]["results"].values()) == 4
