from __future__ import annotations

import pytest
from tools.check_template import expanded_template

from ml_connector.sterling.settings import SterlingSettings
from ml_connector.store.audit_queries import INDEXES
from ml_connector.visma.settings import VismaSettings

from .conftest import ROOT

INTERVALS = ("SterlingPollMinutes", "VismaPollMinutes")
WITHOUT_RESOURCE = {  # actions that AWS lets nobody restrict to a resource
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
}


def published_versions(layers):
    """Return the versions the transform names when the layers were packaged as ``layers``."""
    expanded = expanded_template(layers=layers)["Resources"]
    return {name for name, resource in expanded.items() if resource["Type"] == "AWS::Lambda::Version"}


def statements(resource):
    for policy in resource["Properties"].get("Policies", []):
        if isinstance(policy, dict) and "Statement" in policy:
            yield from policy["Statement"]


def test_every_folder_of_functions_is_deployed_and_has_an_event(functions):
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    events = {path.stem for path in (ROOT / "events").glob("*.json")}
    assert folders == set(functions) == events


@pytest.mark.parametrize("name", INTERVALS)
def test_each_poll_has_its_own_interval_of_1_to_5_minutes(template, name):
    assert [str(value) for value in template["Parameters"][name]["AllowedValues"]] == list("12345")
    expressions = [row["Schedule"] for row in template["Mappings"]["Every"].values()]
    assert expressions[0] == "rate(1 minute)"
    assert expressions[1:] == [f"rate({n} minutes)" for n in range(2, 6)]


def test_a_tick_that_could_not_be_delivered_is_gone_before_the_next(template):
    for minutes, row in template["Mappings"]["Every"].items():
        assert 60 <= row["MaximumEventAge"] <= int(minutes) * 60


def test_no_role_has_a_wildcard_where_the_service_takes_a_resource(template):
    for name, resource in template["Resources"].items():
        for statement in statements(resource):
            actions = statement["Action"]
            assert not [a for a in actions if a.endswith("*")], name
            if statement["Resource"] == "*":
                assert set(actions) <= WITHOUT_RESOURCE, name


def test_only_the_functions_that_call_a_system_may_read_its_credentials(template, functions):
    readers = {"SterlingCredentials": set(), "VismaCredentials": set()}
    for folder, properties in functions.items():
        for statement in statements({"Properties": properties}):
            if "secretsmanager:GetSecretValue" in statement["Action"]:
                for resource in statement["Resource"]:
                    readers[resource["Ref"]].add(folder)
    assert readers["SterlingCredentials"] == {"poll_sterling", "acknowledge_interchange", "send_document"}
    assert readers["VismaCredentials"] == {
        "poll_visma",
        "map_document",
        "post_document",
        "fetch_document",
        "format_document",
        "console",
    }


def test_what_is_kept_is_encrypted_with_the_stacks_key_and_outlives_the_stack(template):
    kept = {
        "AWS::S3::Bucket": "BucketEncryption",
        "AWS::DynamoDB::Table": "SSESpecification",
        "AWS::SecretsManager::Secret": "KmsKeyId",
    }
    for name, resource in template["Resources"].items():
        if resource["Type"] in kept:
            assert kept[resource["Type"]] in resource["Properties"], name
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain", name
    assert template["Resources"]["Key"]["Properties"]["EnableKeyRotation"] is True


def test_tables_can_be_restored_to_any_point_in_time(template):
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            recovery = resource["Properties"]["PointInTimeRecoverySpecification"]
            assert recovery["PointInTimeRecoveryEnabled"] is True


def test_the_audit_tables_indexes_are_the_ones_that_are_asked(template):
    found = {
        index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
        for index in template["Resources"]["AuditTable"]["Properties"]["GlobalSecondaryIndexes"]
    }
    assert found == INDEXES


def test_nobody_may_delete_from_the_audit_trail(template):
    for name, resource in template["Resources"].items():
        for statement in statements(resource):
            on_audit = "AuditTable" in str(statement["Resource"])
            assert not (on_audit and "dynamodb:DeleteItem" in statement["Action"]), name


def test_every_variable_of_a_system_is_one_of_its_settings(template):
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    for prefix, settings in (("STERLING_", SterlingSettings), ("VISMA_", VismaSettings)):
        named = {name.removeprefix(prefix).lower() for name in variables if name.startswith(prefix)}
        assert named - {"secret", "settings"} <= set(settings.model_fields)


def test_every_parameter_is_described_and_checked(template):
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        checks = {"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter)
        assert checks or parameter["Type"] == "CommaDelimitedList" or name == "VismaScopes", name


def test_every_check_that_is_skipped_says_why(template):
    skips = [
        skip
        for resource in template["Resources"].values()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", ())
    ]
    assert skips
    assert all(len(skip["comment"]) > 20 and skip["id"].startswith("CKV") for skip in skips)


def test_a_changed_layer_publishes_new_versions_of_every_function():
    """Else the aliases would keep the old code: a layer's content is no part of the functions that use it."""
    before = published_versions("first")
    assert len(before) > 10
    assert not before & published_versions("second")


def test_two_stacks_in_one_account_share_no_name(template):
    naming = {"FunctionName", "Name", "LogGroupName", "AliasName", "DashboardName", "BucketName", "TableName"}
    naming |= {"QueueName", "TopicName", "PolicyName", "RoleName", "ManagedPolicyName"}
    # An authorizer counts within its own API only; a permission names another resource.
    named = {
        (name, key): value
        for name, resource in template["Resources"].items()
        for key, value in resource["Properties"].items()
        if key in naming
        and resource["Type"] not in {"AWS::ApiGatewayV2::Authorizer", "AWS::Lambda::Permission"}
    }
    assert len(named) > 25
    assert {key for key, value in named.items() if "${AWS::StackName}" not in str(value)} == set()
    of_kinds = {(template["Resources"][name]["Type"], str(value)) for (name, _), value in named.items()}
    assert len(of_kinds) == len(named)


def test_step_functions_log_no_payloads(template):
    machines = [
        one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::StateMachine"
    ]
    assert len(machines) == 3
    for machine in machines:
        logging = machine["Properties"]["Logging"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)


def test_only_what_no_default_can_be_known_of_has_to_be_given(template):
    asked = {name for name, parameter in template["Parameters"].items() if "Default" not in parameter}
    assert asked == {"SterlingHost", "VismaCompanyId"}


def test_former_versions_leave_each_bucket_in_the_end(template):
    buckets = [one for one in template["Resources"].values() if one["Type"] == "AWS::S3::Bucket"]
    assert len(buckets) == 2
    for bucket in buckets:
        rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        assert any("NoncurrentVersionExpiration" in rule and rule["Status"] == "Enabled" for rule in rules)
