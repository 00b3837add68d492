"""The process as a versioned thing: recorded from the file, proposed, adopted by a second person, followed again."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from incidentd.configuration.documents import Document
from incidentd.configuration.named_files import OnDisk
from incidentd.configuration.process_file import read_process
from incidentd.configuration.process_sources import source_of
from incidentd.core import Core
from incidentd.domain.process import DEFAULT_VERSION
from incidentd.domain.process_versions import Source
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.insight_contracts import ScopeQuery
from incidentd.storage import process_versions, schema_process
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import modes as wire_modes
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process
from incidentd.wire import replay as wire_replay
from incidentd.wire import reports as wire_reports

MINUTE = timedelta(minutes=1)
RULES = 'rules = [{ id = "all", level = "SEV4" }]\n'
CALM = "[updates.SEV2]\nidentified = '20m'\n"
STRICT = "[adoption]\nsecond_person = true\n"


class File:
    """process.toml of one node, and the node itself."""

    def __init__(self, daemon, directory):
        self.daemon, self.directory = daemon, directory
        self.node = "n1"
        self.write("")

    def write(self, text):
        self.document = Document(self.directory / "process.toml", text)
        self.process = read_process(self.document, None, OnDisk(self.directory))

    def core(self, store):
        """One more node on the same database."""
        made = Core(
            store, process=lambda: self.process, roster=lambda: self.daemon.roster, sender=self.daemon.sender,
            public_url=lambda: "", node=self.node, source=lambda: source_of(self.document, self.process),
        )  # fmt: skip
        made.evolution.following.after_change = made._recheck
        return made


@pytest.fixture
async def file(daemon, tmp_path):
    made = File(daemon, tmp_path)
    daemon.core = made.core(daemon.store)
    await daemon.core.evolution.following.follow()
    return made


def proposal(text, reason="fewer interruptions", name="mine.toml", **more):
    return wire_process.ProposeProcess(file=wire_replay.EditedFile(name=name, text=text), reason=reason, **more)


def compared(**after):
    return wire_comparison.CompareProcesses(after=wire_comparison.ProcessSide(**after))


def adoption(reason="", **more):
    return wire_process.AdoptProcess(reason=reason, **more)


def no(reason):
    return wire_process.DecideProcess(reason=reason)


async def cadence(core):
    return core.process().cadence[Severity.SEV2]["identified"].total_seconds() / 60


@pytest.mark.both_engines
async def test_what_the_file_says_is_recorded_when_it_means_something_else(daemon, file):
    following, versions = daemon.core.evolution.following, daemon.core.evolution.versions
    first = (await versions.now()).current
    assert (first.name, first.state, first.how, first.proposed_by) == ("V-1", "adopted", "file", "system")
    await following.follow()
    file.write("# a comment\n")
    await following.follow()
    assert len((await versions.list("all", 10)).versions) == 1
    file.write(f'{CALM}[adoption]\nreason = "they asked for it"\nbecause = {{ "updates.SEV2" = "three complaints" }}\n')
    await daemon.core.recheck()
    second, first = (await versions.list("all", 10)).versions
    assert (second.name, second.state, second.reason, first.state) == (
        "V-2",
        "adopted",
        "they asked for it",
        "superseded",
    )
    assert second.explanations == {"updates.SEV2": "three complaints"}
    assert first.in_force[0].until == second.in_force[0].since
    assert await cadence(daemon.core) == 20
    file.write(f'{CALM}[adoption]\nbecause = {{ "updates.SEV2.identified" = "and a fourth" }}\n')
    await daemon.core.recheck()
    assert dict((await versions.get(2)).explanations) == {
        "updates.SEV2": "three complaints", "updates.SEV2.identified": "and a fourth"
    }  # fmt: skip
    file.write("")
    await daemon.core.recheck()
    assert [one.until is None for one in (await versions.get(1)).in_force] == [False, True]
    boundaries = await daemon.store.read(process_versions.boundaries)
    assert [version for _, version in boundaries] == [
        first.process_version,
        second.process_version,
        first.process_version,
    ]
    assert [event.data["previous"] for event in await daemon.events("process.adopted")] == ["", "V-1", "V-2"]


async def test_once_adopted_the_file_is_a_proposal_only_until_it_is_followed_again(daemon, file):
    core = daemon.core
    following, versions = core.evolution.following, core.evolution.versions
    made = await versions.propose(
        proposal(CALM, because={"updates.SEV2.identified": "they said so"}), "ada", admin=False
    )
    assert (made.name, made.state, await cadence(core)) == ("V-2", "proposed", 30)
    with pytest.raises(Conflict, match="V-2 is proposed and means the same"):
        await versions.propose(proposal("# other words\n" + CALM), "lin", admin=False)
    made = await versions.adopt(2, adoption("agreed in the retro"), "lin", made.version, admin=False)
    assert (made.state, made.how, made.note, made.decided_by) == ("adopted", "adopted", "agreed in the retro", "lin")
    shown = (await core.evolution.figures.list(ScopeQuery(), "ada")).boundaries
    assert shown[-1].reason == "fewer interruptions", "why it was made, not what was said when it was put in force"
    assert await cadence(core) == 20
    assert core.process().version == made.process_version
    assert "process.toml" not in "".join(one.text for one in following.problems())  # it says nothing at all

    file.write("[updates.SEV2]\nidentified = '40m'\n")
    await core.recheck()
    assert await cadence(core) == 20
    (problem,) = following.problems()
    assert problem.code == "process-file-unused"
    assert "something else than the adopted V-2" in problem.text
    with pytest.raises(Refused, match=r"process\.toml says something else than V-1"):
        await versions.adopt(1, adoption("back", follow_file=True), "lin", None, admin=False)
    own = wire_process.ProposeProcess(from_file=True, reason="as in git", adopt=True, follow_file=True)
    made = await versions.propose(own, "lin", admin=False)
    assert (made.name, made.how) == ("V-3", "file")
    assert (await versions.now()).follows_file
    file.write(CALM)
    await core.recheck()
    assert (await versions.now()).current.name == "V-2"
    assert following.problems() == []


@pytest.mark.both_engines
async def test_a_second_person_is_asked_for_by_the_stricter_of_both(daemon, file):
    versions = daemon.core.evolution.versions
    with pytest.raises(Refused, match="second person") as refused:
        await versions.propose(proposal(STRICT, adopt=True), "ada", admin=True)
    assert "incidentctl process propose" in refused.value.remedy
    assert len((await versions.list("all", 10)).versions) == 1  # what is refused leaves nothing
    await versions.propose(proposal(STRICT), "ada", admin=False)
    with pytest.raises(Refused, match="second person"):
        await versions.adopt(2, adoption(), "ada", None, admin=False)
    await versions.adopt(2, adoption(), "lin", None, admin=False)
    with pytest.raises(Refused, match="V-1 was in force before"):  # to go back is a proposal like any other
        await versions.adopt(1, adoption("back"), "sam", None, admin=False)
    await versions.propose(proposal(CALM), "ada", admin=False)  # drops the rule
    with pytest.raises(Refused, match="second person"):
        await versions.adopt(3, adoption(), "ada", None, admin=True)
    await versions.adopt(3, adoption(), "sam", None, admin=False)
    await versions.propose(proposal('[adoption]\nrole = "admin"\n'), "ada", admin=False)
    with pytest.raises(Refused, match="administrators"):
        await versions.adopt(4, adoption(), "lin", None, admin=False)
    await versions.adopt(4, adoption(), "ada", None, admin=True)


async def test_nodes_whose_files_say_something_else_are_told(daemon, file):
    other = File(daemon, file.directory / "other")
    other.write(CALM)
    node = other.core(daemon.store)
    await node.evolution.following.follow()
    following = daemon.core.evolution.following
    await following.look()
    (problem,) = following.problems()
    assert problem.code == "process-differs"
    assert "another node works by V-2 of its own process.toml, this one by V-1" in problem.text


async def test_proposals_are_declined_withdrawn_and_proposed_again(daemon, file):
    versions = daemon.core.evolution.versions
    await versions.propose(proposal(CALM), "ada", admin=False)
    with pytest.raises(Refused, match="proposed by ada"):
        await versions.withdraw(2, no("mine"), "lin", None)
    assert (await versions.withdraw(2, no("too early"), "ada", None)).state == "withdrawn"
    with pytest.raises(Refused, match="withdrawn, not proposed"):
        await versions.decline(2, no("no"), "lin", None)
    with pytest.raises(Refused, match="was withdrawn"):
        await versions.adopt(2, adoption(), "lin", None, admin=False)
    again = await versions.propose(wire_process.ProposeProcess(number=2, reason="now"), "sam", admin=False)
    assert (again.name, again.state, again.proposed_by, again.note) == ("V-2", "proposed", "sam", "")
    with pytest.raises(Conflict, match="has changed since"):
        await versions.decline(2, no("no"), "lin", 1)
    declined = await versions.decline(2, no("no"), "lin", again.version)
    assert (declined.state, declined.decided_by, declined.note) == ("declined", "lin", "no")
    with pytest.raises(NotFound, match="V-9"):
        await versions.get(9)
    kinds = [event.kind for event in await daemon.events() if event.subject == "process:2"]
    assert kinds == ["process.proposed", "process.withdrawn", "process.proposed", "process.declined"]


async def test_bad_input_names_file_line_key_and_remedy(daemon, file):
    versions = daemon.core.evolution.versions
    with pytest.raises(
        Invalid, match=r'mine\.toml:3: route\.policy: "default0" is no policy — did you mean "default"\?'
    ):
        await versions.propose(proposal("\n[route]\npolicy = 'default0'\n"), "ada", admin=False)
    with pytest.raises(Invalid, match=r"no key updates\.SEV7"):
        await versions.propose(proposal(CALM, because={"updates.SEV7": "?"}), "ada", admin=False)
    with pytest.raises(Invalid, match="stand beside"):
        await versions.propose(
            proposal("[review]\nlexicon = '../w.toml'\n", files={"../w.toml": ""}), "ada", admin=False
        )
    with pytest.raises(Invalid, match="cannot be read"):
        await versions.propose(proposal("[review]\ntemplates = 'papers'\n"), "ada", admin=False)
    with pytest.raises(Invalid, match="say which process"):
        await versions.propose(wire_process.ProposeProcess(reason="x"), "ada", admin=False)
    assert len((await versions.list("all", 10)).versions) == 1


async def test_a_policy_that_is_gone_is_refused_at_adoption_and_shown_afterwards(daemon, file):
    versions, following = daemon.core.evolution.versions, daemon.core.evolution.following
    whole, less = daemon.roster, msgspec.structs.replace(
        daemon.roster, policies={"default": daemon.roster.policies["default"]}, services={}
    )  # fmt: skip
    await versions.propose(proposal("[route]\npolicy = 'web'\n"), "ada", admin=False)
    daemon.roster = less
    with pytest.raises(Invalid, match=r'V-2/process\.toml:2: route\.policy: "web" is no policy'):
        await versions.adopt(2, adoption(), "lin", None, admin=False)
    daemon.roster = whole
    await versions.adopt(2, adoption(), "lin", None, admin=False)
    assert following.misfits(whole) == []
    daemon.roster = less
    node = file.core(daemon.store)  # it starts again
    await node.evolution.following.follow()
    assert node.process().route.policy == "web"
    assert "no policy" in node.evolution.following.misfits(less)[0]


@pytest.mark.both_engines
async def test_every_node_takes_up_what_one_adopts(daemon, file):
    other = file.core(daemon.store)
    await other.evolution.following.follow()
    await daemon.core.evolution.versions.propose(proposal(CALM, adopt=True), "ada", admin=False)
    assert await cadence(other) == 30
    await other.evolution.following.look()
    assert (await cadence(other), other.evolution.following.name) == (20, "V-2")
    with pytest.raises(Refused, match="in force already"):
        await other.evolution.versions.adopt(2, adoption("again"), "lin", None, admin=False)


async def test_what_a_later_incidentd_no_longer_understands_is_told_and_process_toml_is_in_force(daemon, file):
    await daemon.core.evolution.versions.propose(proposal(CALM, adopt=True), "ada", admin=False)
    gone = update(schema_process.process_versions).values(document="[gone]\n")
    await daemon.store.write(lambda tx: tx.conn.execute(gone))
    node = file.core(daemon.store)
    await node.evolution.following.follow()
    await node.evolution.following.look()
    assert await cadence(node) == 30
    (problem,) = node.evolution.following.problems()
    assert problem.code == "process-unreadable"
    assert "the adopted V-2 cannot be read" in problem.text
    assert "gone: unknown key" in problem.text


async def test_files_that_it_names_are_kept_with_it(daemon, file):
    lexicon = 'language = "en"\n[rules.absolute]\noff = true\n'
    text = "[review]\nlexicon = 'wording.toml'\n"
    made = await daemon.core.evolution.versions.propose(
        proposal(text, files={"wording.toml": lexicon, "other": "unnamed"}, adopt=True), "ada", admin=False
    )
    assert daemon.core.process().wording.own == lexicon
    whole = await daemon.core.evolution.versions.get(made.id)
    assert (whole.document.split(), dict(whole.files)) == (text.replace("'", '"').split(), {"wording.toml": lexicon})


@pytest.mark.both_engines
async def test_the_same_words_are_the_same_version_though_a_later_incidentd_hashes_them_otherwise(daemon, file):
    file.write(CALM)
    file.process = msgspec.structs.replace(file.process, version="ffffffffffff")
    await daemon.core.recheck()
    file.write(CALM)
    await daemon.core.recheck()
    assert (await daemon.core.evolution.versions.now()).current.name == "V-2"
    assert daemon.core.process().version == "ffffffffffff"


@pytest.mark.both_engines
async def test_everything_remembers_the_version_it_ran_under(daemon, file):
    declared = wire_incidents.DeclareIncident(title="503", severity=Severity.SEV3, service="shop")
    first = await daemon.core.incidents.declare(declared, "ada")
    made = await daemon.core.evolution.versions.propose(proposal(CALM, adopt=True), "ada", admin=False)
    second = await daemon.core.incidents.declare(declared, "ada")
    assert first.process_version != second.process_version == made.process_version
    assert (await daemon.core.incidents.get(first.id)).incident.process_version == first.process_version
    block = await daemon.core.modes.set(wire_modes.SetMode(person="lin", mode="project", days=28), "lin")
    report = await daemon.core.support.reports.create(wire_reports.NewReport(subject="It is slow", text="very"), "lin")
    assert block.process_version == report.process_version == made.process_version
    under = await daemon.core.incidents.list("all", "", 10, "", process="V-1")
    assert [(one.id, one.process) for one in under.incidents] == [(first.id, "V-1")]
    assert [
        one.id for one in (await daemon.core.incidents.list("all", "", 10, "", "", made.process_version)).incidents
    ] == [second.id]
    with pytest.raises(Invalid, match="no version V-7"):
        await daemon.core.incidents.list("all", "", 10, "", process="V-7")
    counted = await daemon.store.read(lambda conn: process_versions.incidents_under(conn, [made.process_version]))
    assert counted == {made.process_version: 1}


@pytest.mark.both_engines
async def test_an_edit_shows_what_it_would_have_changed(daemon, file):
    file.write("[review]\n")
    await daemon.core.recheck()
    core = daemon.core
    declared = wire_incidents.DeclareIncident(
        title="503", severity=Severity.SEV2, service="shop", answers={"function": "unusable", "workaround": "none"}
    )
    made = await core.incidents.declare(declared, "ada")
    update = wire_incidents.PostUpdate(phase="identified", text="The cache is full.", audience="internal")
    await core.incidents.post_update(made.id, update, "ada")
    await daemon.advance(25 * MINUTE)
    await core.incidents.post_update(made.id, msgspec.structs.replace(update, text="It drains."), "ada")
    for to in ("mitigated", "resolved"):
        body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
        await core.incidents.change_status(made.id, body, "ada", None)
    edit = CALM + "[review.windows.SEV2]\nfloor = '24h'\nceiling_business_days = 1\n[limits]\nusual = []\n"
    file.write(f"{edit}\n[severity]\n{RULES}")
    compare = core.evolution.comparisons.compare
    found = await compare(compared(file=wire_replay.EditedFile(name="mine.toml", text=f"{edit}[severity]\n{RULES}")))
    assert (found.before, found.after, found.same, found.pages) == ("V-1", "mine.toml", False, True)
    told = {one.label: (one.before, one.after, one.line_after) for one in found.differences}
    assert told["cadence SEV2 identified"] == ("30m", "20m", 2)
    assert told["window SEV2 closes after business days"] == ("7", "1", 5)
    assert (found.updates.n, found.updates.kept_before, found.updates.kept_after) == (1, 1, 0)
    assert found.updates.moved[0].incident_id == made.id
    assert (found.reviews.n, found.reviews.closes_earlier, found.reviews.late_after) == (1, 1, 0)
    assert [(one.before, one.after) for one in found.severities.changed] == [("SEV2", "SEV4")]
    assert "set by hand" in found.updates.limit

    builtin = Source(text="")
    await daemon.store.write(lambda tx: process_versions.add(
        tx, DEFAULT_VERSION, builtin, state="superseded", how="file", proposed_by="system"
    ))  # fmt: skip
    none = await compare(compared(number=2))
    assert (none.same, none.differences) == (True, ())  # no file means what an empty one does
    same = await compare(compared(number=1))
    assert (same.same, same.differences, same.updates, same.severities, same.pages) == (True, (), None, None, False)
    broken = await compare(compared(file=wire_replay.EditedFile(name="mine.toml", text="[route]\npolicy = 'no'\n")))
    assert [(one.line, one.key) for one in broken.faults] == [(2, "route.policy")]
    own = await compare(compared(from_file=True))
    assert {one.label for one in own.differences} == set(told)
    with pytest.raises(Invalid, match="one of number"):
        await compare(compared(number=1, from_file=True))
