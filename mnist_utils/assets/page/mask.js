// Ink found on a picture becomes an image of 28x28 pixels, much as in ink_to_image of mnist_utils/preprocess/photos.py.
// A mask is an array with 1 where there is ink, row by row.

const CROP = 96; // pixels of the longer side of ink at most
const THICK = 4; // pixels of the small image; wider strokes are made narrower
const DOT = 2; // ink less long than this, in its own widths, is the mark of a pen put down

// Bring ink to the size, place and stroke width of MNIST's.
function inkToImage(ink, width) {
  const [mask, columns] = cropped(ink, width);
  const inside = distances(mask, columns);
  const inked = inside.filter((value) => value > 0);
  if (!inked.length) return new Float32Array(SIZE * SIZE);
  const mean = inked.reduce((sum, value) => sum + value, 0) / inked.length;
  const [top, bottom] = range(placesWhere(mask, Boolean).map((place) => Math.floor(place / columns)));
  const [left, right] = range(placesWhere(mask, Boolean).map((place) => place % columns));
  const side = Math.max(bottom - top, right - left) + 1;
  if (side < DOT * 4 * (mean - 0.5)) return strokesToImage([[[0, 0]]]); // a line's width is about four times the mean
  // Half a stroke's width is twice the mean distance of its points from the edge; a thin line gets MNIST's pen.
  let scale = (BOX - PEN) / side;
  const grow = Math.max(0, PEN / 2 / scale - 2 * mean) + Math.max(Math.min(0, THICK / 2 / scale - 2 * mean), -mean);
  scale = BOX / Math.max(side + 2 * grow, 1);
  const outside = distances(mask.map((value) => 1 - value), columns);
  const soft = Float32Array.from(inside, (value, i) => clip(0.5 + (grow + value - outside[i]) * scale, 0, 1));
  return toSizeAndPlace(soft, columns, centreOfMass(soft, columns), 1 / scale, 4);
}

// Cut ink out and make it at most CROP pixels high and wide, with a margin around it that it can grow into.
function cropped(ink, width) {
  const places = placesWhere(ink, Boolean);
  const [top, bottom] = range(places.map((place) => Math.floor(place / width)));
  const [left, right] = range(places.map((place) => place % width));
  const shrink = Math.max(1, (Math.max(bottom - top, right - left) + 1) / CROP);
  const [rows, columns] = [bottom - top + 1, right - left + 1].map((side) => Math.ceil(side / shrink));
  const margin = Math.ceil(Math.max(rows, columns) / 4) + 3;
  const sums = new Float32Array((rows + 2 * margin) * (columns + 2 * margin));
  for (const place of places) {
    const row = Math.floor((Math.floor(place / width) - top) / shrink) + margin;
    sums[row * (columns + 2 * margin) + Math.floor(((place % width) - left) / shrink) + margin] += 1;
  }
  // A line that was one pixel wide covers more than 0.3 of the pixels that it is now in.
  return [Uint8Array.from(sums, (sum) => (sum >= 0.3 * shrink ** 2 ? 1 : 0)), columns + 2 * margin];
}

// How far each pixel of a mask is from the nearest that is not of it: first along its column, then from all columns.
function distances(mask, width) {
  const height = mask.length / width;
  const down = Float32Array.from(mask, (value) => (value ? 2 * (width + height) : 0));
  for (let i = width; i < mask.length; i++) down[i] = Math.min(down[i], down[i - width] + 1);
  for (let i = mask.length - width - 1; i >= 0; i--) down[i] = Math.min(down[i], down[i + width] + 1);
  return down.map((value, i) => {
    let squared = value ** 2;
    const start = i - (i % width);
    for (let k = 0; k < width; k++) squared = Math.min(squared, down[start + k] ** 2 + (start + k - i) ** 2);
    return Math.sqrt(squared);
  });
}
