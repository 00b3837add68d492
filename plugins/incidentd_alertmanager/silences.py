"""Silences in the shapes of Alertmanager's API v2 (api/v2/openapi.yaml). Pure functions; `now` is passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from incidentd.plugin import (
    BadMatcher,
    BadRequest,
    Matcher,
    MatchOp,
    Silence,
    SilenceStatus,
    decode_json,
    matches_all,
    parse_matcher,
    sender_time,
)

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_ORDER = (SilenceStatus.ACTIVE, SilenceStatus.PENDING, SilenceStatus.EXPIRED)
_OPS = {
    (False, True): MatchOp.EQUAL,
    (False, False): MatchOp.NOT_EQUAL,
    (True, True): MatchOp.MATCH,
    (True, False): MatchOp.NOT_MATCH,
}
_FLAGS = {op: flags for flags, op in _OPS.items()}


class SilenceMatcher(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One matcher; `is_equal` came later than the rest, so a sender may leave it out."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    value: str
    is_regex: bool
    is_equal: bool = True


class PostedSilence(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of `POST /api/v2/silences`; with `id` it changes one."""

    id: str | None = None
    matchers: list[SilenceMatcher]
    starts_at: Instant
    ends_at: Instant
    created_by: str
    comment: str
    annotations: dict[str, str] | None = None


class SilenceState(msgspec.Struct, frozen=True):
    state: str


class GettableSilence(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    id: str
    status: SilenceState
    updated_at: datetime
    matchers: list[SilenceMatcher]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    annotations: Mapping[str, str] = {}


def decode_silence(body: bytes, now: datetime) -> Silence:
    """The silence that a sender wants. Raises `BadRequest` naming the field."""
    posted = decode_json(body, PostedSilence)
    return Silence(
        id=posted.id or "",
        matchers=tuple(_matcher(one) for one in posted.matchers),
        starts_at=sender_time(posted.starts_at, now) or now,
        ends_at=sender_time(posted.ends_at, now) or now,
        created_by=posted.created_by,
        comment=posted.comment,
        annotations=posted.annotations or {},
        updated_at=now,
    )


def _matcher(posted: SilenceMatcher) -> Matcher:
    op = _OPS[posted.is_regex, posted.is_equal]
    try:
        return parse_matcher(str(Matcher(posted.name, op, posted.value)))
    except BadMatcher as error:
        raise BadRequest(str(error), field="matchers") from error


def gettable_silence(silence: Silence, now: datetime) -> GettableSilence:
    """`silence` as the API shows it."""
    matchers = []
    for one in silence.matchers:
        is_regex, is_equal = _FLAGS[one.op]
        matchers.append(SilenceMatcher(name=one.name, value=one.value, is_regex=is_regex, is_equal=is_equal))
    return GettableSilence(
        id=silence.id,
        status=SilenceState(silence.status(now).value),
        updated_at=silence.updated_at,
        matchers=matchers,
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        created_by=silence.created_by,
        comment=silence.comment,
        annotations=silence.annotations,
    )


def silence_list(silences: Sequence[Silence], filters: Sequence[Matcher], now: datetime) -> list[GettableSilence]:
    """The answer of `GET /api/v2/silences`: active ones first, then by their end.

    A filter is held against the silence's own matchers, each name with the value or pattern it has there.
    """
    wanted = [
        one for one in silences if matches_all(filters, {matcher.name: matcher.value for matcher in one.matchers})
    ]
    wanted.sort(key=lambda one: (_ORDER.index(one.status(now)), one.ends_at, one.id))
    return [gettable_silence(one, now) for one in wanted]
