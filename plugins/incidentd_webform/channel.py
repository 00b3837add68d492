"""The web form, and the page of each conversation that began on it.

| request | answer |
|---|---|
| GET PATH | the form, or which kind of customer one is (`?kind=` chooses) |
| POST PATH | 303 to the conversation; 422, 429 and 503 with the form and all that was typed |
| GET PATH/TOKEN | the conversation; 404 for an address that was not signed here |
| POST PATH/TOKEN | a further message: 303 to the same page |

There are no cookies, so that a page of somebody else can send nothing in a customer's name: the form needs no defence
against forged requests. Who knows the address of a conversation may read it and write in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from incidentd.plugin import (
    Access,
    AdapterType,
    BadRequest,
    Condition,
    Context,
    Conversation,
    Outgoing,
    PermanentFailure,
    Receipt,
    Received,
    Route,
    StoreUnavailable,
    SupportChannel,
    TemporaryFailure,
    WebhookRequest,
    WebhookResponse,
    safe_line,
)
from incidentd.plugin.allowance import Allowance, sender_network
from incidentd_webform.answers import MESSAGE, Filled, empty, filled, further, opening, questions
from incidentd_webform.body import Sent, read_form
from incidentd_webform.config import WebFormConfig
from incidentd_webform.questions import Kind
from incidentd_webform.signing import Signer, new_thread
from incidentd_webform.views import Views

_LARGE_BODY = 128 * 1024  # a larger one is read in a thread: it must not delay a page
_STORE_SECONDS = 8.0  # less than the listener gives a handler: what was typed has to come back
_READ, _FORM, _REPLY = "conversation", "form", "reply"


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message was not taken, as its writer is told, with all that was typed."""

    status: int
    notice: str
    retry_after: int = 0  # seconds


