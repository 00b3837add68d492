"""`incidentd`: run the daemon, check its configuration, see a demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

EXIT_CONFIGURATION = 78  # EX_CONFIG of sysexits(3)
EXIT_UNAVAILABLE = 69  # EX_UNAVAILABLE

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="Directory with incidentd.toml, roster.toml and process.toml, or the path of an incidentd.toml.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="incidentd")
def main() -> None:
    """The incident-response daemon. Without any configuration it runs for the user who starts it."""


def _run(coroutine: object) -> None:
    import uvloop

    uvloop.run(coroutine)  # type: ignore[arg-type]


@main.command()
@config_option
def serve(config_path: Path | None) -> None:
    """Run the daemon in the foreground. SIGTERM drains, SIGHUP reloads the configuration."""
    from incidentd import daemon
    from incidentd.api.unixlisten import SocketUnusable
    from incidentd.ingress.server import CannotListen
    from incidentd.instance import AlreadyRunning
    from incidentd.logging import configure
    from incidentd.sdnotify import BadActivation, Notifier, listen_sockets
    from incidentd.settings import ConfigurationError, load_configuration
    from incidentd.storage.migrate import Damaged, SchemaTooNew

    try:
        configuration = load_configuration(config_path, dict(os.environ))
        configure(configuration.daemon.log_level)
        manager = Notifier.from_environment()
        _run(daemon.serve(configuration, config_path, manager, listen_sockets()))
    except ConfigurationError as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        sys.exit(EXIT_CONFIGURATION)
    except (AlreadyRunning, SchemaTooNew, Damaged, CannotListen, SocketUnusable, BadActivation) as error:
        click.echo(f"incidentd: {error}", err=True)
        sys.exit(EXIT_UNAVAILABLE)


@main.command()
@config_option
def check(config_path: Path | None) -> None:
    """Check the configuration, plugins included, and change nothing."""
    from incidentd.clock import SystemClock
    from incidentd.pluginhost.host import PluginHost
    from incidentd.settings import ConfigurationError, load_configuration

    environ = dict(os.environ)
    try:
        configuration = load_configuration(config_path, environ)
        host = PluginHost(SystemClock(), environ)
        faults = host.check(configuration.adapters, configuration.daemon.disabled_plugins)
        if faults:
            raise ConfigurationError(faults)
    except ConfigurationError as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        sys.exit(EXIT_CONFIGURATION)
    for problem in configuration.problems:
        click.echo(f"warning: {problem}")
    read = ", ".join(configuration.files) or "no files, defaults only"
    click.echo(f"ok: {read}")


@main.command()
@click.option("--scenario", default="rate-limit", show_default=True, help="Which public incident to replay.")
@click.option(
    "--speed", default=360.0, show_default=True, type=click.FloatRange(1, 3600), help="How much faster than it was."
)
@click.option("--tui/--no-tui", default=None, help="Open the terminal UI; the default is to when there is a terminal.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep the daemon's files here.")
def demo(scenario: str, speed: float, tui: bool | None, keep: Path | None) -> None:
    """See an incident handled: a private daemon, a replayed public incident, the terminal UI."""
    from incidentd.demo import run
    from incidentd.demo.scenario import UnknownScenario

    terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    try:
        run.main(scenario, speed, tui=terminal if tui is None else tui, keep=keep)
    except UnknownScenario as error:
        raise click.BadParameter(str(error), param_hint="--scenario") from error


if __name__ == "__main__":
    main()
