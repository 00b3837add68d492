"""Subscribing to a status page by mail.

| request | answer |
|---|---|
| GET, POST PATH/subscribe | the form; then that a mail is on its way, whoever subscribes already |
| GET, POST PATH/confirm/TOKEN | a button, because scanners of mail follow links; then the subscription holds |
| GET, POST PATH/unsubscribe/TOKEN | a button; POST is also what a mail program sends by itself (RFC 8058) |

Nothing is kept here: the daemon has the addresses, and makes the links.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from incidentd.plugin import (
    Access,
    BadRequest,
    Context,
    Mailing,
    MailText,
    PublicIncident,
    PublicUpdate,
    Route,
    StoreUnavailable,
    WebhookRequest,
    WebhookResponse,
)
from incidentd.plugin.allowance import Allowance, sender_network
from incidentd.plugin.forms import form_fields
from incidentd.plugin.pages import pages_of
from incidentd_statuspage.board import phase_words, title_of
from incidentd_statuspage.config import MailConfig, StatusPageConfig

ADDRESS, TRAP = "address", "website"
LATE = timedelta(days=1)
"""An update that could not be sent for so long is news no more."""
_MAX_BODY = 8 * 1024
_ONCE = 5000  # updates that this process remembers to have handed in


class Subscribing:
    """The pages of one instance, and its letters."""

    def __init__(self, config: StatusPageConfig, mail: MailConfig, context: Context) -> None:
        self._config = config
        self._mail = mail
        self._context = context
        self._allowance = Allowance(mail.per_address, mail.in_total)
        self._pages = pages_of("incidentd_statuspage")
        self._mailing = Mailing(
            via=mail.notifier, confirm_url=f"{mail.url}/confirm", leave_url=f"{mail.url}/unsubscribe"
        )
        self._handed_in: dict[int, None] = {}
        self.turned_away = 0

    def routes(self) -> Sequence[Route]:
        """What is mounted beside the page."""
        path = self._config.path
        places = {
            f"{path}/subscribe": (self.form, self.submit, Access.PUBLIC),
            f"{path}/confirm/{{token}}": (self.ask_to_confirm, self.confirm, Access.ADDRESS),
            f"{path}/unsubscribe/{{token}}": (self.ask_to_leave, self.leave, Access.ADDRESS),
        }
        return [
            Route(method=method, path=place, handler=handler, max_body=_MAX_BODY, access=access)
            for place, (get, post, access) in places.items()
            for method, handler in (("GET", get), ("HEAD", get), ("POST", post))
        ]

    @property
    def fault(self) -> str:
        """Why no letter goes out, "" when they do."""
        if self._context.subscribers.reached_by(self._mail.notifier):
            return ""
        return f"cannot write to subscribers: there is no e-mail notifier {self._mail.notifier!r}"

    # ------------------------------------------------------------------ asking for it
    async def form(self, request: WebhookRequest) -> WebhookResponse:
        """The empty form."""
        return self._form()

    async def submit(self, request: WebhookRequest) -> WebhookResponse:
        """Send a letter that asks to confirm; the answer does not say whether the address was known."""
        sent = form_fields(request.body)
        address = sent.get(ADDRESS, "")
        if sent.get(TRAP):
            return self._form(address, trapped=True, status=422)
        forwarded = request.headers.get("x-forwarded-for", "")
        wait = self._allowance.take(sender_network(request.peer, forwarded, self._mail.proxies), request.received_at)
        if wait:
            self.turned_away += 1
            return self._form(address, "Too many ask at once. Please try again in an hour.", status=429, wait=wait)
        if self.fault:
            return self._form(address, "No mail can be sent right now. Please try again later.", status=503, wait=600)
        try:
            await self._context.subscribers.ask(address, self._question(), self._mailing)
        except BadRequest as error:
            notice = "Too many ask at once. Please try again in an hour." if error.status == 429 else ""
            self.turned_away += error.status == 429
            return self._form(address, notice, fault="" if notice else str(error), status=error.status)
        except StoreUnavailable:
            return self._form(address, "This cannot be stored right now. Please try again.", status=503, wait=60)
        return self._answer("asked.html")

    def _question(self) -> MailText:
        title = self._config.title
        body = (
            f"Somebody, hopefully you, asked to get the updates of “{title}” by mail at this address.\n\n"
            "To confirm, follow this link within two days and press the button. If it was not you, do nothing: "
            "this address is then forgotten."
        )
        return MailText(title=f"Confirm: updates of {title}", body=body)

    def _form(
        self,
        address: str = "",
        notice: str = "",
        *,
        fault: str = "",
        trapped: bool = False,
        status: int = 200,
        wait: int = 0,
    ) -> WebhookResponse:
        headers = {"Retry-After": str(wait)} if wait else {}
        trap = "Leave this field empty" if trapped else ""
        values = {"address": address[:320], "notice": notice, "fault": fault, "trap": trap}
        return self._answer("subscribe.html", status=status, headers=headers, **values)

    # ------------------------------------------------------------------ following the links
    async def ask_to_confirm(self, request: WebhookRequest) -> WebhookResponse:
        """A button; nothing changes."""
        known = await self._context.subscribers.asked(request.params["token"])
        return self._answer("confirm.html", done=False) if known else self._answer("gone.html", status=410)

    async def confirm(self, request: WebhookRequest) -> WebhookResponse:
        """The subscription holds from now on."""
        done = await self._context.subscribers.confirm(request.params["token"])
        return self._answer("confirm.html", done=True) if done else self._answer("gone.html", status=410)

    async def ask_to_leave(self, request: WebhookRequest) -> WebhookResponse:
        """A button; nothing changes."""
        known = await self._context.subscribers.subscribed(request.params["token"])
        return self._answer("unsubscribe.html", done=not known)

    async def leave(self, request: WebhookRequest) -> WebhookResponse:
        """The address is forgotten; once more is as good."""
        await self._context.subscribers.leave(request.params["token"])
        return self._answer("unsubscribe.html", done=True)

    def _answer(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: object
    ) -> WebhookResponse:
        return self._pages.answer(
            template,
            status=status,
            headers={"X-Robots-Tag": "noindex, nofollow", **(headers or {})},
            lang=self._config.language,
            title=self._config.title,
            page=self._config.url or self._mail.url,
            ask=f"{self._mail.url}/subscribe",
            address_key=ADDRESS,
            trap_key=TRAP,
            **values,
        )

    # ------------------------------------------------------------------ letters
    async def publish(self) -> None:
        """Send what customers were told and no letter has told yet. Raises `StoreUnavailable`."""
        now = self._context.now()
        for incident in reversed(await self._context.status.incidents(now - LATE)):
            for update in incident.updates:
                if update.id and update.at >= now - LATE and update.id not in self._handed_in:
                    await self._context.subscribers.publish(update.id, self._letter(incident, update), self._mailing)
                    self._handed_in[update.id] = None
        while len(self._handed_in) > _ONCE:
            del self._handed_in[next(iter(self._handed_in))]

    def _letter(self, incident: PublicIncident, update: PublicUpdate) -> MailText:
        title = f"{title_of(incident, self._config.services)}: {phase_words(update.phase)}"
        promise = f"\n\nNext news by {update.next_at:%Y-%m-%d %H:%M} UTC." if update.next_at is not None else ""
        page = f"{self._config.url or self._mail.url}#incident-{incident.id}"
        return MailText(
            title=title,
            body=f"{update.text}{promise}\n\n{page}",
            reason=f"You get this because you subscribed to “{self._config.title}”.",
        )
