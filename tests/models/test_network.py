import numpy as np
import pytest
import torch

from bench.models.network import Mixer, NetworkClassifier, NetworkRegressor, concordance_loss, kept_aside


def make_layers(seed=0, n_speakers=10, n_each=12, n_layers=5, n_columns=6, telling=3):
    """Layers side by side, of which one tells the level."""
    rng = np.random.default_rng(seed)
    speakers = np.repeat(np.arange(n_speakers), n_each)
    y = np.tile([0, 1, 2], len(speakers) // 3)
    X = rng.normal(size=(len(y), n_layers, n_columns))
    X[:, telling] += 1.2 * (y - 1)[:, None]
    return X.reshape(len(y), -1), y, speakers


@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
def test_the_layer_that_tells_gets_the_largest_weight(kind):
    X, y, speakers = make_layers()
    labels = y if kind is NetworkClassifier else y.astype(float)
    net = kind(n_layers=5).fit(X, labels, groups=speakers)
    assert net.layer_weights_.sum() == pytest.approx(1)
    assert net.layer_weights_.argmax() == 3
    assert net.layer_weights_[3] > 0.3
    assert np.corrcoef(net.predict(X), y)[0, 1] > 0.7


def test_without_layers_there_is_one_weight_of_one():
    X, y, speakers = make_layers()
    assert NetworkClassifier().fit(X, y, groups=speakers).layer_weights_.tolist() == [1.0]


def test_the_speakers_kept_aside_are_whole_and_leave_every_level():
    draws = np.random.default_rng(0)
    speakers = np.repeat([f"s{i}" for i in range(10)], 6)
    levels = np.where(speakers == "s0", 1, 0)  # only s0 has level 1
    for _ in range(20):
        aside = kept_aside(levels, speakers, 0.2, draws)
        assert {len(set(aside[speakers == name])) for name in set(speakers)} == {1}
        assert len(set(speakers[aside])) == 2
        assert not aside[speakers == "s0"].any()
    assert not kept_aside(levels, None, 0.2, draws).any()
    assert not kept_aside(levels[:12], speakers[:12], 0.2, draws).any()  # two speakers
    assert not kept_aside(np.arange(60) // 6, speakers, 0.2, draws).any()  # every speaker a level of its own


def test_training_stops_by_the_speakers_kept_aside():
    X, y, speakers = make_layers()
    noise = np.random.default_rng(1).permutation(y)
    learnt = NetworkClassifier().fit(X, y, groups=speakers).n_steps_
    assert NetworkClassifier().fit(X, noise, groups=speakers).n_steps_ < learnt
    assert NetworkClassifier(blind_steps=7).fit(X, y).n_steps_ == 7


def test_the_global_random_state_is_left_alone():
    X, y, speakers = make_layers()
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    NetworkClassifier(seed=9).fit(X, y, groups=speakers)
    assert torch.equal(torch.rand(3), expected)


def test_it_uses_one_thread_and_leaves_the_others_to_the_caller(monkeypatch):
    used, before = set(), torch.get_num_threads()
    forward = Mixer.forward

    def watched(self, clips):
        used.add(torch.get_num_threads())
        return forward(self, clips)

    monkeypatch.setattr(Mixer, "forward", watched)
    torch.set_num_threads(2)
    try:
        NetworkRegressor(max_steps=3).fit(np.eye(6), np.arange(6.0)).predict(np.eye(6))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert used == {1}


def test_seeds_differ():
    X, y, speakers = make_layers()
    first, second = (NetworkRegressor(seed=seed).fit(X, y.astype(float), groups=speakers).predict(X) for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_the_loss_is_one_less_the_concordance():
    truth, guess = torch.tensor([1.0, 2, 3, 4, 5]), torch.tensor([2.0, 3, 4, 5, 6])
    assert float(concordance_loss(guess, truth)) == pytest.approx(1 - 0.8, abs=1e-6)


def test_a_column_that_was_constant_in_training_cannot_speak():
    X, y, speakers = make_layers()
    X[:, 4] = 0.0
    net = NetworkClassifier().fit(X, y, groups=speakers)
    later = X.copy()
    later[:, 4] = 5.0
    assert np.array_equal(net.predict(X), net.predict(later))
