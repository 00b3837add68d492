"""A customer's mail through the whole daemon and back, with an IMAP and an SMTP server on loopback."""

import asyncio
import email
import email.policy
import importlib.util
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest

PROVIDER = Path(__file__).parents[1] / "plugins/email/conftest.py"


class MailServers:
    """The mail provider of the plugin's tests, on a thread of its own."""

    def __init__(self, stack):
        spec = importlib.util.spec_from_file_location("mail_provider", PROVIDER)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.password, self.reply_key = module.PASSWORD, module.REPLY_KEY
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        stack.callback(thread.join, 5)
        stack.callback(self._loop.call_soon_threadsafe, self._loop.stop)
        self._context = self.do(self._begin(module.Provider))
        stack.callback(lambda: self.do(self._context.__aexit__(None, None, None)))

    async def _begin(self, provider):
        self.provider = provider()
        context = self.provider.running()
        await context.__aenter__()
        return context

    def do(self, call):
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(10)

    def put(self, name, text, to="support@example.org", **headers):
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"] = "Grace <grace@example.com>", to
        message["Subject"], message["Message-ID"] = "Cannot pay", f"<{name}@example.com>"
        for header, value in headers.items():
            message[header.replace("_", "-")] = value
        message.set_content(text)
        return self.do(self.provider.put(message.as_bytes()))

    def seen(self, uid):
        return r"\Seen" in self.do(self.provider.flags(uid))

    def sent(self):
        return [
            email.message_from_bytes(one.content, policy=email.policy.default) for one in list(self.provider.envelopes)
        ]


@pytest.mark.e2e
def test_a_customer_and_the_support_layer_write_mails(make_daemon, running, stack):
    servers = MailServers(stack)
    main = f"""
    [channels.support-mail]
    type = "email"
    from = "Shop Support <support@example.org>"
    host = "127.0.0.1"
    port = {servers.provider.smtp_port}
    imap_port = {servers.provider.imap_port}
    imap_tls = "never"
    imap_username = "support"
    imap_password = {{ env = "IMAP_PASSWORD" }}
    reply_key = {{ env = "REPLY_KEY" }}
    """
    daemon = make_daemon(main=main, env={"IMAP_PASSWORD": servers.password, "REPLY_KEY": servers.reply_key}).start()
    first = servers.put("first", "It fails.\n")
    running.eventually(lambda: servers.seen(first), "the mail is taken")
    report = daemon.ask("GET", "/v1/reports/1")
    assert (report["report"]["subject"], report["messages"][0]["text"]) == ("Cannot pay", "It fails.")

    assert daemon.ctl("report", "reply", "R-1", "-m", "Since when?").returncode == 0
    (answer,) = running.eventually(servers.sent, "the answer goes out")
    assert answer["To"] == "grace@example.com"
    assert answer["In-Reply-To"] == "<first@example.com>"
    # Killed before it knows that the server took the answer, it would rightly send it once more under the same id.
    running.eventually(lambda: not daemon.get("/v1/health")["deliveries_waiting"], "and that is known")

    # While the daemon is dead the customer answers, twice; nothing is lost and nothing comes twice.
    daemon.kill()
    mails = [
        servers.put("second", "Since 9:00.\n\nOn Mon, Support wrote:\n> Since when?\n", to=answer["Reply-To"]),
        servers.put("third", "And in eu-1.\n", References=answer["Message-ID"], In_Reply_To=answer["Message-ID"]),
        servers.put("bomb", "x" * 300_000, X_Long="y" * 300_000),
    ]
    daemon.start()
    running.eventually(lambda: all(servers.seen(uid) for uid in mails), "the mails are taken")
    report = daemon.ask("GET", "/v1/reports/1")
    said = [(one["direction"], one["text"].partition("\n")[0], one["verified"]) for one in report["messages"]]
    assert said == [
        ("in", "It fails.", False),
        ("out", "Since when?", False),
        ("in", "Since 9:00.", True),
        ("in", "And in eu-1.", False),
    ]
    assert len(servers.sent()) == 1
    health = daemon.ctl("health").stdout
    assert "set aside" in health
    assert servers.password not in health
