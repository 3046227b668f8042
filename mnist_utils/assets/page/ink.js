// What is drawn becomes an image of 28x28 pixels as MNIST's makers would have made it: the same steps as in
// mnist_utils/preprocess/ink.py, images.py and restore.py, where the constants are explained. Images are Float32Arrays
// of 784 numbers, 0 (background) to 1 (ink), row by row.

const SIZE = 28;
const BOX = 20; // pixels, the longer side of the ink
const CENTRE = 14; // where its centre of mass goes
const PEN = 2.4; // width of the line, pixels
const LEAST_INK = 12; // in one piece, in pixels as bright as the brightest; with less it is a speck
const SHORTEST = 16; // the longer side and the distance from the centre that are left as they are
const LONGEST = 25;
const AWAY = 3;

// How large the ink is, and where: as in MNIST, or as a network's own images have it (Placement in ink.py).
const MNISTS = { side: BOX, centre: [CENTRE, CENTRE], by: "mass" };

// Strokes, lists of [x, y] with y down in any units, to an image.
function strokesToImage(strokes, ink = MNISTS) {
  const points = strokes.flat();
  if (!points.length) return new Float32Array(SIZE * SIZE);
  const ends = [0, 1].map((axis) => range(points.map((point) => point[axis])));
  const extent = Math.max(...ends.map(([low, high]) => high - low));
  const pen = (PEN * ink.side) / BOX;
  const scale = extent > 0 ? (ink.side - pen) / extent : 1; // a dot keeps the pen's size
  const middle = ends.map(([low, high]) => (low + high) / 2);
  const [y0, x0] = ink.centre;
  const place = (point) => point.map((value, axis) => (value - middle[axis]) * scale + [x0, y0][axis]);
  const lines = strokes.filter((stroke) => stroke.length).map((stroke) => thin(stroke.map(place)));
  const image = drawLines(lines, pen);
  if (ink.by === "box") return image;
  const [row, column] = centreOfMass(image);
  const shifted = lines.map((line) => line.map(([x, y]) => [x + x0 - column, y + y0 - row]));
  return drawLines(shifted, pen);
}

// Leave out points less than 0.3 pixels of path after the one before; the ends stay.
function thin(line) {
  let length = 0;
  let last = 0;
  return line.filter((point, i) => {
    if (i) length += Math.hypot(point[0] - line[i - 1][0], point[1] - line[i - 1][1]);
    const step = Math.floor(length / 0.3);
    const keep = i === 0 || i === line.length - 1 || step > last;
    last = step;
    return keep;
  });
}

// Draw lines of round points: a pixel is as bright as the pen covers it, seen from how far it is from the line.
function drawLines(lines, pen) {
  const squared = new Float32Array(SIZE * SIZE).fill(Infinity); // distance of each pixel from the nearest line
  for (const line of lines) {
    for (let i = 0; i < Math.max(line.length - 1, 1); i++) drawSegment(squared, pen, line[i], line[i + 1] ?? line[i]);
  }
  return squared.map((value) => clip(pen / 2 + 0.5 - Math.sqrt(value), 0, 1));
}

function drawSegment(squared, pen, [startX, startY], [endX, endY]) {
  const reach = pen / 2 + 0.5; // only pixels that the pen can reach are looked at
  const [alongX, alongY] = [endX - startX, endY - startY];
  const length = Math.max(alongX ** 2 + alongY ** 2, 1e-12);
  const last = (a, b) => Math.min(Math.ceil(Math.max(a, b) + reach), SIZE - 1);
  const first = (a, b) => Math.max(Math.floor(Math.min(a, b) - reach), 0);
  for (let y = first(startY, endY); y <= last(startY, endY); y++) {
    for (let x = first(startX, endX); x <= last(startX, endX); x++) {
      const t = clip(((x - startX) * alongX + (y - startY) * alongY) / length, 0, 1);
      const distance = (x - startX - t * alongX) ** 2 + (y - startY - t * alongY) ** 2;
      squared[y * SIZE + x] = Math.min(squared[y * SIZE + x], distance);
    }
  }
}

