"""Writes down what calls it: the schedule's ticks and the ends of executions."""

from __future__ import annotations

import json
import os
import time

import boto3


def handler(event, context):
    detail = event.get("detail") or {}
    boto3.client("dynamodb").put_item(
        TableName=os.environ["TABLE"],
        Item={
            "pk": {"S": detail.get("name") or event.get("what", "?")},
            "sk": {"S": f"{detail.get('status', 'tick')}#{time.time_ns()}"},
            "event": {"S": json.dumps(event)},
        },
    )
