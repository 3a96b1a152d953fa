"""Does what its event asks for, so that each way a handler can end is to be had."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import boto3
from shared import Rejected, Unavailable


def handler(event, context):
    print('{"level": "INFO", "message": "asked"}')
    return globals()[f"do_{event.get('do', 'echo')}"](event, context)


def do_echo(event, context):
    return {"echo": event.get("value"), "arn": context.invoked_function_arn, "pid": os.getpid()}


def do_environment(event, context):
    return dict(os.environ)


def do_reject(event, context):
    raise Rejected("not a document")


def do_flaky(event, context):
    """Unavailable until asked so many times."""
    key = {"pk": {"S": f"flaky#{event['id']}"}, "sk": {"S": "count"}}
    answer = boto3.client("dynamodb").update_item(
        TableName=os.environ["TABLE"],
        Key=key,
        UpdateExpression="ADD attempts :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    attempts = int(answer["Attributes"]["attempts"]["N"])
    if attempts <= event["failures"]:
        raise Unavailable(f"attempt {attempts}")
    return attempts


def do_gate(event, context):
    """Fail until somebody opened the gate."""
    key = {"pk": {"S": f"gate#{event['id']}"}, "sk": {"S": "open"}}
    if "Item" not in boto3.client("dynamodb").get_item(TableName=os.environ["TABLE"], Key=key):
        raise LookupError("The gate is shut.")
    return "through"


def do_sleep(event, context):
    time.sleep(event["seconds"])
    return context.get_remaining_time_in_millis()


def do_spawn(event, context):
    """Leave a child behind and sleep."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    boto3.client("dynamodb").put_item(
        TableName=os.environ["TABLE"],
        Item={
            "pk": {"S": f"spawn#{event['id']}"},
            "sk": {"S": "pids"},
            "pids": {"S": f"{os.getpid()} {child.pid}"},
        },
    )
    time.sleep(60)


def do_exit(event, context):
    os._exit(3)


def do_large(event, context):
    return "x" * event["size"]


def do_secret(event, context):
    return boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])["SecretString"]
