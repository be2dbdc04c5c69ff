"""What the player's deck lets out, sample by sample, rendered by the browser's own audio graph."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from soundgen_nb.analysis import loudness
from soundgen_nb.sound import Sound
from soundgen_nb.view import enlivening

pytestmark = pytest.mark.browser

RATE = 44_100
START = round(0.05 * RATE)  # sources are started this far ahead
FADE = 600  # samples, a little more than 12 ms
AHEAD = 3000  # from the call to the end of its fade, and a block

RENDER = """async ([module, tracks, loaded, acts, seconds, rate]) => {
  const {Deck, bytesOfDataUri} = await import(`data:text/javascript;base64,${module}`);
  const context = new OfflineAudioContext(2, seconds * rate, rate);
  const withBytes = track => ({...track, bytes: () => bytesOfDataUri(track.uri)});
  const deck = new Deck(context, tracks.map(withBytes));
  for (const index of loaded) await deck.load(index);
  for (const [time, name, ...values] of acts) {
    context.suspend(time).then(async () => {
      await deck[name](...values);
      deck.pump(seconds);
      context.resume();
    });
  }
  await deck.play(0);
  deck.pump(seconds);
  const rendered = await context.startRendering();
  const channels = [0, 1].map(side => rendered.getChannelData(side));
  const read = new FileReader();
  const done = new Promise(end => read.addEventListener('load', end));
  read.readAsDataURL(new Blob(channels));
  await done;
  return read.result.split(',')[1];
}"""


@pytest.fixture(scope="module")
def blank(browser):
    page = browser.new_page()
    yield page
    page.close()


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def track(sound, gain=1.0, seconds=None):
    return {"uri": sound.data_uri, "seconds": seconds or sound.seconds, "gain": gain}


def rendered(page, tracks, acts=(), *, seconds=2.0, loaded=None):
    """What comes out, shape (2, n), from the moment the deck begins to play."""
    names = range(len(tracks)) if loaded is None else loaded
    call = [encoded(enlivening.module()), tracks, list(names), list(acts), seconds, RATE]
    data = page.evaluate(RENDER, json.loads(json.dumps(call)))
    samples = np.frombuffer(base64.b64decode(data), np.float32).reshape(2, -1)
    return samples[:, START:]


def noise(seed, seconds=2.0, channels=2):
    return np.random.default_rng(seed).uniform(-0.4, 0.4, (channels, int(seconds * RATE)))


def tone(frequency_hz, seconds=2.0, amplitude=0.4):
    times = np.arange(int(seconds * RATE)) / RATE
    return np.tile(amplitude * np.sin(2 * np.pi * frequency_hz * times), (2, 1))


def wav(samples):
    return Sound.from_samples(samples, RATE)


def gap_db(heard, wanted):
    """How far what was heard is from what was wanted, in dB of the wanted."""
    length = min(heard.shape[-1], wanted.shape[-1])
    off = heard[:, :length] - wanted[:, :length]
    return 20 * np.log10(max(np.abs(off).max(), 1e-9) / np.abs(wanted).max())


def lag(heard, wanted):
    """By how many samples one signal comes later than the other."""
    size = 2 * max(len(heard), len(wanted))
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size))
    place = int(np.fft.irfft(spectrum, size).argmax())
    return place if place < size // 2 else place - size


@pytest.mark.parametrize("loaded", [[0, 1], [0]], ids=["decoded before", "decoded on the way"])
def test_a_switch_shifts_nothing_by_a_single_sample(blank, loaded):
    one, two = wav(noise(1)), wav(noise(2))
    heard = rendered(blank, [track(one), track(two)], [[0.75, "select", 1]], loaded=loaded)
    turn = int(0.75 * RATE) - START
    later = turn + AHEAD + START
    assert gap_db(heard[:, :turn], one.samples[:, :turn]) < -80
    assert gap_db(heard[:, later:], two.samples[:, later:]) < -80
    assert lag(heard[0, later:], two.samples[0, later : heard.shape[1]]) == 0


def test_between_two_copies_of_a_take_nothing_is_heard_of_switching(blank):
    same = track(wav(tone(440)))
    acts = [[0.2 + 0.1 * turn, "select", turn % 2] for turn in range(1, 15)]
    heard = rendered(blank, [same, same], acts)
    assert gap_db(heard, wav(tone(440)).samples) < -80


def splatter_db(signal):
    """The loudest that stands above 4 kHz, where low tones have nothing, in dB of the signal."""
    rise = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 6000))
    faded = signal[0] * np.concatenate([rise, np.ones(signal.shape[1] - 12_000), rise[::-1]])
    spectrum = np.fft.rfft(faded)
    spectrum[: round(4000 / RATE * signal.shape[1])] = 0
    return 20 * np.log10(np.abs(np.fft.irfft(spectrum)).max() / np.abs(signal).max())


ACTS = {
    "a switch": [[0.5, "select", 1]],
    "many switches at once": [[0.5 + 0.003 * n, "select", n % 2] for n in range(1, 20)],
    "a seek": [[0.5, "seek", 0.2345]],
    "seeks while it fades": [[0.5 + 0.003 * n, "seek", 0.1 + 0.07 * n] for n in range(12)],
    "a pause": [[0.5, "pause"]],
    "a seek and then a pause": [[0.5, "seek", 1.1], [0.503, "pause"]],
    "a loop": [[0.3, "setLoop", True, {"from": 0.1234, "to": 0.4567}]],
    "a switch at the seam of a loop": [
        [0.2, "setLoop", True, {"from": 0.1, "to": 0.4}],
        *([0.33 + 0.003 * n, "select", n % 2] for n in range(1, 12)),
    ],
    "loudness no longer matched": [[0.5, "setGains", [0.25, 1]]],
    "a loop let go of": [
        [0.2, "setLoop", True, {"from": 0.1, "to": 0.4}],
        [0.6, "setLoop", False, None],
    ],
}


@pytest.mark.parametrize("acts", ACTS.values(), ids=ACTS)
def test_nothing_that_can_be_done_clicks(blank, acts):
    tones = [track(wav(tone(hz))) for hz in (440, 617)]
    heard = rendered(blank, tones, acts, seconds=1.7)
    assert splatter_db(heard) < -60


def test_a_cut_would_be_noticed():
    cut = np.concatenate([tone(440)[:, :20_011], tone(617)[:, 20_011:]], axis=1)
    assert splatter_db(cut) > -20


def test_a_loop_returns_to_the_same_sample_every_time_whichever_take_is_heard(blank):
    one, two = wav(noise(1)), wav(noise(2))
    acts = [[0.128, "setLoop", True, {"from": 0.25, "to": 0.5}], [1.2, "select", 1]]
    heard = rendered(blank, [track(one), track(two)], acts, seconds=2.0)
    begin = length = round(0.25 * RATE)
    # it stands before the loop when that is set, so it goes to its beginning; in whole blocks
    first = 128 * np.ceil(0.128 * RATE / 128).astype(int)
    for turn, sound in [(1, one), (2, one), (5, two)]:
        at = first + turn * length
        inside = slice(at + FADE, at + length)
        wanted = sound.samples[:, begin + FADE : begin + length]
        assert gap_db(heard[:, inside], wanted) < -80


def test_a_take_that_is_over_begins_again_when_it_is_turned_to(blank):
    long, short = wav(noise(1, 2.0)), wav(noise(2, 0.5))
    heard = rendered(blank, [track(long), track(short)], [[1.0, "select", 1]])
    begun = lag(heard[0], short.samples[0])
    assert 0 < begun - (1.0 * RATE - START) < AHEAD
    wanted = short.samples[:, FADE:-FADE]
    assert gap_db(heard[:, begun + FADE :], wanted) < -80


def loudness_of(samples):
    return loudness.loudness(np.ascontiguousarray(samples, np.float32), RATE).lufs


MATCH = """async ([module, takes]) => {
  const {matchGains, decibelsToGain} = await import(`data:text/javascript;base64,${module}`);
  return matchGains(takes).map(({gainDb}) => decibelsToGain(gainDb));
}"""


def test_matched_takes_are_equally_loud_by_our_own_meter(blank):
    kinds = [(0.4, 2, "mp3"), (0.1, 2, "wav"), (0.25, 1, "mp3"), (0.05, 2, "ogg")]
    sounds = [
        Sound.from_samples(amount * 2.5 * noise(seed, 2.0, channels), RATE, format=kind)
        for seed, (amount, channels, kind) in enumerate(kinds)
    ]
    takes = [
        {
            "loudnessLufs": loudness_of(sound.samples),
            "peakDb": 20 * np.log10(np.abs(sound.samples).max()),
            "channels": sound.channels,
        }
        for sound in sounds
    ]
    known = json.loads(json.dumps(takes, default=float))
    gains = blank.evaluate(MATCH, [encoded(enlivening.module()), known])
    levels = [
        loudness_of(rendered(blank, [track(sound, gain)]))
        for sound, gain in zip(sounds, gains, strict=True)
    ]
    assert max(levels) - min(levels) < 0.1
    assert max(take["loudnessLufs"] for take in takes) - min(levels) > 3


def untagged(mp3):
    """The same mp3 without the frame in front that tells of the encoder's delay."""
    second = mp3.data.index(b"\xff\xfb", 4)
    while b"LAME" in mp3.data[second : second + 200]:
        second = mp3.data.index(b"\xff\xfb", second + 4)
    assert any(tag in mp3.data[:second] for tag in (b"Info", b"Xing"))
    return Sound(mp3.data[second:])


@pytest.mark.parametrize("tagged", [True, False], ids=["tagged", "untagged"])
def test_an_mp3_and_the_wav_it_was_made_of_run_together(blank, tagged):
    low = np.cumsum(noise(3), axis=1)
    low -= np.linspace(low[:, 0], low[:, -1], low.shape[1]).T
    original = 0.5 * low / np.abs(low).max()
    mp3 = Sound.from_samples(original, RATE, format="mp3")
    sound = mp3 if tagged else untagged(mp3)
    heard = rendered(blank, [track(sound, seconds=2.0)])
    assert lag(heard[0], original[0]) == 0
    assert gap_db(heard[:, 4000:80_000], original[:, 4000:80_000]) < -20
