"""Make format_runs.json: the learner's network, as the course has it, in Keras, LiteRT and ONNX, floats and 8 bits.

    python mnist_utils/assets/make_format_runs.py

For each: bytes of the file, milliseconds for one image, and how many of the validation images are misread. Needs the
extra `export`; notebook 08 shows the result.
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter

from mnist_utils import formats, load_mnist, networks, split_validation
from mnist_utils.classifier import load_classifier
from mnist_utils.images import to_input

STORED = Path(__file__).with_name("format_runs.json")
REPEATS = 300
Read = Callable[[np.ndarray], np.ndarray]


def with_litert(path: Path) -> Read:
    """Make a function that reads one image (1, 28, 28, 1) by LiteRT's own runtime."""
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def read(image: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(taken, image)
        interpreter.invoke()
        return interpreter.get_tensor(given)

    return read


def with_onnx(path: Path) -> Read:
    """Make a function that reads one image (1, 28, 28, 1) by ONNX's own runtime."""
    session = onnxruntime.InferenceSession(path)
    name = session.get_inputs()[0].name
    return lambda image: session.run(None, {name: image})[0]


def measured(read: Read, size: int, images: np.ndarray, labels: np.ndarray) -> dict:
    """Give the bytes of a file, how many images it misreads, and the least time for one of them."""
    answers = np.concatenate([read(image[None]) for image in images]).argmax(axis=1)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        read(images[:1])
        times.append(1000 * (time.perf_counter() - start))
    return {"bytes": size, "errors": int((answers != labels).sum()), "ms_one": round(min(times), 3)}


def main() -> None:
    """Write each file, read the validation images with it, and store what came of it."""
    classifier = load_classifier(name="mine")
    x, y, _, _ = load_mnist()
    _, _, images, labels = split_validation(x, y)
    images, model = to_input(images), classifier.model
    with tempfile.TemporaryDirectory() as folder:
        keras_file = Path(folder) / "mine.keras"
        model.save(keras_file)
        rows = {"Keras": measured(lambda image: networks.run(model, image), keras_file.stat().st_size, images, labels)}
        for name, write, read_with in (
            ("LiteRT", formats.write_litert, with_litert),
            ("ONNX", formats.write_onnx, with_onnx),
        ):
            for bits in (32, 8):
                path = write(model, Path(folder) / f"mine-{bits}.{name.lower()}", bits)
                rows[f"{name}, {bits} bits"] = measured(read_with(path), path.stat().st_size, images, labels)
    STORED.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for name, row in rows.items():
        print(f"{name:16} {row}")


if __name__ == "__main__":
    main()
