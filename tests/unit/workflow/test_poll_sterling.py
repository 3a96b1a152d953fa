from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from local.sterling import Switches
from local.sterling.faults import FaultPlan, FaultRule
from local.sterling.state import Rule
from tests.unit.workflow.sterling_world import START, World

from ml_connector.errors import ConnectorError, Unavailable
from ml_connector.sterling.answers import LoginRefused
from ml_connector.store.watermarks import Watermarks


def fail(world, path, times=1, method="GET", **fault):
    world.api.faults = FaultPlan([FaultRule(method=method, path=path, times=times, **fault)])


def test_a_new_message_is_kept_and_its_execution_started_with_a_reference():
    world = World()
    message = world.arrive("po.edi", b"ISA*00*")
    metrics = world.poll()
    [(name, given)] = world.executions.items()
    assert given["message"] == {
        "system": "sterling",
        "mailbox": "/ACME/Inbox",
        "message_id": str(message.id),
        "name": "po.edi",
        "arrived_at": START.isoformat(),
    }
    assert given["raw"]["key"] == f"raw/sterling/ACME-Inbox/2026/03/02/{message.id}"
    assert world.raw.objects[given["raw"]["key"]] == [b"ISA*00*"]
    assert len(name) <= 80
    assert (metrics["received"], metrics["started"], metrics["backlog"]) == (1, 1, 0)


def test_a_received_message_that_stays_listed_is_not_received_again():
    world = World()
    world.arrive()
    world.poll()
    world.pass_time(days=3)
    world.poll()
    assert len(world.starts) == 1


@pytest.mark.parametrize("new", [0, 1, 7, 60])
def test_a_poll_makes_at_most_one_call_and_two_per_new_message(new):
    world = World()
    for _ in range(49):
        world.arrive()
    world.poll()
    for _ in range(new):
        world.arrive()
    world.pass_time(minutes=1)
    world.api.counts.clear()
    metrics = world.poll()
    made = sum(world.api.counts.values())
    assert metrics["received"] == new
    assert made == metrics["calls"]
    assert made <= 1 + 2 * new


def poll_within_calls(world):
    """Poll a minute later, within the calls allowed for what is not received yet, as the simulator counts."""
    world.pass_time(minutes=1)
    world.api.counts.clear()
    waiting = len(world.ports().receipts.on_the_way())
    metrics = world.poll()
    made = sum(world.api.counts.values())
    assert made == metrics["calls"]
    assert made <= 1 + 2 * (waiting + metrics["new"])
    return metrics


@pytest.mark.parametrize("standing", [0, 1, 50, 99, 100, 150, 995])
@pytest.mark.parametrize("new", [0, 1, 3])
def test_polls_and_sweeps_keep_to_the_calls_allowed_however_many_messages_stand_there(standing, new):
    world = World()
    for _ in range(standing + 1):
        world.arrive()
    assert world.poll()["calls"] <= 1 + 2 * (standing + 1)
    world.state.messages.popitem()  # once there was one more: the list is not cut where it ends
    for _ in range(2):
        for _ in range(new):
            world.arrive()
        world.pass_time(hours=2)
        metrics = poll_within_calls(world)
        assert metrics["swept"] == 1
        assert metrics["received"] == new


@pytest.mark.parametrize("switches", [{}, {"newest_first": True}, {"max_window": 50}])
@pytest.mark.parametrize(("standing", "page_size"), [(1001, 1000), (100, 100), (250, 100)])
def test_longer_lists_and_capped_pages_are_read_over_several_polls_within_the_calls_allowed(
    switches, standing, page_size
):
    world = World(Switches(**switches), page_size=page_size)
    for _ in range(standing):
        world.arrive()
    poll_within_calls(world)
    received = len(world.executions)
    assert received == standing
    for new in (0, 1, 0, 2, 0, 0, 30):
        for _ in range(new):
            world.arrive()
        world.pass_time(minutes=90)  # a sweep is due
        for _ in range(3):
            poll_within_calls(world)
        received += new
        assert len(world.executions) == received, "later than the third poll"


