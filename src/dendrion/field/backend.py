"""Sets JAX up for the field engine: float64 and a compilation cache on disk, so that a user waits once."""

from __future__ import annotations

import os

import jax
import platformdirs

jax.config.update("jax_enable_x64", True)

if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    jax.config.update("jax_compilation_cache_dir", platformdirs.user_cache_dir("dendrion"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
