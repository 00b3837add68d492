"""`[severity]` of process.toml: the matrix as a person writes it, and every fault with its place and remedy."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.configuration.severity_tables import read_matrix, severity_problems
from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.matrix_text import as_toml
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import Answer, Matrix, Question, Rule

EXAMPLE = Path(__file__).parents[2] / "config" / "process.toml"
SMALL = """
[[severity.questions]]
id = "users"
text = "How many?"
answers = [{ id = "few", text = "few" }, { id = "all", text = "all" }]
[[severity.rules]]
id = "all"
level = "SEV1"
when = { users = "all" }
[[severity.rules]]
id = "rest"
level = "SEV4"
"""


def document(text: str) -> Document:
    return Document(Path("process.toml"), text)


def faults(text: str) -> dict[str, tuple[int, str]]:
    with pytest.raises(ConfigurationError) as refused:
        read_process(document(text), None)
    assert all(fault.line and fault.remedy for fault in refused.value.faults)
    return {fault.key: (fault.line, fault.what) for fault in refused.value.faults}


def test_the_example_file_holds_the_built_in_matrix_in_full():
    assert read_matrix(Document.read(EXAMPLE)) == DEFAULT_MATRIX


def test_a_matrix_in_the_file_replaces_the_built_in_one_and_makes_another_version():
    process, plain = read_process(document(SMALL), None), read_process(document(""), None)
    assert process.matrix == Matrix(
        questions=(
            Question(
                id="users", text="How many?", answers=(Answer(id="few", text="few"), Answer(id="all", text="all"))
            ),
        ),
        rules=(Rule(id="all", level=Severity.SEV1, when={"users": ("all",)}), Rule(id="rest", level=Severity.SEV4)),
    )
    assert plain.matrix == DEFAULT_MATRIX
    reworded = read_process(document(SMALL.replace("How many?", "How many of them?")), None)
    assert len({process.version, plain.version, reworded.version}) == 3


def test_only_rules_may_be_given_over_the_built_in_questions():
    matrix = read_process(document('[[severity.rules]]\nid = "only"\nlevel = "SEV3"\n'), None).matrix
    assert (matrix.questions, [one.id for one in matrix.rules]) == (DEFAULT_MATRIX.questions, ["only"])


@pytest.mark.parametrize(
    ("before", "after", "key", "line", "what"),
    [
        ('level = "SEV1"', 'level = "SEV9"', "severity.rules[0].level", 8, "should be 'SEV1'"),
        ("text =", "texts =", "severity.questions[0].texts", 4, "unknown key"),
        ('when = { users = "all" }', 'when = { user = "all" }', "severity.rules[0].when.user", 9, '"user" is no'),
        (
            'when = { users = "all" }',
            'when = { users = ["few", "al"] }',
            "severity.rules[0].when.users[1]",
            9,
            '"al" is no answer to users',
        ),
        ('id = "rest"', 'id = "all"', "severity.rules[1].id", 11, '"all" is there twice'),
        ('id = "users"', 'id = "how many"', "severity.questions[0].id", 3, "is no usable name"),
        ('when = { users = "all" }', "", "severity.rules[1]", 10, "rest can never fire: all before it takes"),
        ('"SEV4"', '"SEV4"\nwhen = { users = "few" }', "severity.rules[1].when", 13, "ends with rest, which has"),
    ],
)
def test_a_fault_names_its_line_and_its_key(before, after, key, line, what):
    found = faults(SMALL.replace(before, after, 1))
    assert found[key][0] == line
    assert found[key][1].startswith(what)


def test_questions_that_the_built_in_rules_do_not_know_are_told():
    found = faults(SMALL[: SMALL.index("[[severity.rules]]")])
    assert found["severity.rules[0].when.harm"][1] == '"harm" is no question'


def test_a_worse_answer_with_a_better_level_is_a_problem_that_stops_nothing():
    matrix = read_process(document(SMALL.replace('{ users = "all" }', '{ users = "few" }')), None).matrix
    (problem,) = severity_problems(matrix)
    assert problem.startswith("severity: a worse answer gives a better level: users few can be SEV1 by all")


def test_an_edited_file_without_a_matrix_is_no_edit_of_it():
    with pytest.raises(ConfigurationError, match=r"process.toml: has no \[severity\] — `incidentctl severity show"):
        read_matrix(document("[roles]\nseparate = []\n"))


texts = st.text(min_size=1, max_size=20).filter(str.strip)


@settings(max_examples=25)
@given(texts, texts, texts)
def test_what_is_written_down_is_read_again_whatever_stands_in_it(ask, answer, words):
    questions = (Question(id="a.b", text=ask, answers=(Answer(id="x", text=answer), Answer(id="y", text=answer))),)
    rules = (
        Rule(id="r", level=Severity.SEV1, text=words, when={"a.b": ("y",)}),
        Rule(id="s", level=Severity.SEV2),
    )
    matrix = Matrix(questions=questions, rules=rules)
    assert read_matrix(document(as_toml(matrix))) == matrix
