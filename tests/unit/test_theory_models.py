"""What holds for every theory model, whatever its physics: inputs, answers, shapes, gradients, refusals."""

import math
import warnings

import jax
import numpy as np
import pytest

from dendrion import theory
from dendrion.errors import InputError
from dendrion.theory import Model, Pair, model_named, models, regime_map, resolve, sample
from dendrion.theory.arrays import concrete
from dendrion.theory.card import FIELDS, KINDS_OF_MODEL, Axis
from dendrion.theory.describe import whole
from dendrion.units import KINDS

jax.config.update("jax_enable_x64", True)

NAMES = list(models())


def example(name: str) -> theory.Inputs:
    given = dict(models()[name].card.example)
    pair = Pair.of(given.pop("metal", None), given.pop("electrolyte", None))
    return resolve(models()[name], given, pair)


def changed(inputs: theory.Inputs, **values: object) -> Model:
    return inputs.model(**{**inputs.values, **values})


@pytest.mark.parametrize("name", NAMES)
def test_the_example_answers(name: str) -> None:
    evaluation = example(name).build().evaluate()
    assert list(evaluation.answers) == list(models()[name].outputs)
    main = evaluation.value
    assert isinstance(main, str) or not np.any(np.isnan(np.asarray(main, dtype=float)))
    assert evaluation.as_dict()["provenance"]["kind"] == models()[name].card.kind
    assert evaluation.validity != "refused"


@pytest.mark.parametrize("name", NAMES)
def test_the_card_is_complete(name: str) -> None:
    card = models()[name].card
    assert card.field in FIELDS
    assert card.kind in KINDS_OF_MODEL
    assert card.equations and card.assumptions and card.limits and card.references
    assert models()[name].__doc__
    for reference in card.references:
        assert reference.doi is None or reference.doi.startswith(("10.", "arXiv:"))
    for about in (*models()[name].parameters().values(), *models()[name].outputs.values()):
        assert about.kind in KINDS or any(c in about.kind for c in "/^*"), about
    described = whole(models()[name])
    assert set(described["inputs"]) == set(models()[name].parameters())


def numeric(inputs: theory.Inputs) -> dict[str, float]:
    return {n: v for n, v in inputs.values.items() if v is not None and not isinstance(v, str)}


@pytest.mark.parametrize("name", NAMES)
def test_arrays_in_arrays_out(name: str) -> None:
    """Three copies of every input give three times the answer of one."""
    inputs = example(name)
    one = inputs.build().evaluate()
    three = changed(inputs, **{n: np.full(3, v) for n, v in numeric(inputs).items()}).evaluate()
    for key, answer in three.answers.items():
        values = np.broadcast_to(concrete(answer.value), (3,))
        if values.dtype.kind in "US":
            assert set(values) == {str(one[key])}
        else:
            np.testing.assert_allclose(values, np.full(3, concrete(one[key]), dtype=float), rtol=1e-12)


@pytest.mark.parametrize("name", [n for n in NAMES if models()[n].card.gradient])
def test_gradient_is_the_slope(name: str) -> None:
    """jax.grad against a central difference of the NumPy evaluation."""
    inputs, (variable, output) = example(name), models()[name].card.gradient
    place = float(inputs.values[variable])

    def answer(x: object) -> object:
        return changed(inputs, **{variable: x}).compute()[output]

    exact = float(jax.grad(answer)(place))
    step = 1e-5 * abs(place)
    with np.errstate(all="ignore"):
        slope = float((answer(place + step) - answer(place - step)) / (2.0 * step))
    assert slope != 0.0 or exact == 0.0
    assert exact == pytest.approx(slope, rel=2e-4)


