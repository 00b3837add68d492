"""The notifier passes the kit: retries, secrets, cancellation, hostile text, idempotency."""

import json

from incidentd_example.notifier import NOTIFIERS

from incidentd.plugin import Secret
from incidentd.plugin.testing import HttpNotifierConformance

PATH = "/hooks/T0P-S3CRET"


class TestConformance(HttpNotifierConformance):
    adapter = NOTIFIERS[0]
    address = "ada"
    secrets = (PATH,)

    def configure(self, url):
        return {"url": Secret(url + PATH)}

    def check_format(self, sent):
        assert (sent.method, sent.path) == ("POST", PATH)
        assert sent.headers["content-type"] == "application/json"
        (text,) = json.loads(sent.body).values()
        assert 0 < len(text) < 4000
        assert not set(text) & set("\x00\x1b\r\u202e\u2066")

    def key_on_wire(self, sent):
        return sent.headers["idempotency-key"]

    def shows(self, sent, text):
        return text in json.loads(sent.body)["text"]
