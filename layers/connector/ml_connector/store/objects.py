"""References to bytes in S3: what travels between the steps instead of payloads."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ObjectRef(BaseModel):
    """One version of one S3 object and the digest its bytes had when they were written.

    It is made of what an event or a state holds too, where DynamoDB gives ``size`` as a Decimal.
    """

    model_config = ConfigDict(frozen=True)

    bucket: str
    key: str
    version_id: str
    sha256: str
    size: int
