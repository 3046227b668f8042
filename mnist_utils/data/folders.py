"""Pictures in folders, one for each class."""

from pathlib import Path

import numpy as np

from mnist_utils.data.arrays import MOST_CLASSES, Arrays, Dataset, check_dataset, split_test
from mnist_utils.files import is_hidden, open_square
from mnist_utils.images import SIZE


def load(path: Path) -> tuple[Dataset, bool]:
    """Load a folder of classes, or of train and test; says, too, whether it came with a test part."""
    reader, where = _Reader(path), f" in {path}"
    parts = [path / "train", path / "test"]
    given = all(part.is_dir() and any(_folders(part)) for part in parts)
    arrays: Arrays
    if given:
        reader.left_out += len(list(path.iterdir())) - len(parts)
        classes = _classes(parts[0])
        strange = [folder for folder in _folders(parts[1]) if folder.name not in classes]
        if strange:
            raise ValueError(f"data: {strange[0]} must be one of the classes in {parts[0]}: {', '.join(classes):.80}.")
        arrays = (*reader.read(parts[0], classes, 1), *reader.read(parts[1], classes, 0))
    else:
        classes = _classes(path)
        arrays = split_test(*reader.read(path, classes, 2), where, classes)
    reader.say()
    return check_dataset(arrays, where, classes), given


def _folders(path: Path) -> list[Path]:
    return sorted(folder for folder in path.iterdir() if folder.is_dir() and not is_hidden(folder))


def _classes(path: Path) -> list[str]:
    names = [folder.name for folder in _folders(path)]
    if not 2 <= len(names) <= MOST_CLASSES:
        raise ValueError(f"data: {path} must hold 2 to {MOST_CLASSES} folders, one for each class, not {len(names)}.")
    return names


class _Reader:
    """Reads pictures, and keeps count of what it leaves out and scales."""

    def __init__(self, path: Path):
        self.name, self.left_out = path.resolve().name, 0
        self.count, self.scaled = 0, list[tuple[int, int]]()  # height and width

    def read(self, part: Path, classes: list[str], least: int) -> tuple[np.ndarray, np.ndarray]:
        """Read the folders of classes in a part, each with `least` pictures: images (n, 28, 28), and labels (n,)."""
        images, labels = [], list[int]()
        self.left_out += len(list(part.iterdir())) - len(_folders(part))
        for label, folder in enumerate(part / name for name in classes):
            entries = list(folder.iterdir()) if folder.is_dir() else []
            files = sorted(file for file in entries if file.is_file() and not is_hidden(file))
            self.left_out += len(entries) - len(files)
            if len(files) < least:
                pictures = "a picture" if least == 1 else f"{least} pictures"
                raise ValueError(f"data: {folder} must hold {pictures} or more, not {len(files)}.")
            images += [self._picture(file) for file in files]
            labels += [label] * len(files)
        return np.array(images, np.uint8).reshape(-1, SIZE, SIZE), np.array(labels, np.uint8)

    def _picture(self, file: Path) -> np.ndarray:
        image, size = open_square(file, f"data: {file}", SIZE)
        self.count += 1
        if size != (SIZE, SIZE):
            self.scaled.append(size)
        return np.round(255 * image).astype(np.uint8)

    def say(self) -> None:
        """Print how many files were left out, and how many pictures scaled."""
        if self.left_out:
            why = "hidden, or not where a class or a picture is looked for"
            print(f"data: {self.left_out} in {self.name} left out: {why}.")
        if self.scaled:
            ends = dict.fromkeys(choose(self.scaled, key=lambda size: size[0] * size[1]) for choose in (min, max))
            sizes = " to ".join(f"{height} x {width}" for height, width in ends)
            count = f"{len(self.scaled):,} of {self.count:,} pictures"
            print(f"data: {count} in {self.name} scaled to {SIZE} x {SIZE} pixels (height x width), from {sizes}.")
