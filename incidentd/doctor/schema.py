"""Whether the schema of a database is one that this program takes."""

from __future__ import annotations

from incidentd.domain.checkup import Finding, ok, problem
from incidentd.storage.migrate import HEAD


def revision(found: str | None) -> Finding:
    """What is said of the revision that a database has; None for an empty one."""
    if found is None:
        return ok("schema", "the database is empty: it is made at the first start")
    if found == HEAD:
        return ok("schema", f"schema {found}")
    if found > HEAD:
        means = "the daemon refuses to start on it"
        return problem(
            "schema", f"schema {found} is newer than {HEAD} of this program", means, "start the newer incidentd"
        )
    return ok("schema", f"schema {found}; the next start brings it to {HEAD}")
