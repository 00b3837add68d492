"""The status page in a real headless Chromium that runs no scripts, from the listener and from a directory."""

import pytest

MAIN = """
[channels.status]
type = "statuspage"
title = "How the shop is"
services = { checkout = "Paying" }
directory = "{directory}"
"""


@pytest.mark.e2e
def test_customers_read_how_it_is_without_scripts(make_daemon, browsers, running, tmp_path):
    daemon = make_daemon(main=MAIN.replace("{directory}", str(tmp_path / "www"))).start()
    document = {"title": "psp-7 is down", "service": "checkout"}
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
    etag = daemon.http("GET", "/status/feed.atom").headers["etag"]
    assert daemon.http("GET", "/status/feed.atom", headers={"If-None-Match": etag}).status == 304
