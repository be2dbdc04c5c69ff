"""What recipes are made of: time, noise, filters, envelopes, resonators, grains.

Everything here is numpy alone. ``scipy.signal`` would offer filters and convolution, but its import
takes longer than rendering ten sounds, so filters are responses multiplied in the FFT domain: the
same curves, causal, and faster than a recursion in Python.
"""
