"""Configuration of an SNS source: whose messages are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

import pydantic

from incidentd.plugin import AdapterConfig, PositiveSeconds

_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")
LabelName = Annotated[str, pydantic.Field(min_length=1, max_length=1024)]
Labels = Mapping[LabelName, str]


class SnsConfig(AdapterConfig):
    """`topics` maps the ARN of each topic that is listened to to labels of its alerts, which win over a message's own.

    Nothing is confirmed or read from any other topic.
    """

    topics: Mapping[str, Labels]
    replay_window: PositiveSeconds = 3600  # seconds that a message may be old: SNS tries again for up to an hour
    require_sha256: bool = False  # refuse signatures of version 1 (SHA-1), which SNS makes unless the topic says 2
    insufficient_data: Literal["ignore", "firing", "resolved"] = "ignore"  # what that state of an alarm means

    @pydantic.field_validator("topics")
    @classmethod
    def _some(cls, topics: Mapping[str, Labels]) -> Mapping[str, Labels]:
        if not topics:
            raise ValueError('names no topic — write { "arn:aws:sns:eu-central-1:123456789012:alarms" = {} }')
        for arn in topics:
            if not _ARN.fullmatch(arn):
                raise ValueError(
                    f"has {arn[:80]!r}, which is no ARN of a topic — copy it from the topic's page: "
                    "arn:aws:sns:eu-central-1:123456789012:alarms"
                )
        return topics
