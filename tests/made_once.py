"""What a process of tests makes once for all its sites: compiled templates and addresses.

Each site is still made anew. What is kept depends on nothing but its key.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from types import CodeType
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """By their names, their sources and how they are read."""

    def __init__(self) -> None:
        self._kept: dict[object, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> tuple[object, ...]:
    environment = bucket.environment
    reading = (environment.trim_blocks, environment.lstrip_blocks, *sorted(environment.extensions))
    return bucket.key, bucket.checksum, reading


class CompiledRule(Rule):
    """A route that writes addresses with a function that a route of the same shape has made."""

    _kept: ClassVar[dict[object, Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(
        self,
        append_unknown: bool = True,  # noqa: FBT001, FBT002 - as Werkzeug calls it
    ) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            # Their values are written into the function.
            return super()._compile_builder(append_unknown)
        key = (self.rule, *self._trace, append_unknown)
        if key not in self._kept:
            self._kept[key] = super()._compile_builder(append_unknown)
        return self._kept[key]


def keep_compiled() -> None:
    """Let the sites of this process share what is the same for all of them."""
    options: dict[str, Any] = {"bytecode_cache": CompiledTemplates()}
    Flask.jinja_options = {**Flask.jinja_options, **options}
    Flask.url_rule_class = CompiledRule


def look_for_garbage_less_often() -> None:
    """Each site makes many objects: looking for those in use took a third of all time.

    What is left unclosed is told all the same, some tests later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
