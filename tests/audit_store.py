"""AWS in moto: the tables and the bucket of a deployment, and parts of the connector on them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import boto3
from moto import mock_aws

from ml_connector.assembly.environment import Environment
from ml_connector.assembly.parts import Parts
from ml_connector.partners.configuration import load
from ml_connector.store.audit import Origin
from ml_connector.store.audit_queries import INDEXES

BUCKET = "documents"
ROOT = Path(__file__).parents[1]
INVOICE = ROOT / "local/demo/interchanges/great-lakes-tools/invoice-7001.edi"


@contextmanager
def aws_in_memory(patch):
    """Let boto3 meet moto, with credentials that open nothing."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    patch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    with mock_aws():
        yield


@contextmanager
def example_parts(patch):
    """Give parts with the example configuration, on stores of their own."""
    with aws_in_memory(patch):
        yield StoredParts(load(ROOT / "examples" / "configuration"))


def create_state_table(name="state"):
    """Return a new table of state: leases, control numbers, claims, the ledger of postings."""
    return boto3.resource("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=_keys("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
    )


def create_audit_table(client, name="audit"):
    keys = {"pk", "sk", *(name for pair in INDEXES.values() for name in pair)}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=_keys("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": k, "AttributeType": "S"} for k in sorted(keys)],
        GlobalSecondaryIndexes=[
            {"IndexName": index, "KeySchema": _keys(*pair), "Projection": {"ProjectionType": "ALL"}}
            for index, pair in INDEXES.items()
        ],
    )


def _keys(hash_key, range_key):
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


class StoredParts(Parts):
    """Parts whose stores are moto's and whose executions are remembered instead of started."""

    def __init__(self, configuration=None):
        session = boto3.Session()
        super().__init__(
            Environment({"AUDIT_TABLE": "audit", "DOCUMENT_BUCKET": BUCKET, "STATE_TABLE": "state"}), session
        )
        create_audit_table(self.client("dynamodb"))
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self._given_configuration = configuration
        self.started = {}
        self.redriven = []
        self.redrivable = True

    @property
    def configuration(self):
        return self._given_configuration

    def starter(self, machine):
        def start(name, given):
            if name in self.started:
                return False
            self.started[name] = {"machine": machine, **given}
            return True

        return start

    def redriver(self):
        def redrive(execution):
            self.redriven.append(execution)
            return self.redrivable

        return redrive

    def tell(self, item, event, *, state=None, numbers=None, facts=None, step="test"):
        """Record an event as a step of an execution would."""
        origin = Origin(
            step=step,
            execution="arn:aws:states:eu-north-1:1:execution:process:run",
            entered_at=datetime.now(UTC),
        )
        assert self.audit.record(item, event, origin=origin, state=state, numbers=numbers, facts=facts)


def tell_received(parts, document, number, content=None, partner="great-lakes-tools"):
    """Record that an invoice came in the message ``m-1``."""
    reference = parts.documents.put(f"messages/{document}", content or INVOICE.read_bytes()).model_dump()
    state = {
        "kind": "document",
        "direction": "in",
        "standard": "x12",
        "type": "810",
        "number": number,
        "partner": partner,
        "parent": "m-1",
        "bytes": reference,
    }
    parts.tell(document, "received", state=state, numbers={"number": number}, facts={"bytes": reference})