@pytest.mark.parametrize("newest_first", [False, True])
def test_what_hides_in_a_long_list_is_found_within_two_rounds(newest_first):
    world = World(Switches(newest_first=newest_first), page_size=10)
    messages = [world.arrive() for _ in range(60)]
    poll_within_calls(world)
    hidden = messages[30]
    del world.state.messages[hidden.id]
    world.state.messages[hidden.id] = hidden
    world.table.items.pop((f"receipt#sterling#{hidden.id}", "receipt"))
    world.executions.clear()
    world.pass_time(hours=2)
    polls = 0
    while not world.started_for(hidden.id):
        poll_within_calls(world)
        polls += 1
        assert polls <= 2 * 2 * 9  # nine pages of seven or eight each; every second poll is at the newest
    assert len(world.executions) == 1


def test_in_a_long_list_trouble_is_retried_and_its_end_noted_wherever_it_stands():
    world = World(page_size=10)
    for _ in range(30):
        world.arrive()
    world.poll()
    bad, gone = world.arrive("bad"), world.arrive("gone")
    hit = "|".join(message.document_id.replace(":", "%3A") for message in (bad, gone))
    fail(world, hit, times=2, status=500)
    while not world.happened("delayed"):
        poll_within_calls(world)
    del world.state.messages[gone.id]
    del world.state.documents[gone.document_id]
    for _ in range(3):
        poll_within_calls(world)
    assert len(world.started_for(bad.id)) == 1
    assert {facts["name"] for facts in world.happened("vanished")} == {"gone"}
    assert world.poll()["backlog"] == 0


def test_a_long_backlog_is_gone_on_with_where_time_ended():
    world = World(page_size=10)
    for _ in range(95):
        world.arrive()
    for begun in range(0, 95, 20):
        looks = iter([100.0] * 21)  # the lease takes one
        metrics = world.poll(remaining_seconds=lambda looks=looks: next(looks, 1.0))
        assert (metrics["received"], metrics["swept"]) == (min(20, 95 - begun), float(begun == 80))
    order = [int(given["message"]["message_id"]) for given in world.executions.values()]
    assert order == sorted(order)


def test_a_sweep_finds_what_a_server_hides_that_caps_its_pages():
    world = World(Switches(max_window=50))
    for _ in range(120):
        world.arrive()
    for _ in range(3):
        world.poll()
        world.pass_time(hours=2)
    assert len(world.executions) == 120


def test_messages_are_received_in_the_order_of_arrival_then_number():
    world = World()
    late = world.arrive("late", arrived_at=START.timestamp() + 60)
    first, second = world.arrive("a"), world.arrive("b")
    world.poll()
    order = [given["message"]["message_id"] for given in world.executions.values()]
    assert order == [str(first.id), str(second.id), str(late.id)]


def test_a_second_poll_leaves_at_once_while_the_lease_holds():
    world = World()
    world.arrive()
    seen = []
    world.poll({9: lambda: seen.append(_inner_poll(world))})
    assert [metrics["lease_contended"] for metrics in seen] == [1]
    assert seen[0]["calls"] == 0
    assert len(world.starts) == 1


def _inner_poll(world):
    from ml_connector.workflow.poll_sterling import poll_sterling

    return poll_sterling(world.ports())


def test_a_poll_without_time_to_spare_stops_and_the_next_goes_on():
    world = World()
    for _ in range(5):
        world.arrive()
    left = iter([100.0, 100.0, 100.0, 5.0, 5.0, 5.0, 5.0])
    metrics = world.poll(remaining_seconds=lambda: next(left))
    assert (metrics["received"], metrics["backlog"], metrics["out_of_time"]) == (2, 3, 1)
    world.poll()
    assert len(world.executions) == 5


def test_the_watermark_stops_before_an_unreceived_message():
    world = World()
    early = world.arrive(arrived_at=START.timestamp() - 3600)
    world.arrive()
    fail(world, early.document_id.replace(":", "%3A"), status=500)
    world.poll()
    mark = Watermarks(world.table, system="sterling").read()["/ACME/Inbox"]
    assert mark.arrived_at == START - timedelta(hours=1)
    assert mark.message_id < early.id


def test_an_unreadable_message_is_tried_with_growing_distance_and_the_rest_goes_on():
    world = World()
    bad = world.arrive("bad")
    good = world.arrive("good")
    fail(world, bad.document_id.replace(":", "%3A"), times=4, status=500)
    tries = []
    for _ in range(40):
        before = world.api.counts.get("GET documents", 0)
        world.poll()
        if world.api.counts["GET documents"] > before:
            tries.append((world.now - START).total_seconds())
        world.pass_time(seconds=30)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps == [30, 60, 120, 240]
    assert len(world.started_for(good.id)) == len(world.started_for(bad.id)) == 1
    assert [facts["attempts"] for facts in world.happened("delayed")] == [1, 2, 3, 4]


