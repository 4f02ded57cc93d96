"""What people typed becomes paragraphs and links, and never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.paragraphs import paragraphs


def test_a_blank_line_makes_a_paragraph_and_a_line_end_a_line() -> None:
    assert paragraphs("Un\r\ndeux\r\n \r\n\r\ntrois\n") == ("Un<br>deux", "trois")
    assert paragraphs(" \n ") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Voir https://a.fr/b?c=1&d=2.", "https://a.fr/b?c=1&amp;d=2"),
        ("(https://a.fr/b_(c))", "https://a.fr/b_(c)"),
        ("«\N{NO-BREAK SPACE}http://a.fr\N{NO-BREAK SPACE}»", "http://a.fr"),
        ("https://é.fr/à, puis", "https://é.fr/à"),
    ],
)
def test_an_address_becomes_a_link_without_the_sentence_around_it(text: str, found: str) -> None:
    [paragraph] = paragraphs(text)
    assert f'<a href="{found}">{found}</a>' in paragraph


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "ftp://a.fr", "https://", "https://[", "www.a.fr", "data:text/html,x"],
)
def test_nothing_else_becomes_one(text: str) -> None:
    assert "<a" not in "".join(paragraphs(text))


@given(st.text(alphabet="<>\"'&/:.ahtps()[]@? \n", max_size=60))
def test_no_text_gets_out_of_its_paragraph(text: str) -> None:
    for paragraph in paragraphs(f'https://{text} <script>"'):
        left = str(paragraph)
        for allowed in ("<br>", '<a href="', '">', "</a>"):
            left = left.replace(allowed, "")
        assert "<" not in left
