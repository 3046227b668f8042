// Two buttons that send a picture to Python, and its name: one asks for a file; one opens the camera, shows what it
// sees, and takes it.

const KINDS = "image/*,.heic,.heif";
const MOST = 8_000_000; // bytes: Jupyter's servers drop a message above 10 MiB, and with it the connection
const SIDE = 1000; // pixels: twice what the pad reads pictures at, and at most 4 MB as a PNG, whatever is on it

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

async function send(model, name, picture) {
  model.send({ name }, undefined, [await picture.arrayBuffer()]);
}

const toPng = (canvas) => new Promise((done) => canvas.toBlob(done, "image/png"));

async function shrunk(file) {
  const picture = await createImageBitmap(file); // upright, as EXIF says
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(scale * picture.width));
  canvas.height = Math.max(1, Math.round(scale * picture.height));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return toPng(canvas);
}

async function sendFile(model, file) {
  const picture = file.size > MOST ? await shrunk(file).catch(() => null) : file;
  if (picture) return send(model, file.name, picture);
  const size = `at most ${MOST / 1e6} MB, not ${(file.size / 1e6).toFixed(1)} MB`;
  model.send({ problem: `Not read: ${file.name} must have ${size}, and this browser cannot make it smaller.` });
}

function addUpload(model, el) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept: KINDS, hidden: true });
  input.onchange = () => {
    const file = input.files[0];
    input.value = ""; // so that the same file can be chosen again
    sendFile(model, file).catch((error) => model.send({ problem: `Not read: ${file.name}: ${error.message}` }));
  };
  addButton(el, "Read a photo", () => input.click());
  el.append(input);
}

function render({ model, el }) {
  addUpload(model, el);
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
    await send(model, "the camera's picture", await toPng(canvas));
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
