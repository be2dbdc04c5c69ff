"""From the bytes of one mp3 to what a cell shows, against the usual way and against the floor.

All ways run in turn in each round, so that whatever else the machine does hits them alike; the
table gives the median of the rounds' ratios. Run: ``pytest -s tests/bench/bench_card.py``.
"""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from soundgen_nb.analysis import analyse
from soundgen_nb.analysis.frames import magnitude_blocks, mono_mix
from soundgen_nb.comparison import Comparison
from soundgen_nb.sound import Sound
from soundgen_nb.take import Take
from soundgen_nb.view import images
from soundgen_nb.wire import Provenance

# the standard library's aifc and its like, which librosa's loader imports, are on their way out
pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

RATE, SECONDS = 44_100, 10


def surf(seed=0):
    """Ten seconds of stereo that fill the spectrum and swell, as an mp3."""
    rng = np.random.default_rng(seed)
    swell = 0.02 + 0.15 * np.sin(np.arange(SECONDS * RATE) / RATE) ** 2
    samples = swell * rng.normal(0, 0.6, (2, SECONDS * RATE))
    return Sound.from_samples(samples, RATE, format="mp3").data


def notebook_idiom(data):
    """What notebooks do: load, one feature at a time, librosa's displays, IPython's player.

    The player gets both channels, as ours has them, and the figures are written as the inline
    backend writes them at the end of a cell.
    """
    import librosa
    import librosa.display
    from IPython.core.pylabtools import print_figure
    from IPython.display import Audio
    from matplotlib.figure import Figure

    both, rate = librosa.load(io.BytesIO(data), sr=None, mono=False)
    y = librosa.to_mono(both)
    for feature in ("centroid", "bandwidth", "rolloff"):
        getattr(librosa.feature, f"spectral_{feature}")(y=y, sr=rate).mean()
    for feature in (librosa.feature.spectral_flatness, librosa.feature.rms):
        feature(y=y).mean()
    librosa.feature.zero_crossing_rate(y).mean()
    librosa.onset.onset_detect(y=y, sr=rate)
    wave, spectrum = Figure(figsize=(10, 3)), Figure(figsize=(10, 4))
    librosa.display.waveshow(y, sr=rate, ax=wave.subplots())
    decibels = librosa.amplitude_to_db(np.abs(librosa.stft(y)), ref=np.max)
    axes = spectrum.subplots()
    drawn = librosa.display.specshow(decibels, sr=rate, x_axis="time", y_axis="log", ax=axes)
    spectrum.colorbar(drawn, ax=axes, format="%+2.0f dB")
    pictures = [
        images.data_uri(print_figure(each, fmt="png", base64=False)) for each in (wave, spectrum)
    ]
    return "".join([Audio(both, rate=rate)._repr_html_(), *pictures])


def measures(samples, rate, other):
    """All numbers of a card, from samples that are decoded already."""
    return analyse(samples, rate, beside=other).measures


def numbers_and_pictures(data):
    sound = Sound(data)
    found = analyse(sound.samples, sound.sample_rate)
    picture = images.spectrogram_png(found.spectrogram, reference_db=found.spectrogram.loudest_db)
    return images.data_uri(picture) + images.data_uri(images.waveform_png(found.waveform))


def card(data):
    return Take("surf", Sound(data), Provenance(prompt="surf", engine="bench"))._repr_html_()


def page(clips):
    """Twelve takes of two prompts side by side, from their bytes to the HTML of the cell."""
    origin = Provenance(prompt="surf", engine="bench")
    takes = (Take(f"surf {n % 2}", Sound(data), origin, index=n) for n, data in enumerate(clips))
    return Comparison.from_takes(takes)._repr_html_()


def floor(data):
    """The least there is to do: decode, transform once, write one picture."""
    sound = Sound(data)
    blocks = [block[:, 1::4].copy() for _, block in magnitude_blocks(mono_mix(sound.samples))]
    levels_db = 20 * np.log10(np.maximum(np.concatenate(blocks).T, 1e-2))
    written = io.BytesIO()
    Image.fromarray((levels_db + 40).clip(0, 80).astype(np.uint8)).save(written, "PNG")
    return images.data_uri(written.getvalue())


def timed(work, *arguments):
    start = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - start, result


def paired(ways, *, rounds):
    """Seconds of each way in each round, shape (rounds, ways), after one round to warm up."""
    for way in ways:
        way()
    return np.array([[timed(way)[0] for way in ways] for _ in range(rounds)])


def table(title, names, seconds):
    """One line a way: its median, and the median of its ratio to the last way in each round."""
    ratios = np.median(seconds / seconds[:, -1:], axis=0)
    lines = [
        f"{name:<24}{median * 1e3:>9.1f} ms{ratio:>9.2f} x"
        for name, median, ratio in zip(names, np.median(seconds, axis=0), ratios, strict=True)
    ]
    return "\n".join(["", title, *lines])


def test_one_card(capsys):
    data = surf()
    ways = (notebook_idiom, numbers_and_pictures, card, floor)
    samples, rate = Sound(data).decode()
    with ThreadPoolExecutor(1) as other:
        seconds = paired(
            [
                lambda: measures(samples, rate, other),
                *(lambda way=way: way(data) for way in ways),
            ],
            rounds=7,
        )
    sizes = {way.__name__: len(way(data)) for way in ways}
    names = [way.__name__ for way in (measures, *ways)]
    with capsys.disabled():
        print(table("one mp3, 10 s stereo", names, seconds))
        print(f"idiom over card: {np.median(seconds[:, 1] / seconds[:, 3]):.1f}")
        print("kB of HTML:", {name: size // 1000 for name, size in sizes.items()})
    assert sizes["card"] < sizes["notebook_idiom"] / 2


def test_a_page_of_twelve_takes(capsys):
    clips = [surf(seed) for seed in range(12)]
    ways = {
        "notebook_idiom, twelve": lambda: "".join(map(notebook_idiom, clips)),
        "page": lambda: page(clips),
        "floor, twelve": lambda: "".join(map(floor, clips)),
    }
    seconds = paired(list(ways.values()), rounds=3)
    sizes = {name: len(way()) for name, way in ways.items()}
    with capsys.disabled():
        print(table("twelve mp3s, 10 s stereo each", list(ways), seconds))
        print(f"idiom over page: {np.median(seconds[:, 0] / seconds[:, 1]):.1f}")
        print("kB of HTML:", {name: size // 1000 for name, size in sizes.items()})
    assert sizes["page"] < sizes["notebook_idiom, twelve"] / 7


def test_a_page_of_a_hundred_takes(capsys):
    clips = [surf(seed) for seed in range(10)] * 10
    ways = {"page": lambda: page(clips), "floor, a hundred": lambda: "".join(map(floor, clips))}
    seconds = paired(list(ways.values()), rounds=2)
    with capsys.disabled():
        print(table("a hundred mp3s, 10 s stereo each", list(ways), seconds))
    assert page(clips).count("<audio controls") == len(clips)


def test_twelve_clips_in_one_thread_and_in_two(capsys):
    clips = [surf(seed) for seed in range(12)]

    def with_threads(count):
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(numbers_and_pictures, clips))

    seconds = paired([lambda: with_threads(2), lambda: with_threads(1)], rounds=3)
    with capsys.disabled():
        print(table("twelve mp3s", ["two threads", "one thread"], seconds))
    assert with_threads(2) == with_threads(1)
