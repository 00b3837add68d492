"""Monthly letters."""

from __future__ import annotations

from incidentd.api.call import Read
from incidentd.services.contracts import Calls
from incidentd.wire import letters as wire_letters


async def list_letters(calls: Calls, _: Read) -> wire_letters.Letters:
    return await calls.letters.list()


async def get_letter(calls: Calls, call: Read) -> wire_letters.Letter:
    return await calls.letters.get(call.names["month"])
