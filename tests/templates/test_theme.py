"""The style sheet and the drawings: contrast in both schemes, weight, sizes."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from monitoring.target import State
from settings import ROOT

STYLE = (ROOT / "static" / "css" / "trousse.css").read_text(encoding="utf-8")
ICONS = sorted((ROOT / "static" / "icons").glob("*.svg"))
LARGEST = 8_000
"""Bytes of the style sheet, compressed."""
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
CATEGORIES = ("parler", "ecrire", "fichiers", "videos", "organiser", "ressources", "publier")


def variables(selector: str) -> dict[str, str]:
    """Return the colours that the first rule with this selector sets."""
    body = STYLE.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", body))


LIGHT = variables("\n:root")
SCHEMES = {
    "light": LIGHT,
    "dark": LIGHT | variables(':root:not([data-theme="light"])'),
    "dark by choice": LIGHT | variables(':root[data-theme="dark"]'),
}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["ink", "soft", "link", "up", "warn", "down", "care"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_words_can_be_read_in_both_schemes(scheme: str, text: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [("ink", "down-bg"), ("ink", "news"), ("link", "down-bg"), ("link", "news"), ("card", "link")],
)
def test_words_on_a_coloured_ground_can_be_read(scheme: str, text: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_edge_of_a_field_can_be_seen(scheme: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours["field"], colours["paper"]) >= SHAPE_CONTRAST


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize(
    ("before", "scheme"),
    [
        ("\n", "light"),
        (':root:not([data-theme="light"]) ', "dark"),
        (':root[data-theme="dark"] ', "dark by choice"),
    ],
)
def test_each_pencil_can_be_read_on_a_tile_and_seen_on_its_tint(
    category: str, before: str, scheme: str
) -> None:
    own = variables(f"{before}.cat-{category}")
    assert contrast(own["c"], SCHEMES[scheme]["card"]) >= TEXT_CONTRAST
    assert contrast(own["c"], own["t"]) >= SHAPE_CONTRAST


def test_both_ways_to_the_dark_scheme_give_the_same_colours() -> None:
    assert SCHEMES["dark"] == SCHEMES["dark by choice"]


def test_the_style_sheet_stays_light() -> None:
    assert len(gzip.compress(STYLE.encode())) <= LARGEST


def test_nothing_is_smaller_than_sixteen_pixels() -> None:
    sizes = re.findall(r"font(?:-size)?:\s*([\d.]+)(rem|px|em)", STYLE)
    assert sizes
    smallest = {"rem": 1.0, "em": 1.0, "px": 16.0}
    assert [size for size in sizes if float(size[0]) < smallest[size[1]]] == []


def test_the_style_sheet_asks_nobody_for_anything() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_a_drawing_is_a_small_square_in_the_colour_of_its_words(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    drawing = ET.fromstring(source)  # noqa: S314 - our own files
    box = [float(side) for side in drawing.attrib["viewBox"].split()]
    assert box[:2] == [0, 0]
    assert box[2] == box[3]
    colours = set(re.findall(r"(?:fill|stroke)=\"([^\"]+)\"", source))
    assert colours <= {"none", "currentColor"}
    assert len(source) < 2000


@pytest.mark.parametrize("state", list(State))
def test_each_state_has_a_shape_of_its_own(state: State) -> None:
    shapes = {path.stem: path.read_text() for path in ICONS if path.stem.startswith("state-")}
    assert len(set(shapes.values())) == len(State)
    assert f"state-{state.value}" in shapes


def test_every_drawing_that_templates_name_exists() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    named = {name for source in sources for name in re.findall(r'icon\("([a-z-]+)"[,)]', source)}
    assert named
    assert named - {path.stem for path in ICONS} == set()


def test_every_drawing_that_the_shipped_services_name_exists() -> None:
    source = (ROOT / "services.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r"^\s+icon: ([a-z-]+)$", source, re.MULTILINE))
    assert named
    assert named - {path.stem for path in ICONS} == set()
