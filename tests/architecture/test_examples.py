"""The example configuration is valid as it stands and with everything uncommented, knows every key, and tells the
real defaults."""

import re
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import pydantic
import pytest

from incidentd.configuration.daemon_settings import DEFAULT_TLS_LISTEN, ApiTable, IngressTable, MainFile
from incidentd.configuration.process_file import ProcessFile
from incidentd.configuration.roster_file import RosterFile
from incidentd.domain.process import default_process
from incidentd.plugin import AdapterType
from incidentd.pluginhost.discovery import discover
from incidentd.pluginhost.instances import offers, wanted
from incidentd.settings import load_configuration

CONFIG = Path(__file__).parents[2] / "config"
_SETTING = re.compile(
    r"^(\s*)# (?=\w+ = |\[{1,2}\w[\w.-]*\]{1,2}$|\{ notifier)", re.MULTILINE
)  # the rest behind "#" is prose
_SECOND = re.compile(r"^url = \{ credential = \"database-url\" \}\n", re.MULTILINE)  # a key's other spelling
SECRETS = {"BUILDS_TOKEN": "t0ken-of-builds", "OWN_AUTHORIZATION": "Bearer t0ken"}


@pytest.fixture
def uncommented(tmp_path, authority) -> Path:
    """A copy with every commented setting in force, and every secret that is referred to."""
    credentials = set(re.findall(r'credential = "([a-z-]+)"', (CONFIG / "incidentd.toml").read_text()))
    for name in (*(credentials - {"chat-url", "database-url"}), "own-secret"):
        (tmp_path / name).write_text("s3cret-of-the-example\n")
    (tmp_path / "chat-url").write_text("json://localhost\n")
    files = (*authority.issue("hooks.example"), authority.certificate)
    for name, file in zip(("tls-certificate", "tls-key", "tls-client-ca"), files, strict=True):
        (tmp_path / name).write_bytes(file.read_bytes())
    for path in CONFIG.glob("*.toml"):
        text = _SECOND.sub("", _SETTING.sub(r"\1", path.read_text()))
        (tmp_path / path.name).write_text(text.replace("/etc/incidentd/own-secret", str(tmp_path / "own-secret")))
    return tmp_path


def load(directory: Path):
    return load_configuration(directory, {"HOME": "/nowhere", "CREDENTIALS_DIRECTORY": str(directory), **SECRETS})


def test_the_examples_load_without_a_complaint():
    configuration = load(CONFIG)
    assert configuration.problems == ()
    assert len(configuration.files) == 3


def test_the_examples_write_to_nobody_outside():
    """They are copied and tried: only the log may get a message before somebody decides otherwise."""
    configuration = load(CONFIG)
    assert {one.type for one in configuration.adapters if one.role == "notifier"} == {"log"}


def test_every_commented_setting_is_valid(uncommented):
    configuration = load(uncommented)
    assert configuration.problems == ()
    found = discover(frozenset())
    for role in ("source", "notifier", "channel"):
        configured = [one for one in configuration.adapters if one.role == role]
        known = offers(found, attrgetter(f"{role}s"))
        faults = [str(fault) for one in wanted(configured, known, configuration.environ) for fault in one.faults]
        assert faults == []


def keys_of(model: type[pydantic.BaseModel]) -> set[str]:
    """Every key of `model` and of the tables in it."""
    found: set[str] = set()
    waiting: list[object] = [model]
    seen: set[object] = set()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        if isinstance(here, type) and issubclass(here, pydantic.BaseModel):
            found |= {field.alias or name for name, field in here.model_fields.items()}
            waiting += [field.annotation for field in here.model_fields.values()]
        waiting += getattr(here, "__args__", ())
    return found


@pytest.mark.parametrize(
    ("name", "model"), [("incidentd.toml", MainFile), ("roster.toml", RosterFile), ("process.toml", ProcessFile)]
)
def test_every_key_is_shown(name, model):
    text = (CONFIG / name).read_text()
    missing = {key for key in keys_of(model) if not re.search(rf"[\[.#{{` \n,]{re.escape(key)}( =|\]|\.)", text)}
    assert missing == set()


def test_every_key_of_every_built_in_plugin_is_shown():
    text = (CONFIG / "incidentd.toml").read_text()
    missing = []
    for plugin in discover(frozenset()):
        kinds: tuple[AdapterType[Any], ...] = (
            *plugin.sources, *plugin.notifiers, *plugin.channels, *plugin.embedders,
        )  # fmt: skip
        for kind in kinds:
            section = "\n".join(re.findall(rf'type = "{kind.id}"\n(?:#?.+\n)*', text))
            missing += [
                f"{kind.id}: {key}"
                for key in keys_of(kind.config)
                if not re.search(rf"^(# )?({key} = |\[[\w.-]+\.{key}[.\]])", section, re.MULTILINE)
            ]
    assert missing == []


def test_the_defaults_shown_are_the_real_ones(uncommented):
    configuration, built_in = load(uncommented), default_process()
    process = configuration.process
    for field in ("cadence", "review_windows", "separation_severities", "review_name"):
        if field == "review_windows":  # SEV5 has none anyway, as the example says
            assert process.review_windows == built_in.review_windows
        elif field == "cadence":
            assert {level: process.cadence[level] for level in built_in.cadence} == built_in.cadence
        else:
            assert getattr(process, field) == getattr(built_in, field)
    shown_beside = {"schedule": "", "propagate": (), "replies": built_in.support.replies}
    assert msgspec.structs.replace(process.support, **shown_beside) == built_in.support
    plain = msgspec.structs.replace(process.route, routes=())
    assert plain == built_in.route
    shown = MainFile.model_validate(configuration.adapters[0].document.data)
    assert shown.api.model_copy(update={"socket": None}) == ApiTable()
    assert shown.ingress.model_copy(update={"public_url": None, "tls": None}) == IngressTable()
    assert shown.ingress.tls.listen == (DEFAULT_TLS_LISTEN,)
