"""The posting step beyond the matrix: what it costs, when it releases, when it gives up, how it is told."""

from __future__ import annotations

import pytest
from local.visma.faults import FaultPlan, Rule
from tests.integration.visma.matrix import HTTP_FAULTS
from tests.integration.visma.step import Step, assert_told
from tests.integration.visma.world import KINDS

from ml_connector.errors import Rejected
from ml_connector.workflow.finish_posting import MOST_TRIES

ORDER, INVOICE = KINDS[:2]
RELEASE = "/v1/supplierInvoice/*/action/release"
ATTACHMENT = "/v1/supplierInvoice/*/attachment"


@pytest.mark.slow
@pytest.mark.parametrize("fault", HTTP_FAULTS)
def test_eight_executions_release_an_invoice_once(make_world, fault):
    world = make_world()
    world.simulator.faults = FaultPlan([Rule(fault, path=RELEASE, seconds=0.05)])
    step = Step(world, INVOICE, release=True)
    step.drive(8)
    assert len(step.documents) == 1
    assert step.documents[0]["status"] == "Open"
    assert step.releases <= 1


def test_an_invoice_is_posted_attached_and_released_in_three_calls(world):
    step = Step(world, INVOICE, release=True)
    step.drive()
    assert_told(step)
    assert [call.rsplit("/", 1)[-1] for call in world.http_calls()] == [
        "token",
        "supplierInvoice",
        "attachment",
        "release",
    ]


def test_an_invoice_is_not_released_unless_told(world):
    step = Step(world, INVOICE)
    step.drive()
    assert step.documents[0]["status"] == "Hold"
    assert step.kept.states["release"] == ""


def test_a_refused_release_is_noted_and_not_tried_again(world):
    step = Step(world, INVOICE, release=True)
    world.simulator.faults = FaultPlan([Rule("empty_error", path=RELEASE, status=422)])
    step.drive(rounds=1)
    state = step.kept.states
    assert (state["status"], state["release"], state["finishing"]) == ("posted", "", 0)
    assert "not released in Visma" in state["note"]
    assert step.kept.events[-1].facts["undone"][0]["what"] == "released"


def test_an_attachment_that_fails_for_now_is_tried_again_before_the_release(world):
    step = Step(world, INVOICE, release=True)
    world.simulator.faults = FaultPlan([Rule("text_error", path=ATTACHMENT, times=2)])
    step.drive()
    assert_told(step)
    assert [event.facts["release"] for event in step.events("posted")] == ["", "", "released"]


def test_tries_end_and_the_audit_says_what_is_undone(world):
    step = Step(world, INVOICE)
    world.simulator.faults = FaultPlan([Rule("text_error", path=ATTACHMENT, times=99)])
    step.drive(rounds=MOST_TRIES)
    assert len(step.events("posted")) == MOST_TRIES
    state = step.kept.states
    assert (state["attachment"], state["finishing"]) == ("", 0)
    assert "not attached in Visma" in state["note"]


def test_a_refused_document_fails_with_visma_s_words_and_is_posted_once_mended(world):
    step = Step(world, ORDER)
    suppliers = world.simulator.company.table("supplier")
    supplier = suppliers.pop("50002")
    refused = step.visit(0)
    step.end(0, refused)
    assert isinstance(refused, Rejected)
    (failed,) = step.events("failed")
    assert failed.facts["visma_id"] in refused.message
    assert step.kept.states["status"] == "failed"
    suppliers["50002"] = supplier
    step.drive()
    assert len(step.documents) == 1
    assert [event.name for event in step.kept.events] == ["failed", "posted"]