def test_a_message_that_vanishes_between_listing_and_reading_is_noted_once():
    world = World()
    message = world.arrive()
    fail(world, "documents/", status=404, html=False)
    world.poll()
    del world.state.messages[message.id]
    world.pass_time(minutes=1)
    world.poll()
    assert world.executions == {}
    assert {facts["name"] for facts in world.happened("vanished")} == {"po.edi"}
    assert world.poll()["vanished"] == 0


def test_a_payload_beyond_the_limit_is_refused_into_the_audit_without_being_read():
    world = World(max_payload_bytes=10)
    world.arrive(content=b"x" * 11)
    metrics = world.poll()
    world.pass_time(minutes=1)
    world.poll()
    [facts] = world.happened("quarantined")
    assert "11 bytes; at most 10" in facts["reason"]
    assert metrics["refused"] == 1
    assert "GET documents" not in world.api.counts


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ("nothing", ("/ACME/Inbox", True)),
        ("not_extractable", ("/ACME/Inbox", False)),
        ("move", ("/Done", True)),
    ],
)
def test_after_receipt_the_message_is_treated_as_the_setting_says(action, left):
    world = World(after_receipt=action, move_to="/Done", exclude_mailboxes=("/Done",))
    world.state.create_mailbox("/Done")
    message = world.arrive()
    world.poll()
    assert (message.mailbox, message.always) == left


def test_after_receipt_the_message_may_be_deleted():
    world = World(after_receipt="delete")
    world.arrive()
    world.poll()
    assert world.state.messages == {}


def test_an_action_that_fails_is_repeated_without_another_execution():
    world = World(after_receipt="delete")
    world.arrive()
    fail(world, "mailboxmessages/", method="DELETE", status=503)
    world.poll()
    world.pass_time(minutes=1)
    world.poll()
    assert world.state.messages == {}
    assert len(world.starts) == 1


def test_an_execution_that_cannot_be_started_is_started_by_a_later_poll_though_the_message_is_gone():
    world = World()
    message = world.arrive()
    answers = iter([Unavailable("Step Functions is throttling.")])

    def start(name, given):
        for error in answers:
            raise error
        world.start_execution(name, given)

    world.poll(start_execution=start)
    assert world.executions == {}
    del world.state.messages[message.id]
    world.pass_time(minutes=1)
    world.poll(start_execution=start)
    assert len(world.started_for(message.id)) == 1


def test_mailboxes_and_names_are_included_and_excluded_by_pattern():
    world = World(
        mailboxes=("/*/Inbox", "/Only"),
        exclude_mailboxes=("/Secret/*",),
        message_names=("*.edi",),
        exclude_message_names=("test*",),
    )
    wanted = [world.arrive("a.edi"), world.arrive("b.edi", mailbox="/Only")]
    world.arrive("a.txt")
    world.arrive("test1.edi")
    world.arrive("a.edi", mailbox="/Secret/Inbox")
    world.arrive("a.edi", mailbox="/DeadLetter")
    world.poll()
    assert sorted(given["message"]["message_id"] for given in world.executions.values()) == sorted(
        str(message.id) for message in wanted
    )


def test_the_dead_letter_mailbox_is_watched_without_receiving_from_it():
    world = World(watch_dead_letter=True)
    world.arrive("lost.edi", mailbox="/DeadLetter")
    assert world.poll()["dead_letters"] == 1
    assert world.poll()["dead_letters"] == 0
    assert [facts["name"] for facts in world.happened("dead-letter")] == ["lost.edi"]
    assert world.executions == {}


def test_a_watched_dead_letter_is_received_once_it_stands_in_a_wanted_mailbox():
    world = World(watch_dead_letter=True)
    message = world.arrive("lost.edi", mailbox="/DeadLetter")
    world.poll()
    world.state.messages[message.id].mailbox = "/ACME/Inbox"
    world.poll()
    world.poll()
    assert len(world.started_for(message.id)) == 1


