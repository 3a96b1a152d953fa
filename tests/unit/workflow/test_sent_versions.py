from __future__ import annotations

import pytest

from ml_connector.errors import Held, Unavailable
from ml_connector.workflow.sent_versions import last_sent

REF = {"bucket": "b", "key": "k", "version_id": "1", "sha256": "0", "size": 3}
SENT = {"status": "sent", "sterling_message": "7", "fetched": REF}


class States:
    def __init__(self, **states):
        self.states = states

    def state(self, item):
        return self.states.get(item)


@pytest.mark.parametrize("status", ["sent", "accepted", "overdue", "closed"])
def test_the_version_before_is_what_the_partner_knows(status):
    found = last_sent("one", States(one={**SENT, "status": status}))
    assert (found.item, found.content.key, found.sequence) == ("one", "k", 0)


def test_a_skipped_version_and_a_rejected_change_changed_nothing_but_numbers_are_not_used_again():
    states = States(
        one={**SENT, "fetched": {**REF, "key": "first"}},
        two={**SENT, "status": "rejected", "follows": "one", "change_sequence": 1},
        three={"status": "skipped", "follows": "two", "fetched": REF},
    )
    found = last_sent("three", states)
    assert (found.item, found.content.key, found.sequence) == ("one", "first", 1)


@pytest.mark.parametrize(
    "state", [None, {"status": "processing"}, {**SENT, "status": "processing"}, {"status": "received"}]
)
def test_a_change_waits_for_the_version_before(state):
    with pytest.raises(Unavailable, match="still on its way") as caught:
        last_sent("one", States(one=state))
    assert caught.value.retry_after == 60


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"status": "failed"}, "is failed"),
        ({**SENT, "status": "held"}, "is held"),
        ({"status": "closed"}, "is closed"),
        ({**SENT, "status": "rejected"}, "rejected one"),
        ({**SENT, "fetched": None}, "was not kept"),
    ],
)
def test_a_change_of_what_the_partner_does_not_know_is_held(state, reason):
    with pytest.raises(Held, match=reason):
        last_sent("one", States(one=state))
