"""Birds: a dawn chorus, an owl, a pigeon, a gull, a crow, a cock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import hump, stretched, swell, wander
from soundgen_nb.engine.parts.filters import highpass
from soundgen_nb.engine.parts.grains import sequenced
from soundgen_nb.engine.parts.motion import sided
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import harmonics, sine
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import FloatArray, add_at, samples_in, unit_peak
from soundgen_nb.engine.parts.voices import Formants, glottis, mouthed


@dataclass(frozen=True, slots=True)
class _Syllable:
    """One note of a song: where it starts and ends, how it bows and trills, how long it lasts."""

    start_hz: float
    end_hz: float
    bow: float
    trill_hz: float
    seconds: float
    gap_seconds: float


@family(
    "birds singing",
    Knob("singers", 4, 1, 10, "birds", "how many sing", follows="intensity"),
    Knob("pitch_hz", 3600, 1500, 6500, "Hz", "middle of their voices", against="size"),
    Knob("tempo", 1.0, 0.5, 2.0, "ratio", "how fast they sing", follows="speed"),
    presets={"single": {"singers": 1}, "chorus": {"singers": 9}, "small": {"pitch_hz": 5200}},
    natural_seconds=8.0,
    place="forest",
)
def birds(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Every bird has a song of its own, a few whistled syllables, and a branch to sing it from."""
    n = samples_in(seconds)
    ears = np.stack([0.012 * band(rng, n, 200, 5000, PINK) for _ in range(2)])
    for number in range(round(k.singers)):
        gain = 10 ** (-(rng.uniform(8, 20) if number > 1 else rng.uniform(0, 4)) / 20)
        ears += sided(_singer(seconds, rng, k), rng.uniform(-0.8, 0.8)) * np.float32(gain)
    return ears


