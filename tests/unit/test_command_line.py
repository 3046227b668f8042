"""python -m mnist_utils train | evaluate | predict: output, files and exit codes."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from mnist_utils import data
from mnist_utils.__main__ import main


@pytest.fixture
def small_mnist(tiny_data, monkeypatch):
    """load_mnist gives 300 training and 100 test images, and recipes hold out 60."""
    from mnist_utils.training import RECIPES, Recipe, run

    monkeypatch.setattr(data, "load_mnist", lambda: tiny_data)
    monkeypatch.setattr(run, "load_mnist", lambda: tiny_data)
    monkeypatch.setitem(RECIPES, "quick", Recipe("quick", 7, batch_size=30, validation_size=60))


@pytest.fixture
def folder(grey_page, tmp_path):
    """Two pictures, one of them in a folder below, and a file that is no picture."""
    (tmp_path / "in" / "deeper").mkdir(parents=True)
    grey_page(17).save(tmp_path / "in" / "deeper" / "seven.PNG")
    grey_page(3).save(tmp_path / "in" / "zero.jpg")
    (tmp_path / "in" / "notes.txt").write_text("no picture", encoding="utf-8")
    (tmp_path / "in" / "named.png").mkdir()
    return tmp_path / "in"


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
        return None, {"test_accuracy": 0.5}

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
    assert len(lines) == 13  # a head, ten digits, all, errors
    assert lines[11].split()[:3] == ["all", "100", f"{trained[1]['test_accuracy']:.2%}"]


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


def test_predict_reads_one_file(folder, capsys):
    assert main(["predict", str(folder / "zero.jpg")]) == 0
    path, digit, confidence = capsys.readouterr().out.rstrip("\n").split("\t")
    assert (path, digit) == (str(folder / "zero.jpg"), "0")
    assert 50 < float(confidence.removesuffix("%")) <= 100


def test_predict_reads_a_folder_and_those_below(folder, capsys):
    assert main(["predict", str(folder)]) == 0
    shown, faults = capsys.readouterr()
    assert [line.split("\t")[:2] for line in shown.splitlines()] == [
        [str(folder / "deeper" / "seven.PNG"), "7"],
        [str(folder / "zero.jpg"), "0"],
    ]
    assert faults == ""


def test_predict_reads_on_after_a_bad_picture(folder, truncated_png, capsys):
    assert main(["predict", str(truncated_png), str(folder / "notes.txt"), str(folder / "zero.jpg")]) == 1
    shown, faults = capsys.readouterr()
    assert shown.split("\t")[:2] == [str(folder / "zero.jpg"), "0"]
    first, second = faults.splitlines()
    assert first.startswith(f"mnist_utils: photo: {truncated_png} is no picture")
    assert "notes.txt is no picture" in second


def test_predict_says_none_where_there_is_no_digit(tmp_path, capsys):
    from PIL import Image

    Image.new("L", (50, 50), "white").save(tmp_path / "blank.png")
    assert main(["predict", str(tmp_path / "blank.png")]) == 0
    assert capsys.readouterr().out.split("\t")[1:] == ["none", "10.0%\n"]


def test_predict_writes_a_csv_file(folder, truncated_png, tmp_path, capsys):
    out = tmp_path / "out.csv"
    out.write_text("an older table", encoding="utf-8")
    assert main(["predict", str(folder), str(truncated_png), "--csv", str(out)]) == 1
    with out.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["path", "digit", "confidence"]
    assert [row[:2] for row in rows] == [[str(folder / "deeper" / "seven.PNG"), "7"], [str(folder / "zero.jpg"), "0"]]
    assert all(0.5 < float(row[2]) <= 1 for row in rows)
    assert f"2 pictures read, 1 failed; wrote {out}" in capsys.readouterr().out
    assert {file.name for file in tmp_path.iterdir()} == {"in", "half.png", "out.csv"}


def test_a_failure_while_writing_leaves_the_old_table_alone(folder, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out.csv"
    out.write_text("an older table", encoding="utf-8")

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    assert main(["predict", str(folder), "--csv", str(out)]) == 2
    assert out.read_text(encoding="utf-8") == "an older table"
    assert {file.name for file in tmp_path.iterdir()} == {"in", "out.csv"}
    assert "disk full" in capsys.readouterr().err


def test_predict_refuses_a_folder_without_pictures(tmp_path, capsys):
    assert main(["predict", str(tmp_path)]) == 2
    assert f"{tmp_path} holds no picture" in capsys.readouterr().err


def test_predict_takes_another_model(trained, folder, capsys):
    from mnist_utils.classifier import load_classifier

    main(["predict", "--model", str(trained[2]), str(folder / "zero.jpg")])
    expected = load_classifier(trained[2]).read_photo(folder / "zero.jpg")
    assert capsys.readouterr().out.split("\t")[2] == f"{expected.confidence:.1%}\n"


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


def test_predict_says_that_a_model_without_metrics_refuses_nothing(trained, folder, tmp_path, capsys):
    (tmp_path / "bare.keras").write_bytes((trained[2] / "model.keras").read_bytes())
    assert main(["predict", "--model", str(tmp_path / "bare.keras"), str(folder / "zero.jpg")]) == 0
    faults = capsys.readouterr().err
    assert faults.startswith("mnist_utils: there is no metrics.json beside the model")
    assert faults.count("\n") == 1


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
    assert "The pictures are dark on light: they were turned to white on black, and will be when they are read." in said
    assert said.splitlines()[-1].split("\t")[1] in ("cat", "dog", "none")
