"""The main job on the embedded endpoint: the built template, real handlers, simulators over HTTP."""

from __future__ import annotations

import base64
import io
import json
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from local import stack
from local.demo.partners import message_in, numbers_in, outbox
from local.demo.purchasing import release_invoice
from local.demo.surroundings import CONFIGURATION, VISMA_COMPANY
from tools.cost import MOST_INVOCATIONS, MOST_TRANSITIONS
from tools.counted_run import invocations, states_entered

from ml_connector.codecs import decode
from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import PartyRole, party_of
from ml_connector.edi import Severity, read_interchanges, validate
from ml_connector.store.configuration import ConfigurationStore
from ml_connector.store.leases import Leases
from ml_connector.workflow.poll_visma import LEASE, document_item
from ml_connector.workflow.tickets import item_of

from .conftest import PATIENCE_SECONDS

OUTCOMES = {
    "HUB-4501": "posted",
    "HUB-4502": "posted",
    "GL-7001": "posted",
    "MV-88013": "posted",
    "MV-88014": "posted",
    "GL-310": "logged",
    "GL-311": "logged",
    "000007003": "quarantined",
    "NO-2201": "posted",
    "NO-2202": "posted",
    "VE-501": "failed",
}
VESTBY = "partners/vestby-emballasje.yaml"
TOGETHER = ("003908", "003909")


def test_every_document_ends_as_it_should(first_run):
    assert {number: row.outcome for number, row in first_run.items()} == OUTCOMES


def test_an_850_becomes_a_purchase_order_with_all_its_lines(deployment, first_run):
    order = deployment.visma(f"/v1/purchaseorder/{first_run['HUB-4501'].in_visma.split()[1]}")
    assert order["supplier"]["number"] == "50002"
    lines = [(line["inventory"]["number"], line["orderQty"], line["unitCost"]) for line in order["lines"]]
    assert lines == [("1001", 12, 895), ("1003", 30, 89), ("1002", 8, 142.5)]


def test_an_810_becomes_a_supplier_invoice_linked_to_its_receipt(deployment, first_run):
    invoice = deployment.visma(f"/v1/supplierInvoice/{first_run['GL-7001'].in_visma.split()[1]}")
    assert (invoice["supplierReference"], invoice["supplier"]["number"]) == ("GL-7001", "50005")
    goods, freight = invoice["invoiceLines"]
    assert (goods["poReceiptNbr"], goods["costInCurrency"]) == ("000502", 3930)
    assert (freight["account"]["number"], freight["costInCurrency"]) == ("4360", 45)


def test_the_quarantined_interchange_says_where_and_why(first_run):
    why = first_run["000007003"].why
    assert "byte" in why
    assert "expected" in why


def test_the_unknown_supplier_stops_with_what_to_add_where(deployment, first_run):
    state = deployment.queries.state(first_run["VE-501"].id)
    assert state["error"] == "Misconfigured"
    assert VESTBY in state["advice"]
    assert "supplier:" in state["advice"]


def test_a_despatch_advice_is_kept_with_its_tree_and_touches_nothing_in_visma(deployment, first_run):
    events = deployment.queries.events(first_run["GL-310"].id)
    assert [event["event"] for event in events] == ["received", "validated", "parsed", "mapped", "logged"]
    assert not [call for call in deployment.journal() if "GL-310" in str(call["body"])]


def test_events_name_the_configuration_they_went_by(deployment, first_run):
    bucket = deployment.outputs["ConfigurationBucket"]
    current = ConfigurationStore(deployment.site.client("s3"), bucket).current().version
    events = deployment.queries.events(first_run["GL-310"].id)
    assert {event["configuration_version"] for event in events} == {current}


def test_every_call_to_visma_names_the_company_and_the_caller(deployment, first_run):
    calls = [call for call in deployment.journal() if call["path"].startswith("/v1/") and call["user_agent"]]
    ours = [call for call in calls if call["user_agent"].startswith("ml-connector/")]
    assert len(ours) > 10
    assert {call["company"] for call in ours} == {VISMA_COMPANY}


