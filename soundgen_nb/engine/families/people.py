"""People, as far as they can be imitated: a crowd, applause, a heart. No speech."""

from __future__ import annotations

from functools import partial

import numpy as np

from soundgen_nb.engine.family import COUNT, family
from soundgen_nb.engine.knobs import Knob, Values
from soundgen_nb.engine.parts.envelopes import decay, faded, hump, swell, wander
from soundgen_nb.engine.parts.filters import highpass
from soundgen_nb.engine.parts.grains import poisson_starts, scatter, sequenced, variants
from soundgen_nb.engine.parts.motion import sided
from soundgen_nb.engine.parts.noise import PINK, band
from soundgen_nb.engine.parts.resonators import modes
from soundgen_nb.engine.parts.schedules import event_times
from soundgen_nb.engine.parts.timeline import (
    SAMPLE_RATE,
    FloatArray,
    add_at,
    samples_in,
    time_axis,
    unit_rms,
)
from soundgen_nb.engine.parts.voices import VOWELS, glided, glottis, spoken

_NAMES = tuple(VOWELS)
_HOLLOWS_HZ = (1000, 2200)  # the cavity between two cupped hands
_CLAPS = 10  # different ones of one person
_SPEAKERS, _PHRASES = 8, 2  # enough that nobody notices a murmur repeating itself


