"""Keys of a process file as people write them, such as `severity.rules.harm-confirmed` or `updates.SEV2.identified`.

An item of a list that has an `id` or a `name` is called by it, so that a key means the same after the list was sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Data = Mapping[str, object]


def item_name(item: object, index: int) -> str:
    """What the `index`-th item of a list is called in a key."""
    if isinstance(item, Mapping):
        for part in ("id", "name"):
            if isinstance(named := item.get(part), str) and named:
                return named
    return str(index)


def resolved(data: Data, key: str) -> str | None:
    """`key` with every item of a list called by its name, None when `data` has no such key.

    Items may be written by number (from 0) as well: `severity.rules.2` or `severity.rules[2]`.
    """
    parts = key.replace("[", ".").replace("]", "").split(".")
    return next(_walk(data, parts), None) if key else None


def _walk(here: object, parts: Sequence[str]) -> Iterator[str]:
    if not parts:
        yield ""
        return
    for taken in range(len(parts), 0, -1):  # names may have dots themselves
        word = ".".join(parts[:taken])
        for name, child in _children(here, word):
            for rest in _walk(child, parts[taken:]):
                yield f"{name}.{rest}".rstrip(".")


def _children(here: object, word: str) -> Iterator[tuple[str, object]]:
    if isinstance(here, Mapping) and word in here:
        yield word, here[word]
    elif isinstance(here, list | tuple):
        names = [item_name(item, index) for index, item in enumerate(here)]
        if word in names:
            yield word, here[names.index(word)]
        elif word.isascii() and word.isdecimal() and int(word[:9]) < len(here):
            yield names[int(word)], here[int(word)]


def still_there(data: Data, because: Mapping[str, str]) -> dict[str, str]:
    """The explanations whose keys `data` has, by their names."""
    return {known: why for key, why in because.items() if (known := resolved(data, key)) is not None}
