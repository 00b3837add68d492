"""The daemon's upkeep as the API's tests see it."""

from datetime import UTC, datetime

from incidentd.wire.upkeep import ChangedLevel, DoctorFinding, DoctorReport, LogLevel

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
REPORT = DoctorReport(
    node="n1", version="1.0", state="warning", findings=(DoctorFinding(check="clock", state="warning", text="late"),)
)
LEVEL = LogLevel(
    level="info", configured="info", changed=(ChangedLevel(logger="incidentd", level="debug", by="ada", until=NOW),)
)


class Levels:
    def __init__(self, fake):
        self.fake = fake

    def now(self):
        return LEVEL

    async def set(self, body, actor):
        await self.fake.note("log_level", body.level, actor)
        return LEVEL
