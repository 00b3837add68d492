"""The web form as every support channel. The vendor is a browser: what was sent is what the page shows."""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from incidentd.plugin import AdapterType, BadRequest, Received, Secret, StoreUnavailable, SupportChannel, WebhookRequest
from incidentd.plugin.testing import ChannelConformance, FakeContext, Letter, Outcome, Rig, Vendor, make_request
from incidentd_webform.channel import CHANNELS, WebFormChannel

SECRET = "the-secret-of-this-form"
(KIND,) = CHANNELS
ANSWER = re.compile(r'<li class="said ours">.*?</li>', re.DOTALL)
MARKUP = re.compile(r"<(?!/?(li|p|strong|time)\b)")


def number(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Hosted(WebFormChannel):
    """The form as the daemon runs it: an answer is in the book before it is sent."""

    async def send(self, outgoing):
        await asyncio.sleep(0)  # a real book lets others run here
        book: Any = self._context.reports
        if not book.unavailable:
            book.answer(outgoing)
        return await super().send(outgoing)


class Browser(Vendor):
    """Somebody who has every conversation open."""

    context: FakeContext
    channel: Any

    def settings(self) -> Mapping[str, Any]:
        return {"secret": Secret(SECRET)}

    def sent(self):
        threads = dict.fromkeys(one.thread for one in self.context.reports.messages)
        return [(thread, item) for thread in threads for item in ANSWER.findall(self.load(thread))]

    def load(self, thread: str) -> str:
        token = self.channel._signer.sign("conversation", thread)
        asking = self.channel.talk(make_request("/support/{token}", method="GET", params={"token": token}))
        try:
            asking.send(None)  # the doubles never wait
        except StopIteration as done:
            return done.value.body.decode()
        raise AssertionError("the page waits for something")

    def reject(self):
        self.context.reports.unavailable = True

    def hang(self):
        raise NotImplementedError

    async def wait_for_request(self):
        raise NotImplementedError

    async def wait_until_idle(self):
        return


class TestWebForm(ChannelConformance):
    adapter: ClassVar[AdapterType[SupportChannel]] = AdapterType(
        id=KIND.id, config=KIND.config, create=Hosted, summary=KIND.summary
    )
    secrets = (SECRET,)
    recipient = "visitor-of-old"
    thread = number("a conversation that began before")
    can_hang = False
    knows_resends = False  # one answer of the book is one on the page
    knows_automatic = False

    @contextlib.asynccontextmanager
    async def open_vendor(self, directory):
        self.vendor = Browser()
        yield self.vendor

    def context(self, session):
        context = self.vendor.context = super().context(session)
        with contextlib.suppress(StopIteration):
            context.reports.receive(_old(self.thread)).send(None)
        self.openers: dict[str, str] = {}
        self.vendor.channel = KIND.create(KIND.config.model_validate(self.vendor.settings()), context)
        return context

    def kept(self, rig):
        return [one for one in super().kept(rig) if one.thread != self.thread]

    def request(self, rig: Rig, letter: Letter) -> WebhookRequest:
        thread, signer = number(letter.sender + letter.thread), rig.adapter._signer
        if self.openers.setdefault(thread, letter.id) == letter.id:
            typed = {"kind": "end_user", "subject": "Cannot pay", "observed": letter.text, "who": "all"}
            return self.form("/support", {**typed, "form": signer.sign("form", thread)})
        fields = {"text": letter.text, "form": signer.sign("reply", number(letter.id))}
        return self.form("/support/{token}", fields, {"token": signer.sign("conversation", thread)})

    def form(self, path: str, fields: Mapping[str, str], params: Mapping[str, str] = {}) -> WebhookRequest:
        body = urlencode(fields, errors="replace").encode()
        return make_request(path, body, params=params, headers={"content-type": "application/x-www-form-urlencoded"})

    async def deliver(self, rig, letter):
        return await outcome_of(rig, self.request(rig, letter))

    async def deliver_raw(self, rig, body):
        kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "")
        found = {
            await outcome_of(rig, make_request("/support", body, headers={"content-type": kind})) for kind in kinds
        }
        assert found == {Outcome.REFUSED}
        return Outcome.REFUSED

    def goes_to(self, sent, received):
        return sent[0] == received.thread

    def check_format(self, sent):
        assert not MARKUP.search(sent[1])
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", sent[1])

    def key_on_wire(self, sent):
        raise NotImplementedError

    def shows(self, sent, text):
        return text in sent[1]


def _old(thread: str) -> Received:
    return Received(id=thread, thread=thread, sender="visitor-of-old", text="hello")


async def outcome_of(rig: Rig, request: WebhookRequest) -> Outcome:
    """What a browser learns. Its user is told to send it again by 429 and 503, with all that was typed."""
    (handler,) = [one.handler for one in rig.adapter.routes() if (one.method, one.path) == ("POST", request.path)]
    try:
        status = (await handler(request)).status
    except BadRequest as error:
        status = error.status
    except StoreUnavailable:
        status = 503
    if status == 303:
        return Outcome.TAKEN
    return Outcome.RETRY if status in (429, 503) else Outcome.REFUSED
