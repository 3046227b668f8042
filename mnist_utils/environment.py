"""Does this computer have what the course needs? Said in plain sentences, each fault with its remedy.

Where the package itself can't be imported, because one that it needs is missing, this file can still be run:
python mnist_utils/environment.py
"""

import hashlib
import importlib.metadata
import platform
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]  # in a checkout, pyproject.toml and constraints.txt are there
NAME = "mnist-utils"
MEMORY = 2.0  # GB; what the largest notebook takes
MOST_NAMED = 4  # packages in one sentence
# What shows a widget in the browser: a package, and the folder that it puts where JupyterLab looks for extensions.
MANAGER = "@jupyter-widgets/jupyterlab-manager"
EXTENSIONS = {"jupyterlab-widgets": MANAGER, "ipycanvas": "ipycanvas", "anywidget": "anywidget"}


class Fault(Exception):  # noqa: N818 - no error of the program: what it looks for
    """What is wrong, in one sentence, and its remedy in another."""

    def __init__(self, problem: str, remedy: str):
        super().__init__(f"{problem} Remedy: {remedy}")


def check_environment() -> None:
    """Print whether this computer has what the course needs, in plain sentences, each fault with its remedy.

    Where all is well, the same is printed on every computer.
    """
    faults = 0
    for name, look in LOOKS.items():
        try:
            said = look()
        except Fault as fault:
            said, faults = str(fault), faults + 1
        except Exception as error:  # something is so broken that it can't even be looked at
            said = str(Fault(f"This could not be looked at ({type(error).__name__}: {error}).", install()))
            faults += 1
        print(f"{name}: {said}")
    found = "1 fault was found. Follow the" if faults == 1 else f"{faults} faults were found. Follow each"
    again = "remedy, restart the kernel (Kernel > Restart Kernel), and run this cell again."
    print(f"{found} {again}" if faults else "All is well. You can start.")


def is_checkout() -> bool:
    """Tell whether the package lies in the folder of the course, or was installed without it."""
    return (ROOT / "constraints.txt").is_file() and (ROOT / "pyproject.toml").is_file()


def install(packages: Iterable[str] = (NAME,)) -> str:
    """Say how to get packages, in the versions that the course works with."""
    if is_checkout():
        return "In a terminal, in the folder of the course, run: pip install -c constraints.txt -e ."
    return "In a terminal, run: pip install " + " ".join(f'"{package}"' for package in packages)


def look_at_python() -> str:
    """Is Python's version one that the course is made for?"""
    if is_checkout():  # without tomllib, which an old Python does not have
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        needed = re.findall(r'^requires-python = "(.+)"', text, re.MULTILINE)[0]
    else:
        needed = importlib.metadata.metadata(NAME)["Requires-Python"]
    least, too_new = sorted(int(minor) for minor in re.findall(r"3\.(\d+)", needed))
    versions = f"3.{least} to 3.{too_new - 1}"
    major, minor = map(int, platform.python_version_tuple()[:2])
    if major != 3 or not least <= minor < too_new:
        renew = "Install one of these from python.org, make an environment with it as README.md says, and start again."
        raise Fault(f"This is Python {major}.{minor}, and the course needs {versions}.", renew)
    return f"The course needs version {versions}, and yours is one of them."


def look_at_packages() -> str:
    """Are all packages installed, those that they need, too, in the versions that the course is tested with?"""
    pins, missing, different = pinned(), {}, {}
    for requirement, installed in found_packages():
        name = re.sub("[-_.]+", "-", requirement.name).lower()
        wanted = f"{name}=={pins[name]}" if name in pins else f"{name}{requirement.specifier}"
        if not installed:
            missing[wanted] = name
        elif pins.get(name, installed) != installed or not requirement.specifier.contains(installed, prereleases=True):
            different[wanted] = f"{name} {installed} instead of {wanted.removeprefix(name).removeprefix('==')}"
    if missing:
        raise Fault(f"Not installed: {listed(missing.values())}.", install([*missing, *different]))
    if different:
        raise Fault(f"The course is tested with other versions: {listed(different.values())}.", install(different))
    return "All that the course needs are installed, in versions that it works with."


