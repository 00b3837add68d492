"""Webhooks about issues, comments and private vulnerability reports, turned into messages. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from incidentd.plugin import BadRequest, IssueState, Received, decode_json, safe_line, sender_time, storable
from incidentd_forge.config import TAGS, ForgeConfig
from incidentd_forge.payload import Hook, Issue, Label, User
from incidentd_forge.writing import ISSUE_MARK, MARK, read_form, read_text

_SECURITY = {"security": "yes"}
_GHOST = User("ghost")  # whose account is gone


class Ignored(Exception):  # noqa: N818 - not an error: the text says why nothing is kept
    pass


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook says, before it is known what the form and the labels add."""

    id: str
    by: User
    at: datetime | None
    text: str
    subject: str
    thread: str
    automatic: bool = False
    opens: bool = True
    private: bool = False


Reader = Callable[[Hook, ForgeConfig], Said]


def decode_event(event: str, body: bytes, config: ForgeConfig, now: datetime) -> Received:
    """What a webhook says. Raises `Ignored` for what is no customer's word, and `BadRequest`."""
    if event not in _READERS:
        raise Ignored(f"events of the kind {safe_line(event, 40)}")
    return decode_hook(event, decode_json(body, Hook), config, now)


def issue_change(event: str, body: bytes) -> tuple[str, IssueState, datetime] | None:
    """What became of an issue that we opened, its address first; None for all else. Raises `BadRequest`."""
    hook = decode_json(body, Hook) if event == "issues" else None
    issue = hook.issue if hook is not None else None
    if hook is None or issue is None or not ISSUE_MARK.search(issue.body or ""):
        return None
    if hook.action not in ("closed", "reopened") or issue.updated_at is None or issue.updated_at.tzinfo is None:
        return None
    if hook.action == "reopened":
        return issue.html_url, IssueState.OPEN, issue.updated_at
    state = IssueState.NOT_PLANNED if issue.state_reason == "not_planned" else IssueState.DONE
    return issue.html_url, state, issue.updated_at


def decode_hook(event: str, hook: Hook, config: ForgeConfig, now: datetime) -> Received:
    """The same for what was read already; `event` is one of those that matter here."""
    if config.repositories and hook.repository.full_name not in config.repositories:
        raise Ignored("a repository that is not among `repositories`")
    said = _READERS[event](hook, config)
    form = read_form(said.text, config.form)
    return Received(
        id=said.id,
        thread=said.thread,
        sender=said.by.login,
        sender_name=storable(said.by.full_name or ""),
        text=storable(said.text),
        subject=storable(said.subject),
        sent_at=sender_time(said.at, now),
        automatic=said.automatic,
        verified=True,
        private=said.private,
        opens=said.opens,
        kind=config.kind,
        answers={name: storable(answer) for name, answer in form.items() if name not in TAGS},
        tags=_tags(hook, config, {name: form[name] for name in TAGS if name in form}),
    )


def _tags(hook: Hook, config: ForgeConfig, told: Mapping[str, str]) -> dict[str, str]:
    """What the repository, the form and the labels say, the last of them first."""
    service = config.services.get(hook.repository.full_name, "")
    tags = {"service": service} if service else {}
    tags |= told
    for label in (hook.issue.labels if hook.issue else None) or ():
        tags |= tags_of(label, config)
    if hook.repository_advisory is not None:
        tags |= _SECURITY
    return {name: safe_line(value, 200) for name, value in tags.items()}


def tags_of(label: Label, config: ForgeConfig) -> Mapping[str, str]:
    """The tags that a label stands for: by the configuration, or by its own name, such as "version: 1.2"."""
    if label.name.casefold() in {one.casefold() for one in config.security_labels}:
        return _SECURITY
    if label.name in config.labels:
        return config.labels[label.name]
    for mark in (":", "/", "="):
        kind, _, value = label.name.partition(mark)
        if kind.strip().casefold() in TAGS and value.strip():
            return {kind.strip().casefold(): value.strip()}
    return {}


# ------------------------------------------------------------------ issues
def _issue_event(hook: Hook, config: ForgeConfig) -> Said:
    issue = _issue_of(hook)
    read = _ISSUE_READERS.get(hook.action)
    if read is None:
        raise Ignored(f"an issue that was {safe_line(hook.action, 40)}")
    if issue.author.is_bot:
        raise Ignored("an issue of a bot")
    if issue.by_member and not config.from_members:
        raise Ignored("an issue of a member of the project: set `from_members` to keep those")
    return read(hook, issue, config)


def _opened(hook: Hook, issue: Issue, _config: ForgeConfig) -> Said:
    return Said(
        id=f"issue-{issue.id}",
        by=issue.author,
        at=issue.created_at,
        text=read_text(issue.body or "", quotes=True) or issue.title,
        subject=issue.title,
        thread=_thread(hook, issue),
    )


