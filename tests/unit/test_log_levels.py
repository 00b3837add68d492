"""Log levels at run time: set for a while, ended by themselves, told, and never for good."""

import asyncio
import logging

import pytest

from incidentd.clock import SystemClock
from incidentd.services.errors import Invalid
from incidentd.services.log_levels import LogLevels
from incidentd.wire.upkeep import SetLogLevel

NAME = "incidentd.tested"


@pytest.fixture
async def levels():
    root, told = logging.getLogger(), []
    before = root.level
    logging.getLogger(NAME).setLevel(logging.NOTSET)

    async def tell(kind, data, actor):
        told.append((kind, data["logger"], actor))

    made = LogLevels(SystemClock(), "info", tell)
    yield made, told
    made.close()
    root.setLevel(before)
    logging.getLogger(NAME).setLevel(logging.NOTSET)


async def test_one_logger_is_set_for_a_while_and_goes_back_by_itself(levels):
    made, told = levels
    shown = await made.set(SetLogLevel(level="debug", seconds=3600, logger=NAME), "ada")
    assert [(one.logger, one.level, one.by) for one in shown.changed] == [(NAME, "debug", "ada")]
    assert (shown.level, logging.getLogger(NAME).level) == ("info", logging.DEBUG)
    (alarm,) = made.problems()
    assert (alarm.code, NAME in alarm.text) == ("log-debug", True)
    await made._end(NAME, 0)
    assert (made.now().changed, logging.getLogger(NAME).level, made.problems()) == ((), logging.NOTSET, [])
    assert told == [("log.level_set", NAME, "ada"), ("log.level_restored", NAME, "system")]


async def test_a_second_change_counts_from_now_and_goes_back_to_what_was_before_the_first(levels):
    made, told = levels
    await made.set(SetLogLevel(level="debug", seconds=1, logger=NAME), "ada")
    await made.set(SetLogLevel(level="error", seconds=3600, logger=NAME), "lin")
    await asyncio.sleep(0)
    assert logging.getLogger(NAME).level == logging.ERROR
    await made.set(SetLogLevel(logger=NAME), "lin")
    assert (logging.getLogger(NAME).level, told[-1]) == (logging.NOTSET, ("log.level_restored", NAME, "lin"))
    await made.set(SetLogLevel(logger=NAME), "lin")
    assert len(told) == 3  # nothing to go back from is nothing to tell


async def test_a_reload_counts_at_once_and_after_what_somebody_set(levels):
    made, _ = levels
    made.reconfigured("warning")
    assert logging.getLogger().level == logging.WARNING
    await made.set(SetLogLevel(level="debug", seconds=3600), "ada")
    made.reconfigured("error")
    assert (logging.getLogger().level, made.now().configured) == (logging.DEBUG, "error")
    await made.set(SetLogLevel(), "ada")
    assert logging.getLogger().level == logging.ERROR
    made.reconfigured("debug")
    assert "in incidentd.toml" in made.problems()[0].text


async def test_a_logger_that_there_is_not_is_refused(levels):
    await levels[0].set(SetLogLevel(level="debug", logger="incidentd.ingress"), "ada")  # it need not have spoken yet
    await levels[0].set(SetLogLevel(logger="incidentd.ingress"), "ada")
    with pytest.raises(Invalid) as refused:
        await levels[0].set(SetLogLevel(level="debug", logger="incidentd.testd"), "ada")
    assert (refused.value.field, "incidentd.tested" in refused.value.remedy) == ("logger", True)
