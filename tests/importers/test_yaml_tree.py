"""YAML as a bounded tree: texts stay as they were written, and nothing in a file can hurt."""

import pytest

from incidentd.domain.yaml_tree import MAX_DEPTH, BadYaml, Node, parse_yaml


def plain(node: Node):
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    return [plain(item) for item in node.value] if isinstance(node.value, tuple) else node.value


def test_scalars_stay_texts_and_nothing_is_null():
    text = "a: yes\nb: 12:30\nc: 007\nd: ~\ne:\nf: ''\ng: 'null'\nh: [1, {x: y}]\n"
    assert plain(parse_yaml(text)) == {
        "a": "yes", "b": "12:30", "c": "007", "d": None, "e": None, "f": "", "g": "null", "h": ["1", {"x": "y"}],
    }  # fmt: skip


def test_a_value_has_the_line_of_its_key():
    root = parse_yaml("# head\na:\n  b:\n    - c: 1\n")

    def below(node, *path):
        for part in path:
            node = node.value[part]
        return node

    assert [below(root, *path).line for path in (["a"], ["a", "b"], ["a", "b", 0, "c"])] == [2, 3, 4]


def test_aliases_and_merges_are_resolved():
    text = "base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\ntwo: {<<: [{y: 9}, *b]}\nagain: *b\n"
    found = plain(parse_yaml(text))
    assert found["own"] == {"x": "1", "y": "3"}
    assert found["two"] == {"x": "1", "y": "9"}
    assert found["again"] == {"x": "1", "y": "2"}


def test_no_object_is_ever_made():
    assert plain(parse_yaml("a: !!python/object/apply:os.system ['false']")) == {"a": ["false"]}


def laughs() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("a: [", "is no YAML: did not find"),
        ("a: 1\n\tb: 2", "is no YAML"),
        ("a: 1\na: 2", "line 2: the key 'a' stands twice"),
        ("a: 1\n---\nb: 2", "a second document begins"),
        ("? [a]\n: b", "a key is no text"),
        ("a: *nothing", "refers to nothing"),
        ("a: &a [*a]", "refers to nothing before it"),
        ("{<<: 3}", "<< takes a mapping"),
        ("a: \x01", "is no YAML"),
        ('a: "\\ud800"', "line 1: "),
        ('a: "\\Uffffffff"', "is no YAML"),
        ("[" * (MAX_DEPTH + 1), f"deeper than {MAX_DEPTH}"),
        ("[" * 100_000, f"deeper than {MAX_DEPTH}"),
        (laughs(), "aliases resolved"),
    ],
    ids=lambda text: text[:24],
)
def test_what_cannot_be_read_is_said(text, why):
    with pytest.raises(BadYaml) as caught:
        parse_yaml(text)
    assert why in str(caught.value)
