from __future__ import annotations

import threading

import pytest

from ml_connector.store.control_numbers import HIGHEST, ControlNumberStore, scope_of

SCOPE = scope_of("x12", "interchange", "ZZ:NORDLYS", "ZZ:ACME", test=False)


@pytest.fixture
def table(aws):
    return aws.resource("dynamodb").create_table(
        TableName="state",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )


@pytest.fixture
def numbers(table):
    return ControlNumberStore(table)


def test_each_purpose_draws_its_own_number_and_keeps_it(numbers):
    assert [numbers.draw(SCOPE, purpose) for purpose in ("a", "b", "a", "c")] == [1, 2, 1, 3]


def test_scopes_count_by_themselves(numbers):
    other = scope_of("x12", "interchange", "ZZ:NORDLYS", "ZZ:ACME", test=True)
    assert (numbers.draw(SCOPE, "a"), numbers.draw(other, "a")) == (1, 1)


def test_a_bumped_counter_goes_on_after_the_bump(numbers):
    numbers.bump(SCOPE, 500)
    assert numbers.draw(SCOPE, "a") == 501
    assert numbers.current(SCOPE) == 501


def test_numbers_wrap_after_the_highest(numbers):
    numbers.bump(SCOPE, HIGHEST - 1)
    assert [numbers.draw(SCOPE, purpose) for purpose in ("a", "b")] == [HIGHEST, 1]


def test_runs_at_the_same_time_never_share_a_number(numbers):
    drawn = []
    threads = [
        threading.Thread(target=lambda n=n: drawn.append(numbers.draw(SCOPE, f"p{n}"))) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, 9))
