"""The container: its lines, run one by one in an empty folder as no engine runs here; and who builds from what file."""

import fnmatch
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import psutil
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "container"
SERVING = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))["services"]["pad"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PORT = "8866"


def lines() -> list[tuple[str, str]]:
    """Each line of the Dockerfile that does something: its word and the rest."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [tuple(line.split(" ", 1)) for line in text.splitlines() if line and not line.startswith("#")]


def only(word: str) -> str:
    """The rest of the one line that begins with a word."""
    (rest,) = [rest for name, rest in lines() if name == word]
    return rest


def is_ignored(path: str) -> bool:
    """Whether .dockerignore keeps a file or folder from the engine: its last line that fits says."""
    parts = Path(path).parts
    names = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    ignored = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        rule = line.removeprefix("!")
        anywhere = rule.startswith("**/") and rule[3:] in parts
        level = [name for name in names if name.count("/") == rule.count("/")]
        if rule and not line.startswith("#") and (anywhere or any(fnmatch.fnmatchcase(name, rule) for name in level)):
            ignored = not line.startswith("!")
    return ignored


def copy_what_the_engine_would(rest: str, target: Path) -> None:
    """Do what a COPY line does, without what .dockerignore leaves out."""
    *sources, place = rest.split()
    for source in sources:
        assert not is_ignored(source), source
        if (ROOT / source).is_file():
            inside = target / place
            inside = inside / Path(source).name if place.endswith("/") else inside
            inside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, inside)
        else:
            left_out = lambda folder, names: [  # noqa: E731
                name for name in names if is_ignored((Path(folder) / name).relative_to(ROOT).as_posix())
            ]
            shutil.copytree(ROOT / source, target / place, ignore=left_out)


def test_it_is_served_by_an_ordinary_user_with_a_health_check_and_the_pinned_packages():
    words = [name for name, _ in lines()]
    assert words.index("USER") < words.index("HEALTHCHECK") < words.index("CMD") == len(words) - 1
    user, group = only("USER").split(":")
    assert int(user) >= 1000
    assert int(group) >= 1000
    assert only("EXPOSE") == PORT
    assert all("--no-cache-dir -c constraints.txt" in rest for name, rest in lines() if name == "RUN")
    python = re.fullmatch(r"python:(3\.\d+)-slim", only("FROM"))[1]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)
    (extra,) = re.findall(r"-e '\.\[(\w+)\]'$", only("RUN"))
    assert json.loads(only("CMD"))[0] in [Requirement(text).name for text in PROJECT["optional-dependencies"][extra]]


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        (".git", True),
        ("tests/unit", True),
        ("runs/latest/model.keras", True),
        ("docs/serving.md", True),
        ("docs/pad.ipynb", False),
        ("mnist_utils/assets/mnist.npz", False),
        ("mnist_utils/files/__pycache__/output.pyc", True),
        ("mnist_utils.egg-info", True),
    ],
)
def test_the_engine_is_given_nothing_but_what_is_copied(path, ignored):
    assert is_ignored(path) == ignored


@pytest.fixture
def started(tmp_path):
    """The folder that the lines before CMD leave, and the server that CMD starts in it, on a port of its own."""
    folder, installed = tmp_path / "course", ""
    folder.mkdir()
    # pip says what it would do: it reads the line, constraints and copied files, and finds all packages here.
    asked = {"PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": str(folder)}
    environment = os.environ | asked | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "CUDA_VISIBLE_DEVICES": "-1"}
    for word, rest in lines():
        if word == "COPY":
            copy_what_the_engine_would(rest, folder)
        elif word == "RUN":
            run = subprocess.run(["bash", "-c", rest], cwd=folder, env=environment, capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
            installed += run.stdout
        elif word == "ENV":
            environment |= [rest.split("=")]
    assert re.findall("^Would install (.*)$", installed, re.MULTILINE) == [f"{PROJECT['name']}-{PROJECT['version']}"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = json.loads(only("CMD").replace(PORT, port).replace("0.0.0.0", "127.0.0.1"))
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        yield server, port, environment, log
    finally:
        server.kill()
        server.wait()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="runs the lines of a Linux container")
def test_its_lines_serve_the_pad_and_the_health_check_tells_whether_they_do(started):
    server, port, environment, log = started
    check = json.loads(only("HEALTHCHECK").split("CMD", 1)[1].replace(PORT, port))

    def healthy() -> bool:
        return subprocess.run(check, env=environment, stderr=subprocess.DEVNULL).returncode == 0

    end = time.monotonic() + 240
    while not healthy():
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
    assert healthy()
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
    connection.request("GET", "/voila/api/themes/none")
    settings = json.loads((ROOT / "voila.json").read_text(encoding="utf-8"))["Voila"]["tornado_settings"]
    given = connection.getresponse().headers  # by which it is known that voila.json was read
    assert {name: given[name] for name in settings["headers"]} == settings["headers"]
    connection.close()
    assert psutil.Process(server.pid).children() == []  # the check takes no visitor's place
    server.terminate()
    server.wait(60)
    assert not healthy()


def test_compose_bounds_what_visitors_can_use_up():
    build = COMPOSE["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).resolve() == FOLDER / "Dockerfile"
    assert COMPOSE["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert COMPOSE["read_only"] is True
    assert [place.split(":")[0] for place in COMPOSE["tmpfs"]] == [dict([only("ENV").split("=")])["HOME"]]
    most = json.loads((ROOT / "voila.json").read_text(encoding="utf-8"))["VisitorKernels"]["most"]
    assert most * 0.4 < float(COMPOSE["mem_limit"].removesuffix("g"))  # docs/serving.md: 400 MB a visitor
    assert (COMPOSE["restart"], COMPOSE["cap_drop"]) == ("unless-stopped", ["ALL"])


def test_binder_builds_from_environment_yml():
    # repo2docker prefers a Dockerfile at the top, and looks nowhere else where there is a folder binder.
    others = (
        "binder",
        ".binder",
        "Dockerfile",
        "apt.txt",
        "requirements.txt",
        "runtime.txt",
        "Project.toml",
        "install.R",
    )
    assert [name for name in others if (ROOT / name).exists()] == []
    through_pip = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"][-1]["pip"]
    assert through_pip[0] == "-c constraints.txt"  # by which repo2docker knows that it must copy the course first


def test_the_hub_starts_the_image_that_the_page_builds_and_opens_the_first_notebook():
    config = PyFileConfigLoader("jupyterhub_config.py", str(FOLDER)).load_config()
    assert f"--image-name {config.DockerSpawner.image} ." in SERVING
    assert (ROOT / config.Spawner.default_url.removeprefix("/lab/tree/")).is_file()
    memory, cores = re.search(r"at most (\d+) GB of memory and (\w+) cores", " ".join(SERVING.split())).groups()
    assert config.DockerSpawner.mem_limit == f"{memory}G"
    assert config.DockerSpawner.cpu_limit == ["no", "one", "two"].index(cores)
    (service,), (role,) = config.JupyterHub.services, config.JupyterHub.load_roles
    assert role["services"] == [service["name"]]


def test_the_page_gives_the_commands_of_the_files():
    for file in ("Dockerfile", "compose.yaml"):
        text = (FOLDER / file).read_text(encoding="utf-8")
        (command,) = re.findall(r"^# (docker .*)$", text, re.MULTILINE)
        assert f"\n{command}\n" in SERVING
