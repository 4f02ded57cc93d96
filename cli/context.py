"""What every command starts from: the settings of the application, and a database session."""

from __future__ import annotations

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions
from settings import SETTINGS_KEY, Settings


def settings() -> Settings:
    found: Settings = current_app.extensions[SETTINGS_KEY]
    return found


def sessions() -> sessionmaker[Session]:
    return make_sessions(make_engine(settings().database_url))
