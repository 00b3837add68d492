"""Monthly letters as the API's tests see them."""

from datetime import UTC, datetime

from incidentd.services.errors import Invalid
from incidentd.wire import letters as wire_letters

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)


class Letters:
    async def list(self):
        one = wire_letters.LetterHead(month="2024-03", title="Letter of March 2024", sent_at=NOW, readers=2)
        return wire_letters.Letters(letters=(one,), next_at=None, to=())

    async def get(self, month):
        if len(month) != len("2024-03"):
            raise Invalid(f"{month!r} is no month", field="month")
        return wire_letters.Letter(
            month=month, title="T", text="x\n", markdown="# T\n", sent_at=None, readers=0, to=("internal",)
        )
