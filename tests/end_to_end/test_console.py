"""Each page and action of the web page, served by its deployed function."""

from __future__ import annotations

import re

import httpx
import pytest


class Clerk:
    """Asks for pages as a browser does, signed in with every right."""

    def __init__(self, client, address):
        self.client = client
        self._origin = {"Origin": address, "Sec-Fetch-Site": "same-origin"}

    def page(self, path, **query):
        answer = self.client.get(path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.text

    def act(self, item, action, **fields):
        answer = self.client.get("/document", params={"id": item})
        token = re.search(r'name="token" value="(\w+)"', answer.text)[1]
        # The cookie is for https alone, as browsers take it from this machine too; httpx does not.
        cookie = answer.headers["set-cookie"].partition(";")[0]
        form = {"id": item, "action": action, "token": token, "reason": f"{action} it", **fields}
        done = self.client.post("/act", data=form, headers={**self._origin, "Cookie": cookie})
        assert done.status_code == 303, done.text
        return self.page(done.headers["location"])


@pytest.fixture(scope="module")
def clerk(deployment, first_run):
    deployment.site.serve_console()
    with httpx.Client(base_url=deployment.site.console, timeout=60) as client:
        yield Clerk(client, deployment.site.console)


PAGES = [
    ("/", {}, "GL-7001"),
    ("/", {"number": "VE-501", "status": "failed"}, "vestby-emballasje"),
    ("/document", {"id": "{document}"}, "SupplierInvoice"),
    ("/document", {"id": "{parent}"}, "great-lakes-tools"),
    ("/bytes", {"id": "{document}"}, "ISA*00*"),
    ("/overview", {}, "malmberg-verktyg"),
    ("/partner", {"id": "great-lakes-tools"}, "GL-310"),
    ("/matching", {}, "great-lakes-tools"),
    ("/static/console.css", {}, "{"),
]


@pytest.mark.parametrize(("path", "query", "shown"), PAGES, ids=[path for path, *_ in PAGES])
def test_each_page_shows_what_the_deployment_knows(deployment, first_run, clerk, path, query, shown):
    document = first_run["GL-7001"].id
    known = {"document": document, "parent": deployment.queries.state(document)["parent"]}
    assert shown in clerk.page(path, **{name: value.format(**known) for name, value in query.items()})


def test_a_page_there_is_not_says_so(clerk):
    assert clerk.client.get("/nothing").status_code == 404


def test_a_document_is_held_released_replayed_rerouted_and_reviewed(deployment, stopped, clerk):
    document = stopped["VE-603"].id
    assert "It is held." in clerk.act(document, "hold")
    assert deployment.queries.state(document)["status"] == "held"
    assert "It goes on." in clerk.act(document, "release")
    deployment.wait(lambda: failures(deployment, document) == 2)
    assert "It was started again." in clerk.act(document, "replay")
    deployment.wait(lambda: failures(deployment, document) == 3)
    assert "rerouted" in clerk.act(document, "reroute", entity="log")
    deployment.wait_for(document, "logged")
    assert "recorded" in clerk.act(document, "review")
    by = {event["event"] for event in deployment.queries.events(document) if "clerk@demo" in event["actor"]}
    assert by == {"held", "released", "replayed", "rerouted", "reviewed"}


def failures(deployment, document):
    return [event["event"] for event in deployment.queries.events(document)].count("failed")


def test_a_company_that_is_not_served_is_refused(deployment, stopped, clerk):
    with pytest.raises(AssertionError, match="4242"):
        clerk.act(stopped["VE-601"].id, "reroute", company="9999")


def test_an_unassigned_interchange_is_assigned_and_its_document_closed(
    deployment, stopped, known_stranger, clerk
):
    (item,) = [row.id for row in stopped.values() if row.outcome == "unassigned" and row.number == "605"]
    assert "received again" in clerk.act(item, "assign")
    deployment.wait_for(f"{item}-1", "failed")
    assert "off the lists" in clerk.act(f"{item}-1", "close")
    assert deployment.queries.state(f"{item}-1")["status"] == "closed"
