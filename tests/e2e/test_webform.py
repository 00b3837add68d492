"""The web form in a real headless Chromium that runs no scripts, with the daemon behind it."""

import pytest

SECRET = "the-secret-of-this-form"
MAIN = """
[channels.web]
type = "webform"
secret = { env = "WEBFORM_SECRET" }
title = "Help with the shop"
services = { checkout = "Paying", "search" = "Finding things" }
"""


@pytest.fixture
def daemon(make_daemon):
    return make_daemon(main=MAIN, env={"WEBFORM_SECRET": SECRET}).start()


@pytest.mark.e2e
def test_a_customer_reports_without_scripts_and_reads_the_answer(daemon, browsers, browser, running, tmp_path):
    customer = browsers()
    customer.open(f"http://127.0.0.1:{daemon.port}/support")
    assert customer.title == "Help with the shop"
    fields = customer.accessible("form input:not([type=hidden], [name=website]), textarea, select, button")
    assert fields[:2] == [
        ("textbox", "In a few words: what is wrong?"),
        ("combobox", "What is it about? (may stay empty)"),
    ]
    assert all(name for _, name in fields)

    customer.type("#subject", "Cannot pay")
    customer.click("button")
    running.eventually(lambda: customer.title.startswith("Error: "), "the form comes back")
    running.eventually(lambda: customer.focus()[0] == "faults", "the summary has the focus")
    assert customer.value("#subject") == "Cannot pay"
    customer.keys(browser.TAB, browser.ENTER)  # the first link of the summary leads to the field
    assert customer.url.endswith("#observed")

    customer.type("#observed", "The <b>card</b> is refused.")
    customer.type("#who", "everybody")
    file = tmp_path / "screen.txt"
    file.write_text("what the screen said")
    customer.type("#files", str(file))
    customer.click("button")
    running.eventually(lambda: customer.title.startswith("R-1: Cannot pay"), "the conversation is shown")
    running.eventually(lambda: customer.focus()[0] == "sent", "what was done has the focus")
    assert "The <b>card</b> is refused." in customer.text()
    assert "Attached: screen.txt" in customer.text()
    secret_address = customer.url.partition("?")[0]

    assert daemon.ctl("report", "reply", "R-1", "-m", "We are on it: <i>a new certificate</i>").returncode == 0
    other = browsers(scheme="dark")
    other.open(secret_address)
    running.eventually(lambda: other.open(secret_address) or "<i>a new certificate</i>" in other.text(), "the answer")
    other.type("#text", "It works again")
    other.click("button")
    running.eventually(lambda: other.focus()[0] == "sent", "the further message is there")
    report = daemon.ask("GET", "/v1/reports/1")
    assert [one["direction"] for one in report["messages"]] == ["in", "out", "in"]
    assert report["report"]["answers"] == {"observed": "The <b>card</b> is refused.", "who": "everybody"}

    for looking in (customer, other):  # in light and in dark
        what, worst = looking.contrasts()[0]
        assert worst >= 4.5, what
        assert looking.script("return document.querySelectorAll('b, i, script').length") == 0
        looking.script("document.body.style.width = '320px'")
        assert looking.script("return document.body.scrollWidth") <= 320