def test_a_dead_letter_mailbox_that_is_named_is_watched_and_received_from():
    world = World(watch_dead_letter=True, mailboxes=("/DeadLetter",))
    message = world.arrive("lost.edi", mailbox="/DeadLetter")
    assert world.poll()["dead_letters"] == 1
    world.poll()
    assert len(world.started_for(message.id)) == 1


@pytest.mark.parametrize("fields", ["few", "all"])
def test_a_message_passed_by_is_received_once_its_mailbox_is_included(fields):
    world = World(Switches(list_fields=fields), mailboxes=("/Only",))
    message = world.arrive("a.edi")
    world.poll()
    assert world.executions == {}
    world.settings = world.settings.model_copy(update={"mailboxes": ("/Only", "/ACME/Inbox")})
    world.client = world.new_client()
    world.poll()
    world.poll()
    assert len(world.started_for(message.id)) == 1


def test_a_refused_login_is_not_repeated_until_the_pause_is_over_or_the_secret_changes():
    world = World()
    world.client = world.new_client(password="old", version="1")
    with pytest.raises(LoginRefused):
        world.poll()
    world.pass_time(minutes=4)
    assert world.poll()["login_held"] == 1
    world.client = world.new_client(version="2")
    assert world.poll()["login_held"] == 0
    assert world.state.users["admin"].failures == 0


def test_pauses_after_refused_logins_grow():
    world = World()
    world.client = world.new_client(password="old")
    pauses = []
    for _ in range(90):
        try:
            metrics = world.poll()
        except LoginRefused:
            pauses.append((world.now - START).total_seconds() / 60)
        else:
            assert (metrics["login_held"], metrics["calls"]) == (1, 0)
        world.pass_time(minutes=1)
    assert [later - earlier for earlier, later in pairwise(pauses)] == [
        5,
        10,
        15,
        20,
        25,
    ]


def test_when_sterling_fails_the_poll_ends_after_three_messages():
    world = World()
    for _ in range(10):
        world.arrive()
    fail(world, "documents/", times=99, status=503)
    metrics = world.poll()
    assert (metrics["troubled"], metrics["backlog"]) == (3, 10)


def test_many_unreadable_messages_keep_no_new_one_waiting():
    world = World(retry_at_most=timedelta(seconds=30))
    bad = [world.arrive(f"bad-{number}") for number in range(12)]
    hit = "|".join(message.document_id.replace(":", "%3A") + "$" for message in bad)
    fail(world, hit, times=9999, status=500)
    for _ in range(4):
        world.poll()  # three of them end each of these polls
        world.pass_time(minutes=1)
    for _ in range(3):
        good = world.arrive("good")
        world.poll()
        assert len(world.started_for(good.id)) == 1
        world.pass_time(minutes=1)


def test_many_unreadable_messages_hold_up_no_round_through_a_long_list():
    world = World(page_size=10, retry_at_most=timedelta(seconds=30))
    bad = [world.arrive(f"bad-{number}") for number in range(12)]
    good = [world.arrive("good") for _ in range(30)]
    hit = "|".join(message.document_id.replace(":", "%3A") + "$" for message in bad)
    fail(world, hit, times=9999, status=500)
    for _ in range(30):
        poll_within_calls(world)
    assert all(len(world.started_for(message.id)) == 1 for message in good)


def test_an_html_404_as_after_a_fix_pack_is_an_error_and_not_an_empty_mailbox():
    world = World(base_path="/Elsewhere/svc", poll_strategy="mailboxmessages")
    with pytest.raises(Unavailable, match="404"):
        world.poll()


@pytest.mark.parametrize("empty", ["array", "404", "400"])
def test_a_list_without_a_match_is_empty_in_every_form(empty):
    world = World(Switches(empty_list=empty))
    assert world.poll()["backlog"] == 0
    assert sum(world.api.counts.values()) == 1


@pytest.mark.parametrize("refusal", ["400", "404", "405"])
def test_a_server_without_the_list_of_messages_has_each_mailbox_listed(refusal):
    world = World(Switches(list_messages=refusal))
    message = world.arrive()
    world.poll()
    assert len(world.started_for(message.id)) == 1


