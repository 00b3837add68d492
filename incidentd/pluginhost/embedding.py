"""What embedders answer: bounded in time, checked, and never in the way of a review."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

import structlog

from incidentd.plugin.embedding import Embedder
from incidentd.pluginhost.contained import close_quietly, contained
from incidentd.pluginhost.vitals import Vitals

EMBED_SECONDS = 3.0
_LONGEST = 8192  # numbers in a vector
log = structlog.get_logger("incidentd.plugins")


class EmbeddingFailed(Exception):  # noqa: N818
    """No vectors this time; the text says why."""


class RunningEmbedder:
    """An embedder instance."""

    def __init__(self, embedder: Embedder, vitals: Vitals, seconds: float = EMBED_SECONDS) -> None:
        self._embedder = embedder
        self.vitals = vitals
        self._seconds = seconds

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector a text. Raises `EmbeddingFailed`."""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await contained(self._embedder.embed(texts))
            vectors = _checked(answer, len(texts))
        except Exception as error:
            told = f"no answer within {self._seconds:g} s" if isinstance(error, TimeoutError) else error
            self.vitals.failed("embed", told)
            log.warning("embedder_failed", instance=self.vitals.instance, error=repr(error))
            raise EmbeddingFailed(self.vitals.detail) from error
        self.vitals.succeeded()
        return vectors

    async def close(self) -> None:
        """Release what it holds, within the time limit."""
        await close_quietly(self._embedder.close, self.vitals)


def _checked(answer: Sequence[Sequence[float]], wanted: int) -> list[list[float]]:
    """The vectors as plain numbers. Raises `ValueError` naming what is wrong with them."""
    vectors = [[float(number) for number in vector] for vector in answer]
    if len(vectors) != wanted:
        raise ValueError(f"it answered {len(vectors)} vectors for {wanted} texts")
    sizes = {len(vector) for vector in vectors}
    if len(sizes) > 1 or not 0 < max(sizes, default=1) <= _LONGEST:
        raise ValueError(
            f"its vectors have {', '.join(map(str, sorted(sizes)))} numbers, not one length up to {_LONGEST}"
        )
    if not all(math.isfinite(number) for vector in vectors for number in vector):
        raise ValueError("its vectors hold what is no number")
    return vectors
