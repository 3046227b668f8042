// A picture of one digit becomes an image of 28x28 pixels. This is simpler than mnist_utils/preprocess/photos.py: a
// picture is read in up to sixteen ways, dark ink or light, in even light or uneven, with or without what is faint and
// what touches the edge. What counts is how much of the picture's edges the ink explains, and how much it looks like a
// digit to the network.

const MOST_SIDE = 256; // pixels of the longer side that pictures are read at; smaller ones as they are
const ENOUGH_SIDE = 96; // but pictures of ink at least so large
const LEAST_SIDE = 8; // pixels of a picture that can be read
const WINDOW = 0.3; // of the longer side: what is narrower than that is no background
const LEAST_EVIDENCE = 0.1;

// Open a file: its pixels, at most MOST_SIDE wide and high and at least `enough`, turned as a phone's notes in it say.
async function openPicture(file, enough) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Error(`${file.name} is no picture that this browser can read.`);
  }
  if (Math.min(bitmap.width, bitmap.height) < LEAST_SIDE) {
    const size = `${bitmap.height} x ${bitmap.width}`;
    throw new Error(`${file.name} must be at least ${LEAST_SIDE} pixels high and wide, not ${size}.`);
  }
  const longer = Math.max(bitmap.width, bitmap.height);
  const scale = clip(longer, enough, MOST_SIDE) / longer;
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

// Lightness of each pixel, 0 (black) to 1 (white); what is transparent is paper, white unless all the ink is light.
function toGrey({ data, width, height }) {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255;
  }
  const opacity = (i) => data[4 * i + 3] / 255;
  const solid = grey.filter((_, i) => opacity(i) > 0.5);
  const [dark, light] = solid.length ? [quantile(solid, 0.05), quantile(solid, 0.95)] : [0, 0];
  const paper = dark > 0.5 && light - dark < 0.25 ? 0 : 1;
  return grey.map((value, i) => value * opacity(i) + paper * (1 - opacity(i)));
}

function quantile(values, share) {
  return Float32Array.from(values).sort()[Math.round(share * (values.length - 1))];
}

// The ways to read a grey picture: what is ink in each, the image of 28x28 pixels, and the evidence, 0 to 1.
function readings(grey, width) {
  const smooth = blurred(grey, width, 1);
  const edges = edgeStrength(smooth, width);
  const found = new Map();
  for (const [light, least] of [[smooth, 0.2], [smooth.map((value) => 1 - value), 0.5]]) {
    const even = new Float32Array(light.length).fill(quantile(light, 0.95));
    for (const background of [even, backgroundOf(light, width)]) {
      const contrast = light.map((value, i) => (background[i] - value) / Math.max(background[i], least));
      for (const ink of inks(contrast, width)) {
        if (ink.some(Boolean)) found.set(ink.join(""), ink);
      }
    }
  }
  const made = [...found.values()].map((ink) => {
    const image = inkToImage(ink, width);
    return { ink, image, evidence: explained(edges, ink, width) * likeStrokes(image) };
  });
  return made.filter(({ image, evidence }) => evidence >= LEAST_EVIDENCE && !isSpeck(image));
}

// What is ink, by its contrast to the background: with its faint parts or without, at the picture's edge or not.
function inks(contrast, width) {
  const darkest = quantile(contrast, 0.9995);
  if (darkest < 0.08) return []; // paper, no ink
  const high = Math.max(otsu(contrast), 0.5 * darkest);
  return [high, high / 2].flatMap((low) => {
    let parts = partsOf(contrast.map((value) => (value > low ? 1 : 0)), width);
    parts = parts.filter((part) => part.some((place) => contrast[place] > high));
    const most = Math.max(0, ...parts.map((part) => part.length));
    parts = parts.filter((part) => part.length >= 0.03 * most);
    const within = parts.filter((part) => !part.some((place) => atEdge(place, width, contrast.length)));
    return [parts, within].map((chosen) => {
      const ink = new Uint8Array(contrast.length);
      for (const place of chosen.flat()) ink[place] = 1;
      return ink;
    });
  });
}

function atEdge(place, width, count) {
  return place < width || place >= count - width || place % width === 0 || place % width === width - 1;
}

// The threshold that parts values from 0 to 1 best (Otsu 1979): the variance between both sides is greatest.
function otsu(values) {
  const counts = new Float64Array(256);
  for (const value of values) counts[clip(Math.floor(value * 256), 0, 255)] += 1;
  const total = counts.reduce((sum, count, k) => sum + count * k, 0);
  let [below, sum, best, threshold] = [0, 0, -1, 0];
  for (let k = 0; k < 255; k++) {
    below += counts[k];
    sum += counts[k] * k;
    const above = values.length - below;
    const between = below && above ? below * above * (sum / below - (total - sum) / above) ** 2 : 0;
    if (between > best) [best, threshold] = [between, (k + 1) / 256];
  }
  return threshold;
}

