"""What académies usually add to their page, filled in but for the address: the list of models."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from catalogue.findings import Findings
from catalogue.refusals import build
from catalogue.schema import (
    ChooseWhen,
    Id,
    Launch,
    Model,
    Probe,
    Profile,
    ShortText,
    SignIn,
    Software,
    Summary,
    Users,
    WebUrl,
    WithPupils,
)
from catalogue.yaml_reader import read_yaml
from instances.schema import Runner

FILE = Path(__file__).with_name("service_models.yaml")
_NOT_OF_A_SERVICE = frozenset({"run_by", "probe"})


class ModelEntry(Model):
    """What is known of a service wherever it runs."""

    title: str = Field(min_length=1, max_length=60)
    task: ShortText
    choose_when: ChooseWhen | None = None
    summary: Summary
    icon: Id
    categories: tuple[Id, ...] = Field(min_length=1)
    keywords: tuple[str, ...] = Field(min_length=1)
    profiles: tuple[Profile, ...] = ()
    users: Users
    with_pupils: WithPupils | None = None
    sign_in: tuple[SignIn, ...] = Field(min_length=1)
    software: Software | None = None
    launch: Launch = Launch()
    run_by: Runner | None = None
    """Who usually runs it; none: the académie."""
    probe: Probe


class ServiceModel(Model):
    id: Id
    name: ShortText
    address: WebUrl
    """What an address of it looks like; never a real one."""
    entry: ModelEntry

    def as_draft(self, categories: frozenset[str]) -> dict[str, Any]:
        """Return an entry to complete; `categories` are those that the nation has now."""
        entry = self.entry.model_dump(
            mode="json",
            exclude=set(_NOT_OF_A_SERVICE),
            exclude_unset=True,
            exclude_none=True,
        )
        entry["categories"] = [item for item in self.entry.categories if item in categories]
        probe = self.entry.probe.model_dump(mode="json", exclude_unset=True)
        entry["backends"] = [{"id": "principal", "url": "", "probe": probe}]
        if self.entry.run_by is not None:
            entry["run_by"] = self.entry.run_by.model_dump(mode="json", exclude_none=True)
        return entry


class ServiceModels(Model):
    models: tuple[ServiceModel, ...] = Field(min_length=1)


class UnreadableModelsError(Exception):
    """The file of the program itself is broken: a fault of ours."""


@cache
def service_models() -> tuple[ServiceModel, ...]:
    """Read the list that comes with the program, in its own order."""
    findings = Findings()
    root = read_yaml(FILE.read_bytes(), findings)
    found = build(ServiceModels, root, (), findings) if root is not None else None
    if found is None or findings.kept:
        raise UnreadableModelsError([(item.code, item.mark, item.loc) for item in findings.kept])
    return found.models


def find_model(model_id: str) -> ServiceModel | None:
    return next((item for item in service_models() if item.id == model_id), None)