@pytest.mark.parametrize("name", [n for n in NAMES if models()[n].card.regime])
def test_the_map_draws(name: str) -> None:
    inputs, (x, y) = example(name), models()[name].card.regime
    given = {
        n: v
        for n, v in models()[name].card.example.items()
        if n not in (x.name, y.name, "metal", "electrolyte")
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        shape = (3, 2) if inputs.model.card.costly else (5, 4)
        found = regime_map(inputs.model, given, (x, y), shape, inputs.pair)
    for values in found.values.values():
        assert values.shape == shape
    main = next(iter(found.values.values()))
    assert len(np.unique(main.astype(str))) > 1, "the map says nothing"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_out_of_range_is_refused(name: str) -> None:
    inputs = example(name)
    for key in numeric(inputs):
        with pytest.raises(InputError) as caught:
            changed(inputs, **{key: math.nan})
        assert caught.value.field == f"{name}.{key}"
        assert caught.value.allowed


def test_a_claim_supplies_what_is_not_given() -> None:
    inputs = resolve(model_named("sand_time"), {"current": "1 mA/cm^2"}, Pair.of("Li", "LiPF6-EC-DMC"))
    assert inputs.values["current_density"] == 10.0
    assert str(inputs.origins["current_density"]) == "given"
    assert inputs.origins["salt_diffusivity"].claim.doi == "10.1149/1.1872737"


def test_claims_follow_the_temperature() -> None:
    warm, cold = (
        resolve(model_named("sand_time"), {"temperature": t, "current": 10.0}, Pair.of("Li", "LiPF6-EC-DMC"))
        for t in ("60 degC", "-10 degC")
    )
    assert warm.values["salt_diffusivity"] == pytest.approx(6.388e-10, rel=1e-3)
    assert cold.values["salt_diffusivity"] == pytest.approx(3.144e-11, rel=1e-3)


@pytest.mark.parametrize(
    ("given", "field", "word"),
    [
        ({"current_density": "1 mA"}, "sand_time.current_density", "current density"),
        ({"current_density": "10"}, "sand_time.current_density", "unit is missing"),
        ({"curent_density": 10.0}, "sand_time", "unknown input"),
        ({}, "sand_time", "needs current_density"),
    ],
)
def test_refused_inputs_name_the_field(given: dict, field: str, word: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve(model_named("sand_time"), given, Pair.of("Li", "LiPF6-EC-DMC")).build()
    assert caught.value.field == field
    assert word in str(caught.value)


def test_a_missing_claim_says_what_to_name() -> None:
    with pytest.raises(InputError, match="--metal and --electrolyte"):
        resolve(model_named("sand_time"), {"current": "1 mA/cm^2"}).build()


def test_unknown_models_name_the_nearest() -> None:
    with pytest.raises(InputError, match="sand_time"):
        model_named("sandtime")


def test_models_are_found_by_name() -> None:
    assert theory.sand_time is models()["sand_time"]
    with pytest.raises(AttributeError):
        theory.no_such_model  # noqa: B018


def test_samples_are_repeatable_and_follow_the_spread() -> None:
    inputs = example("sand_time")
    first, again = sample(inputs, 400, seed=3), sample(inputs, 400, seed=3)
    assert first == again
    low, middle, high = first.quantiles["sand_time"]
    assert low < middle < high
    # ln tau varies as ln D - 2 ln t_a: 20 % on D and t+ between 0.2 and 0.4 put tau within a factor 3.
    assert high / low < 4.0
    assert set(first.sampled) == {"salt_diffusivity", "cation_transference_number"}


def test_samples_that_are_refused_are_left_out() -> None:
    """A transference number near 1 is drawn above 1 now and then: those draws count as refused."""
    inputs = resolve(
        model_named("stress_modified_sand_time"),
        {"current": 10.0, "temperature": 363.15},
        Pair.of("Li", "PEO-LiTFSI"),
    )
    spreads = sample(inputs, 300)
    assert 0.0 <= spreads.refused < 0.2
    with pytest.raises(InputError, match="2 or more"):
        sample(inputs, 1)


def test_maps_blank_what_is_refused(tmp_path) -> None:
    given = {"thickness": "1 mm"}
    axes = (Axis("current_density", 10.0, 1000.0), Axis("salt_concentration", 500.0, 1500.0, False))
    found = regime_map(model_named("space_charge_growth"), given, axes, (6, 3), Pair.of("Li", "LiPF6-EC-DMC"))
    speed = found.values["tip_speed"]
    assert np.isnan(speed[0]).all() and np.isfinite(speed[-1]).all()
    rows = found.write_csv(tmp_path / "map.csv").read_text().splitlines()
    assert rows[0].startswith("current_density [A/m^2],salt_concentration [mol/m^3],tip_speed [m/s]")
    assert len(rows) == 1 + 18
