"""What was filled in: checked field by field, and made into what the support layer takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from incidentd.plugin import Received
from incidentd_webform.body import Sent
from incidentd_webform.config import WebFormConfig
from incidentd_webform.questions import TAGS, Kind, Question

TRAP = "website"
"""A field that people do not see: what fills it in is a program."""
FILES = "files"
SUBJECT = Question(key="subject", label="In a few words: what is wrong?", required=True)
SERVICE = Question(key="service", label="What is it about?")
NAME = Question(key="name", label="Your name", complete="name")
MESSAGE = Question(key="text", label="Your message", required=True, long=True)


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the page: what it asks, what was typed, and what is wrong with that."""

    question: Question
    value: str = ""
    fault: str = ""


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A form with what was typed. `files_fault` and `trap_fault` say what is wrong with those two."""

    fields: tuple[Field, ...]
    files_fault: str = ""
    trap_fault: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by key of the field."""
        return {one.question.key: one.value for one in self.fields}

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(key of the field, what is wrong), in the order of the page."""
        found = [(one.question.key, f"{one.question.label} {one.fault}") for one in self.fields if one.fault]
        found += [(FILES, self.files_fault)] if self.files_fault else []
        return found + ([(TRAP, self.trap_fault)] if self.trap_fault else [])


def questions(config: WebFormConfig, kind: Kind) -> tuple[Question, ...]:
    """All that is asked of a kind of customer who has not written before."""
    service = (SERVICE,) if config.services else ()
    return (SUBJECT, *service, *config.asked(kind), NAME)


def empty(asked: Sequence[Question]) -> Filled:
    """A form that nobody has filled in yet."""
    return Filled(fields=tuple(Field(question=one) for one in asked))


def filled(asked: Sequence[Question], sent: Sent, config: WebFormConfig) -> Filled:
    """What was typed, with every fault."""
    return Filled(
        fields=tuple(_field(one, sent.fields.get(one.key, ""), config) for one in asked),
        files_fault=_files_fault(sent, config),
        trap_fault="Leave this field empty: it is there to catch programs." if sent.fields.get(TRAP) else "",
    )


def _field(question: Question, value: str, config: WebFormConfig) -> Field:
    fault = ""
    if not value and question.required:
        fault = "Please answer this."
    elif len(value) > question.most:
        fault = f"This is too long: {len(value)} characters. It may have {question.most}."
    elif not question.long and "\n" in value:
        fault = "This may have one line only."
    elif question is SERVICE and value and value not in config.services:
        fault = "Choose one of the list."
    return Field(question=question, value=value, fault=fault)


def _files_fault(sent: Sent, config: WebFormConfig) -> str:
    if sent.too_large:
        return f"{', '.join(sent.too_large)}: too large. A file may have {size(config.attachment_bytes)}."
    if len(sent.files) > config.attachments:
        return f"There are {len(sent.files)} files. At most {config.attachments} are taken."
    return ""


def size(count: int) -> str:
    """Bytes as people say it."""
    return f"{count / 1024 / 1024:.3g} MiB" if count >= 1024 * 1024 else f"{count // 1024} KiB"


def opening(typed: Mapping[str, str], sent: Sent, kind: Kind, thread: str) -> Received:
    """The first message of a conversation. Nothing in it is proven, the address of contact least of all."""
    given = {key: value for key, value in typed.items() if value}
    extra = (SUBJECT.key, NAME.key, SERVICE.key, *TAGS)
    return Received(
        id=thread,
        thread=thread,
        sender=visitor(thread),
        sender_name=given.get("name") or given.get("contact", ""),
        subject=given[SUBJECT.key],
        text=given.get("observed") or given[SUBJECT.key],
        kind=kind,
        answers={key: value for key, value in given.items() if key not in extra},
        tags={key: given[key] for key in (SERVICE.key, *TAGS) if key in given},
        attachments=sent.files,
    )


def further(text: str, sent: Sent, thread: str, message_id: str) -> Received:
    """A further message: whoever has the secret address of the conversation is who wrote the first."""
    return Received(
        id=message_id,
        thread=thread,
        parent=thread,
        sender=visitor(thread),
        text=text,
        verified=True,
        attachments=sent.files,
    )


def visitor(thread: str) -> str:
    """How the sender of a conversation is called: nothing better is known. It gives no secret address away."""
    return f"visitor-{thread[:12]}"
