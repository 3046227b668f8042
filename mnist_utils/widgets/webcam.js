// A button that opens the camera, shows what it sees, and sends one picture of it to Python.

const PROBLEMS = {
  NotFoundError: "There is no camera.",
  NotAllowedError: "The camera may not be used: allow it for this page in the browser's settings.",
  NotReadableError: "The camera does not answer: another program may be using it.",
};

function addButton(parent, text, onClick) {
  const button = document.createElement("button");
  button.className = "jupyter-widgets jupyter-button widget-button"; // looks like the other buttons, in each theme
  button.textContent = text;
  button.onclick = onClick;
  parent.append(button);
  return button;
}

function render({ model, el }) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true });
  video.setAttribute("aria-label", "What the camera sees");
  video.style.width = "280px";
  let stream = null;
  let opening = false;

  function show() {
    const open = stream !== null;
    video.style.display = open ? "block" : "none";
    main.textContent = open ? "Take the picture" : "Camera";
    close.style.display = open ? "" : "none";
  }

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    show();
  }

  function explain(error) {
    stop();
    model.send({ problem: PROBLEMS[error.name] ?? `The camera cannot be used: ${error.message}` });
  }

  async function open() {
    if (!navigator.mediaDevices) {
      throw new Error("browsers allow it only on pages from this computer or with https.");
    }
    // The camera at the back of a phone, which looks at the paper; the only one of a laptop.
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (!el.isConnected) return stop(); // the pad has gone while the question was asked
    stream.getTracks()[0].onended = () => explain(new Error("it was unplugged or switched off."));
    video.srcObject = stream;
    await video.play();
    show();
  }

  async function take() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    stop();
    const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
    model.send({}, undefined, [await png.arrayBuffer()]);
  }

  const main = addButton(el, "Camera", async () => {
    if (opening) return; // pressed twice
    opening = true;
    try {
      await (stream ? take() : open());
    } catch (error) {
      explain(error);
    }
    opening = false;
  });
  const close = addButton(el, "Close the camera", () => {
    main.focus(); // this button is about to vanish
    stop();
  });
  el.append(video);
  show();
  return stop; // called when the pad is taken off the page
}

export default { render };
