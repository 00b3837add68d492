"""Embedders: what a plugin says of texts is bounded and checked, and a review begins without it just as well."""

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest

from incidentd.configuration.daemon_settings import AdapterInstance
from incidentd.configuration.documents import Document
from incidentd.domain.nearness import nearness
from incidentd.plugin import AdapterConfig, AdapterType, Embedder, hookimpl
from incidentd.plugin.testing import FakeClock, FakeContext
from incidentd.pluginhost.discovery import Found, load_entry
from incidentd.pluginhost.embedding import EmbeddingFailed, RunningEmbedder
from incidentd.pluginhost.host import PluginHost
from incidentd.pluginhost.vitals import Vitals


class Config(AdapterConfig):
    mode: str = "ok"


class Scripted(Embedder):
    """Counts two words; or does what its configuration says."""

    WRONG: dict[str, Any] = {
        "few": [[1.0]],
        "uneven": [[1.0], [1.0, 2.0]],
        "empty": [[], []],
        "endless": [[math.inf], [1.0]],
        "words": [["a"], ["b"]],
        "nothing": None,
    }

    def __init__(self, config, context):
        self.mode = config.mode

    async def embed(self, texts):
        if self.mode == "hang":
            await asyncio.sleep(60)
        if self.mode == "quit":
            raise SystemExit(3)
        if self.mode in self.WRONG:
            return self.WRONG[self.mode]
        return [(text.count("rule"), text.count("bill")) for text in texts]


EMBEDDER: AdapterType[Any] = AdapterType(id="counting", config=Config, create=Scripted)


def instance(mode="ok", name="near", kind="counting"):
    document = Document(Path("incidentd.toml"), f'[embedders.{name}]\ntype = "{kind}"\nmode = "{mode}"\n')
    return AdapterInstance(role="embedder", name=name, type=kind, options={"mode": mode}, root=None, document=document)


def host(*adapters):
    made = PluginHost(FakeClock(), {}, [Found(name="p", embedders=(EMBEDDER,))])
    made.load(adapters, FakeContext)
    return made


def health(made, name="near"):
    (shown,) = (one for one in made.health() if one.instance == name)
    return shown.role, shown.state, shown.detail


class Plugin:
    @hookimpl
    def incidentd_embedders(self):
        return [EMBEDDER]


class Entry:
    name, value = "p", "p:x"

    def load(self):
        return Plugin()


def test_a_plugin_offers_embedders_by_its_hook():
    entry: Any = Entry()
    assert load_entry(entry).embedders == (EMBEDDER,)


async def test_an_instance_answers_a_vector_a_text_and_says_that_it_is_well():
    made = host(instance())
    assert list(made.embedders) == ["near"]
    assert await made.embed("near", ["a rule", "a bill", ""]) == [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    assert health(made) == ("embedder", "ok", "")
    await made.close()


@pytest.mark.parametrize(("mode", "told"), [
    ("few", "1 vectors for 2 texts"), ("uneven", "have 1, 2 numbers"), ("empty", "have 0 numbers"),
    ("endless", "what is no number"), ("words", "ValueError"), ("nothing", "TypeError"), ("quit", "tried to end"),
])  # fmt: skip
async def test_what_is_wrong_with_its_answer_is_told_in_its_health(mode, told):
    made = host(instance(mode))
    with pytest.raises(EmbeddingFailed) as raised:
        await made.embed("near", ["a", "b"])
    assert told in str(raised.value)
    assert health(made)[1:] == ("degraded", str(raised.value))


async def test_a_hanging_one_is_cut_off():
    vitals = Vitals("near", "counting", "embedder", FakeClock())
    slow = RunningEmbedder(Scripted(Config(mode="hang"), None), vitals, seconds=0.01)
    with pytest.raises(EmbeddingFailed, match=r"no answer within 0\.01 s"):
        await slow.embed(["a"])


async def test_one_that_is_not_there_is_told_with_file_line_and_remedy():
    made = host(instance(kind="countin"))
    assert list(made.embedders) == []
    assert health(made)[1] == "missing"
    with pytest.raises(EmbeddingFailed, match="cannot be used"):
        await made.embed("near", ["a"])
    (fault,) = made.check([instance(kind="countin")])
    assert (fault.line, fault.key) == (2, "embedders.near.type")
    assert "counting" in fault.remedy


def test_nearness_is_the_cosine_and_nothing_for_what_has_no_direction():
    found = nearness([1.0, 0.0], [[2.0, 0.0], [1.0, 1.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 3.0]])
    assert found == [1.0, pytest.approx(0.7071, abs=1e-4), 0.0, None, 0.0]
    assert nearness([0.0, 0.0], [[1.0, 0.0]]) == [None]
    assert nearness([1e308, 1e308], [[1e308, 1e308]]) == [None]
