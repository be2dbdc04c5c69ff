"""Prompts saved by name: whole or not at all, and for every kernel that shares the library."""

from __future__ import annotations

import sqlite3

import pytest

from soundgen_nb.errors import InputError
from soundgen_nb.library import Library


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path) as opened:
        yield opened


def test_what_is_saved_is_there_in_another_kernel_and_after_opening_again(library, tmp_path):
    text = "rain on a {tin roof|canvas tent}\n\n  a bell, ring\u00e9\n"
    library.prompt_sets.save("Monday: rain/../bells ☂", text)
    with Library.open(tmp_path) as other:
        assert other.prompt_sets.names() == ("Monday: rain/../bells ☂",)
        assert other.prompt_sets.text("Monday: rain/../bells ☂") == text


def test_names_come_in_the_order_of_the_alphabet(library):
    for name in ("b", "C", "a"):
        library.prompt_sets.save(name, "rain")
    assert library.prompt_sets.names() == ("a", "b", "C")


def test_a_name_is_saved_again_in_place_of_what_it_had(library):
    for text in ("rain", "hail"):
        library.prompt_sets.save(" roofs ", text)
    assert library.prompt_sets.names() == ("roofs",)
    assert library.prompt_sets.text("roofs") == "hail"


def test_a_deleted_name_is_gone_and_may_be_deleted_twice(library):
    library.prompt_sets.save("roofs", "rain")
    for _ in range(2):
        library.prompt_sets.delete("roofs")
    assert library.prompt_sets.names() == ()
    with pytest.raises(InputError, match="no prompts are saved as 'roofs'"):
        library.prompt_sets.text("roofs")


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "n" * 81, "half \x00", 5], ids=repr)
def test_a_name_that_cannot_be_is_refused(library, name):
    with pytest.raises(InputError, match="a name must be one line of 1 to 80 characters"):
        library.prompt_sets.save(name, "rain")
    assert library.prompt_sets.names() == ()


def test_nothing_is_not_saved(library):
    with pytest.raises(InputError, match="nothing to save as 'roofs'"):
        library.prompt_sets.save("roofs", " \n")


def test_a_save_that_is_cut_short_leaves_what_was_there(library, tmp_path):
    library.prompt_sets.save("roofs", "rain")
    other = sqlite3.connect(tmp_path / "journal.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE prompt_sets SET text = 'half'")
    other.close()  # as a killed kernel does: in the middle
    assert library.prompt_sets.text("roofs") == "rain"
