"""The deck for teachers opens without a network: its pictures are there, and nothing in it comes from elsewhere."""

import re
from pathlib import Path

DECK = Path(__file__).parents[2] / "docs" / "slides.html"
TEXT = DECK.read_text(encoding="utf-8")


def test_there_are_ten_slides_each_with_a_title_and_notes():
    slides = re.findall(r"<section>(.*?)</section>", TEXT, re.DOTALL)
    assert len(slides) == 10
    assert all(re.search(r"<h[12]>.+</h[12]>", slide) and re.search(r"<aside>.+</aside>", slide) for slide in slides)


def test_pictures_are_the_courses_own_and_described():
    pictures = re.findall(r'<img src="([^"]+)" alt="([^"]+)">', TEXT)
    assert len(pictures) == TEXT.count("<img") == 9
    assert [source for source, _ in pictures if not (DECK.parent / source).is_file()] == []
    assert [source for source, text in pictures if len(text.split()) < 8] == []


def test_nothing_comes_from_another_place():
    assert re.findall(r"https?:|url\(|@import|<link|<script \w", TEXT) == []
