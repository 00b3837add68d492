"""Every hook is documented, every built-in plugin has the same shape and its own tests."""

import importlib
import inspect

import incidentd.plugin
from incidentd.plugin import hooks


def hookspecs():
    found = {name: value for name, value in vars(hooks).items() if hasattr(value, "incidentd_spec")}
    assert found
    return found


def test_every_hook_is_documented(source):
    guide = (source.root / "docs" / "plugins.md").read_text(encoding="utf-8")
    reference = (source.root / "docs" / "reference" / "hooks.md").read_text(encoding="utf-8")
    for name, spec in hookspecs().items():
        assert inspect.getdoc(spec), name
        assert f"`{name}" in guide, f"docs/plugins.md does not explain {name}"
        assert f"`{name}" in reference, f"docs/reference/hooks.md lacks {name}: run make docs"


def test_every_hook_is_exercised_by_a_test(source):
    tests = "\n".join(path.read_text(encoding="utf-8") for path in source.modules("tests"))
    untested = [name for name in hookspecs() if f"def {name}(" not in tests]
    assert untested == []


def test_everything_public_is_documented():
    silent = [
        name
        for name in incidentd.plugin.__all__
        if inspect.isclass(value := getattr(incidentd.plugin, name)) or inspect.isfunction(value)
        if not (inspect.isfunction(value) or "__doc__" in vars(value)) or not inspect.getdoc(value)
    ]
    assert silent == []


def test_plugins_have_the_same_shape(source):
    for plugin in source.plugins():
        names = {path.name for path in plugin.iterdir()}
        assert {"config.py", "py.typed"} <= names, plugin.name
        assert names & {"source.py", "notifier.py", "channel.py"}, f"{plugin.name} has no adapter module"


def test_every_plugin_has_tests(source):
    for plugin in source.plugins():
        name = plugin.name.removeprefix("incidentd_")
        found = list((source.root / "tests" / "plugins").glob(f"{name}*/test_*.py"))
        assert found, f"tests/plugins/{name} holds no tests"


def test_every_plugin_offers_an_adapter(source):
    for plugin in source.plugins():
        module = importlib.import_module(plugin.name)
        offered = []
        for hook in ("incidentd_sources", "incidentd_notifiers", "incidentd_channels", "incidentd_embedders"):
            implementation = getattr(module, hook, None)
            if implementation is not None:
                assert hasattr(implementation, "incidentd_impl"), f"{plugin.name}.{hook} lacks @hookimpl"
                offered += list(implementation())
        assert offered, plugin.name
        for adapter in offered:
            assert adapter.summary, f"{plugin.name}: {adapter.id} has no summary"
