// The page: a sheet to draw on, what is read of it, and the buttons. Everything is on the screen only; nothing is sent.

const PEN_WIDTH = 1 / 14; // of the sheet's side
const SLIP = 0.01; // of the sheet's side, that a hand may move in a tap: a slip must not be enlarged to a digit
const KEY_STEP = 1 / 28; // how far an arrow key moves the pen, in sides of the sheet
const LIKELIEST = 10; // bars shown; of more classes, those of the likeliest
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const BLANK = { strokes: [], photo: null };
const [sheet, seen, answer, bars, hint, file] = ["sheet", "seen", "answer", "bars", "hint", "file"].map((id) => {
  return document.getElementById(id);
});

let states = [BLANK]; // what was on the sheet, the newest last; strokes are lists of [x, y] in sides of the sheet
let pointer = null; // the number of the mouse, finger or pen that is drawing
let keyPen = null; // for those who draw with keys: where the pen is, and whether it is down
const held = new Set(); // arrow keys
const now = () => states[states.length - 1];

// Show all that there is to see, at most once a frame: points may come faster.
let waiting = false;
function showSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    show();
  });
}

function show() {
  const { strokes, photo } = now();
  const result = photo ?? readStrokes(strokes);
  say(result.text);
  paintSheet(strokes, photo);
  paintSeen(result.image);
  paintBars(result.probabilities);
}

function paintBars(probabilities) {
  const most = Math.max(...probabilities);
  shownFirst(probabilities).forEach((number, place) => {
    const [row, value] = [bars.rows[place], probabilities[number]];
    row.className = value === most && value > 0.5 ? "likeliest" : "";
    row.cells[0].textContent = row.cells[0].title = settings.classes[number];
    row.querySelector("div").style.width = `${Math.max(100 * value, 0.5)}%`;
    row.cells[2].textContent = `${(100 * value).toFixed(1)}%`;
  });
}

// Which classes to show: all of up to ten, else the ten likeliest, sorted.
function shownFirst(probabilities) {
  const all = [...probabilities.keys()];
  if (all.length <= LIKELIEST) return all;
  return all.sort((a, b) => probabilities[b] - probabilities[a] || a - b).slice(0, LIKELIEST);
}

function say(text) {
  if (answer.textContent !== text) answer.textContent = text; // a screen reader reads what changes
}

function paintSheet(strokes, photo) {
  const side = Math.round(sheet.clientWidth * devicePixelRatio);
  if (sheet.width !== side) sheet.width = sheet.height = side;
  const context = sheet.getContext("2d");
  const colours = getComputedStyle(sheet);
  context.clearRect(0, 0, side, side);
  if (photo) paintPicture(context, photo.pixels, side);
  context.strokeStyle = colours.color;
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = PEN_WIDTH * side;
  for (const stroke of strokes) {
    context.beginPath();
    for (const [x, y] of [stroke[0], ...stroke]) context.lineTo(x * side, y * side); // a tap is a line to its own place
    context.stroke();
  }
  if (!keyPen) return;
  context.beginPath();
  context.arc(keyPen.x * side, keyPen.y * side, (PEN_WIDTH * side) / 2, 0, 7);
  context.lineWidth = 2 * devicePixelRatio;
  context.strokeStyle = colours.outlineColor;
  context.stroke();
}

function paintPicture(context, pixels, side) {
  const scale = side / Math.max(pixels.width, pixels.height);
  const [width, height] = [pixels.width * scale, pixels.height * scale];
  const picture = Object.assign(document.createElement("canvas"), { width: pixels.width, height: pixels.height });
  picture.getContext("2d").putImageData(pixels, 0, 0);
  context.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height);
}

function paintSeen(image) {
  const pixels = new ImageData(SIZE, SIZE);
  image.forEach((value, i) => pixels.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i));
  seen.getContext("2d").putImageData(pixels, 0, 0);
}

// Begin a stroke, go on with it: each begun stroke is a new state, and a photo makes way for it.
function begin(point) {
  states.push({ strokes: [...now().strokes, [point]], photo: null });
  showSoon();
}

