"""What several test files share. TensorFlow is imported only by the fixtures that need it."""

import io
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from mnist_utils.data import load_mnist

matplotlib.use("Agg")


@pytest.fixture(scope="session")
def mnist() -> tuple[np.ndarray, ...]:
    """The bundled MNIST: x_train, y_train, x_test, y_test; no test may change what all share."""
    arrays = load_mnist()
    for array in arrays:
        array.flags.writeable = False
    return arrays


@pytest.fixture(scope="session")
def tiny_data(mnist) -> tuple[np.ndarray, ...]:
    """The first 300 training and 100 test images; all ten digits are in both."""
    x_train, y_train, x_test, y_test = mnist
    return x_train[:300], y_train[:300], x_test[:100], y_test[:100]


@pytest.fixture(scope="session")
def tiny_recipe():
    """A run of seconds that uses every part of a recipe but early stopping."""
    from mnist_utils.training.run import Recipe

    return Recipe(
        "quick",
        epochs=2,
        batch_size=30,
        one_cycle=True,
        rotation=10.0,
        zoom=0.1,
        shear=0.15,
        shift=1.5,
        pen_variants=0.4,
        random_erasing=0.15,
        thinner=0.4,
        thicker=0.6,
        outliers=40,
        outlier_share=0.1,
        plain_epochs=1,
        label_smoothing=0.1,
        ema_momentum=0.9,
        validation_size=30,
    )


@pytest.fixture(scope="session")
def trained(tiny_data, tiny_recipe, tmp_path_factory) -> tuple:
    """One tiny run: the model, its metrics, and the folder that it was written to."""
    from mnist_utils.training.run import train

    folder = tmp_path_factory.mktemp("runs") / "not yet" / "made"
    model, metrics = train(tiny_recipe, seed=3, data=tiny_data, digits=True, out=folder, progress="none")
    return model, metrics, folder


@pytest.fixture(scope="session")
def shipped():
    """The classifier that the course ships."""
    from mnist_utils.classifier import load_classifier

    return load_classifier()


@pytest.fixture(scope="session")
def ink_on_page(mnist):
    """A function that writes one of MNIST's test images large on a page: floats, 0 paper to 1 ink, with a margin."""

    def write(index: int, margin: int = 60) -> np.ndarray:
        large = Image.fromarray(mnist[2][index]).resize((280, 280), Image.Resampling.BICUBIC)
        return np.pad(np.asarray(large) / 255, margin)

    return write


@pytest.fixture(scope="session")
def grey_page(ink_on_page):
    """A function that gives a page with dark ink on light paper as a PIL image."""

    def write(index: int) -> Image.Image:
        return Image.fromarray((240 - 220 * ink_on_page(index)).astype(np.uint8))

    return write


@pytest.fixture
def truncated_png(grey_page, tmp_path) -> Path:
    """A PNG file that ends in the middle."""
    whole = io.BytesIO()
    grey_page(3).save(whole, format="png")
    path = tmp_path / "half.png"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    return path