@family(
    "people talking all at once",
    Knob("near", 8, 1, 12, "voices", "how many talk near by"),
    Knob("far", 50, 5, 400, "1/s", "syllables a second of all the others", follows="intensity"),
    Knob("syllables_hz", 4.5, 3.0, 6.5, "Hz", "syllables a second of each voice", follows="speed"),
    Knob("excitement", 0.0, 0.0, 1.0, "share", "how far the voices are raised"),
    presets={
        "cafe": {"near": 8, "far": 50},
        "stadium": {"near": 2, "far": 400, "excitement": 0.9},
    },
    natural_seconds=8.0,
    place="hall",
    approximate="a murmur of made-up syllables: nobody says anything",
)
def crowd(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """A few voices near by say phrases of vowels; behind them everybody's, too many to follow."""
    n = samples_in(seconds)
    speakers = [_phrases(rng, k) for _ in range(_SPEAKERS)]
    everybody = [phrase for mine in speakers for phrase in mine]
    said_seconds = float(np.mean([len(phrase) for phrase in everybody])) / SAMPLE_RATE
    starts = poisson_starts(rng, n, k.far / k.syllables_hz / said_seconds) - samples_in(1)
    gains = 0.12 + 0.12 * rng.random(len(starts))
    far = scatter(n, starts, gains, everybody, rng)
    ears = np.stack([far, np.roll(far, samples_in(0.013))])
    for number in range(round(k.near)):
        voice = _talk(seconds, rng, speakers[number % _SPEAKERS]) * np.float32(rng.uniform(0.3, 1))
        ears += sided(voice, rng.uniform(-0.8, 0.8))
    air = 0.08 * unit_rms(band(rng, n, 200, 2000, PINK)) * float(np.std(ears))
    return ears + air


def _talk(seconds: float, rng: np.random.Generator, phrases: list[FloatArray]) -> FloatArray:
    """One who speaks and pauses, all along."""
    result = np.zeros(samples_in(seconds), np.float32)
    start = rng.uniform(-1.0, 0.5)
    while start < seconds:
        phrase = phrases[rng.integers(len(phrases))]
        add_at(result, samples_in(start), phrase)
        start += len(phrase) / SAMPLE_RATE + rng.uniform(0.2, 1.0)
    return result


def _phrases(rng: np.random.Generator, k: Values) -> list[FloatArray]:
    """What one person says: a few phrases in a voice of their own."""
    deep = rng.random() < 0.5
    pitch_hz = (115 if deep else 205) * rng.uniform(0.85, 1.25) * (1 + 0.6 * k.excitement)
    head = (1.0 if deep else 1.15) * rng.uniform(0.95, 1.05)
    pace_hz = k.syllables_hz * rng.uniform(0.85, 1.15)
    return [_phrase(rng, pitch_hz, head, pace_hz) for _ in range(_PHRASES)]


def _phrase(rng: np.random.Generator, pitch_hz: float, head: float, pace_hz: float) -> FloatArray:
    """Some syllables on a pitch that sinks from the first to the last, vowel gliding into vowel."""
    lengths = rng.uniform(0.6, 1.4, int(rng.integers(4, 11))) / pace_hz
    starts = np.cumsum(lengths) - lengths
    n = samples_in(float(lengths.sum()))
    hz = pitch_hz * np.linspace(1.15, 0.85, n) * wander(rng, n, pace_hz, 0.65, 1.35)
    said = rng.integers(0, len(_NAMES), len(lengths))
    shares = [np.interp(time_axis(n), starts + lengths / 2, said == i) for i in range(len(_NAMES))]
    # a mouth lets little of the glottis's own note out
    source = highpass(glottis(rng, hz.astype(np.float32), 0.15, 0.03), 600)
    voice = unit_rms(spoken(source, _NAMES, shares, head))
    phrase = np.zeros(n, np.float32)
    for start, length in zip(starts, lengths, strict=True):
        first, m = samples_in(start), samples_in(length)
        loudness = hump(len(voice[first : first + m]), 0.7) * np.float32(rng.uniform(0.4, 1.0))
        phrase[first : first + m] = voice[first : first + m] * loudness
        add_at(phrase, first - samples_in(0.03), _consonant(rng), rng.uniform(0.0, 0.25))
    return phrase


def _consonant(rng: np.random.Generator) -> FloatArray:
    n = samples_in(rng.uniform(0.03, 0.1))
    low_hz = rng.uniform(1200, 4500)
    return band(rng, n, low_hz, 2.2 * low_hz) * hump(n)


@family(
    "an audience that claps",
    COUNT,
    Knob("people", 60, 1, 400, "people", "how many clap", follows="intensity"),
    Knob("claps_hz", 4.0, 2.0, 6.0, "Hz", "claps a second of each", follows="speed"),
    Knob("cheers", 0.15, 0, 1, "share", "voices among the clapping"),
    presets={
        "ovation": {"people": 300, "cheers": 0.6},
        "single": {"people": 1, "cheers": 0, "claps_hz": 2.5},
    },
    natural_seconds=8.0,
    place="hall",
    preset_places={"single": "room"},
    approximate="applause from noise bursts shaped like cupped hands",
)
def applause(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Near hands clap one by one, each pair with its own hollow; the far ones are a dense rain.

    A count is one person's: so many people are never counted by their claps.
    """
    hollow_hz = rng.uniform(*_HOLLOWS_HZ)
    if k.count:
        return sequenced(
            seconds,
            rng,
            k,
            lambda rng, _: _clap(rng, hollow_hz),
            gap_seconds=1 / k.claps_hz,
            jitter=0.06,
        )
    n = samples_in(seconds)
    hands = variants(40, lambda r: _clap(r, r.uniform(*_HOLLOWS_HZ)), rng)
    result = 0.2 * band(rng, n, 500, 3000, -1) * min(1.0, k.people / 60)
    near = min(round(k.people), 12)
    for _ in range(near):
        own_hz, gap = rng.uniform(*_HOLLOWS_HZ), 1 / (k.claps_hz * rng.uniform(0.8, 1.25))
        own = variants(_CLAPS, partial(_clap, hollow_hz=own_hz), rng)  # no two claps are alike
        gain = rng.uniform(0.45, 1.5)  # single pairs of hands stand out of any audience
        for start in event_times(
            rng, seconds, gap_seconds=gap, jitter=0.06, first_seconds=rng.uniform(0, 0.5)
        ):
            clap = own[rng.integers(_CLAPS)]
            add_at(result, samples_in(start), clap, gain * rng.uniform(0.7, 1.0))
    far = min(800.0, 3 * (round(k.people) - near) * k.claps_hz)
    starts = poisson_starts(rng, n, far, wander(rng, n, 1.5, 0.7, 1.0))
    result += scatter(n, starts, 0.3 * (0.4 + rng.random(len(starts))), hands, rng)
    return result + 0.5 * k.cheers * _cheer(seconds, rng)


def _clap(rng: np.random.Generator, hollow_hz: float) -> FloatArray:
    n = samples_in(0.2)
    hollow = hollow_hz * 2 ** rng.uniform(-0.15, 0.15)
    smack = band(rng, n, 0.6 * hollow, 1.35 * hollow) * decay(n, rng.uniform(0.013, 0.033), 0.0006)
    snap = 0.17 * band(rng, n, 2000, 9000) * decay(n, 0.003)
    return unit_rms(smack + snap)


def _cheer(seconds: float, rng: np.random.Generator) -> FloatArray:
    n = samples_in(seconds)
    result = 0.3 * band(rng, n, 400, 2200, PINK)
    for start in event_times(rng, seconds, gap_seconds=0.5, jitter=0.6, first_seconds=0.3):
        m = samples_in(rng.uniform(0.5, 1.3))
        pitch = rng.uniform(280, 520) * (0.8 + 0.4 * swell(m, 0.3, 1, 0.7))
        shout = glided(glottis(rng, pitch.astype(np.float32), 0.2), [VOWELS["o"], VOWELS["a"]], 1.1)
        add_at(result, samples_in(start), unit_rms(shout) * hump(m, 0.6), rng.uniform(0.2, 0.6))
    return result


@family(
    "a heart that beats",
    Knob("beats_per_minute", 84, 40, 180, "1/min", "the pulse", follows="speed"),
    Knob("thump_hz", 52, 40, 90, "Hz", "pitch of the thump", against="size"),
    natural_seconds=6.0,
    room_tone_db=-50.0,
)
def heartbeat(seconds: float, rng: np.random.Generator, k: Values) -> FloatArray:
    """Lub and dub: two soft thumps, the second a third of a beat later, higher and shorter."""
    result = 0.01 * band(rng, samples_in(seconds), 20, 120, PINK)
    beat = 60 / k.beats_per_minute
    for start in event_times(rng, seconds, gap_seconds=beat, jitter=0.02, first_seconds=0.15):
        add_at(result, samples_in(start), _thump(rng, k.thump_hz, 0.032), rng.uniform(0.9, 1.0))
        after = min(0.32, 0.36 * beat)
        add_at(result, samples_in(start + after), _thump(rng, 1.5 * k.thump_hz, 0.024), 0.55)
    return result


def _thump(rng: np.random.Generator, hz: float, seconds: float) -> FloatArray:
    n = samples_in(0.35)
    body = modes(
        n, [hz, 1.7 * hz, 2.6 * hz], [seconds, 0.6 * seconds, 0.4 * seconds], [1, 0.24, 0.4]
    )
    rush = 0.02 * band(rng, n, 40, 186) * decay(n, seconds, 0.024)
    return faded(body + rush, 0.024, 0.05)