def pinned() -> dict[str, str]:
    """Give the version that constraints.txt has of each package; nothing outside a checkout."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if is_checkout() else []
    pairs = (line.split("==") for line in lines if re.match(r"[\w.-]+==", line))
    return {re.sub("[-_.]+", "-", name).lower(): version.strip() for name, version in pairs}


def found_packages() -> Iterator[tuple[Any, str]]:
    """Give each Requirement of the course, and of what it requires, with the version installed, or "" for none."""
    from packaging.requirements import Requirement

    if is_checkout():
        import tomllib

        texts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    else:
        texts = importlib.metadata.requires(NAME) or []
    waiting, seen = [(Requirement(text), {""}) for text in texts], set()
    while waiting:
        requirement, extras = waiting.pop()
        marker = requirement.marker
        if str(requirement) in seen or (marker and not any(marker.evaluate({"extra": extra}) for extra in extras)):
            continue
        seen.add(str(requirement))
        try:
            package = importlib.metadata.distribution(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            yield requirement, ""
            continue
        yield requirement, package.version
        waiting += [(Requirement(text), requirement.extras | {""}) for text in package.requires or []]


def listed(names: Iterable[str]) -> str:
    """Name some things, and count those that are too many to be named."""
    names = sorted(names)
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more])


def look_at_memory() -> str:
    """Is there room for the largest notebook?"""
    import psutil

    free = psutil.virtual_memory().available / 1e9
    if free < MEMORY:
        close = "Close other programs, and notebooks that you are done with (Kernel > Shut Down All Kernels)."
        raise Fault(f"Only about {free:.1f} GB are free, and training takes about {MEMORY:.0f}.", close)
    return f"At least {MEMORY:.0f} GB are free, enough for every notebook."


def look_at_data() -> str:
    """Is the bundled MNIST there, byte for byte?"""
    from mnist_utils import data

    remedy = "In the folder of the course, run: git checkout -- mnist_utils/assets/mnist.npz (or download it again)."
    if not data.MNIST_FILE.is_file():
        raise Fault("The file with the digits, mnist.npz, is missing.", remedy)
    if hashlib.sha256(data.MNIST_FILE.read_bytes()).hexdigest() != data.MNIST_SHA256:
        raise Fault("The file with the digits, mnist.npz, is damaged: its checksum is not the expected one.", remedy)
    return "The 70,000 digits are here, and not a byte of them has changed."


def look_at_folder() -> str:
    """Can files be written to the current folder?"""
    try:
        with tempfile.TemporaryFile(dir=Path.cwd()) as file:
            file.write(b"drawings and networks")
    except OSError as error:
        copy = "Copy the course into a folder of your own, on a disk with some room, and open it there."
        raise Fault(f"Nothing can be saved in this folder ({error.strerror}).", copy) from None
    return "What you draw and train can be saved here."


def look_at_widgets() -> str:
    """Does JupyterLab find what shows a widget in the browser?"""
    from jupyter_core.paths import jupyter_path

    places = [Path(place) for place in jupyter_path("labextensions")]
    for package in ("jupyterlab", "ipywidgets", *EXTENSIONS):
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            raise Fault(f"The pad can't be shown, because {package} is not installed.", install([package])) from None
        extension = EXTENSIONS.get(package)
        if extension and not any((place / extension / "package.json").is_file() for place in places):
            run = f"run in a terminal: pip install --force-reinstall --no-deps {package}=={version}"
            problem = f"The pad can't be shown, because JupyterLab does not find its extension {extension}."
            raise Fault(problem, f"Close JupyterLab, {run}, and open JupyterLab again.")
    return "JupyterLab can show the pad and the sliders."


LOOKS = {
    "Python": look_at_python,
    "Packages": look_at_packages,
    "Memory": look_at_memory,
    "Data": look_at_data,
    "Folder": look_at_folder,
    "Widgets": look_at_widgets,
}

if __name__ == "__main__":
    check_environment()
