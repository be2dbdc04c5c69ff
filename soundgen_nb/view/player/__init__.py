"""The player: takes on one clock, switched at the same instant, at the same loudness.

It brings to life the plain HTML that ``card.py`` and ``gallery.py`` make. Its modules are plain
JavaScript; ``enlivening.py`` joins them into the one that every output carries.
"""
