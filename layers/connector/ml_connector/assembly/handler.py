"""What every Lambda handler does around its one step: context, logs, metrics, and the audit of failures."""

from __future__ import annotations

from functools import wraps
from traceback import extract_tb
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError

from ml_connector.assembly.observability import (
    count_failure,
    count_stop,
    count_visma_use,
    logger,
    metrics,
    tracer,
)
from ml_connector.assembly.parts import Parts
from ml_connector.errors import ConnectorError, Misconfigured, facts_of, in_family
from ml_connector.workflow.failure import record_trouble
from ml_connector.workflow.tickets import item_of, origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ml_connector.store.audit import Origin
    from ml_connector.visma.client import VismaClient

Given = dict[str, Any]

# What a step's trouble is counted as, by the event the audit trail has of it.
_METRIC_OF = {"failed": "Failed", "held": "Held", "delayed": "Delayed"}


class Defect(Exception):
    """Something that the connector did not raise on purpose."""


_parts: Parts | None = None
_counted: WeakKeyDictionary[VismaClient, dict[str, int]] = WeakKeyDictionary()


def warm_parts() -> Parts:
    """Return the parts of this container; they outlive the invocation, so connections are reused."""
    global _parts  # noqa: PLW0603 - a warm container keeps its clients between invocations
    _parts = _parts or Parts()
    return _parts


def step_handler(step: str) -> Callable[[Callable[[Parts, Origin, Given], Given]], Callable[..., Given]]:
    """Make a Lambda handler of one step of a state machine.

    The handler takes ``{"input": ..., "context": ...}``, as the definitions in ``statemachine/`` send it.
    What the step raises is recorded in the audit trail and raised again under its family's name, for
    ``Retry``, and without its words, which Lambda would write to the log.
    """

    def decorate(run: Callable[[Parts, Origin, Given], Given]) -> Callable[..., Given]:
        @wraps(run)
        def handle(event: Given, context: LambdaContext) -> Given:
            parts = warm_parts()
            parts.invocation = context
            given: Given = event["input"]
            origin = origin_of(step, event["context"])
            logger.append_keys(item=item_of(given), execution=origin.execution, step=step)
            metrics.add_dimension(name="step", value=step)
            try:
                answer = run(parts, origin, given)
            except Exception as error:  # noqa: BLE001 - raised again below, under another name
                _log_without_words(error)
                count_failure(error)
                _forget_if_refused(parts, error)
                trouble = record_trouble(parts.audit, given, error, origin)
                _count(_METRIC_OF.get(trouble, "Failed"))
                if trouble != "delayed":
                    count_stop(error, redrive=origin.redrive)
                raise _silenced(error, "the reason is in the audit trail") from None
            finally:
                _count_visma_use(parts)
            _count("Succeeded")
            return answer

        return _instrumented(handle)

    return decorate


def plain_handler(run: Callable[[Parts, Given], Given]) -> Callable[..., Given]:
    """Make a Lambda handler of something a schedule, an event rule or a browser starts.

    What it raises is logged and raised again as a step's is: without its words.
    """

    @wraps(run)
    def handle(event: Given, context: LambdaContext) -> Given:
        parts = warm_parts()
        parts.invocation = context
        try:
            answer = run(parts, event)
        except Exception as error:  # noqa: BLE001 - raised again below, under another name
            _log_without_words(error)
            count_failure(error)
            _forget_if_refused(parts, error)
            _count("Failed")
            raise _silenced(error, "logs hold no words of it") from None
        finally:
            _count_visma_use(parts)
        _count("Succeeded")
        return answer

    return _instrumented(handle)


def _instrumented(handle: Callable[..., Given]) -> Callable[..., Given]:
    logged: Callable[..., Given] = logger.inject_lambda_context(clear_state=True)(handle)
    traced: Callable[..., Given] = tracer.capture_lambda_handler(capture_response=False)(logged)
    measured: Callable[..., Given] = metrics.log_metrics(raise_on_empty_metrics=False)(traced)
    return measured


def _forget_if_refused(parts: Parts, error: Exception) -> None:
    """Credentials may be what is misconfigured; a warm container must not go on with them once mended."""
    if isinstance(error, Misconfigured):
        parts.forget_credentials()


def _count_visma_use(parts: Parts) -> None:
    for client in parts.visma_clients():
        # A client that was built anew, with other credentials, counts from zero.
        count_visma_use(client, _counted.setdefault(client, {}))


def _count(metric: str) -> None:
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=1)


def _silenced(error: Exception, instead: str) -> Exception:
    """Return the error as Lambda may write it to the log and to Step Functions: its words quote documents.

    A step's stand in the audit trail, which is encrypted and shows contents only to those who may see them.
    """
    words = f"{type(error).__name__}: {instead}."
    return type(in_family(error))(words) if isinstance(error, ConnectorError) else Defect(words)


def _log_without_words(error: Exception) -> None:
    frames = [f"{one.filename}:{one.lineno} {one.name}" for one in extract_tb(error.__traceback__)]
    extra = {**facts_of(error), **_facts_of_aws(error), "frames": frames}
    if isinstance(error, ConnectorError):
        logger.warning(type(error).__name__, extra=extra)
    else:
        logger.error("A defect of the connector.", extra=extra)


def _facts_of_aws(error: BaseException | None) -> dict[str, str]:
    """Return which call AWS refused and its code for that, such as AccessDenied; its own or its cause's."""
    if isinstance(error, ClientError):
        return {"aws_call": error.operation_name, "aws_code": error.response["Error"]["Code"]}
    return _facts_of_aws(error.__cause__) if error else {}
