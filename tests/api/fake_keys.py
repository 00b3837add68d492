"""The signing keys as the API's tests see them."""

from datetime import UTC, datetime, timedelta

from incidentd.wire.keys import OldSigningKey, SigningKeys

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)


class Keys:
    def __init__(self, fake):
        self._fake = fake

    async def state(self):
        return SigningKeys(since=None, before=())

    async def rotate(self, at_once, actor):
        self._fake.asked.append(("keys.rotate", at_once, actor))
        until = {"links_until": NOW + timedelta(days=7), "addresses_until": NOW + timedelta(days=90)}
        return SigningKeys(since=NOW, before=(OldSigningKey(replaced_at=NOW, **until),))
