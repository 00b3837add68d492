"""The room of the incident in the chat of responders: opened by one key, its address copied, archived."""

from __future__ import annotations

from incidentd.wire import chat as wire_chat
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (Verb("room.chat", "b", "chat", "Open a room in the chat, copy its address, archive it", False, True),)
_LIVE = ("opening", "open", "archiving")


class ChatVerbs(RoomPart):
    async def do_chat(self) -> None:
        if self.detail is None:
            self.tui.say("the incident is not loaded yet", "warning")
            return
        chat = self.detail.chat
        if chat is None or chat.state not in _LIVE:
            await self._open()
        elif chat.state == "open":
            self._offer(chat)
        else:
            self.tui.say(f"the room {chat.name} is {chat.state}", "warning")

    async def _open(self) -> None:
        acts, number = self.tui.acts, self.incident_id
        if opened := await acts.attempt(f"incident:{number}", acts.client.open_chat(number)):
            self.tui.say(f"✓ the room {opened.name} is being opened", "done")

    def _offer(self, chat: wire_chat.ChatRoom) -> None:
        items = [Item("copy", "Copy its address", chat.url), Item("archive", "Archive it", chat.name)]

        def chosen(value: str | None) -> None:
            if value == "copy":
                self.app.copy_to_clipboard(str(chat.url))
                self.tui.say("✓ copied", "done")
            elif value == "archive":
                self.run_worker(self._archive(), exit_on_error=False)

        self.app.push_screen(Picker(f"The room of INC-{self.incident_id} in the chat", items), chosen)

    async def _archive(self) -> None:
        acts, number = self.tui.acts, self.incident_id
        if archived := await acts.attempt(f"incident:{number}", acts.client.archive_chat(number)):
            self.tui.say(f"✓ the room {archived.name} is being archived", "done")