def test_a_list_of_names_alone_is_completed_message_by_message_within_the_calls_allowed():
    world = World(Switches(list_fields="few"), exclude_mailboxes=("/Other",))
    message = world.arrive()
    world.arrive(mailbox="/Other")
    world.poll()
    world.poll()
    assert len(world.started_for(message.id)) == 1
    assert world.api.counts == {"GET mailboxmessages": 4, "GET documents": 1}


def refuse_mailbox(world, mailbox, **fault):
    """Let the contents of one mailbox, by its place in the order of paths, be answered so."""
    paths = sorted(found.path for found in world.state.mailboxes.values())
    fail(world, "mailboxcontents/", skip=paths.index(mailbox), times=1, **fault)


@pytest.mark.parametrize("status", [403, 500, 503])
@pytest.mark.parametrize("refused", ["/A", "/B", "/C"])
def test_a_mailbox_that_cannot_be_listed_is_told_and_the_others_are_received(refused, status, caplog):
    world = World(poll_strategy="mailboxcontents", exclude_mailboxes=("/DeadLetter",))
    messages = {path: world.arrive(mailbox=path) for path in ("/A", "/B", "/C")}
    refuse_mailbox(world, refused, status=status, html=False)
    metrics = world.poll()
    assert (metrics["mailboxes_failed"], metrics["received"]) == (1, 2)
    assert f"The mailbox {refused} could not be listed" in caplog.text
    assert str(status) in caplog.text
    world.pass_time(minutes=1)
    assert world.poll()["mailboxes_failed"] == 0
    assert all(len(world.started_for(message.id)) == 1 for message in messages.values())


def test_a_mailbox_not_permitted_or_gone_keeps_no_other_waiting():
    world = World(poll_strategy="mailboxcontents", mailboxes=("/A", "/B", "/Gone"))
    world.arrive(mailbox="/A")
    received = world.arrive(mailbox="/B")
    world.state.users["admin"].mailboxes = ["/B"]
    metrics = world.poll()
    assert (metrics["mailboxes_failed"], metrics["received"]) == (2, 1)
    assert world.started_for(received.id)


def test_trouble_in_a_mailbox_that_cannot_be_listed_is_not_forgotten():
    world = World(poll_strategy="mailboxcontents", exclude_mailboxes=("/DeadLetter",))
    bad = world.arrive(mailbox="/A")
    world.arrive(mailbox="/B")
    fail(world, bad.document_id.replace(":", "%3A"), status=500)
    world.poll()
    refuse_mailbox(world, "/A", status=403, html=False)
    world.pass_time(seconds=10)
    assert world.poll()["backlog"] == 1
    assert not world.happened("vanished")
    world.pass_time(minutes=1)
    world.poll()
    assert len(world.started_for(bad.id)) == 1


def test_more_mailboxes_than_a_poll_has_time_for_are_received_by_the_next():
    paths = [f"/M{number}" for number in range(6)]
    world = World(poll_strategy="mailboxcontents", mailboxes=tuple(paths), time_to_spare=1.0)
    for path in paths:
        world.arrive(mailbox=path)
    polls = 0
    while len(world.executions) < len(paths):
        world.api.counts.clear()
        # Each listing takes 25 of a hundred seconds.
        metrics = world.poll(
            remaining_seconds=lambda: 100.0 - 25.0 * world.api.counts.get("GET mailboxcontents", 0)
        )
        assert metrics["received"] > 0
        polls += 1
    assert polls > 1


def test_when_no_mailbox_can_be_listed_the_poll_fails():
    world = World(poll_strategy="mailboxcontents", mailboxes=("/A", "/B"))
    world.arrive(mailbox="/A")
    world.arrive(mailbox="/B")
    fail(world, "mailboxcontents/", times=9, status=503)
    with pytest.raises(Unavailable, match="503"):
        world.poll()


def test_a_mailbox_made_anew_under_its_old_path_is_found():
    world = World(poll_strategy="mailboxcontents", mailboxes=("/A",))
    old = world.state.create_mailbox("/A")
    world.poll()
    del world.state.mailboxes[old.id]
    message = world.arrive(mailbox="/A")
    world.poll()
    assert len(world.started_for(message.id)) == 1


def test_contents_without_details_are_completed_message_by_message():
    world = World(Switches(contents_fields=False), poll_strategy="mailboxcontents")
    message = world.arrive()
    world.poll()
    assert len(world.started_for(message.id)) == 1


