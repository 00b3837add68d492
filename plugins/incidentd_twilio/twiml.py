"""What Twilio is told to do in a call (twilio.com/docs, "TwiML for Programmable Voice"). Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from incidentd_twilio.config import TwilioConfig

VOICE = "/twilio/voice"
CHOICE = f"{VOICE}/choice"
ENDED = f"{VOICE}/ended"
ACCEPT = f"{VOICE}/accept"
ACCEPTED = f"{VOICE}/accepted"
RECORDED = f"{VOICE}/recorded"
RECORDING = f"{VOICE}/recording"
TRANSCRIBED = f"{VOICE}/transcribed"
RETRIES = "#rc=5&rp=all"
"""Tells Twilio to try again, whatever went wrong; it is no part of the address."""


class Script:
    """Builds one answer."""

    def __init__(self, config: TwilioConfig) -> None:
        self._config = config
        self._response = Element("Response")

    def encode(self) -> bytes:
        """The document."""
        document: bytes = tostring(self._response, encoding="utf-8", xml_declaration=True)
        return document

    def say(self, text: str, inside: Element | None = None) -> Script:
        """Read a text aloud."""
        parent = self._response if inside is None else inside
        SubElement(parent, "Say", language=self._config.language).text = text
        return self

    def ask(self, path: str, text: str, repeat: int = 1) -> Script:
        """Read a text and wait for a key, which goes to `path`."""
        gather = SubElement(self._response, "Gather", numDigits="1", timeout="6", action=self._url(path), method="POST")
        for _ in range(repeat):
            self.say(text, gather)
        return self

    def dial(self, numbers: Sequence[str], person: str = "") -> Script:
        """Call all of `numbers`; whoever takes the call first by pressing a key is connected. `person` has them."""
        call = SubElement(
            self._response,
            "Dial",
            timeout=str(self._config.ring),
            answerOnBridge="true",
            action=self._url(f"{ENDED}/{person}" if person else ENDED),
            method="POST",
        )
        for number in numbers:
            SubElement(call, "Number", url=self._url(ACCEPT), method="POST").text = number
        return self

    def record(self, caller: str) -> Script:
        """Take a message of `caller` (see `caller_key`)."""
        self.say(self._config.says.record)
        attributes = {
            "maxLength": str(self._config.longest),
            "finishOnKey": "#",
            "playBeep": "true",
            "action": self._url(RECORDED),
            "method": "POST",
            "recordingStatusCallback": self._url(f"{RECORDING}/{caller}") + RETRIES,
            "recordingStatusCallbackMethod": "POST",
        }
        if self._config.transcribe:
            attributes |= {"transcribe": "true", "transcribeCallback": self._url(f"{TRANSCRIBED}/{caller}") + RETRIES}
        SubElement(self._response, "Record", attributes)
        return self.hang_up()

    def hang_up(self) -> Script:
        """End the call."""
        SubElement(self._response, "Hangup")
        return self

    def _url(self, path: str) -> str:
        return self._config.url + path
