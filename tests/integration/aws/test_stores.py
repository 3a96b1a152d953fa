from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from tests.emulated import wait_until

if TYPE_CHECKING:
    from tests.integration.aws.conftest import Stack

pytestmark = pytest.mark.emulated


def _text(**fields):
    return {name: {"S": value} for name, value in fields.items()}


def test_a_conditional_write_is_refused_the_second_time(deployed: Stack):
    client = deployed.aws.client("dynamodb")
    item = _text(pk=uuid.uuid4().hex, sk="once")
    once = {"TableName": deployed.outputs["Table"], "ConditionExpression": "attribute_not_exists(pk)"}
    client.put_item(Item=item, **once)

    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(Item=item, **once)


def test_a_transaction_is_whole_or_not_at_all(deployed: Stack):
    client = deployed.aws.client("dynamodb")
    key = uuid.uuid4().hex
    deployed.put(key, "there")
    table = {"TableName": deployed.outputs["Table"]}
    first = {"Put": {"Item": _text(pk=key, sk="new"), **table}}
    second = {
        "Put": {"Item": _text(pk=key, sk="there"), "ConditionExpression": "attribute_not_exists(pk)", **table}
    }

    with pytest.raises(client.exceptions.TransactionCanceledException) as refused:
        client.transact_write_items(TransactItems=[first, second])

    reasons = [reason["Code"] for reason in refused.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert [item["sk"] for item in deployed.items(key)] == ["there"]


def test_a_sparse_index_holds_only_items_with_its_key(deployed: Stack):
    status = uuid.uuid4().hex
    deployed.put(status, "2", status=status)
    deployed.put(status, "1", status=status)
    deployed.put(status, "3")

    answer = deployed.aws.client("dynamodb").query(
        TableName=deployed.outputs["Table"],
        IndexName="by-status",
        KeyConditionExpression="#status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}},
    )

    assert [item["sk"]["S"] for item in answer["Items"]] == ["1", "2"]


def test_a_counter_adds_up(deployed: Stack):
    client = deployed.aws.client("dynamodb")
    key = _text(pk=uuid.uuid4().hex, sk="counter")

    numbers = [
        client.update_item(
            TableName=deployed.outputs["Table"],
            Key=key,
            UpdateExpression="ADD control_number :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )["Attributes"]["control_number"]["N"]
        for _ in range(3)
    ]

    assert numbers == ["1", "2", "3"]


def test_time_to_live_is_on(deployed: Stack):
    answer = deployed.aws.client("dynamodb").describe_time_to_live(TableName=deployed.outputs["Table"])

    assert answer["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_an_object_is_overwritten_as_a_new_version(deployed: Stack):
    client = deployed.aws.client("s3")
    target = {"Bucket": deployed.outputs["Raw"], "Key": uuid.uuid4().hex}
    first = client.put_object(Body=b"one", **target)["VersionId"]
    client.put_object(Body=b"two", **target)

    assert client.get_object(**target)["Body"].read() == b"two"
    assert client.get_object(VersionId=first, **target)["Body"].read() == b"one"


def test_an_object_is_written_only_where_there_is_none(deployed: Stack):
    client = deployed.aws.client("s3")
    target = {"Bucket": deployed.outputs["Raw"], "Key": uuid.uuid4().hex}
    client.put_object(Body=b"one", IfNoneMatch="*", **target)

    with pytest.raises(client.exceptions.ClientError, match="PreconditionFailed"):
        client.put_object(Body=b"two", IfNoneMatch="*", **target)


def test_what_a_topic_tells_nobody_handles_is_a_dead_letter(deployed: Stack):
    client = deployed.aws.client("sqs")
    text = uuid.uuid4().hex
    deployed.aws.client("sns").publish(TopicArn=deployed.outputs["Attention"], Message=text)
    wait_until(lambda: _receive(client, deployed.outputs["Work"], text))

    def dead_letter():
        _receive(client, deployed.outputs["Work"], text)
        return _receive(client, deployed.outputs["DeadLetters"], text)

    assert wait_until(dead_letter)


def _receive(client, queue, text):
    answer = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=1)
    return [message for message in answer.get("Messages", []) if text in message["Body"]]


def test_the_stacks_key_encrypts_and_decrypts(deployed: Stack):
    client = deployed.aws.client("kms")
    context = {"document": "1"}
    sealed = client.encrypt(KeyId="alias/semantics", Plaintext=b"secret", EncryptionContext=context)

    opened = client.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)

    assert opened["Plaintext"] == b"secret"
    assert b"secret" not in sealed["CiphertextBlob"]
    with pytest.raises(client.exceptions.InvalidCiphertextException):
        client.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"document": "2"})


def test_a_rotated_secret_is_read_anew(deployed: Stack):
    client = deployed.aws.client("secretsmanager")
    secret = deployed.outputs["Secret"]
    before = client.get_secret_value(SecretId=secret)["SecretString"]
    try:
        client.put_secret_value(SecretId=secret, SecretString=json.dumps({"rotated": time.time_ns()}))
        assert "rotated" in json.loads(deployed.invoke("secret"))
    finally:
        client.put_secret_value(SecretId=secret, SecretString=before)
