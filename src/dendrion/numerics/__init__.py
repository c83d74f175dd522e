"""Grid, difference operators, multigrid, Krylov solver, elasticity, implicit diffusion and step control.

No physics. Usable alone. Import the submodules that are needed (`dendrion.numerics.elliptic`, `.diffusion`, …): this file
imports nothing heavy. Double precision must be enabled by the caller (``jax.config.update("jax_enable_x64",
True)``).
"""
