"""Claims about the impact of an incident. None is ever changed: it is disputed, withdrawn, or replaced by another."""

from __future__ import annotations

from typing import Any

import msgspec

from incidentd.domain.impact import figure_fault, in_force
from incidentd.domain.incidents import Incident
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.incident_status import checked_time
from incidentd.services.incident_views import existing
from incidentd.storage import facts
from incidentd.storage.schema_facts import impact_claims
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire.facts import ClaimImpact, ImpactClaim, ImpactFigure, JudgeClaim, Verdict

_NOTHING_SAID = ImpactFigure()


class Impact:
    """Implements `contracts.ImpactCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def claim(self, incident_id: int, body: ClaimImpact, actor: str) -> ImpactClaim:
        """Say what is affected, beside what others say, or in place of one claim. Raises `NotFound`, `Invalid`."""

        def command(tx: Tx) -> ImpactClaim:
            incident = existing(tx.conn, incident_id, lock=True)
            former = _standing(tx, incident, body.replaces) if body.replaces is not None else None
            values = _checked(_completed(body, former, incident, actor), tx)
            figure: ImpactFigure = values["figure"]
            columns = {name: value for name, value in values.items() if name != "figure"}
            number = facts.add(tx, impact_claims, incident.id, actor, **columns, **msgspec.structs.asdict(figure))
            tx.emit("incident.impact_claimed", incident.subject, values | {"id": number}, actor=actor)
            return _one(tx, incident, number)

        return await self._store.write(command)

    async def judge(self, incident_id: int, claim_id: int, body: JudgeClaim, actor: str) -> ImpactClaim:
        """Dispute a claim, uphold it, or withdraw it. Raises `NotFound`, `Invalid`, `Conflict` once it is over."""
        if body.verdict == "disputed" and not body.why.strip():
            raise Invalid("a dispute says why", field="why", remedy="say what speaks against it in a few words")

        def command(tx: Tx) -> ImpactClaim:
            incident = existing(tx.conn, incident_id, lock=True)
            claim = _standing(tx, incident, claim_id)
            if body.verdict == "upheld" and claim.state != "disputed":
                raise Conflict(f"claim {claim_id} is not disputed", current=claim)
            said = {"why": body.why, "evidence": body.evidence}
            verdict = Verdict(at=tx.now, recorded_at=tx.now, by=actor, word=body.verdict, **said)
            facts.judge(tx, "claim", claim_id, incident.id, verdict)
            told = {"id": claim_id, "affected": claim.affected, "verdict": body.verdict, **said}
            tx.emit("incident.impact_judged", incident.subject, told, actor=actor)
            return _one(tx, incident, claim_id)

        return await self._store.write(command)


def _one(tx: Tx, incident: Incident, claim_id: int) -> ImpactClaim:
    found = next((one for one in facts.claims(tx.conn, incident.id) if one.id == claim_id), None)
    if found is None:
        raise NotFound(f"INC-{incident.id} has no claim {claim_id}", remedy="incidentctl incident show lists them")
    return found


def _standing(tx: Tx, incident: Incident, claim_id: int) -> ImpactClaim:
    """A claim that something can be said of."""
    claim = _one(tx, incident, claim_id)
    if not in_force([claim]):
        how = f"replaced by claim {claim.replaced_by}" if claim.replaced_by else claim.state
        raise Conflict(f"claim {claim_id} was {how}", current=claim)
    return claim


def _completed(body: ClaimImpact, former: ImpactClaim | None, incident: Incident, actor: str) -> dict[str, Any]:
    """What is claimed, with what was left out."""
    if body.affected is None and former is None:
        raise Invalid("say what is affected", field="affected", remedy="such as: checkout by card")
    if body.ongoing and body.ends_at is not None:
        raise Invalid("it goes on, or it has ended", field="ends_at", remedy="leave one of the two out")
    before = {
        "affected": former.affected if former else "",
        "figure": former.figure if former else _NOTHING_SAID,
        "starts_at": former.starts_at if former else incident.started_at,
        "ends_at": former.ends_at if former and not body.ongoing else None,
        "source": former.source if former else actor,
        "evidence": former.evidence if former else "",
        "suspected": former.suspected if former else False,
    }
    given = {name: value for name in before if (value := getattr(body, name)) is not None}
    return before | given | {"replaces": body.replaces}


def _checked(values: dict[str, Any], tx: Tx) -> dict[str, Any]:
    fault = figure_fault(values["figure"])
    if fault:
        raise Invalid(f"the figure {fault}", field="figure", remedy="write the smaller number first; % goes to 100")
    checked_time(values["starts_at"], tx.now, "starts_at")
    checked_time(values["ends_at"], tx.now, "ends_at")
    if values["ends_at"] is not None and values["ends_at"] < values["starts_at"]:
        raise Invalid("it ends before it starts", field="ends_at", remedy="correct one of the two times")
    return values | {"source": values["source"].strip() or "unknown"}
