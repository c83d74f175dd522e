"""Random numbers inside the kernels: xoshiro256+ with a state that a checkpoint can hold.

Blackman & Vigna (2021), DOI 10.1145/3460772.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray

from dendrion.lattice.compiled import COMPILE

_TO_UNIT = 2.0**-53


def first_state(seed: int) -> NDArray[np.uint64]:
    """State of a generator, shape [4], from a seed; NumPy's seed sequence keeps neighbouring seeds apart."""
    return np.asarray(np.random.SeedSequence(seed).generate_state(4, np.uint64), dtype=np.uint64)


@njit(**COMPILE)
def uniform(state: NDArray[np.uint64]) -> float:
    """A number in [0, 1); changes the state."""
    result = state[0] + state[3]
    shifted = state[1] << uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << uint64(45)) | (state[3] >> uint64(19))
    return (result >> uint64(11)) * _TO_UNIT
