"""Keeping fitted estimators without pickle: structure as JSON, numbers as arrays, trees as XGBoost's own UBJSON.

What is read back can only be plain data in objects of our own estimators and of the classes listed here: a file that names
another class, or a function that is not listed, is refused, and nothing in a file is ever run.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from types import FunctionType, MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError

Arrays = dict[str, npt.NDArray[Any]]
Stored = Mapping[str, npt.NDArray[Any]]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "Pipeline": "sklearn.pipeline",
        "TransformedTargetRegressor": "sklearn.compose",
        "DummyClassifier": "sklearn.dummy",
        "DummyRegressor": "sklearn.dummy",
        "SimpleImputer": "sklearn.impute",
        "LogisticRegression": "sklearn.linear_model",
        "Ridge": "sklearn.linear_model",
        "FunctionTransformer": "sklearn.preprocessing",
        "StandardScaler": "sklearn.preprocessing",
        "SVC": "sklearn.svm",
        "SVR": "sklearn.svm",
    }
)
FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "as_float64": "bench.models.pipeline",
        "limited": "bench.models.pipeline",
        "f_classif": "sklearn.feature_selection",
        "f_regression": "sklearn.feature_selection",
    }
)
OWN = "bench.models."  # estimators of this room are known without being listed
BOOSTERS: Mapping[str, str] = MappingProxyType({"XGBClassifier": "xgboost", "XGBRegressor": "xgboost"})
NUMBERS = "biufU"  # kinds of arrays that hold no objects


class Unkeepable(BenchError):
    """Something that cannot be kept without pickle, or that was kept by nobody of ours."""


def freeze(value: Any, arrays: Arrays) -> Any:
    """Write a fitted estimator as JSON values.

    Parameters
    ----------
    value : estimator, or what it is made of
    arrays : dict
        Takes up its arrays, which the JSON values refer to by name.

    Returns
    -------
    JSON value

    Raises
    ------
    Unkeepable
        If a part of it is of a kind that is not listed here.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> arrays = {}
    >>> kept = freeze(Ridge(alpha=0.5).fit([[0.0], [1.0]], [0.0, 1.0]), arrays)
    >>> kept["kind"], thaw(kept, arrays).predict([[1.0]]).round(2).tolist()
    ('Ridge', [0.75])
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return {"array": _stored(np.asarray(value), arrays)}
    if isinstance(value, int | float):
        return value if math.isfinite(value) else {"number": str(value)}
    if isinstance(value, np.dtype):
        return {"dtype": value.str}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [freeze(one, arrays) for one in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: freeze(one, arrays) for key, one in value.items()}}
    return _frozen_object(value, arrays)


def _frozen_object(value: Any, arrays: Arrays) -> Any:
    name = getattr(value, "__name__", "") if isinstance(value, FunctionType) else type(value).__name__
    if isinstance(value, FunctionType):
        if _listed(FUNCTIONS, name) is value:
            return {"function": name}
    elif _kind(spelled := _spelled(type(value))) is type(value):
        return {"kind": spelled, "state": {key: freeze(one, arrays) for key, one in vars(value).items()}}
    elif _listed(BOOSTERS, name) is type(value):
        given = {key: freeze(one, arrays) for key, one in value.get_params().items()}
        fitted = value.__sklearn_is_fitted__()
        trees = np.frombuffer(bytes(value.get_booster().save_raw("ubj")), np.uint8) if fitted else None
        return {"booster": name, "given": given, "trees": None if trees is None else _stored(trees, arrays)}
    elif name == "Mixer":
        shape = [value.n_layers, value.n_columns, *_widths(value)]
        return {"network": shape, "weights": {key: _stored(one.numpy(), arrays) for key, one in value.state_dict().items()}}
    elif name == "Tensor":
        return {"tensor": _stored(value.numpy(), arrays)}
    raise Unkeepable(
        f"A {name} cannot be kept without pickle: it is none of the kinds that are known here. "
        "Expected is a model that is built from scikit-learn's and our own parts."
    )


