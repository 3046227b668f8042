"""Other machines: the package works under settings, and without things, that this machine does not have or lack."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READS = """
    from mnist_utils import load_classifier, load_mnist, plots
    images = load_mnist()[2][:20]
    classifier = load_classifier(name="quick")
    print(classifier.predict(images).dtype, [classifier.read(image).digit for image in images[:4]])
    plots.digits(images[:2]).figure.savefig("digits.png")
"""
TRAINS = """
    from mnist_utils import load_mnist
    from mnist_utils.training import train
    data = [part[:200] for part in load_mnist()]
    recipe = dict(epochs=1, out="runs/odd", progress="none")
    model, metrics = train("quick", data=data, digits=True, **recipe)
    print(model.dtype, metrics["epochs"])
"""
NO_NETWORK = """
    import socket
    connect = socket.socket.connect
    def refuse(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
            raise OSError(f"this machine has no network, and was asked for {address}")
        return connect(self, address)
    socket.socket.connect = refuse
    socket.getaddrinfo = lambda host, *arguments, **given: refuse(socket.socket(), (host,))
"""
ANSWER = "float32 [7, 2, 1, 0]\n"


def run(code: str, folder: Path, *options: str, before: str = "", **environment: str | None) -> str:
    """Run code in a folder, as a new process; gives what it printed. A variable that is None is not set."""
    variables = {name: value for name, value in (os.environ | environment).items() if value is not None}
    program = textwrap.dedent(before) + textwrap.dedent(code)
    command = [sys.executable, *options, "-c", program]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def keras_settings(folder: Path, **settings: str | float) -> str:
    (folder / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
    return str(folder)


@pytest.mark.slow
def test_settings_of_keras_and_matplotlib_for_other_work_change_nothing(tmp_path):
    home = keras_settings(tmp_path, backend="jax", floatx="float16", image_data_format="channels_first", epsilon=1e-3)
    rows = "image.cmap: jet\naxes.grid: True\nfigure.autolayout: True\nfont.family: serif\nfigure.dpi: 30\n"
    (tmp_path / "matplotlibrc").write_text(rows, encoding="utf-8")
    given = {"KERAS_HOME": home, "KERAS_BACKEND": "jax", "MATPLOTLIBRC": str(tmp_path)}
    assert run(READS, tmp_path, **given) == ANSWER
    assert run(TRAINS, tmp_path, **given) == "float32 1\n"


@pytest.mark.slow
def test_a_machine_without_network_home_second_core_and_unicode_reads_digits(tmp_path):
    folder = tmp_path / "Übung mit Leerzeichen 数字"
    folder.mkdir()
    one_core = (
        "import os\nif hasattr(os, 'sched_setaffinity'):\n    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    )
    lost = {
        "HOME": None,
        "USERPROFILE": None,
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
    }
    found = run(READS, folder, "-O", before=one_core + textwrap.dedent(NO_NETWORK), **lost)
    assert found == ANSWER
    assert run(TRAINS, folder, before=NO_NETWORK, TF_ENABLE_ONEDNN_OPTS="0") == "float32 1\n"
    assert (folder / "runs" / "odd" / "metrics.json").is_file()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="closes a stream in a shell of Unix")
@pytest.mark.parametrize("closed", ["2>&-", "1>&-", "0<&-", "0<&- 1>&- 2>&-"])
def test_closed_streams_are_no_reason_to_stop(closed, tmp_path):
    write = READS + "    open('answer.txt', 'w').write(str(classifier.read(images[0]).digit))\n"
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(write), encoding="utf-8")
    done = subprocess.run(f'"{sys.executable}" program.py {closed}', shell=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0
    assert (tmp_path / "answer.txt").read_text() == "7"


@pytest.mark.slow
def test_keras_with_another_backend_imported_before_is_told_in_a_sentence(tmp_path):
    code = """
        import os, sys, types
        sys.modules["keras"] = other = types.ModuleType("keras")
        other.config = types.SimpleNamespace(backend=lambda: "jax")
        try:
            import mnist_utils.networks
        except ImportError as error:
            print(error)
    """
    assert "runs on jax, not on TensorFlow: import mnist_utils first" in run(code, tmp_path)
