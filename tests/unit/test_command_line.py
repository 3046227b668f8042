"""python -m mnist_utils train | evaluate | predict: output, files and exit codes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_utils import data
from mnist_utils.__main__ import main
from mnist_utils.commands import evaluate
from mnist_utils.files import alone_in


@pytest.fixture
def small_mnist(tiny_data, monkeypatch):
    """load_mnist gives 300 training and 100 test images, and recipes hold out 60."""
    from mnist_utils.training import RECIPES, Recipe, loading

    monkeypatch.setattr(data, "load_mnist", lambda: tiny_data)
    monkeypatch.setattr(loading, "load_mnist", lambda: tiny_data)
    monkeypatch.setitem(RECIPES, "quick", Recipe("quick", 7, batch_size=30, validation_size=60))


@pytest.mark.slow
def test_train_writes_a_model_and_says_how_good_it_is(small_mnist, tmp_path, capfd):
    out = tmp_path / "run"
    assert main(["train", "--epochs", "1", "--seed", "5", "--out", str(out)]) == 0
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert (metrics["epochs"], metrics["seed"], metrics["recipe"]["network"]) == (1, 5, "quick")
    assert (out / "model.keras").is_file()
    shown, faults = capfd.readouterr()
    assert "Epoch 1 of 1: " in shown
    assert shown.splitlines()[-1].startswith(f"{metrics['test_accuracy']:.2%} on the test set; wrote {out}/model.keras")
    assert faults == ""


@pytest.mark.parametrize(("quiet", "progress"), [([], "bar"), (["--quiet"], "none")])
def test_train_passes_its_options_on(monkeypatch, capsys, quiet, progress):
    from mnist_utils import training

    calls = []

    def train(*arguments, **options):
        calls.append((arguments, options))
        learned_from = [{"name": "pictures of your own", "count": 54_000}]
        return None, {"test_accuracy": 0.5, "epochs": 1, "learned_from": learned_from, "recipe": {"batch_size": 192}}

    monkeypatch.setattr(training, "train", train)
    options = {"recipe": "classic", "data": "own", "out": "there", "distribute": "mirrored"}
    assert main(["train", *(part for name in options for part in (f"--{name}", options[name])), *quiet]) == 0
    expected = options | {"seed": 0, "epochs": None, "progress": progress, "digits": False, "pens": None}
    del expected["recipe"]
    assert calls == [(("classic",), expected)]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["train", "--recipe", "slow"], "recipe must be one of"),
        (["train", "--epochs", "0"], "epochs must be a whole number"),
        (["train", "--seed", "-1"], "seed must be a whole number"),
        (["train", "--out", __file__], "out must be a folder"),
        (["evaluate", "--model", "gone"], "there is no model at gone"),
        (["evaluate", "--model", __file__], "is no Keras model"),
        (["predict", "gone.png"], "gone.png is missing"),
        (["predict", __file__, "--csv", "."], ". must be a file, not a folder"),
        (["predict", __file__, "--csv", ""], ". must be a file, not a folder"),
        (
            ["predict", __file__, "--csv", "gone/out.csv"],
            "gone/out.csv must lie in a folder that is there, and gone is",
        ),
    ],
)
def test_bad_input_gives_one_sentence_and_exit_code_2(capsys, monkeypatch, tmp_path, arguments, why):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    shown, faults = capsys.readouterr()
    assert shown == ""
    assert faults.startswith("mnist_utils: ")
    assert why in faults
    assert faults.count("\n") == 1


def test_evaluate_prints_the_table(trained, small_mnist, capsys):
    assert main(["evaluate", "--model", str(trained[2])]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 14  # a head, ten digits, all, errors, refused
    assert lines[11].split()[:3] == ["all", "100", f"{trained[1]['test_accuracy']:.2%}"]
    assert lines[13] == "of 100 images, 0 would be refused, as they look like none of the classes"


def test_evaluate_counts_what_would_be_refused(trained, small_mnist, tmp_path, capsys):
    shutil.copytree(trained[2], tmp_path / "run")
    file = tmp_path / "run" / "metrics.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"rejection_threshold": 1e6}))
    for asked in ([], ["--json"]):
        assert main(["evaluate", "--model", str(tmp_path / "run"), *asked]) == 0
    said = capsys.readouterr().out
    assert "of 100 images, 100 would be refused" in said
    assert '"refused": 100' in said


def test_evaluate_asks_for_the_pictures_that_a_network_has_learned_from(trained, tmp_path, capsys):
    shutil.copytree(trained[2], tmp_path / "run")
    file = tmp_path / "run" / "metrics.json"
    metrics = json.loads(file.read_text(encoding="utf-8")) | {"preprocess": "turned"}
    file.write_text(json.dumps(metrics | {"learned_from": [{"name": "pictures of your own", "count": 9}]}))
    assert main(["evaluate", "--model", str(tmp_path / "run")]) == 2
    assert "data: the model has learned from pictures of your own: give those (--data DIR)." in capsys.readouterr().err


def test_evaluate_prints_strict_json_even_where_a_digit_is_never_seen(
    trained, small_mnist, tiny_data, monkeypatch, capsys
):
    x_train, y_train, x_test, y_test = tiny_data
    without_nines = x_train, y_train, x_test[y_test < 9], y_test[y_test < 9]
    monkeypatch.setattr(data, "load_mnist", lambda: without_nines)
    assert main(["evaluate", "--json", "--model", str(trained[2])]) == 0

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    result = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert result["count"] == (y_test < 9).sum()
    assert result["accuracy"] == pytest.approx(1 - result["errors"] / result["count"])
    assert result["per_digit"][9]["accuracy"] is None


@pytest.fixture(scope="module")
def of_signs(tmp_path_factory):
    """A table of three signs with names, and a network trained on it for a moment."""
    from mnist_utils.training import Recipe, train

    folder, rng = tmp_path_factory.mktemp("signs"), np.random.default_rng(1)
    rows = [[number % 3, *rng.integers(0, 255, 784)] for number in range(63)]
    lines = [
        ",".join(["label", *(f"pixel{number}" for number in range(784))]),
        *(",".join(map(str, row)) for row in rows),
    ]
    (folder / "train.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "classes.txt").write_text("cross\ncircle\nan arrow to the left", encoding="utf-8")
    train(Recipe("quick", epochs=1, batch_size=20), data=folder, out=folder / "run", progress="none")
    return folder


@pytest.mark.parametrize(("batch_size", "said"), [(20, True), (1, False)])
def test_train_says_that_few_pictures_make_few_steps(of_signs, tmp_path, monkeypatch, capsys, batch_size, said):
    from mnist_utils.training import RECIPES, Recipe

    monkeypatch.setitem(RECIPES, "quick", Recipe("quick", epochs=3, batch_size=batch_size))
    assert main(["train", "--quiet", "--data", str(of_signs), "--out", str(tmp_path / "run")]) == 0
    assert ("The training took 6 steps, which is few: with more epochs (--epochs)" in capsys.readouterr().out) == said


def test_evaluate_measures_the_test_part_of_a_data_set_by_name(of_signs, tmp_path, capsys):
    assert main(["evaluate", "--model", str(of_signs / "run"), "--data", str(of_signs)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[: len("an arrow to the left")].strip() for line in lines[:5]] == [
        "class",
        "cross",
        "circle",
        "an arrow to the left",
        "all",
    ]
    assert [line[20:].split()[0] for line in lines[1:5]] == ["3", "3", "3", "9"]  # every seventh of 63
    metrics = json.loads((of_signs / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert lines[4].split()[2] == f"{metrics['test_accuracy']:.2%}"
    for name in ("an arrow to the left", "cross"):  # two of the classes, in pictures that are scaled
        (tmp_path / name).mkdir()
        for number in range(2):
            Image.new("L", (10, 10), 40 + 100 * number + len(name)).save(tmp_path / name / f"{number}.png")
    assert main(["evaluate", "--json", "--model", str(of_signs / "run"), "--data", str(tmp_path)]) == 0
    said, scaled = capsys.readouterr()
    result = json.loads(said)
    assert result["classes"] == ["cross", "circle", "an arrow to the left"]
    assert [row["count"] for row in result["per_digit"]] == [1, 0, 1]
    assert "scaled to 28 x 28" in scaled


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ([], "the model reads 3 classes (cross, circle, an arrow to the left), not MNIST's digits"),
        (["beans", "cross"], "the model reads 3 classes (cross, circle, an arrow to the left), and 'beans' is none of"),
    ],
)
def test_evaluate_refuses_a_set_of_other_classes(of_signs, tmp_path, capsys, other, why):
    for name in other:
        (tmp_path / name).mkdir()
        for number in range(2):
            Image.new("L", (28, 28), 9 * number + ord(name[0])).save(tmp_path / name / f"{number}.png")
    data_set = ["--data", str(tmp_path)] if other else []
    assert main(["evaluate", "--model", str(of_signs / "run"), *data_set]) == 2
    said, complaint = capsys.readouterr()
    assert (said, complaint.count("\n")) == ("", 1)
    assert why in complaint


@pytest.mark.parametrize("arguments", [[], ["fly"], ["predict"], ["train", "--epochs", "many"]])
def test_a_wrong_command_line_shows_the_usage(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m mnist_utils")


def test_the_exit_code_reaches_the_shell(tmp_path):
    command = [sys.executable, "-m", "mnist_utils", "predict", "gone.png"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr == "mnist_utils: pictures: gone.png is missing.\n"


@pytest.mark.slow
def test_classes_are_called_by_their_names(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for name, grey in (("cat", 160), ("dog", 220)):
        (tmp_path / "in" / name).mkdir(parents=True)
        for number in range(14):
            image = np.clip(rng.normal(grey, 20, (28, 28)), 0, 255).astype(np.uint8)
            Image.fromarray(image).save(tmp_path / "in" / name / f"{number}.png")
    out = tmp_path / "out"
    arguments = ["train", "--data", str(tmp_path / "in"), "--epochs", "1", "--out", str(out), "--quiet"]
    assert main(arguments) == 0
    assert json.loads((out / "metrics.json").read_text(encoding="utf-8"))["classes"] == ["cat", "dog"]
    main(["predict", "--model", str(out), str(tmp_path / "in" / "cat" / "1.png")])
    said = capsys.readouterr().out
    assert "The pictures are dark on light: they are inverted, in training and when they are read." in said
    assert said.splitlines()[-1].split("\t")[1] in ("cat", "dog", "none")


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "stopped."),
        (KeyboardInterrupt("stopped; go on."), 130, "stopped; go on."),
        (BrokenPipeError(32, "Broken pipe"), 141, "stopped, as nobody reads its output any more."),
        (ValueError("x must be 1,\n  not 2."), 2, "x must be 1, not 2."),
        (OSError(28, "No space left on device"), 2, "the output can't be written (No space left on device)."),
        (PermissionError(13, "Permission denied", "x.png"), 2, "[Errno 13] Permission denied: 'x.png'"),
        (ImportError("ONNX needs x."), 2, "ONNX needs x."),
        (KeyError("x"), 70, "KeyError: 'x'. That is a bug in this program; --debug shows where it is."),
        (MemoryError(), 70, "there is not enough memory."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
@pytest.mark.parametrize("debug", [False, True])
def test_whatever_goes_wrong_is_one_line_and_an_exit_code(monkeypatch, capsys, fault, code, said, debug):
    def fail(options):
        raise fault

    monkeypatch.setattr(evaluate, "run", fail)
    assert main(["evaluate", *(["--debug"] if debug else [])]) == code
    shown, faults = capsys.readouterr()
    assert shown == ""
    assert faults.startswith(f"mnist_utils: {said}")
    assert ("Traceback" in faults) == debug
    assert (faults.count("\n") == 1) != debug


PROGRAM = """
import sys
import time
from mnist_utils.__main__ import main
from mnist_utils.commands import evaluate
def run(options):
    time.sleep(0.3)
    print("x" * 100_000 if "long" in options.model else "x")
    if "bad" in options.model:
        raise ValueError("it is bad")
    return 0
