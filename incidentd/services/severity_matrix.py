"""The severity matrix: as it is in force, what answers come to, and which past incidents an edit would change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.severity_tables import read_matrix
from incidentd.domain.matrix_diff import differences
from incidentd.domain.matrix_faults import warnings
from incidentd.domain.matrix_replay import replay
from incidentd.domain.process import Process
from incidentd.domain.severity_matrix import Matrix
from incidentd.services.classification_views import classified, shown
from incidentd.storage import classifications
from incidentd.storage.store import Store
from incidentd.wire import replay as wire_replay
from incidentd.wire import severity as wire_severity

MOST_INCIDENTS = 10_000
"""How many past incidents, the newest first, one replay looks at."""
MOST_SHOWN = 500


class SeverityMatrices:
    """Implements `contracts.SeverityCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process]) -> None:
        self._store = store
        self._process = process

    async def matrix(self) -> wire_severity.SeverityMatrix:
        """The one in force."""
        process = self._process()
        facts = {"process_version": process.version, "warnings": warnings(process.matrix)}
        return msgspec.convert(
            {**msgspec.structs.asdict(process.matrix), **facts}, wire_severity.SeverityMatrix, from_attributes=True
        )

    async def classify(self, body: wire_severity.ClassifyAnswers) -> wire_severity.Classified:
        """What the answers come to. Raises `Invalid`."""
        matrix = self._process().matrix
        return shown(matrix, classified(matrix, body.answers), body.answers)

    async def replay(self, body: wire_severity.ReplayMatrix) -> wire_severity.MatrixReplay:
        """What an edit changes in the matrix, and in past classifications. Faults of a file are in the answer."""
        try:
            old = _matrix(body.against) if body.against is not None else self._process().matrix
            new = _matrix(body.edited)
        except ConfigurationError as error:
            return wire_severity.MatrixReplay(
                faults=msgspec.convert(error.faults, tuple[wire_replay.Fault, ...], from_attributes=True)
            )
        return await self._store.read(lambda conn: replayed(conn, old, new))


def _matrix(file: wire_replay.EditedFile) -> Matrix:
    return read_matrix(Document(Path(file.name), file.text))


def replayed(conn: Connection, old: Matrix, new: Matrix) -> wire_severity.MatrixReplay:
    """What an edit changes in the matrix and in past classifications."""
    found = replay(classifications.past(conn, MOST_INCIDENTS), old, new)
    return wire_severity.MatrixReplay(
        faults=(),
        warnings=warnings(new),
        differences=msgspec.convert(
            differences(old, new), tuple[wire_severity.MatrixDifference, ...], from_attributes=True
        ),
        changed=msgspec.convert(
            found.changed[:MOST_SHOWN], tuple[wire_severity.ReclassifiedIncident, ...], from_attributes=True
        ),
        changed_total=len(found.changed),
        same_level=found.same_level,
        other_rule=found.other_rule,
        unanswered=classifications.unanswered(conn),
    )
