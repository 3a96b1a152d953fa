"""Communities, trading partners, routing rules and business processes: what each method on them does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.sterling.answers import Answer, Refusal, Request, missing
from local.sterling.requirements import require
from local.sterling.shaping import Fields, Shape, like
from local.sterling.state import Rule

if TYPE_CHECKING:
    from local.sterling.state import State
    from local.sterling.switches import Switches

_RESTART = "restartworkflowmonitor"
_CHANGED = {"rowsAffected": 1}


class Administration:
    """The resources that are the same for every user.

    Args:
        state: What the server holds.
        switches: How it behaves.
    """

    def __init__(self, state: State, switches: Switches) -> None:
        self._state, self._shape = state, Shape(state, switches)

    # communities

    def list_communities(self, request: Request) -> Answer:
        """GET communities/: those whose name is like ``commName``."""
        return self._list(request, self._state.communities, request.query.get("commName", ""))

    def read_community(self, _: Request, name: str) -> Answer:
        """GET communities/{name}."""
        return Answer.of(200, _one("Community", name, self._state.communities))

    def create_community(self, request: Request) -> Answer:
        """POST communities/."""
        body = request.json()
        require(body, "name")
        return self._create("communities", str(body["name"]), body, self._state.communities)

    def update_community(self, request: Request, name: str) -> Answer:
        """PUT communities/{name}."""
        _one("Community", name, self._state.communities).update(request.json())
        return Answer.of(200, _CHANGED)

    def delete_community(self, _: Request, name: str) -> Answer:
        """DELETE communities/{name}: refused while it has partners."""
        _one("Community", name, self._state.communities)
        if any(partner.get("community") == name for partner in self._state.partners.values()):
            raise Refusal(400, "API000320", f"Community {name} has trading partners.")
        del self._state.communities[name]
        return Answer.of(200, _CHANGED)

    # tradingpartners

    def list_partners(self, request: Request) -> Answer:
        """GET tradingpartners/: those whose name is like ``searchFor``."""
        return self._list(request, self._state.partners, request.query.get("searchFor", ""))

    def read_partner(self, _: Request, name: str) -> Answer:
        """GET tradingpartners/{name}."""
        return Answer.of(200, _one("TradingPartner", name, self._state.partners))

    def create_partner(self, request: Request) -> Answer:
        """POST tradingpartners/: creates the partner's mailbox as well."""
        body = request.json()
        require(body, "partnerName", "username", "community")
        name = str(body["partnerName"])
        answer = self._create("tradingpartners", name, body, self._state.partners)
        if self._state.find_mailbox(f"/{name}") is None:
            self._state.create_mailbox(f"/{name}")
        return answer

    def update_partner(self, request: Request, name: str) -> Answer:
        """PUT tradingpartners/{name}."""
        _one("TradingPartner", name, self._state.partners).update(request.json())
        return Answer.of(200, _CHANGED)

    def delete_partner(self, _: Request, name: str) -> Answer:
        """DELETE tradingpartners/{name}: its mailbox stays."""
        _one("TradingPartner", name, self._state.partners)
        del self._state.partners[name]
        return Answer.of(200, _CHANGED)

    # routingrules

    def list_rules(self, request: Request) -> Answer:
        """GET routingrules/."""
        return self._shape.listing(request, [_rule_fields(rule) for rule in self._state.rules.values()])

    def read_rule(self, _: Request, name: str) -> Answer:
        """GET routingrules/{name}."""
        return Answer.of(200, _rule_fields(self._rule(name)))

    def create_rule(self, request: Request) -> Answer:
        """POST routingrules/."""
        rule = _rule_of(request.json())
        if rule.name in self._state.rules:
            raise Refusal(400, "API000319", f"Duplicate RoutingRule {rule.name}.")
        self._state.rules[rule.name] = rule
        return self._shape.created("routingrules", rule.name)

    def update_rule(self, request: Request, name: str) -> Answer:
        """PUT routingrules/{name}: the whole rule anew."""
        self._rule(name)
        self._state.rules[name] = _rule_of({**request.json(), "name": name})
        return Answer.of(200, _CHANGED)

    def delete_rule(self, _: Request, name: str) -> Answer:
        """DELETE routingrules/{name}."""
        del self._state.rules[self._rule(name).name]
        return Answer.of(200, _CHANGED)

    def evaluate_rule(self, _: Request, name: str) -> Answer:
        """POST routingrules/{name}/actions/evaluate: every matching message, each time."""
        rule = self._rule(name)
        for message in [found for found in self._state.messages.values() if rule.matches(found)]:
            self._state.run_rule(rule, message)
        return Answer.of(200, _CHANGED)

    def _rule(self, name: str) -> Rule:
        if name not in self._state.rules:
            raise missing(f"RoutingRule {name}")
        return self._state.rules[name]

    # workflowmonitors

    def list_runs(self, request: Request) -> Answer:
        """GET workflowmonitors/: all steps; ranges are ignored."""
        wanted = request.query.get("workFlowId", "")
        runs = [run for run in self._state.runs if not wanted or str(run["workFlowId"]) == wanted]
        usual = {"stepId": 0, "exeState": "Success", "basicStatus": 0}
        return Answer.of(200, [{**usual, **run} for run in runs])

    def end_run(self, request: Request) -> Answer:
        """POST workflowmonitors/: terminates a process; with the vendor's Accept header it restarts it."""
        number = request.json().get("workFlowId", 0)
        state = "Active" if _RESTART in request.headers.get("accept", "") else "terminated"
        for run in self._state.runs:
            if run["workFlowId"] == number:
                run["exeState"] = state
        return Answer.of(201, {"Location": self._shape.link("workflowmonitors", number)})

    # details

    def _list(self, request: Request, held: dict[str, dict[str, Any]], pattern: str) -> Answer:
        return self._shape.listing(request, [found for name, found in held.items() if like(name, pattern)])

    def _create(self, resource: str, name: str, body: Fields, held: dict[str, Fields]) -> Answer:
        if name in held:
            raise Refusal(400, "API000318", f"{name} already exists.")
        held[name] = {**body, "_id": name}
        return self._shape.created(resource, name)


def _one(kind: str, name: str, held: dict[str, Fields]) -> Fields:
    if name not in held:
        raise missing(f"{kind} {name}")
    return held[name]


def _rule_of(body: Fields) -> Rule:
    require(body, "name", "action", "actionType", "evaluationMode", "runRuleAs")
    return Rule(
        name=str(body["name"]),
        action=str(body["action"]),
        mailboxes=list(body.get("mailboxes", [])),
        pattern=body.get("messageNamePattern") or "*",
        mode=str(body["evaluationMode"]),
    )


def _rule_fields(rule: Rule) -> Fields:
    return {
        "_id": rule.name,
        "name": rule.name,
        "action": rule.action,
        "actionType": {"code": "bp", "display": "Business Process"},
        "evaluationMode": rule.mode,
        "mailboxes": rule.mailboxes,
        "messageNamePattern": rule.pattern,
    }
