"""What a team sets about the language lint: a part of its process, read without any lexicon."""

from __future__ import annotations

import msgspec

MUTE_AFTER = 5


class WordingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which lexicon is used: that of `language`, with a team's `own` (the text of `file`) on top.

    Wording that `mute_after` people dismissed, and more than kept it, is shown to nobody.
    """

    language: str = "en"
    file: str = ""
    own: str = ""
    mute_after: int = MUTE_AFTER
