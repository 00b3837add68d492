"""What says how near texts are in meaning, for plugins that know. Since API version 1.9."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence


class Embedder(ABC):
    """Turns texts into vectors, so that those that mean alike point the same way.

    It is asked when a review begins, which incidents look like this one; without one, and when it fails, their words
    and labels alone decide. What it gets is what people wrote of incidents: say where your plugin sends it.
    """

    @abstractmethod
    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each of `texts` (at most 200, of at most 2,000 characters), in their order, all of one length.

        Answer within three seconds, or raise: the review begins without it, and the health view says why. Must be safe
        to cancel.
        """

    async def close(self) -> None:
        """Release what was opened."""
        return None
