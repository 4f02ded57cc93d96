"""The state folder belongs to its owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from upkeep.state_folder import StateFolderError, prepare_state_folder


def test_the_folder_is_made_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "state"
    prepare_state_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(0o755)
    prepare_state_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_everybody_writes_into_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    with pytest.raises(StateFolderError, match="TROUSSE_STATE_DIR"):
        prepare_state_folder(folder)
    assert folder.stat().st_mode & 0o7777 == 0o1777


def test_a_folder_that_cannot_be_made_says_which_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateFolderError, match="TROUSSE_STATE_DIR"):
        prepare_state_folder(tmp_path / "file" / "state")
