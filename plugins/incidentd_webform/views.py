"""The pages of a form."""

from __future__ import annotations

from typing import Protocol

from incidentd.plugin import Conversation, WebhookResponse
from incidentd.plugin.pages import pages_of
from incidentd_webform.answers import FILES, TRAP, Filled, size
from incidentd_webform.config import WebFormConfig
from incidentd_webform.questions import Kind


class Refused(Protocol):
    """Why a message was not taken."""

    @property
    def status(self) -> int: ...
    @property
    def notice(self) -> str: ...
    @property
    def retry_after(self) -> int: ...


class Views:
    """Makes them, in the words of the configuration."""

    def __init__(self, config: WebFormConfig) -> None:
        self._config = config
        self._pages = pages_of("incidentd_webform")

    def kinds(self, status: int = 200) -> WebhookResponse:
        """Which kind of customer is it?"""
        return self._answer("kinds.html", status=status, kinds=self._config.kinds)

    def form(self, kind: Kind, form: Filled, token: str, refused: Refused | None = None) -> WebhookResponse:
        """The form, with what was typed so far."""
        return self._filled("form.html", form, token, refused, kind=kind)

    def talk(
        self, here: str, found: Conversation | None, form: Filled, token: str, refused: Refused | None, sent: str = ""
    ) -> WebhookResponse:
        """A conversation at its address, with the form for a further message; without one the form alone."""
        return self._filled("talk.html", form, token, refused, here=here, found=found, sent=sent)

    def gone(self) -> WebhookResponse:
        """For an address that leads nowhere."""
        return self._answer("gone.html", status=404)

    def later(self) -> WebhookResponse:
        """For a conversation that cannot be read right now."""
        return self._answer("later.html", status=503, headers={"Retry-After": "60"})

    def see(self, where: str) -> WebhookResponse:
        """To the page that shows what came of it; to load that again sends nothing again."""
        headers = {**self._pages.headers, "Location": where, "Cache-Control": "no-store"}
        return WebhookResponse(status=303, headers=headers, content_type="text/plain")

    def _filled(
        self, template: str, form: Filled, token: str, refused: Refused | None, **values: object
    ) -> WebhookResponse:
        wait = refused.retry_after if refused else 0
        return self._answer(
            template,
            status=refused.status if refused else 200,
            headers={"Retry-After": str(wait)} if wait else {},
            form=form,
            token=token,
            notice=refused.notice if refused else "",
            **values,
        )

    def _answer(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: object
    ) -> WebhookResponse:
        config = self._config
        return self._pages.answer(
            template,
            status=status,
            headers={"X-Robots-Tag": "noindex, nofollow", **(headers or {})},
            lang=config.language,
            title=config.title,
            intro=config.intro,
            services=config.services,
            attachments=config.attachments,
            most=size(config.attachment_bytes),
            below=config.path.rpartition("/")[2],
            files_key=FILES,
            trap_key=TRAP,
            **values,
        )
