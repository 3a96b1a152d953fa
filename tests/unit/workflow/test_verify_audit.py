from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws
from tests.audit_store import BUCKET, StoredParts

from ml_connector.sterling.messages import MailboxMessage
from ml_connector.store.audit_queries import AuditQueries, Page
from ml_connector.visma.stamped import StampedDocument
from ml_connector.workflow.faults import FaultKind
from ml_connector.workflow.tickets import message_item
from ml_connector.workflow.verify_audit import Verifying, verify_audit
from ml_connector.workflow.verify_sending import SentMailboxes
from ml_connector.workflow.verify_stories import check_story

MESSAGE = message_item("sterling", "/acme/Inbound", "7")
PARTNER_MAILBOX, SENT_NAME = "/acme/Outbound", "PurchaseOrder-51-acme-0123456789abcdef.edi"
INTERCHANGE, DOCUMENT = f"{MESSAGE}-1", f"{MESSAGE}-1-1"
NUMBER = "100045"


class World:
    """One invoice that came, was posted and whose story is whole, until a test plants a fault."""

    def __init__(self, parts):
        self.parts = parts
        self.s3, self.dynamodb = parts.client("s3"), parts.client("dynamodb")
        self.visma = [StampedDocument("4242", "SupplierInvoice", NUMBER, "mlc-aaaaaaaaaaaaaaaa")]
        self.mailbox = [MailboxMessage("7", "invoice.edi", "/acme/Inbound", "d", datetime.now(UTC))]
        self.grace = timedelta(0)
        self.sent = {PARTNER_MAILBOX: []}
        self.keeps = timedelta(hours=24)
        self._tell_message()
        self._tell_document()

    def verify(self):
        """Return the kinds of faults and what they are about, as a set."""
        now = datetime.now(UTC)
        verifying = Verifying(
            self.parts.queries,
            self.parts.documents,
            in_visma=lambda since: self.visma,
            in_mailboxes=lambda: self.mailbox,
            sent_mailboxes=SentMailboxes([PARTNER_MAILBOX], lambda path: self.sent.get(path, []), self.keeps),
            grace=self.grace,
        )
        self.report = verify_audit(now - timedelta(hours=1), now + timedelta(minutes=1), verifying)
        return {(fault.kind.value, fault.item) for fault in self.report.faults}

    def lose_event(self, item, event):
        (row,) = [one for one in self.parts.queries.events(item) if one["event"] == event]
        self.dynamodb.delete_item(TableName="audit", Key={"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}})

    def send(self, item="out-1", name=SENT_NAME, mailbox=PARTNER_MAILBOX, ago=timedelta(0)):
        """Record that a document was sent, and put it where it went."""
        state = {"kind": "document", "direction": "out"}
        for event in ("fetched", "formatted"):
            self.parts.tell(item, event, state=state)
        where = {"mailbox": mailbox, "name": name, "message_id": "70"}
        numbers = {"message_name": name}
        self.parts.tell(item, "delivered", facts=where, numbers=numbers, step="send")
        self.parts.tell(item, "sent", facts=where, step="send")
        return self.put(name, mailbox, ago)

    def put(self, name, mailbox=PARTNER_MAILBOX, ago=timedelta(0)):
        """Put a message into a partner's mailbox."""
        found = MailboxMessage(
            str(70 + len(self.sent.get(mailbox, []))), name, mailbox, "d", datetime.now(UTC) - ago
        )
        self.sent.setdefault(mailbox, []).append(found)
        return found

    def _tell_message(self):
        raw = self.parts.documents.put("raw/sterling/acme/7", b"ISA...").model_dump()
        self.parts.tell(MESSAGE, "received", state={"kind": "message", "bytes": raw}, facts={"raw": raw})
        self.parts.tell(MESSAGE, "split", facts={"interchanges": 1})
        state = {"kind": "interchange", "parent": MESSAGE}
        self.parts.tell(INTERCHANGE, "split", state=state, facts={"messages": 1})

    def _tell_document(self):
        stored = self.parts.documents.put(f"messages/{DOCUMENT}", b"ST*810").model_dump()
        state = {"kind": "document", "direction": "in", "parent": INTERCHANGE, "bytes": stored}
        self.parts.tell(DOCUMENT, "received", state=state, facts={"bytes": stored})
        parsed = self.parts.documents.put(f"documents/{DOCUMENT}.json", b"{}").model_dump()
        self.parts.tell(DOCUMENT, "parsed", facts={"document": parsed})
        self.parts.tell(DOCUMENT, "mapped")
        posted = {"company": "4242", "visma_entity": "SupplierInvoice", "visma_number": NUMBER}
        self.parts.tell(DOCUMENT, "posted", state=posted, numbers={"visma_number": NUMBER})


@pytest.fixture
def world(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    with mock_aws():
        yield World(StoredParts())


def test_a_whole_story_agrees(world):
    assert world.verify() == set()
    assert world.report.checked == {
        "messages": 1,
        "interchanges": 1,
        "documents": 1,
        "events": 7,
        "objects": 3,
        "raw_objects": 1,
        "visma_documents": 1,
        "sterling_messages": 1,
    }


def test_a_deleted_object_is_found(world):
    world.s3.delete_object(Bucket=BUCKET, Key=f"messages/{DOCUMENT}")
    assert world.verify() == {("object-gone", DOCUMENT)}


def test_an_object_deleted_with_its_version_is_found(world):
    version = world.parts.queries.state(DOCUMENT)["bytes"]["version_id"]
    world.s3.delete_object(Bucket=BUCKET, Key=f"messages/{DOCUMENT}", VersionId=version)
    assert world.verify() == {("object-gone", DOCUMENT)}


def test_an_object_written_over_is_found(world):
    world.s3.put_object(Bucket=BUCKET, Key=f"messages/{DOCUMENT}", Body=b"ST*810*forged")
    assert world.verify() == {("object-altered", DOCUMENT)}


def test_the_same_bytes_written_again_are_no_fault(world):
    world.parts.documents.put(f"messages/{DOCUMENT}", b"ST*810")
    assert world.verify() == set()


def test_an_object_altered_within_its_version_is_found(world):
    from moto.s3.models import s3_backends

    (backend,) = (one["aws"] for one in s3_backends.values())
    backend.buckets[BUCKET].keys[f"documents/{DOCUMENT}.json"].value = b'{"forged": true}'
    assert world.verify() == {("object-altered", DOCUMENT)}


@pytest.mark.parametrize("event", ["received", "parsed", "mapped", "posted"])
def test_a_missing_event_of_a_document_is_found(world, event):
    world.lose_event(DOCUMENT, event)
    assert ("event-missing", DOCUMENT) in world.verify()


def test_an_acknowledgement_that_was_reconciled_misses_nothing(world):
    state = {"kind": "document", "direction": "in", "parent": INTERCHANGE, "answers": "sent-1"}
    stored = world.parts.documents.put("messages/ack", b"ST*997").model_dump()
    world.parts.tell("ack", "received", state={**state, "bytes": stored})
    world.parts.tell("ack", "reconciled", state=state)
    assert ("event-missing", "ack") not in world.verify()


def test_a_missing_event_of_a_message_is_found(world):
    world.lose_event(MESSAGE, "split")
    assert ("event-missing", MESSAGE) in world.verify()


def test_a_document_in_visma_without_a_record_is_found(world):
    world.visma.append(StampedDocument("4242", "PurchaseOrder", "200001", "mlc-bbbbbbbbbbbbbbbb"))
    assert world.verify() == {("unrecorded-in-visma", "200001")}


def test_a_posted_document_that_visma_lacks_is_found(world):
    world.visma.clear()
    assert world.verify() == {("not-in-visma", DOCUMENT)}


def test_a_document_that_was_in_visma_long_before_is_no_fault(world):
    world.lose_event(DOCUMENT, "posted")
    key = {"pk": {"S": f"ITEM#{DOCUMENT}"}, "sk": {"S": "META"}}
    uncount = {":one": {"N": "-1"}}
    world.dynamodb.update_item(
        TableName="audit",
        Key=key,
        UpdateExpression="ADD event_count :one",
        ExpressionAttributeValues=uncount,
    )
    world.parts.tell(DOCUMENT, "posted", facts={"already_there": True})
    world.visma.clear()
    assert world.verify() == set()


def test_a_document_without_an_end_is_found_once_its_time_is_over(world):
    world.parts.tell(DOCUMENT, "delayed")
    assert world.verify() == {("no-end", DOCUMENT)}
    world.grace = timedelta(hours=1)
    assert world.verify() == set()


def test_a_missing_document_of_an_interchange_is_found(world):
    for row in ("META", *(event["sk"] for event in world.parts.queries.events(DOCUMENT))):
        key = {"pk": {"S": f"ITEM#{DOCUMENT}"}, "sk": {"S": row}}
        world.dynamodb.delete_item(TableName="audit", Key=key)
    assert world.verify() == {("item-missing", INTERCHANGE), ("unrecorded-in-visma", NUMBER)}


def test_a_document_without_its_interchange_has_no_source(world):
    for row in ("META", *(event["sk"] for event in world.parts.queries.events(INTERCHANGE))):
        key = {"pk": {"S": f"ITEM#{INTERCHANGE}"}, "sk": {"S": row}}
        world.dynamodb.delete_item(TableName="audit", Key=key)
    assert world.verify() == {("no-source", DOCUMENT), ("item-missing", MESSAGE)}


def test_kept_bytes_nobody_knows_of_are_found(world):
    world.parts.documents.put("raw/sterling/acme/8", b"ISA...")
    assert world.verify() == {("unrecorded-object", "raw/sterling/acme/8")}


def test_a_message_in_sterling_nobody_received_is_found(world):
    world.mailbox.append(MailboxMessage("9", "order.edi", "/acme/Inbound", "d", datetime.now(UTC)))
    assert world.verify() == {("unrecorded-message", "9")}


class TestWhatWasSent:
    def test_a_message_that_is_where_it_was_sent_agrees(self, world):
        world.send()
        assert world.verify() == set()
        assert world.report.checked["sent_messages"] == 1

    def test_a_message_that_sterling_lacks_is_found(self, world):
        world.sent[PARTNER_MAILBOX].remove(world.send())
        assert world.verify() == {("not-in-sterling", "out-1")}

    def test_one_that_sterling_has_purged_is_no_fault(self, world):
        world.sent[PARTNER_MAILBOX].remove(world.send())
        world.keeps = timedelta(0)
        assert world.verify() == set()

    def test_one_that_is_gone_while_an_older_one_is_there_is_found(self, world):
        world.put("997-acme-fedcba9876543210.edi", ago=timedelta(days=3))
        world.sent[PARTNER_MAILBOX].remove(world.send())
        world.keeps = timedelta(0)
        assert world.verify() == {("not-in-sterling", "out-1")}

    def test_one_sent_to_another_mailbox_than_usual_is_looked_for_there(self, world):
        found = world.send(mailbox="/acme/Other")
        assert world.verify() == set()
        world.sent["/acme/Other"].remove(found)
        assert world.verify() == {("not-in-sterling", "out-1")}

    def test_a_message_of_ours_without_a_record_is_found(self, world):
        found = world.put("Invoice-7-acme-fedcba9876543210.edi")
        assert world.verify() == {("unrecorded-message", found.message_id)}

    def test_what_others_put_there_is_theirs(self, world):
        world.put("price-list.csv")
        assert world.verify() == set()

    def test_one_that_was_recorded_on_another_day_is_known_by_its_name(self, world, monkeypatch):
        world.send()
        monkeypatch.setattr("ml_connector.workflow.verify_audit.sent_in", lambda *_: ())
        assert world.verify() == set()

    def test_the_same_message_twice_is_found(self, world):
        world.send()
        world.put(SENT_NAME)
        assert world.verify() == {("twice-in-sterling", SENT_NAME)}


def test_every_fault_says_what_to_do(world):
    world.visma.clear()
    world.verify()
    (fault,) = world.report.as_dict()["faults"]
    assert NUMBER in fault["what"]
    assert fault["advice"].endswith(".")


class InPages(AuditQueries):
    def __init__(self, pages):
        self._pages = pages

    def by_interchange(self, parent, *, limit=0, token=None):
        return self._pages[token]


def test_the_documents_of_a_large_interchange_are_counted_page_by_page():
    """DynamoDB gives a megabyte at a time, which a thousand documents exceed."""
    queries = InPages({None: Page([{}] * 2, "next"), "next": Page([{}], None)})
    state = {"item": "i-1", "kind": "interchange", "status": "split", "event_count": 1}

    def faults(messages):
        split = {"event": "split", "at": "2026-03-02T12:00:00.000000Z", "facts": {"messages": messages}}
        return [fault.kind for fault in check_story(state, [split], queries, settled_by="")]

    assert faults(3) == []
    assert faults(4) == [FaultKind.ITEM_MISSING]