def test_credentials_are_encrypted_with_the_stacks_own_key(deployment):
    secrets, keys = deployment.site.client("secretsmanager"), deployment.site.client("kms")
    aliases = keys.list_aliases()["Aliases"]
    own = next(a["TargetKeyId"] for a in aliases if a["AliasName"] == "alias/ml-connector-test")
    for output in ("SterlingSecret", "VismaSecret"):
        key = secrets.describe_secret(SecretId=deployment.outputs[output])["KmsKeyId"]
        assert own in key


def test_partners_get_the_acknowledgements_they_agreed_to(deployment, first_run):
    counts = httpx.get(f"{deployment.site.sterling}/_control/counts").json()["by_call"]
    assert counts["POST mailboxmessages"] >= 4


def test_what_is_released_is_sent_and_its_receivers_verdict_comes_back(round_trip):
    assert {number: row.outcome for number, row in round_trip.items()} == {
        "HUB-4501": "accepted",
        "003904": "accepted",
        "000853": "accepted",
        "000553": "accepted",
        "000752": "rejected",
        "003905": "sent",
        "003906": "sent",
        "003907": "sent",
    }


def test_a_rejected_document_says_who_rejected_it_and_where(deployment, round_trip):
    state = deployment.queries.state(round_trip["000752"].id)
    assert state["reason"].startswith("great-lakes-tools rejected it with 997")
    assert "segment PER" in state["reason"]


def test_a_released_order_reaches_its_supplier_once_as_edi_it_can_read(deployment, round_trip):
    sent = round_trip["HUB-4501"]
    assert sent.partner == "malmberg-verktyg"
    held = outbox(deployment.site, "/malmberg-verktyg/Outbound")
    orders = [base64.b64decode(one["payload"]) for one in held if one["name"].startswith("PurchaseOrder")]
    assert len(orders) == 1
    for interchange in read_interchanges(io.BytesIO(orders[0])):
        for message in interchange.messages():
            assert not [f for f in validate(message) if f.severity is Severity.ERROR]
            order = decode(interchange, message)
    assert (order.order_number, len(order.lines)) == ("HUB-4501", 3)
    state = deployment.queries.state(sent.id)
    assert (state["kind"], state["type"], state["number"]) == ("document", "PurchaseOrder", "HUB-4501")


def test_a_released_invoice_reaches_its_customer_with_the_customers_own_order(deployment, round_trip):
    assert round_trip["003904"].partner == "hardanger-bygg"
    held = outbox(deployment.site, "/hardanger-bygg/Outbound")
    (content,) = [base64.b64decode(one["payload"]) for one in held if "CustomerInvoice" in one["name"]]
    (interchange,) = read_interchanges(io.BytesIO(content))
    (message,) = interchange.messages()
    invoice = decode(interchange, message)
    assert (invoice.number, invoice.order_references[0].po_number) == ("003904", "HB-7790")


@pytest.fixture(scope="module")
def travelled(deployment, round_trip):
    """The ids of two invoices released at once, whose partner takes several in one interchange.

    Polls rest from the one that finds them until both are gathered, so that they travel together.
    """
    table = state_table(deployment)
    items = {number: document_item("CustomerInvoice", number) for number in TOGETHER}

    def statuses():
        return {(deployment.queries.state(item) or {}).get("status") for item in items.values()}

    leases = Leases(table, now=time.time)
    with leased(deployment, leases):
        for number in TOGETHER:
            release_invoice(deployment.site, number)
    deployment.wait(lambda: statuses() != {None})
    with leased(deployment, leases):
        deployment.wait(lambda: statuses() == {"waiting"})
    deployment.wait(lambda: statuses() == {"sent"})
    return items


def state_table(deployment):
    endpoint = deployment.site.endpoint
    resource = stack.session().resource("dynamodb", endpoint_url=endpoint)
    return resource.Table(deployment.outputs["StateTable"])


@contextmanager
def leased(deployment, leases):
    """Hold the lease of polls, so that none runs."""
    owner = deployment.wait(lambda: leases.take(LEASE, PATIENCE_SECONDS))
    yield
    leases.give_back(LEASE, owner)


