"""The phone channel: text messages both ways, and calls."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from incidentd.plugin import (
    Access,
    AdapterType,
    BadRequest,
    Condition,
    Context,
    Outgoing,
    PermanentFailure,
    Receipt,
    Received,
    Route,
    StoreUnavailable,
    SupportChannel,
    Taken,
    WebhookRequest,
    WebhookResponse,
    safe_line,
)
from incidentd.plugin.hearing import Hearing
from incidentd_twilio.config import NUMBER, TwilioConfig
from incidentd_twilio.decode import (
    Form,
    call,
    caller_key,
    caller_of,
    caller_of_key,
    outcome,
    recording,
    text_message,
    transcription,
    why,
)
from incidentd_twilio.messages import STATUS, Messages
from incidentd_twilio.signature import require, signed_form
from incidentd_twilio.twiml import (
    ACCEPT,
    ACCEPTED,
    CHOICE,
    ENDED,
    RECORDED,
    RECORDING,
    TRANSCRIBED,
    VOICE,
    Script,
)

SMS = "/twilio/sms"
MAX_BODY = 128 * 1024
_PUT_THROUGH, _LEAVE_A_MESSAGE = "1", "2"
_MAX_DIALLED = 10  # at once; more Twilio does not call


class TwilioChannel(SupportChannel):
    """One phone number. A call goes on whatever the store does: what a caller says is told twice, and tried again."""

    def __init__(self, config: TwilioConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._messages = Messages(config, context)
        self._hearing = Hearing()
        self._unreachable = ""

    def routes(self) -> Sequence[Route]:
        handlers = {
            SMS: self.hear_text,
            STATUS + "/{key}": self.hear_status,
            VOICE: self.hear_call,
            CHOICE: self.hear_choice,
            ACCEPT: self.ask_to_accept,
            ACCEPTED: self.connect,
            ENDED: self.hear_end,
            ENDED + "/{person}": self.hear_end,
            RECORDED: self.thank,
            RECORDING + "/{caller}": self.hear_recording,
            TRANSCRIBED + "/{caller}": self.hear_transcription,
        }
        return [
            Route(method="POST", path=path, handler=one, max_body=MAX_BODY, access=Access.SIGNED)
            for path, one in handlers.items()
        ]

    def condition(self) -> Condition:
        """Who was heard and refused, and whether a caller could not be put through."""
        heard = self._hearing.condition()
        return Condition(text=f"{heard.text}; {self._unreachable}", well=False) if self._unreachable else heard

    def _form(self, request: WebhookRequest) -> Form:
        with self._hearing.checking(request.received_at):
            return signed_form(self._config, request)

    # ------------------------------------------------------------------ text messages
    async def hear_text(self, request: WebhookRequest) -> WebhookResponse:
        """One text message, answered when it is on disk."""
        message = text_message(self._form(request), self._config, request.received_at)
        await self._context.reports.receive(message)
        return _answer(Script(self._config))

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send a text message to the customer's number."""
        if not NUMBER.fullmatch(outgoing.recipient):
            raise PermanentFailure("the caller's number is not known, so nothing can be sent to it")
        return Receipt(vendor_id=await self._messages.send(outgoing))

    async def hear_status(self, request: WebhookRequest) -> WebhookResponse:
        """What became of a text message that was sent; Twilio tries again until it is stored."""
        form, key = self._form(request), request.params.get("key", "")
        told = outcome(form)
        if told is None:
            return _answer(Script(self._config))
        receipts = self._context.receipts
        if await receipts.report(told, idempotency_key=key, vendor_id=form.get("MessageSid", ""), detail=why(form)):
            return _answer(Script(self._config))
        raise BadRequest("is no message of ours", field="MessageSid", status=404)

    # ------------------------------------------------------------------ calls
    async def hear_call(self, request: WebhookRequest) -> WebhookResponse:
        """Somebody calls."""
        form = self._form(request)
        script = Script(self._config)
        if self._config.puts_through:
            script.ask(CHOICE, self._config.says.menu, repeat=2)
        return _answer(script.record(caller_key(caller_of(form))))

    async def hear_choice(self, request: WebhookRequest) -> WebhookResponse:
        """They pressed a key: 1 for who is on call; all else leaves a message."""
        form = self._form(request)
        numbers, who, person = await self._on_call() if form.get("Digits") == _PUT_THROUGH else ((), "", "")
        script = Script(self._config)
        if not numbers:
            return _answer(script.record(caller_key(caller_of(form))))
        text = f"(called, and asked for the person on call: {who})"
        await self._note(call(form, self._config, request.received_at, "asked", text))
        return _answer(script.say(self._config.says.connecting).dial(numbers, person))

    async def _on_call(self) -> tuple[Sequence[str], str, str]:
        """The numbers to dial, whose they are, and the handle of who that is ("" for a number of no person)."""
        if self._config.schedule:
            try:
                duty = await self._context.duty.on_call(self._config.schedule)
            except StoreUnavailable:
                duty = None
            numbers = [one for one in duty.addresses if NUMBER.fullmatch(one)] if duty is not None else []
            if duty is not None and numbers:
                self._unreachable = ""
                return numbers[:1], duty.person, duty.person
            who = "nobody is on call" if duty is None else f"{duty.person} has no phone number among their contacts"
            self._unreachable = f"{self._config.schedule}: {who}, so a caller was not put through to them"
        direct = self._config.direct
        return ((direct,), direct, "") if direct else ((), "", "")

    async def ask_to_accept(self, request: WebhookRequest) -> WebhookResponse:
        """The person on call picked up, or their mailbox did: only a person presses a key."""
        self._form(request)
        return _answer(Script(self._config).ask(ACCEPTED, self._config.says.accept, repeat=2).hang_up())

    async def connect(self, request: WebhookRequest) -> WebhookResponse:
        """They pressed one: with nothing more to do for them, Twilio connects the two."""
        self._form(request)
        return _answer(Script(self._config))

    async def hear_end(self, request: WebhookRequest) -> WebhookResponse:
        """The call to the person on call is over. Where nobody took it, the caller leaves a message."""
        form = self._form(request)
        bridged = form.get("DialBridged")
        taken = bridged == "true" if bridged else form.get("DialCallStatus") == "completed"
        seconds = safe_line(form.get("DialCallDuration", "?"), 10)
        text = f"(was put through, for {seconds} seconds)" if taken else "(nobody took the call)"
        kept = await self._note(call(form, self._config, request.received_at, "ended", text, opens=False))
        person = request.params.get("person", "")
        if taken and person:
            await self._interrupted(person, require(form, "CallSid"), kept.reference if kept is not None else "")
        script = Script(self._config)
        return _answer(script.hang_up() if taken else script.record(caller_key(caller_of(form))))

    async def _interrupted(self, person: str, call_id: str, reference: str) -> None:
        """Whoever took the call may have been on project work. A store that is down must not hold the caller up."""
        note = f"{reference}: a customer was put through" if reference else "a customer was put through"
        with contextlib.suppress(StoreUnavailable):
            await self._context.duty.put_through(person, once=call_id, note=note)

    async def thank(self, request: WebhookRequest) -> WebhookResponse:
        """They left a message and are still there; its reference is told if it can be stored now."""
        form = self._form(request)
        taken = await self._note(recording(form, caller_of(form), self._config, request.received_at))
        says = self._config.says
        text = says.recorded if taken is None else says.thanks.replace("{reference}", taken.reference)
        return _answer(Script(self._config).say(text).hang_up())

    async def hear_recording(self, request: WebhookRequest) -> WebhookResponse:
        """The recording is there; Twilio tries again until it is stored."""
        form, caller = self._form(request), caller_of_key(request.params.get("caller", ""))
        if form.get("RecordingStatus", "completed") == "completed":
            await self._context.reports.receive(recording(form, caller, self._config, request.received_at))
        return _answer(Script(self._config))

    async def hear_transcription(self, request: WebhookRequest) -> WebhookResponse:
        """What Twilio understood of a recording."""
        form, caller = self._form(request), caller_of_key(request.params.get("caller", ""))
        await self._context.reports.receive(transcription(form, caller, self._config, request.received_at))
        return _answer(Script(self._config))

    async def _note(self, message: Received) -> Taken | None:
        """Store it; None where that is impossible now: the call goes on."""
        try:
            return await self._context.reports.receive(message)
        except StoreUnavailable:
            return None


def _answer(script: Script) -> WebhookResponse:
    return WebhookResponse(body=script.encode(), content_type="text/xml")


CHANNELS: tuple[AdapterType[SupportChannel], ...] = (
    AdapterType(
        id="twilio",
        config=TwilioConfig,
        create=TwilioChannel,
        summary="A phone number by Twilio: text messages and calls: POST /twilio/sms, /twilio/voice",
    ),
)
