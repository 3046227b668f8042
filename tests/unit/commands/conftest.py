"""What tests of commands share: a reader that stands in for a network."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mnist_utils.reading import Answer, NumberAnswer


class Reader:
    """Stands in for a classifier: what is wrong with a picture is in `faults`, by the picture's name."""

    def __init__(self, faults: dict[str, BaseException], weight: float = 0.0):
        self.faults, self.metrics, self.classes = faults, {"preprocess": "digits"}, ["6", "7"]
        self.model = SimpleNamespace(get_weights=lambda: [np.array([weight])])

    def read_photos(self, pictures: list[Path], number: bool, workers: int) -> Iterator:
        for picture in pictures:
            fault = self.faults.get(picture.name)
            if isinstance(fault, KeyboardInterrupt | ChildProcessError):
                raise fault
            answer = NumberAnswer("12\n34", 0.9, []) if number else Answer(1, 0.9, np.array([0.1, 0.9]), "7")
            yield fault or answer


@pytest.fixture
def pictures(tmp_path, monkeypatch) -> Callable:
    """A function that makes files of such names in the folder `in`, and a reader with such faults."""
    from mnist_utils import classifier

    def make(names: list[str], weight: float = 0.0, **faults: BaseException) -> Path:
        for name in names:
            (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "in" / name).touch()
        by_name = {f"{stem}.png": fault for stem, fault in faults.items()}
        monkeypatch.setattr(classifier, "load_classifier", lambda model: Reader(by_name, weight))
        return tmp_path / "in"

    return make