// The mean of the pixels up to `reach` away, in rows and columns.
function blurred(values, width, reach) {
  return filtered(values, width, reach, (near) => near.reduce((sum, value) => sum + value, 0) / near.length);
}

// Give each pixel what `combine` makes of those up to `reach` away, first in its row and then in its column.
function filtered(values, width, reach, combine) {
  const height = values.length / width;
  const pass = (from, count, step) => from.map((_, i) => {
    const at = Math.floor(i / step) % count;
    const near = [];
    for (let k = Math.max(-reach, -at); k <= Math.min(reach, count - 1 - at); k++) near.push(from[i + k * step]);
    return combine(near);
  });
  return pass(pass(values, width, 1), height, width);
}

// The light that the paper would have without ink: narrow dark parts are filled, on every fourth pixel of the picture.
function backgroundOf(light, width) {
  const height = light.length / width;
  const [columns, rows] = [Math.ceil(width / 4), Math.ceil(height / 4)];
  const mean = blurred(light, width, 2);
  const coarse = new Float32Array(columns * rows).map((_, i) => {
    return mean[Math.floor(i / columns) * 4 * width + (i % columns) * 4];
  });
  const reach = Math.round((WINDOW * Math.max(columns, rows)) / 2);
  const lightest = filtered(coarse, columns, reach, (near) => Math.max(...near));
  const filled = filtered(lightest, columns, reach, (near) => Math.min(...near));
  return light.map((_, i) => {
    const [y, x] = [Math.floor(i / width) / 4, (i % width) / 4];
    return interpolated(filled, columns, Math.min(y, rows - 1), Math.min(x, columns - 1));
  });
}

// How steep a picture is at each pixel, beyond what noise does.
function edgeStrength(values, width) {
  const slope = values.map((value, i) => {
    if (atEdge(i, width, values.length)) return 0;
    return Math.hypot(values[i + 1] - values[i - 1], values[i + width] - values[i - width]);
  });
  const noise = 2 * quantile(slope, 0.5);
  return slope.map((value) => Math.max(value - noise, 0));
}

// How much of a picture's edges lies at the rim of the ink, beyond what would by chance.
function explained(edges, ink, width) {
  const around = blurred(Float32Array.from(ink), width, 2).map((share) => (share > 0.01 && share < 0.99 ? 1 : 0));
  const total = (values) => values.reduce((sum, value) => sum + value, 0);
  const share = total(edges.map((value, i) => value * around[i])) / Math.max(total(edges), 1e-9);
  const chance = total(around) / around.length;
  return Math.max(share - chance, 0) / Math.max(1 - chance, 1e-9);
}

// 0 where ink covers so much of its image that it is no digit, else 1.
function likeStrokes(image) {
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
  return clip(1 - (mean - 0.28) / 0.1, 0, 1);
}

// A picture of something else than ink: grey, of 28x28 pixels, each the mean of its part of the picture. What is not
// square gets margins as light as its edge.
function asItIs(picture, columns) {
  const [grey, width] = madeSquare(picture, columns);
  const height = width;
  const part = (k, side) => [Math.floor((k * side) / SIZE), Math.max(Math.ceil(((k + 1) * side) / SIZE), 1)];
  return new Float32Array(SIZE * SIZE).map((_, i) => {
    const [[top, bottom], [left, right]] = [part(Math.floor(i / SIZE), height), part(i % SIZE, width)];
    let sum = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += grey[y * width + x];
    return sum / ((bottom - top) * (right - left));
  });
}

function madeSquare(grey, width) {
  const height = grey.length / width;
  const side = Math.max(width, height);
  const [left, top] = [Math.floor((side - width) / 2), Math.floor((side - height) / 2)];
  const atEdge = (i) => i < width || i >= grey.length - width || i % width === 0 || i % width === width - 1;
  const square = new Float32Array(side * side).fill(quantile(grey.filter((_, i) => atEdge(i)), 0.5));
  grey.forEach((value, i) => (square[(top + Math.floor(i / width)) * side + left + (i % width)] = value));
  return [square, side];
}

// Swap black and white where most of an image's edge is light, as if it were dark on light.
function turnDarkOnLight(image) {
  const sides = Array.from({ length: SIZE }, (_, k) => [k, SIZE * (SIZE - 1) + k, SIZE * k, SIZE * k + SIZE - 1]);
  const turned = quantile(sides.flat().map((place) => image[place]), 0.5) > 0.5;
  return turned ? image.map((value) => 1 - value) : image;
}
