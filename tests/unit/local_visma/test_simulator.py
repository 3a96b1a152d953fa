"""What the Visma simulator does on purpose, where a tester relies on it."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from local.visma.faults import FaultPlan, Kind, Rule, read_plan
from local.visma.limits import RateLimit
from local.visma.routing import Request

ORDER = "/v1/purchaseorder"
INVOICE = "/v1/supplierInvoice"


def value(**members):
    return {name: {"value": given} for name, given in members.items()}


def an_order(*, quantity=10, **more):
    line = {"operation": "Insert", **value(inventory="1001", orderQty=quantity, unitCost=895)}
    return {**value(supplier="50002", hold=False), "lines": [line], **more}


def an_invoice(*lines, **more):
    return {
        **value(documentType="Invoice", supplierNumber="50002", date="2026-03-20T00:00:00"),
        "invoiceLines": lines,
        **more,
    }


def an_invoice_line(**more):
    given = value(inventoryNumber="1001", quantity=2, unitCostInCurrency=895, uom="EA")
    return {"operation": "Insert", **given, **more}


BAD_LINE = an_invoice_line(**value(inventoryNumber="no-such"))


def number_in(answer):
    assert answer.status == 201, answer.body
    return answer.headers["Location"].rsplit("/", 1)[-1]


def test_a_wrong_line_is_left_out_silently_unless_validation_is_asked_for(simulator, call):
    silent = number_in(call("POST", INVOICE, an_invoice(an_invoice_line(), BAD_LINE)))
    assert len(call("GET", f"{INVOICE}/{silent}").body["invoiceLines"]) == 1
    aloud = call("POST", INVOICE, an_invoice(an_invoice_line(), BAD_LINE, **value(validateLineDetails=True)))
    assert (aloud.status, "no-such" in aloud.body["message"]) == (400, True)
    assert len(simulator.company.table("supplier_invoice")) == 1


def test_what_visma_refuses_has_its_body_and_its_id(call):
    refused = call("POST", ORDER, {**an_order(), **value(supplier="77777")})
    assert refused.status == 400
    assert set(refused.body) == {"message"}
    assert refused.body["message"].startswith("VismaId: ")


@pytest.mark.parametrize(
    "body",
    [
        {"supplier": "50002"},
        value(supplier=50002),
        {"suplier": {"value": "50002"}},
        {**value(supplier="50002"), "lines": {}},
        [],
        None,
    ],
    ids=["unwrapped", "number for text", "misspelt", "object for array", "array for object", "nothing"],
)
def test_a_body_that_is_not_as_published_is_refused(call, body):
    assert call("POST", ORDER, body).status == 400


def test_calls_are_counted_by_endpoint_and_kept_with_their_bodies(simulator, call):
    call("POST", ORDER, an_order())
    call("GET", f"{ORDER}/000051")
    call("GET", f"{ORDER}/000052")
    control = simulator.answer(Request("GET", "/_control/counts"))
    assert control.body == {"GET /v1/purchaseorder/{purchaseOrderNumber}": 2, "POST /v1/purchaseorder": 1}
    (posted, *_) = simulator.answer(Request("GET", "/_control/journal")).body
    assert (posted["method"], posted["status"]) == ("POST", 201)
    assert posted["body"]["supplier"] == {"value": "50002"}
    simulator.answer(Request("POST", "/_control/clear"))
    assert simulator.journal.counts() == {}


def test_the_same_seed_makes_the_same_faults():
    def struck(seed):
        plan = read_plan({"seed": seed, "rate": 0.3})
        return [rule.kind if (rule := plan.pick("GET", "/v1/branch")) else "" for _ in range(200)]

    assert struck(7) == struck(7)
    assert struck(7) != struck(8)
    assert 30 < sum(map(bool, struck(7))) < 90


def test_a_rule_strikes_the_calls_it_names_and_no_other():
    plan = FaultPlan([Rule("error", method="POST", path="/v1/purchase*", skip=1, times=2)])
    picked = [plan.pick("POST", "/v1/purchaseorder") for _ in range(5)]
    assert [bool(rule) for rule in picked] == [False, True, True, False, False]
    assert plan.pick("GET", "/v1/purchaseorder") is None


def test_a_plan_with_a_fault_there_is_not_is_refused(simulator):
    refused = simulator.answer(Request("POST", "/_control/faults", content=b'{"rules": [{"kind": "flood"}]}'))
    assert refused.status == 400
    assert "flood" in refused.body["message"]


def test_another_company_s_lists_are_empty_and_its_writes_refused(call):
    foreign = {"ipp-company-id": "9999"}
    assert call("GET", "/v1/supplier", headers=foreign).body == []
    refused = call("POST", ORDER, an_order(), headers=foreign)
    assert (refused.status, refused.body["ExceptionFaultCode"]) == (400, "12002")


def test_without_a_token_nothing_is_answered(simulator):
    refused = simulator.answer(Request("GET", "/v1/supplier"))
    assert (refused.status, refused.body, refused.content) == (401, None, None)


@pytest.mark.parametrize(
    ("kind", "location"),
    [
        ("double_host", "http://vismahttp://visma/v1/purchaseorder/{}"),
        ("other_host", "https://integration.visma.net/API/controller/api/v1/purchaseorder/{}"),
        ("no_location", None),
    ],
)
def test_odd_locations_still_made_their_document(simulator, call, kind, location):
    answer = call("POST", ORDER, an_order(), fault=Rule(kind))
    number = max(simulator.company.table("purchase_order"))
    assert answer.status == 201
    assert answer.headers.get("Location") == (location and location.format(number))


@pytest.mark.parametrize(
    ("kind", "made"), [("error", False), ("throttle", False), ("text_error", False), ("error_after", True)]
)
def test_an_error_comes_before_or_after_the_document_is_there(simulator, call, kind, made):
    before = len(simulator.company.table("purchase_order"))
    assert call("POST", ORDER, an_order(), fault=Rule(kind)).status >= 429
    assert len(simulator.company.table("purchase_order")) - before == made


def test_an_action_may_be_accepted_and_done_later(simulator, call):
    number = number_in(call("POST", INVOICE, an_invoice(an_invoice_line(), **value(hold=False))))
    accepted = call("POST", f"{INVOICE}/{number}/action/release", {}, fault=Rule("accepted", seconds=0.01))
    assert (accepted.status, accepted.body) == (202, None)
    assert simulator.journal.wait_idle(5)
    assert call("GET", f"{INVOICE}/{number}").body["status"] == "Open"


def test_a_background_request_tells_its_state_and_keeps_its_answer(simulator, call):
    queued = call("POST", ORDER, an_order(), headers={"erp-api-background": "none"})
    assert queued.status == 202
    assert simulator.journal.wait_idle(5)
    path = queued.body["stateLocation"].removeprefix("http://visma")
    state = call("GET", path).body
    assert (state["status"], state["statusCode"]) == ("Finished", 201)
    assert "/v1/purchaseorder/" in state["responseHeaders"]["Location"]


def test_the_rate_is_told_and_its_end_refused(simulator, call):
    simulator.limits = RateLimit(limit=2)
    answers = [call("GET", "/v1/branch") for _ in range(3)]
    assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["1", "0", "0"]
    assert [a.status for a in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_version_moves_with_each_change_and_an_old_one_is_refused(call):
    first = call("GET", f"{ORDER}/000051").headers["ETag"]
    changed = call("PUT", f"{ORDER}/000051", value(note="a"), headers={"if-match": first})
    assert (changed.status, changed.headers["ETag"] != first) == (204, True)
    assert call("PUT", f"{ORDER}/000051", value(note="b"), headers={"if-match": first}).status == 412


def test_a_delta_without_its_condition_is_the_whole_list(call):
    whole = len(call("GET", "/v1/supplier").body)
    since = {"lastModifiedDateTime": "2999-01-01"}
    assert len(call("GET", "/v1/supplier", query=since).body) == whole
    assert call("GET", "/v1/supplier", query={**since, "lastModifiedDateTimeCondition": ">="}).body == []


def test_pages_hold_the_total_and_end_empty(call):
    first = call("GET", "/v1/supplier", query={"pageSize": "2", "pageNumber": "1"}).body
    assert len(first) == 2
    assert first[0]["metadata"]["totalCount"] > 2
    assert call("GET", "/v1/supplier", query={"pageSize": "2", "pageNumber": "99"}).body == []


def test_an_order_is_received_invoiced_and_closed(call):
    order = number_in(call("POST", ORDER, an_order(quantity=4)))
    made = call("POST", f"{ORDER}/{order}/action/createpurchasereceipt", {"orderType": "RegularOrder"}).body
    receipt = made["receiptNbr"]
    call("PUT", f"/v1/PurchaseReceipt/{receipt}", value(hold=False))
    assert call("POST", f"/v1/PurchaseReceipt/{receipt}/action/release", {}).status == 200
    read = call("GET", f"{ORDER}/{order}").body
    assert (read["status"], read["lines"][0]["qtyOnReceipts"]) == ("Closed", Decimal(4))
    link = {"purchaseType": "PurchaseReceipt", **value(purchaseNumber=receipt, purchaseLineNbr=1)}
    invoice = number_in(
        call("POST", INVOICE, an_invoice(an_invoice_line(linkLine=link), **value(hold=False)))
    )
    line = call("GET", f"{INVOICE}/{invoice}").body["invoiceLines"][0]
    assert (line["poNumber"], line["poReceiptNbr"]) == (order, receipt)


def test_a_document_on_hold_is_not_released_and_a_released_one_not_changed(call):
    number = number_in(call("POST", INVOICE, an_invoice(an_invoice_line(), **value(hold=True))))
    assert call("POST", f"{INVOICE}/{number}/action/release", {}).status == 400
    call("PUT", f"{INVOICE}/{number}", value(hold=False))
    assert call("POST", f"{INVOICE}/{number}/action/release", {}).status == 200
    assert call("PUT", f"{INVOICE}/{number}", value(description="late")).status == 400


def test_every_kind_of_fault_can_be_asked_for(simulator):
    rules = "".join(f'{{"kind": "{kind}"}},' for kind in get_args(Kind)).rstrip(",")
    content = f'{{"rules": [{rules}]}}'.encode()
    assert simulator.answer(Request("POST", "/_control/faults", content=content)).status == 204
    assert [rule.kind for rule in simulator.faults.rules] == list(get_args(Kind))
