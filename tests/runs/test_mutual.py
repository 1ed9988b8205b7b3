from bench.runs.mutual import mutual_speakers


def test_speakers_of_several_folds_train_each_other_and_those_of_one_do_not():
    assert mutual_speakers({"n_folds": 2, "n_speakers": 9}) == 9
    assert mutual_speakers({"n_folds": 1, "n_speakers": 9}) == 0
    assert mutual_speakers({"n_folds": 5, "n_speakers": 0}) == 0
