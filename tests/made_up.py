"""What hypothesis makes up for tests/unit/test_properties.py: strokes, images, probabilities, data sets, metrics."""

import os

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mnist_utils.data import Arrays
from mnist_utils.preprocess import strokes_to_image

CASES = int(os.environ.get("PROPERTIES", "2000"))
SHARES = 100  # of all cases; what `cases` is given adds up to a little more


def cases(share: int) -> settings:
    """Settings for a test that gets so many hundredths of all cases."""
    slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    return settings(
        max_examples=max(1, CASES * share // SHARES),
        derandomize=CASES <= 2000,
        deadline=None,
        database=None,
        suppress_health_check=slow,
    )


SMALL = st.floats(-1000, 1000, width=32)  # a pad's coordinates
POINTS = st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=12)
DRAWINGS = st.lists(POINTS, min_size=1, max_size=5)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.complex_numbers(),
)
NESTED = st.recursive(ANYTHING, lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner), max_leaves=12)
ARRAYS = arrays.arrays(
    st.one_of(arrays.scalar_dtypes(), arrays.unicode_string_dtypes(max_len=3)),
    st.one_of(
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
        st.sampled_from([(28, 28), (1, 28, 28), (2, 28, 28), (28, 28, 1)]),
    ),
    fill=st.nothing(),
) | arrays.arrays(st.sampled_from([np.uint8, np.float32, np.float64]), st.sampled_from([(28, 28), (2, 28, 28)]))
FLOAT_IMAGE = arrays.arrays(np.float32, (28, 28), elements=st.floats(0, 1, width=32), fill=st.just(np.float32(0)))
BYTE_IMAGE = arrays.arrays(np.uint8, (28, 28), fill=st.just(0))
IMAGE = st.one_of(FLOAT_IMAGE, BYTE_IMAGE)


@st.composite
def written(draw: st.DrawFn) -> np.ndarray:
    """An image of a drawing, more or less faint, noisy, shifted and inverted."""
    image = strokes_to_image(draw(DRAWINGS)) * draw(st.floats(0.0625, 1, width=32))
    noise = draw(st.sampled_from([0, 0.02, 0.3])) * np.random.default_rng(draw(st.integers(0, 9))).random((28, 28))
    image = np.roll(np.clip(image + noise, 0, 1), draw(st.tuples(st.integers(-9, 9), st.integers(-9, 9))), (0, 1))
    return (1 - image if draw(st.booleans()) else image).astype(np.float32)


@st.composite
def judged(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, (n, classes), some of them sure, and labels (n,)."""
    n, classes = draw(st.integers(1, 30)), draw(st.integers(2, 12))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from([np.float16, np.float32, np.float64]))
    probabilities = random.dirichlet(np.full(classes, draw(st.sampled_from([0.01, 0.3, 10]))), n).astype(kind)
    return probabilities, random.integers(0, classes, n).astype(draw(st.sampled_from([np.uint8, np.int8, np.int64])))


@st.composite
def datasets(draw: st.DrawFn) -> Arrays:
    """Images and labels that may be fit for training or not."""
    found = []
    for _ in range(2):
        n = draw(st.integers(0, 8))
        found.append(np.zeros((n, 28, 28), draw(st.sampled_from([np.uint8, np.uint8, np.uint8, np.float32]))))
        kind = draw(st.sampled_from([np.uint8, np.int64, np.int64, np.float32]))
        labels = st.lists(st.integers(0, 2) | st.sampled_from([-1, 255, 256, 2**60]), min_size=n, max_size=n)
        found.append(np.array(draw(labels)).astype(kind))
    return tuple(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
KEYS = st.sampled_from(["classes", "ink", "preprocess", "rejection_threshold", "members", "test_accuracy"])
METRICS = st.dictionaries(
    KEYS, JSON | st.just(list("0123456789")) | st.sampled_from(["none", "digits", 1.5]), max_size=5
)
