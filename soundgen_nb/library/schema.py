"""The tables of the journal, as the steps that lead to them from an empty file."""

from __future__ import annotations

Migrations = tuple[tuple[str, ...], ...]
"""Step k leads from version k to version k + 1; a step that was published never changes."""

MIGRATIONS: Migrations = (
    (
        """
        CREATE TABLE entries (
            number INTEGER PRIMARY KEY,
            job_id TEXT NOT NULL UNIQUE,
            order_id TEXT NOT NULL,
            owner TEXT NOT NULL,
            base_url TEXT NOT NULL,
            key TEXT NOT NULL,
            prompt TEXT NOT NULL,
            state TEXT NOT NULL,
            take INTEGER NOT NULL,
            factors TEXT NOT NULL,
            job TEXT NOT NULL,
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL,
            played TEXT,
            wav TEXT,
            provenance TEXT,
            measures TEXT NOT NULL DEFAULT '{}',
            rating INTEGER
        )
        """,
        "CREATE INDEX entries_of_account ON entries (base_url, key, state)",
        "CREATE TABLE polls (base_url TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL)",
        "CREATE INDEX polls_of_account ON polls (base_url, key, at)",
    ),
    (
        "ALTER TABLE entries ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE entries ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX entries_of_task ON entries (json_extract(job, '$.receipt.task_id'))",
        "CREATE TABLE prompt_sets (name TEXT PRIMARY KEY, text TEXT NOT NULL)",
    ),
)
