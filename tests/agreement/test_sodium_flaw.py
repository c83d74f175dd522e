"""The same flaw in the same electrolyte, filled by lithium and by sodium (docs/sodium-and-voids.md)."""

from __future__ import annotations

import pytest

from tests.metals_setup import SODIUM, fate_of_flaw

pytestmark = pytest.mark.slow


def test_sodium_bears_nearly_twice_the_current_of_lithium() -> None:
    """F/V_M is 1.83 times smaller for sodium; in one electrolyte its flaw bears between 1.6 and 2 times the current."""
    assert fate_of_flaw("LLZO", 5.0, 11.0) == "stays"
    assert fate_of_flaw("LLZO", 5.0, 12.3) == "runs"
    assert fate_of_flaw("LLZO", 5.0, 1.6 * 12.3, settings=SODIUM) == "stays"
    assert fate_of_flaw("LLZO", 5.0, 2.0 * 11.0, settings=SODIUM) == "runs"