function goOn(point) {
  const stroke = now().strokes.at(-1);
  if (stroke.length === 1 && Math.hypot(point[0] - stroke[0][0], point[1] - stroke[0][1]) < SLIP) return;
  stroke.push(point);
  showSoon();
}

function undo() {
  if (states.length > 1) states.pop();
  lift();
}

function clear() {
  if (now().strokes.length || now().photo) states.push(BLANK);
  lift();
}

function lift() {
  pointer = null;
  if (keyPen) keyPen.down = false;
  hint.textContent = "";
  showSoon();
}

const within = (value) => clip(value, 0, 1);

function placeOf(event) {
  const box = sheet.getBoundingClientRect();
  const left = box.left + sheet.clientLeft;
  const top = box.top + sheet.clientTop;
  return [within((event.clientX - left) / sheet.clientWidth), within((event.clientY - top) / sheet.clientHeight)];
}

sheet.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button !== 0) return; // a second finger, or another button
  pointer = event.pointerId;
  keyPen = null;
  sheet.setPointerCapture(pointer); // it may leave the sheet and come back
  begin(placeOf(event));
});
sheet.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  const between = event.getCoalescedEvents?.() ?? []; // more points than there are frames
  for (const each of between.length ? between : [event]) goOn(placeOf(each));
});
for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
  sheet.addEventListener(name, (event) => {
    if (event.pointerId === pointer) lift();
  });
}
sheet.addEventListener("contextmenu", (event) => event.preventDefault()); // a finger held still

sheet.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in ARROWS) {
    held.add(event.key); // two of them draw a slanted line
    movePen();
  } else if (event.key === " " || event.key === "Enter") {
    if (!event.repeat) togglePen();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    clear();
  } else {
    return;
  }
  event.preventDefault();
  showSoon();
});
sheet.addEventListener("keyup", (event) => held.delete(event.key));
sheet.addEventListener("blur", () => {
  held.clear();
  keyPen = null;
  showSoon();
});

function movePen() {
  keyPen ??= { x: 0.5, y: 0.5, down: false };
  for (const [x, y] of [...held].map((key) => ARROWS[key])) {
    keyPen.x = within(keyPen.x + x * KEY_STEP);
    keyPen.y = within(keyPen.y + y * KEY_STEP);
  }
  if (keyPen.down) goOn([keyPen.x, keyPen.y]);
}

function togglePen() {
  keyPen ??= { x: 0.5, y: 0.5, down: false };
  keyPen.down = !keyPen.down;
  if (keyPen.down) begin([keyPen.x, keyPen.y]);
  hint.textContent = keyPen.down ? "The pen is down." : "The pen is up.";
}

document.getElementById("undo").addEventListener("click", undo);
document.getElementById("clear").addEventListener("click", clear);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    undo();
  }
});

file.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (!chosen) return;
  say(`Reading ${chosen.name}.`);
  try {
    states.push({ strokes: [], photo: await readPhoto(chosen) });
    lift();
  } catch (error) {
    say(`Not read: ${error.message}`);
  }
  file.value = ""; // the same file may be chosen once more
});

addEventListener("error", (event) => say(`Something went wrong: ${event.message}`));
addEventListener("unhandledrejection", (event) => say(`Something went wrong: ${event.reason}`));

function startPage() {
  const [table, count] = [bars.parentElement, settings.classes.length];
  table.className = settings.classes.every((name) => name.length <= 2) ? "short" : "";
  if (count > LIKELIEST) {
    table.createCaption().textContent = `The ${LIKELIEST} likeliest of ${count} classes`;
    table.removeAttribute("aria-label"); // the caption names it
  }
  for (let place = 0; place < Math.min(count, LIKELIEST); place += 1) {
    const row = bars.insertRow();
    row.appendChild(document.createElement("th")).scope = "row";
    row.insertCell().append(document.createElement("div"));
    row.insertCell();
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showSoon);
  new ResizeObserver(showSoon).observe(sheet);
  show();
}

startPage();
