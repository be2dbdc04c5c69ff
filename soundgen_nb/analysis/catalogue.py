"""The measures of the first, fast look: one entry each, in the order cards and tables show them.

A new measure is one more entry here; cards, tables, figures and tests take it from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from soundgen_nb.analysis.balance import HIGH_HZ, LOW_HZ, MID_HZ
from soundgen_nb.analysis.findings import Findings
from soundgen_nb.analysis.levels import amplitude_to_db
from soundgen_nb.analysis.template import Measure


@dataclass(frozen=True)
class FastMeasure(Measure):
    """A measure of the one pass every card needs.

    Attributes:
        read: Takes the findings of one sound, gives its value.
    """

    read: Callable[[Findings], float] = field(repr=False, kw_only=True)


_LENGTH = (
    FastMeasure(
        "seconds",
        "Length",
        "s",
        hears="How long the file is, silence included.",
        source="samples divided by sample rate",
        read=lambda found: found.seconds,
        decimals=2,
    ),
    FastMeasure(
        "silence_share",
        "Silence",
        "%",
        hears="How much of the time nothing is heard.",
        source="frames 60 dB below the loudest (librosa.effects.split) or below -100 dBFS",
        read=lambda found: float(1 - found.levels.sounding.mean()),
        shown_times=100,
    ),
    FastMeasure(
        "leading_seconds",
        "Silence before",
        "s",
        hears="How long nothing is heard at the start.",
        source="to the first sample within 60 dB of the peak; all of a silent sound",
        read=lambda found: found.levels.leading_seconds,
        decimals=2,
    ),
    FastMeasure(
        "trailing_seconds",
        "Silence after",
        "s",
        hears="How long nothing is heard at the end.",
        source="from the last sample within 60 dB of the peak; none of a silent sound",
        read=lambda found: found.levels.trailing_seconds,
        decimals=2,
    ),
    FastMeasure(
        "pause_seconds",
        "Pauses",
        "s",
        hears="How long nothing is heard in between.",
        source="silent frames, as in silence_share, after the first that sounds, before the last",
        read=lambda found: found.levels.pause_seconds,
        decimals=2,
    ),
)

_LEVEL = (
    FastMeasure(
        "peak_dbfs",
        "Peak",
        "dBFS",
        hears="The largest single sample of any channel; 0 dBFS is where clipping begins.",
        source="AES17: full scale is the largest sample value",
        read=lambda found: amplitude_to_db(found.levels.peak),
        decimals=1,
    ),
    FastMeasure(
        "true_peak_dbtp",
        "True peak",
        "dBTP",
        hears="How high the wave rises between samples: above 0, a converter or encoder clips.",
        source="ITU-R BS.1770-4, annex 2: four points a sample, as in libebur128",
        read=lambda found: amplitude_to_db(found.true_peak),
        decimals=1,
    ),
    FastMeasure(
        "rms_dbfs",
        "RMS",
        "dBFS",
        hears="The average power of the whole, deaf to how sensitive ears are to which pitch.",
        source="root mean square of all samples of all channels; a full-scale sine is -3.01",
        read=lambda found: amplitude_to_db(found.levels.rms),
        decimals=1,
    ),
    FastMeasure(
        "crest_db",
        "Crest",
        "dB",
        hears="How far peaks stand above the average: high for clicks and knocks, low for hums.",
        source="peak minus RMS; a sine is 3.01 dB",
        read=lambda found: amplitude_to_db(found.levels.peak) - amplitude_to_db(found.levels.rms),
        decimals=1,
    ),
    FastMeasure(
        "noise_floor_dbfs",
        "Noise floor",
        "dBFS",
        hears="How quiet the quietest tenth is: hiss in the pauses, or the sound's own bed.",
        source="10th percentile of the RMS of frames of 2048 samples",
        read=lambda found: amplitude_to_db(found.levels.noise_floor),
        decimals=1,
    ),
    FastMeasure(
        "clipped_share",
        "Clipped",
        "%",
        hears="How much of the wave is cut off flat at full scale.",
        source="samples in runs of three or more at or above full scale of 16 bits",
        read=lambda found: found.levels.clipped_share,
        decimals=3,
        shown_times=100,
    ),
    FastMeasure(
        "dc_offset",
        "DC offset",
        "%",
        hears="How far the wave sits off its zero line: unheard, but it clicks at cuts.",
        source="mean of the samples of the channel where it is largest; full scale is 100 %",
        read=lambda found: found.levels.dc_offset,
        decimals=2,
        shown_times=100,
    ),
)

_LOUDNESS = (
    FastMeasure(
        "loudness_lufs",
        "Loudness",
        "LUFS",
        hears="How loud it is to listeners, pauses left out; good to about 2 dB.",
        source="ITU-R BS.1770-4 integrated; ungated under 0.4 s or below -70 LUFS",
        read=lambda found: found.loudness.lufs,
        decimals=1,
    ),
    FastMeasure(
        "momentary_max_lufs",
        "Momentary max",
        "LUFS",
        hears="How loud its loudest 0.4 s is: a knock, a shot, a bark.",
        source="EBU Tech 3341 maximum momentary loudness, read every 10 ms",
        read=lambda found: found.loudness.momentary_max_lufs,
        decimals=1,
    ),
    FastMeasure(
        "short_term_max_lufs",
        "Short-term max",
        "LUFS",
        hears="How loud its loudest 3 s are: a passage, not an event.",
        source="EBU Tech 3341 maximum short-term loudness, read every 10 ms",
        read=lambda found: found.loudness.short_term_max_lufs,
        decimals=1,
    ),
    FastMeasure(
        "loudness_range_lu",
        "Loudness range",
        "LU",
        hears="How far quiet and loud passages lie apart; none under 6 s, steady from a minute on.",
        source="EBU Tech 3342, windows of 3 s every 10 ms; none where no two lie apart, under 6 s",
        read=lambda found: found.loudness.range_lu,
        decimals=1,
    ),
)

_COLOUR = (
    FastMeasure(
        "centroid_hz",
        "Centroid",
        "Hz",
        hears="Brightness: where the middle of the spectrum lies while it sounds.",
        source="librosa.feature.spectral_centroid, mean over frames that are not silent",
        read=lambda found: found.while_heard(found.spectra.centroid_hz),
    ),
    FastMeasure(
        "bandwidth_hz",
        "Bandwidth",
        "Hz",
        hears="How widely the spectrum spreads around its middle: narrow whistle, wide hiss.",
        source="librosa.feature.spectral_bandwidth, mean over frames that are not silent",
        read=lambda found: found.while_heard(found.spectra.bandwidth_hz),
    ),
    FastMeasure(
        "rolloff_hz",
        "Rolloff",
        "Hz",
        hears="How high the spectrum reaches: 85 % of the magnitude lies below.",
        source="librosa.feature.spectral_rolloff, mean over frames that are not silent",
        read=lambda found: found.while_heard(found.spectra.rolloff_hz),
    ),
    FastMeasure(
        "flatness",
        "Flatness",
        "",
        hears="Tone or noise: near 0 for a tone, about 0.56 for white noise.",
        source="librosa.feature.spectral_flatness, mean over frames that are not silent",
        read=lambda found: found.while_heard(found.spectra.flatness),
        decimals=3,
    ),
    FastMeasure(
        "zero_crossing_rate",
        "Zero crossings",
        "",
        hears="How often the wave changes sign, per sample: low for rumble, high for hiss.",
        source="librosa.feature.zero_crossing_rate, mean over frames that are not silent",
        read=lambda found: found.while_heard(found.zero_crossing_rates),
        decimals=3,
    ),
    FastMeasure(
        "slope_db_per_octave",
        "Spectral slope",
        "dB/oct",
        hears="How fast the spectrum falls: 0 for white noise, -3 for pink, -6 for brown.",
        source="line through third octaves of the whole, 100 Hz to 10 kHz",
        read=lambda found: found.balance.slope_db_per_octave,
        decimals=1,
    ),
    FastMeasure(
        "low_share",
        "Lows",
        "%",
        hears="How much of the power lies below 250 Hz: boom, rumble, weight.",
        source="20 to 250 Hz, share of the power above 20 Hz of the mono mix",
        read=lambda found: found.balance.share(LOW_HZ, MID_HZ),
        shown_times=100,
    ),
    FastMeasure(
        "mid_share",
        "Mids",
        "%",
        hears="How much of the power lies from 250 Hz to 4 kHz: body, voices.",
        source="250 to 4000 Hz, share of the power above 20 Hz of the mono mix",
        read=lambda found: found.balance.share(MID_HZ, HIGH_HZ),
        shown_times=100,
    ),
    FastMeasure(
        "high_share",
        "Highs",
        "%",
        hears="How much of the power lies above 4 kHz: hiss, air, edge.",
        source="from 4000 Hz, share of the power above 20 Hz of the mono mix",
        read=lambda found: found.balance.share(HIGH_HZ),
        shown_times=100,
    ),
)

_MOVEMENT = (
    FastMeasure(
        "onsets",
        "Onsets",
        "",
        hears="How many separate events begin: knocks, drops, steps; none in a steady tone "
        "of 45 Hz or more.",
        source="librosa.onset.onset_detect, of rises by 0.2 dB and more, as mean of the mel bands, "
        "above what the window leaks",
        read=lambda found: float(len(found.onset_times)),
    ),
    FastMeasure(
        "onset_rate",
        "Onset rate",
        "1/s",
        hears="How densely events follow each other.",
        source="onsets divided by length",
        read=lambda found: len(found.onset_times) / found.seconds,
        decimals=2,
    ),
    FastMeasure(
        "attack_seconds",
        "Attack",
        "s",
        hears="How long it takes to swell to full: hundredths for a knock, seconds for a wave.",
        source="RMS of 10 ms, its rise from 10 to 70 % of the largest, over 0.6",
        read=lambda found: found.levels.envelope.attack_seconds,
        decimals=2,
    ),
    FastMeasure(
        "modulation_hz",
        "Modulation",
        "Hz",
        hears="How often a second the level swings: steps, ticks, tremolo, rotor blades.",
        source="first repeat of the level's autocorrelation, 0.5 to 30 Hz; none if irregular",
        read=lambda found: found.levels.envelope.modulation_hz,
        decimals=1,
    ),
    FastMeasure(
        "flux_db",
        "Spectral flux",
        "dB",
        hears="How much the spectrum rises from frame to frame: 0 for a steady tone.",
        source="librosa.onset.onset_strength, mean over frames that are not silent",
        read=lambda found: found.while_heard(found.onset_envelope),
        decimals=2,
    ),
    FastMeasure(
        "loop_seam_db",
        "Loop seam",
        "dB",
        hears="How far the jump from end to start stands out: 0 loops smoothly, 10 is heard.",
        source="largest change of the mel bands over the seam, minus the sound's mean change",
        read=lambda found: found.loop_seam_db,
        decimals=1,
    ),
)

_STEREO = (
    FastMeasure(
        "stereo_correlation",
        "Phase correlation",
        "",
        hears="Whether left and right move together: 1 alike, 0 unrelated, below 0 mono suffers.",
        source="of the first two channels, as a phase meter; one channel counts as two equal",
        read=lambda found: found.stereo.correlation,
        decimals=2,
    ),
    FastMeasure(
        "stereo_width",
        "Stereo width",
        "%",
        hears="How much of the power lies in what differs between channels: 0 is mono.",
        source="share of the power that the mono mix loses: side over mid plus side",
        read=lambda found: found.stereo.width,
        shown_times=100,
    ),
)

GROUPS: dict[str, tuple[FastMeasure, ...]] = {
    "Length": _LENGTH,
    "Level": _LEVEL,
    "Loudness": _LOUDNESS,
    "Colour": _COLOUR,
    "Movement": _MOVEMENT,
    "Stereo": _STEREO,
}

MEASURES: tuple[FastMeasure, ...] = tuple(each for group in GROUPS.values() for each in group)
