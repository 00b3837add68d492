"""Every logger of incidentd can be named on the command line."""

import re

from incidentd.services.log_levels import OWN

NAMED = re.compile(r'get_logger\("(incidentd[a-z_.]*)"\)')


def test_the_loggers_that_a_level_can_be_set_for_are_those_there_are(source):
    modules = [path for path in source.modules("incidentd", "plugins") if path.name != "virtual_time.py"]  # no daemon's
    texts = [path.read_text(encoding="utf-8") for path in modules]
    assert {name for text in texts for name in NAMED.findall(text)} | {"incidentd.api"} == set(OWN)
