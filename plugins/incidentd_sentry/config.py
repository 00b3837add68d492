"""Configuration of a Sentry source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pydantic

from incidentd.plugin import AdapterConfig, SecretRef


class SentryConfig(AdapterConfig):
    """`secrets` are client secrets of internal integrations, any of which may have signed.

    `services` maps the slug or the number of a project to the service its alerts belong to; the alerts of other
    projects say nothing about a service.
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a secret written in plain must not be logged

    secrets: tuple[SecretRef, ...]
    services: Mapping[str, str] = {}

    @pydantic.field_validator("secrets")
    @classmethod
    def _some(cls, secrets: tuple[SecretRef, ...]) -> tuple[SecretRef, ...]:
        if not secrets or not all(secret.reveal() for secret in secrets):
            raise ValueError("has none or an empty one — store the integration's client secret where it leads")
        return secrets

    def service_of(self, projects: Iterable[str]) -> str:
        """The service of the first of `projects` that has one; "" when none has."""
        return next((self.services[project] for project in projects if project in self.services), "")