evaluate.run = run
sys.exit(main(["evaluate", "--model", sys.argv[1]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX systems")
@pytest.mark.parametrize(
    ("model", "streams", "code", "shown", "said"),
    [
        ("short", "", 0, "x\n", ""),
        ("short", ">&-", 0, "", ""),
        ("bad", ">&-", 2, "", "it is bad"),
        ("bad", "2>&-", 2, "x\n", ""),
        ("bad", "2>/dev/full", 2, "x\n", ""),
        ("bad", "<&- >&- 2>&-", 2, "", ""),
        ("short", ">/dev/full", 2, "", "the output can't be written (No space left on device)."),
        ("long", ">/dev/full", 2, "", "the output can't be written (No space left on device)."),
        ("short", "1</dev/null", 2, "", "the output can't be written (Bad file descriptor)."),
        ("long", "> >(exec 0<&-; sleep 1)", 141, "", "stopped, as nobody reads its output any more."),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_closed_and_odd_streams_end_in_one_line_or_none(tmp_path, model, streams, code, shown, said, unbuffered):
    if "/dev/full" in streams and not Path("/dev/full").exists():
        pytest.skip("this system has no such device")
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    command = f'"{sys.executable}" program.py {model} {streams}'
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    finished = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, env=environment)
    expected = f"mnist_utils: {said}\n" if said else ""
    assert (finished.returncode, finished.stdout, finished.stderr) == (code, shown, expected)


def test_a_second_training_into_one_folder_is_told_before_tensorflow_is_imported(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "mnist_utils.training", None)  # importing it now raises
    with alone_in(tmp_path, "out"):
        assert main(["train", "--out", str(tmp_path)]) == 2
    said = f"mnist_utils: out must be a folder of its own for each training: another writes to {tmp_path}.\n"
    assert capsys.readouterr().err == said


def test_a_stopped_training_says_how_it_goes_on(monkeypatch, capsys):
    from mnist_utils import training

    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "train", stop)
    assert main(["train"]) == 130
    said = "mnist_utils: stopped; the same command goes on after the last whole epoch.\n"
    assert capsys.readouterr().err == said
