from __future__ import annotations

import resource
from dataclasses import replace

import pytest
from library_driver import KEY, URL, driven, entry, sound

from soundgen_nb.errors import LibraryError
from soundgen_nb.library import Library, Pruned
from soundgen_nb.sound import Sound
from soundgen_nb.wire import Provenance, State

PROVENANCE = Provenance(prompt="rain", engine="nobody", brief={"layers": [1, 2]}, notes=("a",))


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def files(tmp_path):
    """The names of the files in the folder of sounds, as they are now."""
    return lambda: sorted(path.name for path in (tmp_path / "sounds").iterdir())


def kept(library, played, wav=None):
    """The entry of a job whose audio is in the library."""
    new = entry()
    library.plan([new])
    library.record(replace(new.job, state=State.COMPLETED))
    library.keep(new.id, played=played, wav=wav, provenance=PROVENANCE)
    return library.entry(new.id)


def test_a_sound_comes_back_byte_for_byte_with_where_it_came_from(library):
    wav = Sound.from_samples([0.0, 0.5, -0.5], 8000)
    new = kept(library, sound(1), wav)
    assert library.sounds(new.id) == (sound(1), wav)
    assert library.entry(new.id).provenance == PROVENANCE
    assert [filed.format for filed in new.files] == ["mp3", "wav"]
    assert [filed.size for filed in new.files] == [len(sound(1).data), len(wav.data)]
    assert not new.unfinished


def test_the_same_bytes_are_kept_once(library, files):
    first, second = kept(library, sound(1)), kept(library, sound(1))
    assert first.played == second.played
    assert files() == [first.played.name]


def test_a_job_without_audio_says_how_it_stands(library):
    new = entry()
    library.plan([new])
    with pytest.raises(LibraryError, match=r"no audio of job .* is kept; it is PLANNED"):
        library.sounds(new.id)


def cut(data):
    return data[:100]


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("harm", [cut, flipped])
def test_a_damaged_sound_is_named_and_counts_as_not_there(tmp_path, library, harm):
    new = kept(library, sound(1), sound(2))
    assert library.claim_unfinished(URL, KEY) == ()
    path = tmp_path / "sounds" / new.wav.name
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(LibraryError, match=rf"{new.wav.name} is damaged; resume\(\)"):
        library.sounds(new.id)
    assert [e.id for e in library.claim_unfinished(URL, KEY)] == [new.id]
    library.keep(new.id, played=sound(1), wav=sound(2), provenance=PROVENANCE)
    assert library.sounds(new.id) == (sound(1), sound(2))
    assert library.claim_unfinished(URL, KEY) == ()


def test_a_sound_that_was_deleted_by_hand_can_be_fetched_again(tmp_path, library):
    new = kept(library, sound(1))
    (tmp_path / "sounds" / new.played.name).unlink()
    assert [e.id for e in library.claim_unfinished(URL, KEY)] == [new.id]
    with pytest.raises(LibraryError, match=f"{new.played.name} cannot be read"):
        library.sounds(new.id)


def test_a_sound_there_is_no_room_for_leaves_what_was_there(library, files):
    new = kept(library, sound(1))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(LibraryError, match=r"cannot be kept .* make room"):
            library.keep(new.id, played=sound(2, 300_000), provenance=PROVENANCE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files() == [new.played.name]
    assert library.sounds(new.id) == (sound(1), None)


@pytest.mark.usefixtures("library")
def test_what_the_dead_had_begun_to_write_is_swept_away_and_what_the_living_write_is_not(
    tmp_path, files
):
    dead = f"{'0' * 32}.1.part"
    mine = f"{next((tmp_path / 'owners').glob('*.lock')).stem}.1.part"
    for name in (dead, mine):
        (tmp_path / "sounds" / name).write_bytes(b"ID3 half a so")
    Library.open(tmp_path).close()
    assert files() == [mine]


def test_pruning_says_first_what_it_would_free(library, files):
    new = kept(library, sound(1), sound(2))
    size = len(sound(1).data) + len(sound(2).data)
    assert library.prune() == Pruned(entries=1, files=2, bytes=size)
    assert library.entry(new.id) == new
    assert library.prune(dry_run=False) == Pruned(entries=1, files=2, bytes=size)
    assert (library.entries(), files()) == ((), [])


def test_pruning_leaves_a_sound_that_somebody_still_points_at(library):
    single = kept(library, sound(1))
    rest = kept(library, sound(1), sound(2))
    library.prune(dry_run=False, states=[State.FAILED])
    assert library.sounds(single.id) == (sound(1), None)
    old = replace(entry(), created_at=1.0)
    library.plan([old])
    library.record(replace(old.job, state=State.FAILED))
    library.keep(old.id, played=sound(1), wav=sound(3), provenance=PROVENANCE)
    size = len(sound(3).data)
    pruned = library.prune(states=[State.FAILED], dry_run=False)
    assert pruned == Pruned(entries=1, files=1, bytes=size)
    assert library.sounds(rest.id) == (sound(1), sound(2))


def test_a_sound_kept_again_is_whole_at_every_moment(tmp_path):
    said = driven(tmp_path, "keep_and_read_together")
    assert said
    assert {tuple(words) for words in said} == {("read", "True")}


def test_a_file_that_is_pointed_at_again_is_not_let_go(library):
    new = kept(library, sound(1))
    let_go = []
    library._journal.release({new.played}, let_go.append)
    assert let_go == []


def test_a_kernel_killed_while_pruning_leaves_no_entry_without_its_sound(tmp_path):
    said = driven(tmp_path, "killed_while_pruning")
    assert len([words for words in said if words[0] == "died"]) == 10
    with Library.open(tmp_path) as library:
        for left in library.entries():
            assert not left.kept or library.sounds(left.id)
