"""The root of what accounts refuse."""

from __future__ import annotations


class AccountError(Exception):
    """Something that cannot be done with accounts or rights; `code` says why."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}" if values else code)
