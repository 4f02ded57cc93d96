"""The state folder and its secret key belong to their owner alone."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from upkeep.state_folder import StateFolderError, prepare_state_folder, secret_key


def test_the_folder_is_made_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "state"
    prepare_state_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_says_which_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateFolderError, match="TROUSSE_STATE_DIR"):
        prepare_state_folder(tmp_path / "file" / "state")


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert len(key) == 64
    assert secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    keys: list[str] = []
    together = threading.Barrier(8)

    def read() -> None:
        together.wait()
        keys.append(secret_key(tmp_path))

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]
