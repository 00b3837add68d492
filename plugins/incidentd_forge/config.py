"""Settings of a forge channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

import pydantic

from incidentd.plugin import AdapterConfig, PositiveDuration, PositiveSeconds, SecretRef
from incidentd.plugin.config import BaseUrl, SigningSecrets, Token

GITHUB_API = "https://api.github.com"
TAGS = ("service", "region", "version", "feature")
ANSWERS = ("who", "reproduce", "since", "expected", "observed", "scope", "workaround", "contact")
FORM: Mapping[str, str] = {
    "steps to reproduce": "reproduce",
    "how to reproduce": "reproduce",
    "to reproduce": "reproduce",
    "reproduction": "reproduce",
    "expected behavior": "expected",
    "expected behaviour": "expected",
    "actual behavior": "observed",
    "current behavior": "observed",
    "what happened": "observed",
    "since when": "since",
    "workaround": "workaround",
    "environment": "scope",
    "version": "version",
}
"""Headings of issue forms and templates, in lower case, with what stands below them."""


class Flavor(StrEnum):
    """Whose webhooks and API it is."""

    GITHUB = "github"
    GITEA = "gitea"  # Forgejo too


class AppConfig(pydantic.BaseModel):
    """A GitHub App instead of a token: its client id or number, the installation, and its private key (PEM)."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    id: Annotated[str, pydantic.Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
    installation: Annotated[int, pydantic.Field(gt=0)]
    key: SecretRef


class ForgeConfig(AdapterConfig):
    """`[channels.NAME] type = "forge"`.

    `secrets` are those of the webhooks, any of which may have signed. Where `repositories` are named it looks through
    them now and then for what no webhook told. Without `token` and `app` it hears, and cannot answer. `issues` is the
    repository in which actions of reviews become issues. `services` maps a repository to its service, `labels` a label
    to tags, `form` a heading of an issue form or template to the triage answer or tag that stands below it.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a secret written in plain must not be logged

    forge: Flavor = Flavor.GITHUB
    secrets: SigningSecrets
    api: BaseUrl = GITHUB_API
    token: Token | None = None
    app: AppConfig | None = None
    repositories: tuple[str, ...] = ()
    issues: Annotated[str, pydantic.Field(pattern=r"^(?:[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100})?$")] = ""
    services: Mapping[str, str] = {}
    labels: Mapping[str, Mapping[str, str]] = {}
    security_labels: tuple[str, ...] = ("security", "vulnerability")
    form: Mapping[str, str] = FORM
    from_members: bool = False
    look_every: PositiveDuration = timedelta(minutes=10)
    kind: Literal["end_user", "oss_developer", "internal_team"] = "oss_developer"
    timeout: PositiveSeconds = 10.0

    @pydantic.field_validator("form")
    @classmethod
    def _known(cls, form: Mapping[str, str]) -> Mapping[str, str]:
        for heading, name in form.items():
            if name not in TAGS + ANSWERS:
                raise ValueError(f"{heading!r} leads to {name!r} — use one of {', '.join(ANSWERS + TAGS)}")
        return {heading.strip().casefold(): name for heading, name in form.items()}

    @pydantic.model_validator(mode="after")
    def _fits(self) -> ForgeConfig:
        if self.forge is Flavor.GITEA and self.api == GITHUB_API:
            raise ValueError('api: set it for a forge of your own, for example "https://git.example.org/api/v1"')
        if self.issues and self.token is None and self.app is None:
            raise ValueError("issues: to open them it has to show who it is — set `token` or `app`")
        if self.app is not None and (self.token is not None or self.forge is not Flavor.GITHUB):
            raise ValueError("app: only GitHub has apps, and with one there is no token — keep one of the two")
        return self
