"""The form and the conversation, as a customer goes through them."""

import pytest

from incidentd.plugin import PermanentFailure, TemporaryFailure

MARKUP = "<script>alert(1)</script> \"'&amp; </textarea><img src=x onerror=y> {{ 7*7 }} \x1b[2J\u202egnp"


@pytest.fixture
def visitor(make_visitor):
    return make_visitor()


async def test_what_is_sent_is_kept_and_its_writer_gets_a_reference_and_an_address(visitor, good):
    await visitor.load()
    await visitor.send({**good, "name": "Grace", "contact": "grace@example.org"})
    (message,) = visitor.kept
    assert (message.subject, message.text, message.kind) == ("Cannot pay", "The card is refused.", "end_user")
    assert message.answers == {
        "observed": "The card is refused.", "who": "everybody", "since": "09:10 UTC", "contact": "grace@example.org",
    }  # fmt: skip
    assert (message.sender_name, message.verified) == ("Grace", False)
    assert visitor.answer.status == 200
    assert "R-1" in visitor.page.text
    assert "The card is refused." in visitor.page.text
    address = visitor.page.one("a", href=visitor.path.rpartition("/")[2])
    assert "address" in address.text
    assert "cannot tell you" in visitor.page.text
    assert message.thread[:12] in message.sender
    assert message.thread + "x" not in visitor.path
    assert len(visitor.path.rpartition("/")[2]) == 64


async def test_the_conversation_goes_on_at_its_address(visitor, good):
    await visitor.load()
    await visitor.send(good)
    thread = visitor.kept[0].thread
    visitor.context.reports.answer(visitor.outgoing(thread))
    await visitor.channel.send(visitor.outgoing(thread))
    await visitor.load(visitor.path)
    assert "We work on it." in visitor.page.one("li", class_="ours").text
    await visitor.send({"text": "It works again."})
    first, second = visitor.kept
    assert (second.thread, second.sender, second.verified) == (first.thread, first.sender, True)
    assert "It works again." in visitor.page.text
    assert visitor.page.all("div", role="status")


async def test_a_form_that_is_sent_twice_counts_once(visitor, good):
    await visitor.load()
    form = visitor.answer
    await visitor.send(good)
    first = visitor.path
    visitor.path, visitor.answer = "/support", form
    await visitor.send(good)
    assert (len(visitor.kept), visitor.path) == (1, first)
    talk = visitor.answer
    await visitor.send({"text": "more"})
    visitor.answer = talk
    await visitor.send({"text": "more"})
    assert len(visitor.kept) == 2


async def test_faults_are_told_at_once_with_all_that_was_typed(visitor, good):
    await visitor.load()
    typed = {**good, "observed": "", "since": "a\nb", "who": "x" * 251, "workaround": "  none \n yet"}
    answer = await visitor.send(typed)
    assert answer.status == 422
    page = visitor.page
    summary = page.one("div", role="alert")
    assert {"tabindex", "autofocus"} <= summary.attributes.keys()
    assert "3 answers need" in summary.text
    targets = [one.attributes["href"].removeprefix("#") for one in page.all("a")]
    assert targets == ["observed", "since", "who"]
    for name in targets:
        (field,) = [one for one in page.elements if one.attributes.get("id") == name]
        assert field.attributes["aria-invalid"] == "true"
        assert f"{name}-fault" in field.attributes["aria-describedby"].split()
        assert "Error:" in page.one("span", id=f"{name}-fault").text
    assert page.one("title").text.startswith("Error: ")
    assert page.value("subject") == "Cannot pay"
    assert page.value("workaround") == "none \n yet"
    assert visitor.kept == []
    await visitor.send(good)
    assert len(visitor.kept) == 1


async def test_every_field_has_a_label_and_every_hint_is_there(visitor):
    page = await visitor.load()
    labelled = {one.attributes["for"] for one in page.all("label")}
    fields = [one for one in page.elements if one.tag in ("input", "textarea", "select")]
    shown = [one for one in fields if one.attributes.get("type") != "hidden"]
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert {one.attributes["id"] for one in shown} == labelled
    assert len(ids) == len(set(ids))
    for one in shown:
        assert set(one.attributes.get("aria-describedby", "").split()) <= set(ids)
    assert page.one("html").attributes["lang"] == "en"
    assert len(page.all("h1")) == 1


async def test_while_the_store_is_down_nothing_typed_is_lost(visitor, good):
    await visitor.load()
    visitor.context.reports.unavailable = True
    answer = await visitor.send({**good, "observed": "first\n<b>second</b>"})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert visitor.page.value("observed") == "first\n<b>second</b>"
    assert "still here" in visitor.page.one("div", role="alert").text
    visitor.context.reports.unavailable = False
    await visitor.send({**good, "observed": visitor.page.value("observed")})
    (message,) = visitor.kept
    assert message.text == "first\n<b>second</b>"
    visitor.context.reports.unavailable = True
    answer = await visitor.send({"text": "further words"})
    assert (answer.status, visitor.page.value("text")) == (503, "further words")
    assert (await visitor.ask("GET", visitor.path)).status == 503
    visitor.page.one("h1")


