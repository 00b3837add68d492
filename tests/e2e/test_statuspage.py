"""The status page in a real headless Chromium that runs no scripts, from the listener and from a directory."""

import pytest

MAIN = """
[channels.status]
type = "statuspage"
title = "How the shop is"
services = { checkout = "Paying" }
directory = "{directory}"

[channels.status.mail]
notifier = "status-mail"
url = "http://127.0.0.1:{port}/status"

[notifiers.status-mail]
type = "email"
host = "127.0.0.1"
port = {smtp}
from = "Shop <status@example.org>"
"""


def filled(text, places):
    for name, value in places.items():
        text = text.replace(name, value)
    return text


def subscribed(daemon, mailbox, running, reader):
    """A visitor asks for mail on the page, and confirms it from the mail; the link that ends it."""
    reader.open(f"http://127.0.0.1:{daemon.port}/status")
    reader.click("a[href$='/subscribe']")
    assert reader.accessible("input[type=email]") == [("textbox", "Your e-mail address")]
    reader.type("input[type=email]", "ada@example.org")
    reader.click("button")
    running.eventually(lambda: mailbox.mails, "a mail asks back")
    asked = mailbox.mails[0]
    assert asked.subject == "Confirm: updates of How the shop is"
    reader.open(next(line for line in asked.text.splitlines() if "/confirm/" in line))
    assert daemon.ctl("subscriber", "count").stdout.split()[-3:] == ["status", "0", "1"]
    reader.click("button")
    assert "You get the news by mail now" in reader.text()
    assert daemon.ctl("subscriber", "count").stdout.split()[-3:] == ["status", "1", "0"]


@pytest.mark.e2e
def test_customers_read_how_it_is_and_are_told_by_mail_without_scripts(
    make_daemon, browsers, running, mailbox, tmp_path
):
    port = running.free_port()
    places = {"{directory}": str(tmp_path / "www"), "{port}": str(port), "{smtp}": str(mailbox.port)}
    daemon = make_daemon(main=filled(MAIN, places), port=port).start()
    document = {"title": "psp-7 is down", "service": "checkout"}
    subscribed(daemon, mailbox, running, browsers())
    number = daemon.ask("POST", "/v1/incidents", document)["id"]
    told = ("Some of you <b>cannot pay</b>.", "--phase", "investigating", "--audience", "customers")
    posted = daemon.ctl("incident", "update", f"INC-{number}", *told)
    assert posted.returncode == 0, posted.stderr
    for scheme, address in (
        ("light", f"http://127.0.0.1:{daemon.port}/status"),
        ("dark", (tmp_path / "www" / "index.html").as_uri()),
    ):
        reader = browsers(scheme=scheme)

        def shown(reader=reader, address=address) -> bool:
            reader.open(address)
            return "Some of you <b>cannot pay</b>." in reader.text()

        running.eventually(shown, "the page tells it", every=0.5)
        assert reader.title == "Disruption – How the shop is"
        assert "psp-7" not in reader.text()
        assert "Paying: disrupted" in reader.text()
        assert reader.accessible("article") == [("article", "Paying: disruption")]
        what, worst = reader.contrasts()[0]
        assert worst >= 4.5, what
        reader.script("document.body.style.width = '320px'")
        assert reader.script("return document.body.scrollWidth") <= 320
    running.eventually(lambda: len(mailbox.mails) == 2, "the update is mailed")
    mail = mailbox.mails[1]
    assert (mail.recipients, mail.subject) == (["ada@example.org"], "Paying: disruption: Investigating")
    assert mail.text.startswith("Some of you <b>cannot pay</b>.")
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail.message["List-Unsubscribe"]).strip("<>").partition(str(daemon.port))[2]
    assert daemon.http("POST", link, b"List-Unsubscribe=One-Click").status == 200
    assert "Nobody subscribes." in daemon.ctl("subscriber", "count").stdout
    assert "ada@example.org" not in daemon.log.read_text()
    etag = daemon.http("GET", "/status/feed.atom").headers["etag"]
    assert daemon.http("GET", "/status/feed.atom", headers={"If-None-Match": etag}).status == 304