def _singer(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    result = np.zeros(samples_in(seconds), np.float32)
    centre = k.pitch_hz * rng.uniform(0.7, 1.4)
    songs = [_song(rng, centre, k.tempo) for _ in range(2)]
    start = rng.uniform(0.1, 1.2)
    while start < seconds:
        for syllable in songs[rng.integers(2)]:
            add_at(result, samples_in(start), _sung(rng, syllable), rng.uniform(0.6, 1.0))
            start += syllable.seconds + syllable.gap_seconds
        start += rng.uniform(0.4, 1.8) / k.tempo
    return result


def _song(rng: np.random.Generator, centre_hz: float, tempo: float) -> list[_Syllable]:
    song: list[_Syllable] = []
    for _ in range(int(rng.integers(1, 4))):
        syllable = _Syllable(
            start_hz=centre_hz * rng.uniform(0.75, 1.35),
            end_hz=centre_hz * rng.uniform(0.75, 1.35),
            bow=rng.uniform(-0.25, 0.25),
            trill_hz=rng.uniform(25, 70) * (rng.random() < 0.4),
            seconds=rng.uniform(0.05, 0.2) / tempo,
            gap_seconds=rng.uniform(0.02, 0.09) / tempo,
        )
        song += [syllable] * int(rng.integers(1, 6))
    return song


def _sung(rng: np.random.Generator, syllable: _Syllable) -> FloatArray:
    n = samples_in(syllable.seconds)
    way = np.linspace(0, 1, n)
    hz = syllable.start_hz * (syllable.end_hz / syllable.start_hz) ** way
    hz = hz * (1 + syllable.bow * hump(n)) * (1 + 0.05 * sine(max(syllable.trill_hz, 0.0), n))
    return harmonics(hz * rng.uniform(0.99, 1.01), n, [1, 0.12, 0.04]) * hump(n, 0.7)


@family(
    "an owl",
    COUNT,
    Knob("pitch_hz", 350, 220, 700, "Hz", "its note", against="size"),
    Knob("gap_seconds", 3.2, 1.8, 6.0, "s", "time from call to call", against="speed"),
    natural_seconds=8.0,
    place="forest",
)
def owl(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Hoots that are nearly pure tones with a breathy edge: hoo, hu-hoo, hooo."""
    n = samples_in(seconds)
    result = 0.01 * band(rng, n, 100, 2500, PINK)
    pitch = k.pitch_hz * rng.uniform(0.92, 1.08)
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, first_seconds=0.4, needs_seconds=1.5
    ):
        for after, length, gain in (
            (0, 0.32, 0.7),
            (0.5, 0.14, 0.6),
            (0.7, 0.2, 0.8),
            (1.0, 0.6, 1.0),
        ):
            add_at(result, samples_in(start + after), _hoot(rng, pitch, length), gain)
    return result


def _hoot(rng: np.random.Generator, pitch: float, seconds: float) -> FloatArray:
    n = samples_in(seconds)
    hz = pitch * (0.9 + 0.18 * hump(n, 0.6)) * wander(rng, n, 12, 0.995, 1.005)
    tremble = 1 + 0.03 * band(rng, n, 15, 80)
    breath = 0.01 * band(rng, n, 0.7 * pitch, 3 * pitch)
    hoot = harmonics(hz, n, [1, 0.025, 0.015]) * tremble + breath
    return np.asarray(hoot * hump(n, 0.4), np.float32)


@family(
    "a pigeon or a dove that coos",
    COUNT,
    Knob("pitch_hz", 450, 280, 650, "Hz", "its note", against="size"),
    Knob("gap_seconds", 2.2, 1.5, 5.0, "s", "time from call to call", against="speed"),
    Knob("roll", 0.45, 0.0, 0.9, "share", "how far its throat rolls the note"),
    presets={"dove": {"pitch_hz": 520, "roll": 0.05}},
    natural_seconds=6.0,
    place="outdoors",
)
def pigeon(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Coo-roo-coo: soft, nearly pure notes, blown into a full crop and rolled."""
    result = np.zeros(samples_in(seconds), np.float32)
    pitch = k.pitch_hz * rng.uniform(0.94, 1.06)
    for start in event_times(
        rng, seconds, count=k.count, gap_seconds=k.gap_seconds, needs_seconds=1.4
    ):
        for after, length, gain in ((0, 0.3, 0.6), (0.36, 0.6, 1.0), (1.05, 0.35, 0.75)):
            coo = _hoot(rng, pitch * rng.uniform(0.96, 1.04), length)
            rolled = 1 - k.roll * (0.5 + 0.5 * sine(rng.uniform(22, 27), len(coo)))
            add_at(result, samples_in(start + after), coo * rolled, gain)
    return result


@family(
    "a gull",
    COUNT,
    Knob("pitch_hz", 900, 600, 1500, "Hz", "its note", against="size"),
    Knob("gap_seconds", 0.55, 0.3, 2.0, "s", "time from cry to cry", against="speed"),
    natural_seconds=6.0,
    place="outdoors",
    approximate="a gull's cry from pulses and formants, not a recorded bird",
)
def gull(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Cries that leap up and sag, in series that die away."""
    return _cries(seconds, rng, k, _GULL)


@family(
    "a crow",
    COUNT,
    Knob("pitch_hz", 480, 350, 800, "Hz", "its note", against="size"),
    Knob("gap_seconds", 0.6, 0.35, 2.0, "s", "time from caw to caw", against="speed"),
    natural_seconds=5.0,
    place="outdoors",
    approximate="a crow's caw from pulses and formants, not a recorded bird",
)
def crow(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Caws: a rough arch of a note whose weight the throat puts near 2 kHz, far above the note."""
    return _cries(seconds, rng, k, _CROW)


@dataclass(frozen=True, slots=True)
class _Cry:
    """One cry of a harsh bird: how far it leaps up, how rough it is, its throat, its length."""

    leap: float
    breath: float
    rough: float
    throat: Formants
    thin_hz: float
    seconds: float


_GULL = _Cry(0.45, 0.1, 0.1, ((1500, 500, 0.7), (2600, 700, 1.0), (4200, 900, 0.4)), 1200, 0.38)
_CROW = _Cry(0.25, 0.3, 0.35, ((1250, 350, 0.5), (1900, 400, 1.0), (2600, 500, 0.7)), 1500, 0.36)


def _cries(seconds: float, rng: np.random.Generator, k: Values, cry: _Cry) -> FloatArray:
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _cried(rng, k.pitch_hz, cry),
        jitter=0.15,
        needs_seconds=0.4,
        group=(2, 5),
        pause_seconds=1.2,
    )


def _cried(rng: np.random.Generator, pitch_hz: float, cry: _Cry) -> FloatArray:
    n = samples_in(cry.seconds * rng.uniform(0.8, 1.2))
    arch = swell(n, rng.uniform(0.2, 0.4), 0.6, 0.9)
    hz = pitch_hz * rng.uniform(0.94, 1.06) * (1 - 0.4 * cry.leap + cry.leap * arch)
    source = highpass(glottis(rng, hz, cry.breath, cry.rough), cry.thin_hz)
    voice = mouthed(source, cry.throat)
    return unit_peak(voice * hump(n, 0.4)) * np.float32(rng.uniform(0.7, 1.0))


@family(
    "a cock that crows",
    COUNT,
    Knob("pitch_hz", 830, 600, 1100, "Hz", "the note it holds", against="size"),
    Knob("gap_seconds", 3.5, 2.4, 8.0, "s", "time from crow to crow", against="speed"),
    natural_seconds=5.0,
    place="outdoors",
    approximate="a cock's crow from pulses and formants, not a recorded bird",
)
def rooster(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Cock-a-doodle-doo: short hoarse notes, one that is held, bright and steady, and a fall."""
    return sequenced(
        seconds,
        rng,
        k,
        lambda rng, k: _crowed(rng, k.pitch_hz * rng.uniform(0.95, 1.05)),
        needs_seconds=1.9,
    )


_CROWED = (  # start, length in seconds; pitch at the start, in the middle, at the end; hoarseness
    (0.0, 0.16, 0.75, 0.85, 0.7, 0.3),
    (0.28, 0.16, 0.9, 1.0, 0.97, 0.07),
    (0.48, 0.28, 0.9, 1.12, 1.02, 0.15),
    (0.78, 0.85, 1.05, 1.0, 0.95, 0.02),
    (1.61, 0.14, 0.9, 0.75, 0.6, 0.25),
)
_BEAK: Formants = ((900, 250, 0.5), (1750, 350, 1.0), (2700, 450, 0.6), (3500, 500, 0.25))


def _crowed(rng: np.random.Generator, pitch_hz: float) -> FloatArray:
    crowing = np.zeros(samples_in(1.9), np.float32)
    for start, length, *pitches, hoarse in _CROWED:
        n = samples_in(length * rng.uniform(0.9, 1.1))
        hz = pitch_hz * stretched(pitches, n) * wander(rng, n, 20, 0.99, 1.01)
        source = highpass(glottis(rng, hz, hoarse, hoarse), 1200)
        note = mouthed(source, _BEAK) * hump(n, 0.25)
        add_at(crowing, samples_in(start), unit_peak(note), 0.5 if length < 0.2 else 1.0)
    return crowing