class WebFormChannel(SupportChannel):
    """One form. What is said in a conversation is in the daemon's book; its page shows that."""

    def __init__(self, config: WebFormConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._signer = Signer(config.secret, context.instance, config.old_secret)
        self._allowance = Allowance(config.per_address, config.in_total)
        self._views = Views(config)
        self._turned_away = 0

    def routes(self) -> Sequence[Route]:
        path, most = self._config.path, self._config.max_body
        one = path + "/{token}"
        return [
            *(Route(method=method, path=path, handler=self.form, access=Access.PUBLIC) for method in ("GET", "HEAD")),
            *(Route(method=method, path=one, handler=self.talk, access=Access.ADDRESS) for method in ("GET", "HEAD")),
            Route(method="POST", path=path, handler=self.submit, max_body=most, access=Access.PUBLIC),
            Route(method="POST", path=one, handler=self.say, max_body=most, access=Access.ADDRESS),
        ]

    # ------------------------------------------------------------------ the form
    async def form(self, request: WebhookRequest) -> WebhookResponse:
        """The empty form."""
        kind = self._kind(request.query.get("kind"))
        if kind is None:
            return self._views.kinds()
        return self._views.form(kind, empty(questions(self._config, kind)), self._token(_FORM))

    def _kind(self, wanted: str | None) -> Kind | None:
        kinds = self._config.kinds
        if wanted is None and len(kinds) == 1:
            return next(iter(kinds))
        return next((kind for kind in kinds if kind == wanted), None)

    async def submit(self, request: WebhookRequest) -> WebhookResponse:
        """The first message of a conversation, answered when it is durable."""
        sent = await self._read(request)
        kind = self._kind(sent.fields.get("kind"))
        if kind is None:
            return self._views.kinds(422)
        form = filled(questions(self._config, kind), sent, self._config)
        thread = self._signer.read(_FORM, sent.fields.get("form", ""))
        refusal = self._refusal(request, form, thread)
        if refusal is None and thread is not None:
            refusal = await self._keep(opening(form.values, sent, kind, thread))
        if refusal is None and thread is not None:
            below = self._config.path.rpartition("/")[2]
            return self._views.see(f"{below}/{self._signer.sign(_READ, thread)}?sent=first")
        return self._views.form(kind, form, self._token(_FORM, thread), refusal)

    # ------------------------------------------------------------------ a conversation
    async def talk(self, request: WebhookRequest) -> WebhookResponse:
        """What was said in it."""
        here = request.params["token"]
        thread = self._signer.read(_READ, here)
        try:
            found = await self._context.reports.conversation(thread) if thread else None
        except StoreUnavailable:
            return self._views.later()
        if found is None:
            return self._views.gone()
        form, token = empty((MESSAGE,)), self._token(_REPLY)
        return self._views.talk(here, found, form, token, None, request.query.get("sent", ""))

    async def say(self, request: WebhookRequest) -> WebhookResponse:
        """A further message, answered when it is durable."""
        here = request.params["token"]
        thread = self._signer.read(_READ, here)
        if thread is None:
            return self._views.gone()
        sent = await self._read(request)
        form = filled((MESSAGE,), sent, self._config)
        message_id = self._signer.read(_REPLY, sent.fields.get("form", ""))
        refusal = self._refusal(request, form, message_id)
        if refusal is None and message_id is not None:
            refusal = await self._keep(further(form.values[MESSAGE.key], sent, thread, message_id))
        if refusal is None:
            return self._views.see(f"{here}?sent=more")
        return self._views.talk(here, await self._known(thread), form, self._token(_REPLY, message_id), refusal)

    async def _known(self, thread: str) -> Conversation | None:
        """The conversation where it can be read: what was typed is shown again in any case."""
        try:
            return await self._context.reports.conversation(thread)
        except StoreUnavailable:
            return None

    # ------------------------------------------------------------------ taking a message
    async def _read(self, request: WebhookRequest) -> Sent:
        asked = (request.headers.get("content-type", ""), request.body, self._config.attachment_bytes)
        return await asyncio.to_thread(read_form, *asked) if len(request.body) > _LARGE_BODY else read_form(*asked)

    def _token(self, purpose: str, thread: str | None = None) -> str:
        """What makes a form count once however often it is sent; the same again while it was not taken."""
        return self._signer.sign(purpose, thread or new_thread())

    def _refusal(self, request: WebhookRequest, form: Filled, form_id: str | None) -> Refusal | None:
        if form.faults:
            return Refusal(status=422, notice="")
        if form_id is None:
            return Refusal(status=422, notice="This form was changed on its way. Please send it again.")
        forwarded = request.headers.get("x-forwarded-for", "")
        sender = sender_network(request.peer, forwarded, self._config.proxies)
        wait = self._allowance.take(sender, request.received_at)
        if wait == 0:
            return None
        self._turned_away += 1
        notice = f"Too many messages came in. What you wrote is still here: please send it in {spoken(wait)}."
        return Refusal(status=429, notice=notice, retry_after=wait)

    async def _keep(self, message: Received) -> Refusal | None:
        """Store a message, None when it is durable."""
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                await self._context.reports.receive(message)
        except (StoreUnavailable, TimeoutError):
            notice = "We cannot store messages right now. What you wrote is still here: please send it in a minute."
            return Refusal(status=503, notice=notice, retry_after=60)
        except BadRequest as error:
            return Refusal(status=422, notice=f"This was not taken: {safe_line(str(error), 300)}.")
        return None

    # ------------------------------------------------------------------ answers to customers
    async def send(self, outgoing: Outgoing) -> Receipt:
        """Make sure that the answer has a page to stand on: the conversation, in which it is already."""
        try:
            found = await self._context.reports.conversation(outgoing.thread)
        except StoreUnavailable as error:
            raise TemporaryFailure(f"the conversation cannot be read: {safe_line(str(error), 200)}") from error
        if found is None:
            raise PermanentFailure("no conversation of this form: its customer has no page to read an answer on")
        return Receipt()

    def condition(self) -> Condition | None:
        if not self._turned_away:
            return None
        turned_away = _counted(self._turned_away, "message")
        return Condition(text=f"turned away since the start, because too many came at once: {turned_away}")


def spoken(seconds: int) -> str:
    """A wait as people say it, rounded up."""
    return _counted(seconds, "second") if seconds < 60 else _counted(-(-seconds // 60), "minute")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


CHANNELS: tuple[AdapterType[SupportChannel], ...] = (
    AdapterType(
        id="webform",
        config=WebFormConfig,
        create=WebFormChannel,
        summary="A web form with a page for each conversation, at /support",
    ),
)
