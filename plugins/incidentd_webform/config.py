"""Configuration of a web form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

import msgspec
import pydantic

from incidentd.plugin import MAX_ATTACHMENT, AdapterConfig, SecretRef
from incidentd.plugin.config import UrlPath
from incidentd_webform.questions import KINDS, Key, Kind, Question, all_questions, usual_questions

_LEAST_SECRET = 16  # characters
_MAX_BODY = 64 * 1024 * 1024
_FORM_BODY = 1024 * 1024  # all that is typed
Line = Annotated[str, pydantic.Field(min_length=1, max_length=250)]
PerHour = Annotated[int, pydantic.Field(ge=1, le=100_000)]


class QuestionConfig(AdapterConfig):
    """What is different about a question; `ask = false` leaves it out, `ask = true` asks what is not usual."""

    ask: bool | None = None
    label: Line | None = None
    hint: Annotated[str, pydantic.Field(max_length=500)] | None = None
    required: bool | None = None


class WebFormConfig(AdapterConfig):
    """`[channels.NAME] type = "webform"`. Who may read the secret may write in every conversation of the form."""

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a secret written in plain must not be logged

    secret: SecretRef  # signs the addresses of conversations
    old_secret: SecretRef | None = None  # what it signed still holds, while the secret is changed
    path: UrlPath = "/support"
    title: Line = "Support"
    intro: Annotated[str, pydantic.Field(max_length=5000)] = "Tell us what is wrong. A person reads it and answers."
    language: Annotated[str, pydantic.Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    kinds: Annotated[Mapping[Kind, Line], pydantic.Field(min_length=1)] = {"end_user": KINDS["end_user"]}
    services: Annotated[Mapping[str, Line], pydantic.Field(max_length=200)] = {}  # service = what customers call it
    questions: Mapping[Key, QuestionConfig] = {}
    attachments: Annotated[int, pydantic.Field(ge=0, le=10)] = 3
    attachment_bytes: Annotated[int, pydantic.Field(ge=1024, le=MAX_ATTACHMENT)] = 5 * 1024 * 1024
    per_address: PerHour = 10  # messages an hour
    in_total: PerHour = 300
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # whose X-Forwarded-For is believed

    @pydantic.field_validator("secret", "old_secret")
    @classmethod
    def _hard_to_guess(cls, value: SecretRef | None) -> SecretRef | None:
        if value is not None and len(value.reveal()) < _LEAST_SECRET:
            raise ValueError(f"is too short — store at least {_LEAST_SECRET} characters where the reference leads")
        return value

    @pydantic.field_validator("services")
    @classmethod
    def _names(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for name in value:
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
                raise ValueError(f"has the service {name[:80]!r} — use the names of roster.toml")
        return value

    def asked(self, kind: Kind) -> list[Question]:
        """The questions for a kind of customer, in order."""
        usual = {question.key for question in usual_questions(kind)}
        return [
            self._changed(question)
            for question in all_questions(kind)
            if self._asks(question.key, question.key in usual)
        ]

    def _asks(self, key: str, usual: bool) -> bool:
        own = self.questions.get(key)  # type: ignore[call-overload]
        return usual if own is None or own.ask is None else bool(own.ask)

    def _changed(self, question: Question) -> Question:
        own = self.questions.get(question.key)  # type: ignore[call-overload]
        if own is None:
            return question
        changes = {name: getattr(own, name) for name in ("label", "hint", "required")}
        return msgspec.structs.replace(question, **{k: v for k, v in changes.items() if v is not None})

    @property
    def max_body(self) -> int:
        """Bytes of a request. Twice the attachments that are taken, so that most that are too large are told of on the
        form, with what was typed still in it."""
        return min(_FORM_BODY + 2 * self.attachments * self.attachment_bytes, _MAX_BODY)
