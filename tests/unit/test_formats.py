"""LiteRT and ONNX: the same answers by their own runtimes, on the whole test set."""

import json
import shutil
import sys

import numpy as np
import pytest

from mnist_utils import formats
from mnist_utils.__main__ import main
from mnist_utils.classifier import ASSETS, load_classifier
from mnist_utils.images import to_input
from mnist_utils.networks import run


def with_litert(path, images):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    taken, given = (
        details()[0]["index"] for details in (interpreter.get_input_details, interpreter.get_output_details)
    )
    interpreter.resize_tensor_input(taken, (500, 28, 28, 1))
    interpreter.allocate_tensors()
    answers = []
    for start in range(0, len(images), 500):
        interpreter.set_tensor(taken, images[start : start + 500])
        interpreter.invoke()
        answers.append(interpreter.get_tensor(given))
    return np.concatenate(answers)


def with_onnx(path, images):
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    return session.run(None, {session.get_inputs()[0].name: images})[0]


FORMATS = {"tflite": (formats.write_litert, with_litert), "onnx": (formats.write_onnx, with_onnx)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("bits", [32, 8])
def test_the_runtime_gives_the_answers_of_keras_on_the_whole_test_set(kind, bits, mnist, tmp_path, capfd):
    if kind == "tflite" and sys.platform == "win32":
        pytest.skip("LiteRT's runtime has no package for Windows")
    write, read_with = FORMATS[kind]
    model, images, labels = load_classifier(name="quick").model, to_input(mnist[2]), mnist[3]
    path = write(model, tmp_path / f"digits.{kind}", bits)
    assert capfd.readouterr().out == ""
    keras_answers, answers = (each.argmax(axis=1) for each in (run(model, images), read_with(path, images)))
    if bits == 32:
        assert (answers != keras_answers).sum() <= 2
    assert abs((answers == labels).mean() - (keras_answers == labels).mean()) <= 0.0005
    assert path.stat().st_size < model.count_params() * bits / 8 + 40_000


@pytest.mark.parametrize("write", [write for write, _ in FORMATS.values()])
def test_other_bits_are_refused_and_no_file_is_left(write, tmp_path):
    with pytest.raises(ValueError, match="bits must be 8 or 32, not 16"):
        write(load_classifier(name="quick").model, tmp_path / "digits", 16)
    assert list(tmp_path.iterdir()) == []


def test_a_runtime_that_is_not_installed_is_told_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match=r"needs tf2onnx: pip install 'mnist-utils\[export\]'"):
        formats.write_onnx(load_classifier(name="quick").model, tmp_path / "digits.onnx")


@pytest.mark.slow
def test_the_command_writes_the_same_network_in_both_formats(mnist, tmp_path, capfd):
    paths = [tmp_path / "digits.tflite", tmp_path / "digits.onnx"]
    named = ["--litert", str(paths[0]), "--onnx", str(paths[1])]
    assert main(["export", *named, "--model", str(ASSETS / "mine")]) == 0
    shown, faults = capfd.readouterr()
    assert [line.split(", ")[0] for line in shown.splitlines()] == [f"wrote {path}" for path in paths]
    assert shown.count("it takes float32 images (n, 28, 28, 1), 0 to 1, white on black, placed as MNIST's") == 2
    assert faults == ""
    images = to_input(mnist[2][:500])
    first, second = (FORMATS[path.suffix[1:]][1](path, images) for path in paths)
    np.testing.assert_allclose(first, second, atol=1e-4)


def test_8_bits_are_fitted_to_the_pictures_that_are_named(monkeypatch, tmp_path, tiny_data):
    fitted, out = [], tmp_path / "own.onnx"
    out.touch()
    monkeypatch.setattr(formats, "write_onnx", lambda model, path, bits, images: fitted.append((bits, images)) or out)
    np.savez(tmp_path / "own.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), tiny_data, strict=True)))
    for data in ([], ["--data", str(tmp_path / "own.npz")]):
        assert main(["export", "--onnx", str(out), "--bits", "8", "--model", str(ASSETS / "mine"), *data]) == 0
    assert fitted[0] == (8, None)
    assert fitted[1][0] == 8
    assert fitted[1][1].shape == (300, 28, 28)


def test_8_bits_of_a_network_of_own_pictures_need_those(tmp_path, capsys):
    (tmp_path / "run").mkdir()
    shutil.copy(ASSETS / "mine" / "model.keras", tmp_path / "run")
    learned_from = [{"name": "pictures of your own", "count": 9}]
    (tmp_path / "run" / "metrics.json").write_text(json.dumps({"preprocess": "turned", "learned_from": learned_from}))
    out = tmp_path / "own.onnx"
    assert main(["export", "--onnx", str(out), "--bits", "8", "--model", str(tmp_path / "run")]) == 2
    assert "--bits 8 needs --data here" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "export needs at least one of --html, --litert and --onnx, with the file to write."),
        (["--html", "a.html", "--bits", "8"], "--bits is for --litert and --onnx"),
        (["--onnx", "a.onnx", "--data", "digits"], "--data is for --bits 8, whose numbers are fitted to it."),
        (["--onnx", "missing/a.onnx"], "missing/a.onnx must lie in a folder that is there"),
    ],
)
def test_what_cannot_be_exported_is_said_before_anything_is_loaded(monkeypatch, tmp_path, capsys, asked, said):
    monkeypatch.setitem(sys.modules, "mnist_utils.classifier", None)  # importing it now raises
    monkeypatch.chdir(tmp_path)
    assert main(["export", *asked]) == 2
    faults = capsys.readouterr().err
    assert said in faults
    assert faults.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
