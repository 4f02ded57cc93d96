"""Writing the next migration from what changed in the tables; for developers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.script import ScriptDirectory

from database import make_engine
from upkeep.state_folder import prepare_state_folder
from upkeep.upgrade import MIGRATIONS, alembic_config

if TYPE_CHECKING:
    from settings import Settings


def write_migration(settings: Settings, message: str, *, migrations: Path = MIGRATIONS) -> Path:
    """Write the difference between the database and the tables as the next numbered migration.

    The database must be at the newest migration so far. The draft wants reading: autogenerate
    sees neither a renamed column nor what must happen to the rows.
    """
    prepare_state_folder(settings.state_dir)
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            config = alembic_config(connection, migrations)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
    finally:
        engine.dispose()
    return Path(script.path)  # type: ignore[union-attr]
