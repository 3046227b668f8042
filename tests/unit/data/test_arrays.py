"""A data set is a tuple that keeps the names of its classes."""

import copy
import pickle

import numpy as np
import pytest

from mnist_utils.data import check_dataset


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))])
def test_a_data_set_is_copied_and_pickled_with_its_names(again):
    x, y = np.arange(4 * 784, dtype=np.uint8).reshape(4, 28, 28), np.array([0, 1, 0, 1])
    given = check_dataset((x, y, x[:2], y[:2]), names=["boot", "coat"])
    made = again(given)
    assert (type(made), made.classes) == (type(given), ["boot", "coat"])
    for one, other in zip(made, given, strict=True):
        np.testing.assert_array_equal(one, other)
