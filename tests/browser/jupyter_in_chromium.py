"""A real JupyterLab or Voila server, and a notebook of it in a real Chromium, for the browser tests."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 300  # seconds until something that never comes is given up; a busy machine may be slow
FAKE_CAMERA = "--use-fake-device-for-media-stream"  # without it, a machine for tests has none
NO_QUESTION = "--use-fake-ui-for-media-stream"  # without it, a Chromium without a screen refuses the camera
QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}  # no question, no network


def find_chromium() -> str:
    """Path of the browser. Without one the test is skipped, but in CI it fails: there it must run."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    missing = "There is no Chromium on PATH. Get it with: apt install chromium (or install Google Chrome)."
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@contextlib.contextmanager
def jupyter_server(folder: Path, home: Path) -> Iterator[str]:
    """Serve a folder with JupyterLab; gives its address, with {} where the path of a page goes.

    The server's own settings and logs go to home; a user's are not read.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(QUIET), encoding="utf-8")
    environment = _environment(home)
    token = secrets.token_hex()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += ["--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"]
    command += ["--LabApp.extension_manager=readonly", "--JupyterNotebookApp.expose_app_in_browser=True"]
    log = home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    with _ended_at_last(server):
        yield f"{_wait_for_server(server, home / 'runtime', log)}lab/tree/{{}}?token={token}&reset"


def in_notebook_7(url: str) -> str:
    """Address of a notebook in Jupyter Notebook 7, given the one in JupyterLab: the same server has both."""
    assert "/lab/tree/" in url
    return url.replace("/lab/tree/", "/notebooks/")


@contextlib.contextmanager
def voila_server(notebook: Path, home: Path, options: Sequence[str] = ()) -> Iterator[str]:
    """Serve a notebook as a web app, as voila.json in the folder above says; gives its address.

    The notebook runs when the page is opened.

    The address takes ?theme=dark.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "voila.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "voila", notebook, "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
        command += options
        root = notebook.parent.parent
        server = subprocess.Popen(
            command, cwd=root, env=_environment(home), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    with _ended_at_last(server):
        _wait_for_port(port, server, log)
        yield f"http://127.0.0.1:{port}/"


def _wait_for_port(port: int, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"Voila did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")


def _environment(home: Path) -> dict[str, str]:
    """Environment variables of a server that keeps all that is its own in one folder."""
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return os.environ | {name: str(home / where) for name, where in own.items()} | {"CUDA_VISIBLE_DEVICES": "-1"}


@contextlib.contextmanager
def _ended_at_last(server: subprocess.Popen) -> Iterator[None]:
    try:
        yield
    finally:
        server.terminate()  # it ends its kernels, too
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for_server(server: subprocess.Popen, runtime: Path, log: Path) -> str:
    """Address of a server that was just started, once it answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(ValueError, KeyError, StopIteration, urllib.error.URLError):
            # The file says which free port the server has taken.
            url = json.loads(next(runtime.glob("jpserver-*.json")).read_text(encoding="utf-8"))["url"]
            with urllib.request.urlopen(f"{url}api", timeout=10):
                return url
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")


@contextlib.contextmanager
def browser_page(scale: float = 1, options: Sequence[str] = ()) -> Iterator[Page]:
    """An empty page in Chromium, started with some options, on a screen with so many pixels for each CSS pixel."""
    path = find_chromium()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", *options]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=scale)
            page.set_default_timeout(PATIENCE * 1000)
            yield page
        finally:
            browser.close()


def set_theme(page: Page, theme: str) -> None:
    """Choose the light or the dark theme of JupyterLab or Notebook 7, and wait until the page has it."""
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", f"JupyterLab {theme}")
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")


def settle(page: Page) -> None:
    """Wait until the kernel has handled all that the page has sent it, and the page has its answers."""
    page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code: ''}).done.then()"
    )


# Each code cell of the open notebook: its execution count, and its outputs as nbformat has them.
CELLS = """() => Array.from(jupyterapp.shell.currentWidget.content.model.sharedModel.cells)
    .filter(cell => cell.cell_type === 'code')
    .map(cell => ({count: cell.execution_count, outputs: cell.getOutputs()}))"""


def fake_camera(picture: Image.Image, file: Path) -> list[str]:
    """Options for a Chromium whose camera sees a picture, and may be used without asking; writes its film to a file.

    The picture's sides must be even.
    """
    light, blue, red = picture.convert("YCbCr").split()
    half = picture.width // 2, picture.height // 2
    frame = b"FRAME\n" + b"".join(plane.tobytes() for plane in (light, blue.resize(half), red.resize(half)))
    file.write_bytes(b"YUV4MPEG2 W%d H%d F5:1 Ip A1:1 C420jpeg\n" % picture.size + 5 * frame)
    return [FAKE_CAMERA, NO_QUESTION, f"--use-file-for-fake-video-capture={file}"]


def open_notebook(page: Page, url: str) -> None:
    """Load a notebook and wait until its kernel is there."""
    page.goto(url)
    page.wait_for_function(
        """() => globalThis.jupyterapp?.shell.currentWidget?.context?.isReady
            && jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"""
    )


def choose(page: Page, menu: str, entry: str) -> None:
    """Click an entry of a menu."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry).first.click()


def run_all(page: Page) -> list[dict]:
    """Choose Run All Cells, as a learner does, and wait until every cell has run or one has failed.

    Gives for each code cell its "count" (None where it was not run) and its "outputs".
    """
    choose(page, "Run", "Run All Cells")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        cells = page.evaluate(CELLS)
        if all(cell["count"] for cell in cells) or errors(cells):
            return cells
        page.wait_for_timeout(300)
    waiting = [number for number, cell in enumerate(cells, 1) if not cell["count"]]
    raise TimeoutError(f"Code cells {waiting} have not run.")


def errors(cells: list[dict]) -> list[str]:
    """What went wrong in the cells: exceptions, and what was written to stderr."""
    outputs = [output for cell in cells for output in cell["outputs"]]
    raised = [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]
    return raised + ["".join(output["text"]) for output in outputs if output.get("name") == "stderr"]
