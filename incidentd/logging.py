"""Structured logs: one JSON object a line, on standard error. Text from outside only ever stands in a JSON value."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import structlog

from incidentd.log_flood import FloodFilter

LEVELS = ("debug", "info", "warning", "error")


def configure(level: str) -> None:
    """Send every log record, ours and the libraries', through one JSON renderer to standard error."""
    _configure(logging.StreamHandler(sys.stderr), level)


def configure_file(path: Path, level: str) -> None:
    """The same into a file, for a process whose terminal is somebody's screen."""
    _configure(logging.FileHandler(path), level)


def _configure(handler: logging.Handler, level: str) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )  # fmt: skip
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    handler.addFilter(FloodFilter())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in ("aiosqlite", "sqlalchemy", "alembic", "asyncio", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