def _edited(hook: Hook, issue: Issue, _config: ForgeConfig) -> Said:
    text = read_text(issue.body or "", quotes=True)
    return _changed(hook, issue, f"(edited) {issue.title}\n\n{text}".strip(), automatic=False)


def _ended(hook: Hook, issue: Issue, _config: ForgeConfig) -> Said:
    """Who reported and opens it again waits for an answer; all else is for the record."""
    how = f" as {issue.state_reason.replace('_', ' ')}" if issue.state_reason and hook.action == "closed" else ""
    waits = hook.action == "reopened" and _sender(hook).login == issue.author.login
    return _changed(hook, issue, f"({hook.action} the issue{how})", automatic=not waits)


def _labeled(hook: Hook, issue: Issue, config: ForgeConfig) -> Said:
    changed = [hook.label] if hook.label is not None else list(issue.labels or ())
    if not any(tags_of(label, config) for label in changed):
        raise Ignored("labels that stand for no tag")
    names = ", ".join(label.name for label in issue.labels or ()) or "none"
    return _changed(hook, issue, f"(labels: {names})", automatic=True)


def _changed(hook: Hook, issue: Issue, text: str, *, automatic: bool) -> Said:
    """A change of an issue, which matters only where the issue is a report."""
    return Said(
        id=f"issue-{issue.id}-{hook.action}-{_moment(issue.updated_at, text)}",
        by=_sender(hook),
        at=issue.updated_at,
        text=text,
        subject=issue.title,
        thread=_thread(hook, issue),
        automatic=automatic,
        opens=False,
    )


_ISSUE_READERS: Mapping[str, Callable[[Hook, Issue, ForgeConfig], Said]] = {
    "opened": _opened,
    "edited": _edited,
    "closed": _ended,
    "reopened": _ended,
    "labeled": _labeled,
    "unlabeled": _labeled,
    "label_updated": _labeled,  # Gitea
    "label_cleared": _labeled,
}


# ------------------------------------------------------------------ comments and advisories
def _comment_event(hook: Hook, _config: ForgeConfig) -> Said:
    """What a member writes to somebody else's issue is an answer of ours, and nobody waits for one to it."""
    issue, comment = _issue_of(hook), hook.comment
    if comment is None:
        raise BadRequest("is missing", field="comment")
    if hook.action not in ("created", "edited"):
        raise Ignored(f"a comment that was {safe_line(hook.action, 40)}")
    if MARK.search(comment.body or ""):
        raise Ignored("our own comment")
    edited = hook.action == "edited"
    text = ("(edited) " if edited else "") + (read_text(comment.body or "", quotes=False) or "(no text)")
    ours = comment.author.is_bot or (comment.by_member and comment.author.login != issue.author.login)
    return Said(
        id=f"comment-{comment.id}" + (f"-edited-{_moment(comment.updated_at, text)}" if edited else ""),
        by=comment.author,
        at=comment.updated_at if edited else comment.created_at,
        text=text,
        subject=issue.title,
        thread=_thread(hook, issue),
        automatic=ours,
        opens=not (ours or edited),
    )


def _advisory_event(hook: Hook, _config: ForgeConfig) -> Said:
    """A vulnerability that somebody reported in private."""
    advisory = hook.repository_advisory
    if advisory is None:
        raise BadRequest("is missing", field="repository_advisory")
    if hook.action != "reported":
        raise Ignored(f"an advisory that was {safe_line(hook.action, 40)}")
    severity = f"Severity, as reported: {advisory.severity}\n\n" if advisory.severity else ""
    return Said(
        id=f"advisory-{advisory.ghsa_id}",
        by=advisory.author or _sender(hook),
        at=advisory.created_at,
        text=(severity + read_text(advisory.description or "", quotes=True)).strip() or advisory.summary,
        subject=advisory.summary,
        thread=f"{hook.repository.full_name}/security/advisories/{advisory.ghsa_id}",
        private=True,
    )


def _issue_of(hook: Hook) -> Issue:
    if hook.issue is None:
        raise BadRequest("is missing", field="issue")
    if hook.is_pull or hook.issue.is_pull:
        raise Ignored("a pull request")
    if ISSUE_MARK.search(hook.issue.body or ""):
        raise Ignored("an issue that we opened")
    return hook.issue


def _sender(hook: Hook) -> User:
    return hook.sender or _GHOST


def _moment(at: datetime | None, text: str) -> str:
    """What makes a change another than the one before: its second, and what it says."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return digest if at is None else f"{at:%Y%m%dT%H%M%S}-{digest}"


def _thread(hook: Hook, issue: Issue) -> str:
    return f"{hook.repository.full_name}#{issue.number}"


_READERS: Mapping[str, Reader] = {
    "issues": _issue_event,
    "issue_comment": _comment_event,
    "repository_advisory": _advisory_event,
}
