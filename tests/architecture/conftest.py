"""What the architecture tests look at: the source files of the repository and their syntax trees."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE_DIRECTORIES = ("incidentd", "tui", "plugins")


class Source:
    """The repository's files."""

    root = ROOT

    def __init__(self) -> None:
        self._trees: dict[Path, ast.Module] = {}  # several tests look at each

    def modules(self, *directories: str) -> list[Path]:
        """Every Python file below `directories` (default: everything that is shipped)."""
        found = [path for name in directories or SOURCE_DIRECTORIES for path in sorted((ROOT / name).rglob("*.py"))]
        assert found, f"no Python files below {directories}"
        return found

    def tree(self, path: Path) -> ast.Module:
        if path not in self._trees:
            self._trees[path] = ast.parse(path.read_text(encoding="utf-8"), str(path))
        return self._trees[path]

    def name(self, path: Path) -> str:
        return path.relative_to(ROOT).as_posix()

    def plugins(self) -> list[Path]:
        """The directory of every built-in plugin."""
        found = sorted(path.parent for path in (ROOT / "plugins").glob("incidentd_*/__init__.py"))
        assert found
        return found

    def pyproject(self) -> dict:
        return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def source() -> Source:
    return Source()
