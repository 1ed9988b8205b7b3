import functools

import numpy as np
import pytest

from bench.models.head import Head

FORMS = ["score", "level"]


def make_layers(n_speakers=6, n_each=9, n_layers=4, n_columns=5, telling=2):
    rng = np.random.default_rng(0)
    speakers = np.repeat(np.arange(n_speakers), n_each)
    y = np.tile([0, 1, 2], len(speakers) // 3)
    X = rng.normal(size=(len(y), n_layers, n_columns))
    X[:, telling] += 1.5 * (y - 1)[:, None]
    X[:, 1, 3] = 7.0  # a constant column: dropping it would shift all layers after it
    return X.reshape(len(y), -1), y, speakers


@functools.cache
def fitted(form, n_layers=4, seed=0):
    X, y, speakers = make_layers()
    labels = y.astype(float) if form == "score" else y
    model = Head().build(form, seed, n_layers=n_layers)
    return model.fit(X, labels, model__groups=speakers), X


@pytest.mark.parametrize("form", FORMS)
def test_every_layer_has_a_weight_and_together_they_are_one(form):
    model, _ = fitted(form)
    weights = model.named_steps["model"].layer_weights_
    assert weights.shape == (4,)
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-6)
    assert weights.argmax() == 2


@pytest.mark.parametrize("form", FORMS)
def test_weights_of_layers_are_read_in_their_order(form):
    model, X = fitted(form)
    layers = X.reshape(len(X), 4, 5)
    before = model.predict(X)
    told = layers.copy()
    told[:, 2] = 0.0  # the telling layer
    other = layers.copy()
    other[:, 0] = 0.0
    changed = [np.mean(model.predict(one.reshape(len(X), -1)) != before) for one in (told, other)]
    if form == "score":
        changed = [np.abs(model.predict(one.reshape(len(X), -1)) - before).mean() for one in (told, other)]
    assert changed[0] > changed[1]


@pytest.mark.parametrize("form", FORMS)
def test_one_layer_needs_no_weight(form):
    model, _ = fitted(form, n_layers=1)
    assert model.named_steps["model"].layer_weights_.tolist() == [1.0]


def test_the_seed_draws_the_network():
    predictions = []
    for seed in (0, 1):
        model, X = fitted("score", seed=seed)
        predictions.append(model.predict(X))
    assert not np.array_equal(*predictions)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_searched_is_dropout_from_much_to_little(form):
    shares = [candidate["model__dropout"] for candidate in Head().grid(form)]
    assert shares == sorted(shares, reverse=True)
    assert all(0 < share < 1 for share in shares)
    built = Head().build(form, seed=0).set_params(**Head().grid(form)[-1])
    assert built.named_steps["model"].dropout == shares[-1]


def test_it_is_the_model_that_weighs_layers_and_wants_speakers():
    from bench.models.recipe import MODELS

    assert [name for name in MODELS.names() if MODELS.get(name).weighs_layers] == ["head"]
    assert Head().wants_speakers