function clip(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

// The least and the greatest of some numbers, of which there may be too many for Math.min(...values).
function range(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

// The centre of the ink, [row, column], of an image `width` pixels wide; the centre of the image without ink.
function centreOfMass(image, width = SIZE) {
  let [sum, rows, columns] = [0, 0, 0];
  for (let i = 0; i < image.length; i++) {
    sum += image[i];
    rows += image[i] * Math.floor(i / width);
    columns += image[i] * (i % width);
  }
  return sum ? [rows / sum, columns / sum] : [(image.length / width - 1) / 2, (width - 1) / 2];
}

// Parts of an image that hang together, also by their corners: lists of the places where mask, an array, is true.
function partsOf(mask, width) {
  const seen = mask.map((inked) => (inked ? 0 : 1));
  const parts = [];
  for (let start = 0; start < mask.length; start++) {
    if (seen[start]) continue;
    const part = [start];
    seen[start] = 1;
    for (const place of part) { // it grows while it is gone through
      for (const near of neighbours(place, width, mask.length)) {
        if (!seen[near]) part.push(near);
        seen[near] = 1;
      }
    }
    parts.push(part);
  }
  return parts;
}

// The up to eight places around one.
function neighbours(place, width, count) {
  const column = place % width;
  const found = [];
  for (let row = -width; row <= width; row += width) {
    for (let step = -1; step <= 1; step++) {
      const inside = column + step >= 0 && column + step < width && place + row >= 0 && place + row < count;
      if (inside && (row || step)) found.push(place + row + step);
    }
  }
  return found;
}

const amountOf = (image, part) => part.reduce((sum, place) => sum + image[place], 0);

// Whether an image has too little ink in one piece for a digit, or none.
function isSpeck(image) {
  const brightest = Math.max(...image);
  const parts = partsOf(image.map((value) => (value > 0.1 * brightest ? 1 : 0)), SIZE);
  return Math.max(0, ...parts.map((part) => amountOf(image, part))) < LEAST_INK * brightest || !brightest;
}

// Height or width of some places of an image, whichever is greater.
function longerSide(places) {
  const [top, bottom] = range(places.map((place) => Math.floor(place / SIZE)));
  const [left, right] = range(places.map((place) => place % SIZE));
  return places.length ? Math.max(bottom - top, right - left) + 1 : 0;
}

const placesWhere = (image, test) => Array.from(image.keys()).filter((place) => test(image[place]));
const fromCentre = ([row, column]) => Math.hypot(row - CENTRE, column - CENTRE);
const inFrame = (side) => side >= SHORTEST && side <= LONGEST;

// Bring ink to MNIST's size and place where it is far from them. A drawing is there already, unless a part of it lies
// so far from the rest that it fell off the image. (The other steps of preprocess_digits leave drawings as they are.)
function fitFrame(image) {
  const allInk = placesWhere(image, (value) => value > 0.1);
  if (inFrame(longerSide(allInk)) && fromCentre(centreOfMass(image)) <= AWAY) return image;
  const brightest = Math.max(...image, 1e-6);
  const parts = partsOf(image.map((value) => (value > 0.3 * brightest ? 1 : 0)), SIZE);
  const most = Math.max(...parts.map((part) => amountOf(image, part)));
  const digit = parts.filter((part) => amountOf(image, part) >= 0.1 * most).flat();
  if (!digit.length) return image;
  const alone = new Float32Array(image.length);
  for (const place of digit) alone[place] = image[place];
  const centre = centreOfMass(alone);
  let side = longerSide(digit);
  if (side < SHORTEST) side = Math.min(longerSide(allInk), LONGEST);
  const step = inFrame(side) ? 1 : side / BOX;
  if (side < BOX / 2 || (step === 1 && fromCentre(centre) <= AWAY)) return image;
  return toSizeAndPlace(image, SIZE, centre, step);
}

// Sample an image `width` pixels wide at 28x28 places `step` of its pixels apart, so that a place [row, column] of it
// comes to the centre. Each new pixel is the mean of samples x samples places within it.
function toSizeAndPlace(image, width, centre, step, samples = 1) {
  const small = new Float32Array(SIZE * SIZE);
  for (let i = 0; i < SIZE * SIZE * samples * samples; i++) {
    const [row, column] = [Math.floor(i / (SIZE * samples)), i % (SIZE * samples)];
    const [y, x] = [row, column].map((k, axis) => centre[axis] + ((k + 0.5) / samples - 0.5 - CENTRE) * step);
    const place = Math.floor(row / samples) * SIZE + Math.floor(column / samples);
    small[place] += interpolated(image, width, y, x) / samples ** 2;
  }
  return small;
}

// The value between four pixels of an image; 0 beyond the image.
function interpolated(image, width, y, x) {
  const height = image.length / width;
  if (y < 0 || x < 0 || y > height - 1 || x > width - 1) return 0;
  const [top, left] = [Math.min(Math.floor(y), height - 2), Math.min(Math.floor(x), width - 2)];
  const [down, right] = [y - top, x - left];
  const across = (row) => image[row * width + left] * (1 - right) + image[row * width + left + 1] * right;
  return across(top) * (1 - down) + across(top + 1) * down;
}