@pytest.mark.parametrize("payload", ["base64", "plain", "raw"])
def test_each_form_of_payload_gives_the_same_bytes(payload):
    world = World(Switches(payload=payload))
    world.arrive(content=b'ISA*"\\\x1d\r\n~')
    world.poll()
    assert list(world.raw.objects.values()) == [[b'ISA*"\\\x1d\r\n~']]


def test_the_zone_a_server_really_writes_can_be_told():
    world = World(Switches(mislabelled_zone="Asia/Kolkata"), server_tz_override="Asia/Kolkata")
    world.arrive()
    world.poll()
    [given] = world.executions.values()
    assert given["message"]["arrived_at"] == START.isoformat()


@pytest.mark.parametrize("hours", [-30, -2, 2, 30])
def test_a_clock_that_jumps_hides_nothing(hours):
    world = World()
    world.arrive()
    world.poll()
    world.api.switches = Switches(clock_skew=hours * 3600)
    world.arrive()
    world.pass_time(minutes=1)
    world.poll()
    world.api.switches = Switches()
    world.arrive()
    world.pass_time(minutes=1)
    world.poll()
    assert len(world.executions) == 3


def test_a_sweep_finds_what_both_time_and_number_hide():
    world = World()
    hidden = world.arrive(arrived_at=START.timestamp() - 86_400)
    del world.state.messages[hidden.id]
    world.arrive()
    world.poll()
    world.state.messages[hidden.id] = hidden
    world.pass_time(minutes=1)
    assert world.poll()["received"] == 0
    world.pass_time(hours=1)
    world.poll()
    assert len(world.started_for(hidden.id)) == 1


def test_numbers_used_again_by_a_new_installation_are_new_messages():
    world = World()
    world.arrive(content=b"old")
    world.poll()
    world.pass_time(days=1)
    world.state.messages.clear()
    world.state.last_id = 0
    world.state.mailboxes.clear()
    world.arrive(content=b"new")
    world.poll()
    world.poll()
    assert list(world.raw.objects.values()) == [[b"old"], [b"new"]]
    assert len(world.executions) == 2


def test_silence_longer_than_expected_is_told_but_not_at_the_weekend():
    world = World(expect_message_within=timedelta(hours=4))  # START is a Monday
    world.arrive()
    assert world.poll()["silent"] == 0
    world.pass_time(hours=3)
    assert world.poll()["silent"] == 0
    world.pass_time(hours=2)
    assert world.poll()["silent"] == 1
    world.pass_time(days=4)  # Friday afternoon
    world.arrive()
    world.poll()
    world.pass_time(days=2)
    assert world.poll()["silent_seconds"] == 11 * 3600


def test_the_age_of_the_oldest_unreceived_message_is_told():
    world = World()
    world.arrive()
    fail(world, "documents/", times=9, status=500)
    world.poll()
    world.pass_time(minutes=10)
    assert world.poll()["oldest_unreceived_seconds"] == 600


def test_a_message_taken_by_a_routing_rule_before_the_poll_is_simply_not_there():
    world = World(Switches(routing=True))
    world.state.rules["r"] = Rule("r", "BP", consumes=True)
    world.state.last_evaluation = START.timestamp() - 3600
    world.arrive()
    world.poll()
    assert world.executions == {}
    assert len(world.state.runs) == 1


def test_deletions_between_pages_skip_nothing():
    world = World(page_size=3)
    messages = [world.arrive(arrived_at=START.timestamp() - 86_400 + n) for n in range(9)]
    moments = _moments_of(world)
    for moment in moments:
        fresh = World(page_size=3)
        ours = [fresh.arrive(arrived_at=START.timestamp() - 86_400 + n) for n in range(9)]
        fresh.poll({moment: lambda fresh=fresh, ours=ours: fresh.state.messages.pop(ours[0].id, None)})
        for message in ours[1:]:
            assert len(fresh.started_for(message.id)) == 1, moment
    assert len(messages) == 9


def _moments_of(world):
    world.poll()
    return range(world.moment)


def test_a_store_that_does_not_answer_ends_the_poll_with_an_error_and_gives_the_lease_back():
    world = World()
    world.arrive()

    def refuse():
        raise Unavailable("The state table did not answer.")

    with pytest.raises(ConnectorError):
        world.poll({4: refuse})
    world.poll()
    assert len(world.executions) == 1