def thaw(value: Any, arrays: Stored) -> Any:
    """The inverse of ``freeze``.

    Raises
    ------
    Unkeepable
        If the values name a class or a function that is not listed here, or are damaged.
    """
    if not isinstance(value, dict):
        return value
    try:
        return _thawed(value, arrays)
    except (KeyError, TypeError, ValueError, AttributeError, ImportError) as error:
        raise Unkeepable(
            f"A kept model is damaged ({type(error).__name__}: {error}). Delete it; it is fitted again."
        ) from error


def _thawed(value: dict[str, Any], arrays: Stored) -> Any:
    for key, make in _MAKERS.items():
        if key in value:
            return make(value, arrays)
    raise Unkeepable(f"A kept model holds {sorted(value)}, which nobody of ours writes. Delete it; it is fitted again.")


def _object(value: dict[str, Any], arrays: Stored) -> Any:
    kind = _kind(value["kind"])
    if kind is None:
        raise Unkeepable(f"A kept model names {value['kind']!r}, which is none of the kinds that are known here. Delete it.")
    made = kind.__new__(kind)
    vars(made).update({key: thaw(one, arrays) for key, one in value["state"].items()})
    return made


def _booster(value: dict[str, Any], arrays: Stored) -> Any:
    made = _named(BOOSTERS, value["booster"])(**{key: thaw(one, arrays) for key, one in value["given"].items()})
    if value["trees"] is not None:
        made.load_model(bytearray(arrays[value["trees"]].tobytes()))
    return made


def _network(value: dict[str, Any], arrays: Stored) -> Any:
    from bench.models.network import Mixer

    n_layers, n_columns, hidden, dropout, n_out = value["network"]
    made = Mixer(n_layers, n_columns, hidden, dropout, n_out)
    made.load_state_dict({key: _tensor(arrays[name]) for key, name in value["weights"].items()})
    return made.eval()


def _widths(network: Any) -> tuple[int, float, int]:
    first, _, dropout, last = network.layers
    return first.out_features, dropout.p, last.out_features


def _tensor(array: npt.NDArray[Any]) -> Any:
    import torch

    return torch.from_numpy(np.array(array))


def _stored(array: npt.NDArray[Any], arrays: Arrays) -> str:
    if array.dtype.kind not in NUMBERS:
        raise Unkeepable(f"An array of the kind {array.dtype} cannot be kept without pickle. Expected are numbers or texts.")
    name = f"a{len(arrays)}"
    arrays[name] = array
    return name


def _spelled(kind: type) -> str:
    """A listed class by its name, one of our own by its module, too."""
    return f"{kind.__module__}:{kind.__name__}" if kind.__module__.startswith(OWN) else kind.__name__


def _kind(spelled: str) -> Any:
    """The class of that spelling; None where it is neither listed nor an estimator of our own."""
    from sklearn.base import BaseEstimator

    module, _, name = spelled.rpartition(":")
    if not module:
        return _listed(KINDS, name)
    found = getattr(importlib.import_module(module), name, None) if module.startswith(OWN) else None
    fits = isinstance(found, type) and issubclass(found, BaseEstimator) and found.__module__ == module
    return found if fits else None


def _listed(names: Mapping[str, str], name: str) -> Any:
    """What the list has under a name; None where it has nothing."""
    return getattr(importlib.import_module(names[name]), name) if name in names else None


def _named(names: Mapping[str, str], name: str) -> Any:
    found = _listed(names, name)
    if found is None:
        raise Unkeepable(f"A kept model names {name!r}, which is none of the kinds that are known here. Delete it.")
    return found


_MAKERS: Mapping[str, Callable[[dict[str, Any], Stored], Any]] = MappingProxyType(
    {
        "array": lambda value, arrays: arrays[value["array"]][()],  # a number comes back as a number
        "number": lambda value, arrays: float(value["number"]),
        "dtype": lambda value, arrays: np.dtype(value["dtype"]),
        "list": lambda value, arrays: [thaw(one, arrays) for one in value["list"]],
        "tuple": lambda value, arrays: tuple(thaw(one, arrays) for one in value["tuple"]),
        "dict": lambda value, arrays: {key: thaw(one, arrays) for key, one in value["dict"].items()},
        "function": lambda value, arrays: _named(FUNCTIONS, value["function"]),
        "kind": _object,
        "booster": _booster,
        "network": _network,
        "tensor": lambda value, arrays: _tensor(arrays[value["tensor"]]),
    }
)
