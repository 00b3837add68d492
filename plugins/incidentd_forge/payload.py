"""What the webhooks of GitHub, Gitea and Forgejo have in common, as far as it matters here.

Sources: docs.github.com, "Webhook events and payloads"; Gitea and Forgejo, `modules/structs`. Their payloads have the
same members, with `is_pull` where GitHub's issue has `pull_request`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

_MEMBERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


class User(msgspec.Struct, frozen=True):
    login: str
    type: str = ""
    full_name: str | None = None

    @property
    def is_bot(self) -> bool:
        return self.type == "Bot" or self.login.endswith("[bot]")


class Label(msgspec.Struct, frozen=True):
    name: str


class Post(msgspec.Struct, frozen=True):
    """What an issue and a comment have in common; `user` is None when the account is gone."""

    id: int
    user: User | None = None
    body: str | None = None
    author_association: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    issue_url: str = ""  # of a comment

    def is_since(self, at: datetime) -> bool:
        """Whether it was written at `at` or later."""
        return self.created_at is not None and self.created_at.tzinfo is not None and self.created_at >= at

    @property
    def author(self) -> User:
        return self.user or User("ghost")

    @property
    def by_member(self) -> bool:
        return self.author_association in _MEMBERS


class Issue(Post, frozen=True, kw_only=True):
    number: int
    title: str = ""
    html_url: str = ""
    labels: Sequence[Label] | None = None
    state_reason: str | None = None
    pull_request: msgspec.Raw = msgspec.Raw()

    @property
    def is_pull(self) -> bool:
        return bytes(self.pull_request) not in (b"", b"null")


class Advisory(msgspec.Struct, frozen=True):
    ghsa_id: str
    summary: str = ""
    description: str | None = None
    severity: str | None = None
    author: User | None = None
    created_at: datetime | None = None


class Repository(msgspec.Struct, frozen=True):
    full_name: str


class Hook(msgspec.Struct, frozen=True):
    repository: Repository
    action: str = ""
    sender: User | None = None
    issue: Issue | None = None
    comment: Post | None = None
    label: Label | None = None
    repository_advisory: Advisory | None = None
    is_pull: bool = False
