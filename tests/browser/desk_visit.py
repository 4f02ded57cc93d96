"""One look at a private address: where, and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.desk_world import Who
from tests.browser.visits import Visit


@dataclass(frozen=True, kw_only=True)
class DeskVisit(Visit):
    """`path` may hold names of the world's: {invitation}."""

    who: Who = Who.LISE


def pages(*paths: str, who: Who = Who.LISE, status: int = 200) -> tuple[DeskVisit, ...]:
    return tuple(DeskVisit(path=path, who=who, status=status) for path in paths)


def others(*paths: str, who: Who = Who.LISE, status: int = 200) -> tuple[DeskVisit, ...]:
    return tuple(DeskVisit(path=path, who=who, status=status, is_page=False) for path in paths)


def screen(path: str, *more: str) -> tuple[DeskVisit, ...]:
    """See one of Lyon's screens as Lise, as Nora who only reads, and bare in Rose's académie."""
    lyon, reunion = f"/lyon/gestion{path}", f"/reunion/gestion{path}"
    return (
        *pages(lyon, *(f"/lyon/gestion{path}{end}" for end in more)),
        *pages(lyon, who=Who.NORA),
        *pages(reunion, who=Who.ROSE),
    )