async def test_a_store_that_hangs_gives_back_what_was_typed(visitor, good, monkeypatch):
    monkeypatch.setattr("incidentd_webform.channel._STORE_SECONDS", 0.01)
    await visitor.load()
    visitor.context.reports.hanging = True
    answer = await visitor.send(good)
    assert (answer.status, visitor.page.value("subject")) == (503, "Cannot pay")


async def test_what_the_daemon_refuses_is_told_with_what_was_typed(visitor, good):
    await visitor.load()
    visitor.context.reports.refusing = True
    answer = await visitor.send(good)
    assert (answer.status, visitor.page.value("subject")) == (422, "Cannot pay")
    assert "the test refuses it" in visitor.page.one("div", role="alert").text


async def test_text_from_outside_is_inert_wherever_it_is_shown(make_visitor, good):
    visitor = make_visitor(title=f"S {MARKUP[:40]}", intro=MARKUP, services={"shop": MARKUP[:200]})
    await visitor.load()
    await visitor.send({**good, "observed": "", "since": MARKUP, "service": MARKUP})
    assert visitor.answer.status == 422
    file = (MARKUP.replace('"', "%22"), "text/html", b"x")
    await visitor.send({**good, "subject": MARKUP, "observed": MARKUP}, [file])
    thread = visitor.kept[0].thread
    visitor.context.reports.answer(visitor.outgoing(thread, MARKUP))
    for _ in range(2):
        page = await visitor.load(visitor.path)
        assert {one.tag for one in page.elements} <= {
            "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "div", "p", "a", "ol", "li", "strong",
            "time", "form", "span", "label", "input", "textarea", "button",
        }  # fmt: skip
        assert not [name for one in page.elements for name in one.attributes if name.startswith("on")]
        shown = visitor.answer.body.decode()
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "{{ 7*7 }}" in page.text
        await visitor.send({"text": ""})


async def test_every_answer_carries_the_headers_that_keep_it_harmless(visitor, good):
    answers = [await visitor.ask("GET", "/support"), await visitor.ask("GET", "/support/nothing")]
    await visitor.load()
    answers += [await visitor.send({**good, "who": ""}), await visitor.send(good, follow=False)]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_kind_of_customer_decides_what_is_asked(make_visitor, good):
    visitor = make_visitor(
        kinds={"end_user": "I buy there", "oss_developer": "I build on it"},
        services={"checkout": "The shop"},
        questions={
            "workaround": {"ask": False},
            "version": {"label": "Which release?", "hint": ""},
            "feature": {"ask": True},
        },
    )
    page = await visitor.load()
    assert [one.text for one in page.all("a")] == ["I buy there", "I build on it"]
    page = await visitor.load("/support?kind=oss_developer")
    assert page.one("label", **{"for": "version"}).text.strip() == "Which release?"
    assert "workaround" not in [one.attributes.get("name") for one in page.elements]
    developer = {**good, "reproduce": "make", "version": "1.2", "service": "checkout", "feature": "tax"}
    await visitor.send({**developer, "version": ""})
    assert visitor.answer.status == 422
    await visitor.send({**developer, "service": "billing"})
    assert visitor.answer.status == 422
    await visitor.send(developer)
    (message,) = visitor.kept
    assert message.kind == "oss_developer"
    assert message.tags == {"service": "checkout", "version": "1.2", "feature": "tax"}
    await visitor.load("/support?kind=internal_team")
    assert len(visitor.page.all("li")) == 2


async def test_files_come_along_within_their_limits(make_visitor, good):
    visitor = make_visitor(attachments=2, attachment_bytes=2048)
    await visitor.load()
    await visitor.send(good, [("big.bin", "application/zip", b"x" * 2049)])
    assert visitor.answer.status == 422
    assert "big.bin: too large. A file may have 2 KiB." in visitor.page.text
    assert visitor.page.value("subject") == "Cannot pay"
    await visitor.send(good, [(f"{n}.txt", "text/plain", b"x") for n in range(3)])
    assert visitor.answer.status == 422
    assert "At most 2" in visitor.page.text
    await visitor.send(
        good, [("../../etc/p\\w.png", "image/png", b"\x89PNG\x00"), ("", "application/octet-stream", b"")]
    )
    (message,) = visitor.kept
    (file,) = message.attachments
    assert (file.name, file.media_type, file.data) == ("w.png", "image/png", b"\x89PNG\x00")
    assert "Attached: w.png" in visitor.page.text


async def test_without_files_the_form_asks_for_none(make_visitor, good):
    visitor = make_visitor(attachments=0)
    page = await visitor.load()
    assert page.all("input", type="file") == []
    await visitor.send(good)
    assert len(visitor.kept) == 1


async def test_an_answer_needs_a_conversation_to_stand_in(visitor):
    with pytest.raises(PermanentFailure, match="no conversation"):
        await visitor.channel.send(visitor.outgoing("ab" * 16))
    visitor.context.reports.unavailable = True
    with pytest.raises(TemporaryFailure):
        await visitor.channel.send(visitor.outgoing("ab" * 16))