def test_invoices_that_travel_together_are_one_file_of_tradacoms_with_one_number(deployment, travelled):
    states = [deployment.queries.state(item) for item in travelled.values()]
    (number,) = {state["sterling_message"] for state in states}
    content = message_in(deployment.site, "/lakeside-stores/Outbound", number)
    (interchange,) = read_interchanges(io.BytesIO(content))
    for part in interchange.messages():
        assert not [f for f in validate(part) if f.severity is Severity.ERROR]
    assert {state["control_number"] for state in states} == {interchange.control_number}
    held = {one.number: one.totals_declared.payable for one in read_documents(content)}
    assert held == {"003908": Decimal("119.20"), "003909": Decimal("147.00")}


def test_each_invoice_is_in_one_file_only(deployment, travelled):
    files = [base64.b64decode(one["payload"]) for one in outbox(deployment.site, "/lakeside-stores/Outbound")]
    numbers = [number for content in files for number in numbers_in(content)]
    assert sorted(numbers) == ["003905", "003906", *TOGETHER]


def test_what_documents_travelled_in_has_a_story_that_names_them(deployment, travelled):
    (parent,) = {deployment.queries.state(item)["parent"] for item in travelled.values()}
    events = {one["event"]: one["facts"] for one in deployment.queries.events(parent)}
    assert {"received", "composed", "travelled"} <= events.keys()
    assert set(events["composed"]["documents"]) == set(travelled.values())


def test_an_invoice_reaches_a_customer_as_ubl_from_our_address_with_our_vat_number(deployment, round_trip):
    (message,) = outbox(deployment.site, "/oresund-handel/Outbound")
    assert message["name"].endswith(".xml")
    content = base64.b64decode(message["payload"])
    (invoice,) = read_documents(content)
    assert (invoice.number, invoice.order_references[0].po_number) == ("003907", "OH-5512")
    assert (invoice.currency, invoice.totals_declared.payable) == ("SEK", Decimal("7240.00"))
    seller = party_of(invoice.parties, PartyRole.SELLER)
    assert (seller.ids[0].value, seller.tax_ids[0].value) == ("7000010000000", "NO991000001MVA")
    state = deployment.queries.state(round_trip["003907"].id)
    assert (state["standard"], state["sterling_message"]) == ("ubl", str(message["id"]))


def test_the_same_files_again_post_nothing_again(deployment, first_run):
    before = deployment.posts()
    again = deployment.run()
    assert {row.outcome for row in again.values()} <= {"duplicate", "quarantined"}
    assert deployment.posts() == before


def test_a_mended_document_is_replayed_and_redriven_without_doubling(deployment, first_run, run_cli):
    document = first_run["VE-501"].id
    failed = deployment.queries.state(document)["last_execution"]
    text = (Path(CONFIGURATION) / VESTBY).read_text()
    deployment.push(**{VESTBY: text + 'supplier: "50006"\n'})

    assert run_cli("documents", "replay", document, "--reason", "supplier added").returncode == 0
    posted = deployment.wait_for(document, "posted")
    before = deployment.posts()

    states = deployment.site.client("stepfunctions")
    states.redrive_execution(executionArn=failed)
    deployment.wait(lambda: states.describe_execution(executionArn=failed)["status"] == "SUCCEEDED")
    assert deployment.queries.state(document)["visma_number"] == posted["visma_number"]
    assert deployment.posts() == before
    deployment.push()


@pytest.mark.parametrize("number", ["GL-7001", "HUB-4502"])
def test_a_document_in_an_interchange_of_its_own_takes_no_more_of_aws_than_it_may(
    deployment, first_run, number
):
    states, message = deployment.site.client("stepfunctions"), first_run[number].id.split("-", 1)[0]
    pages = states.get_paginator("list_executions")
    arns = [
        one["executionArn"]
        for machine in ("ReceiveMachine", "ProcessMachine")
        for page in pages.paginate(stateMachineArn=deployment.outputs[machine])
        for one in page["executions"]
    ]
    found = [states.describe_execution(executionArn=arn) for arn in arns]
    ours = [one["executionArn"] for one in found if item_of(json.loads(one["input"])).startswith(message)]
    assert len(ours) == 2
    assert 4 < states_entered(states, ours) <= MOST_TRANSITIONS
    assert 3 < invocations(states, ours) <= MOST_INVOCATIONS
