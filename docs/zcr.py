"""Zero-crossing rate: a rough measure of breathiness."""
import numpy as np
import bench


class ZeroCrossings(bench.FeatureSet):
    name = "zcr"
    version = "1"
    columns = ("zcr_mean", "zcr_std")

    def extract(self, wave):
        crossed = np.diff(np.signbit(wave.samples))
        rates = [frame.mean() for frame in np.array_split(crossed, 20)]
        return np.array([np.mean(rates), np.std(rates)], dtype="float32")
