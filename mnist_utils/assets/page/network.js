// The arithmetic of a network: plain loops over arrays of floats. An image is a Float32Array of height x width x
// channels numbers, row by row, the channels of a pixel side by side. What there is to compute is a list of operations,
// as mnist_utils/operations.py writes it, with the shapes of what goes in and comes out.

// Give the numbers that are written in base64, as floats of 16 or of 32 bits, least significant byte first.
function decodeNumbers(text, halves) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  const numbers = new Float32Array(bytes.length / (halves ? 2 : 4));
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = halves ? halfToNumber(view.getUint16(2 * i, true)) : view.getFloat32(4 * i, true);
  }
  return numbers;
}

// A float of 16 bits: 1 for the sign, 5 for the exponent, 10 for the fraction.
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction) : sign * 2 ** -14 * fraction;
}

// Give each operation of the networks its part of the numbers: first its kernel, then its bias.
function distribute(networks, numbers) {
  let next = 0;
  const take = (count) => numbers.subarray(next, (next += count));
  for (const operation of networks.flat()) {
    if (operation.kind === "convolve") {
      const [rows, columns] = operation.size;
      const filters = operation.output[2];
      operation.kernel = take(rows * columns * operation.input[2] * filters);
      operation.bias = take(filters);
    } else if (operation.kind === "scale") {
      operation.kernel = take(operation.output[2]);
      operation.bias = take(operation.output[2]);
    }
  }
  if (next !== numbers.length) throw new Error(`The networks take ${next} numbers, not ${numbers.length}.`);
}

// Give the probabilities of the classes for an image: the mean of what the networks say.
function classify(networks, image) {
  const rows = networks.map((operations) => {
    return operations.reduce((values, operation) => KINDS[operation.kind](operation, values), image);
  });
  return Array.from(rows[0], (_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
}

const KINDS = {
  convolve,
  max: (operation, values) => pool(operation, values, -Infinity, Math.max, (most) => most),
  mean: (operation, values) => pool(operation, values, 0, (sum, value) => sum + value, (sum, count) => sum / count),
  scale: ({ kernel, bias }, values) => {
    return values.map((value, i) => value * kernel[i % kernel.length] + bias[i % bias.length]);
  },
  relu: (_, values) => values.map((value) => Math.max(value, 0)),
  tanh: (_, values) => values.map(Math.tanh),
  sigmoid: (_, values) => values.map((value) => 1 / (1 + Math.exp(-value))),
  softmax: (_, values) => softmax(values),
};

// How many rows (axis 0) or columns (axis 1) before the first the first window begins: "same" shares what is missing
// between both edges, "valid" leaves no window reach over them.
function before(operation, axis) {
  if (operation.padding === "valid") return 0;
  const reach = (operation.output[axis] - 1) * operation.stride[axis] + operation.size[axis];
  return Math.max(reach - operation.input[axis], 0) >> 1;
}

// Call visit(place in the values, place in the window) for each pixel of the window for the output's pixel (y, x) that
// lies within the image; the places are numbers of pixels.
function forWindow(operation, y, x, visit) {
  const [height, width] = operation.input;
  const [rows, columns] = operation.size;
  const top = y * operation.stride[0] - before(operation, 0);
  const left = x * operation.stride[1] - before(operation, 1);
  for (let row = Math.max(-top, 0); row < Math.min(rows, height - top); row++) {
    for (let column = Math.max(-left, 0); column < Math.min(columns, width - left); column++) {
      visit((top + row) * width + left + column, row * columns + column);
    }
  }
}

// Convolution: each filter gives the sum of its kernel times the window, plus its bias.
function convolve(operation, values) {
  const { kernel, bias } = operation;
  const channels = operation.input[2];
  const [height, width, filters] = operation.output;
  const output = new Float32Array(height * width * filters);
  const window = new Float32Array(kernel.length / filters); // what in it is not 0: after ReLU, half of it is
  const weights = new Int32Array(window.length); // and where the kernel's numbers for it begin
  for (let place = 0; place < height * width; place++) {
    let count = 0;
    forWindow(operation, Math.floor(place / width), place % width, (from, to) => {
      for (let channel = 0; channel < channels; channel++) {
        const value = values[from * channels + channel];
        if (value === 0) continue;
        window[count] = value;
        weights[count++] = (to * channels + channel) * filters;
      }
    });
    addUp(window, weights, count, kernel, bias, output.subarray(place * filters, (place + 1) * filters));
  }
  return output;
}

// The sums of all filters for one window, four filters at a time: that is twice as fast as one at a time.
function addUp(window, weights, count, kernel, bias, sums) {
  let filter = 0;
  for (; filter + 4 <= sums.length; filter += 4) {
    let [a, b, c, d] = [bias[filter], bias[filter + 1], bias[filter + 2], bias[filter + 3]];
    for (let i = 0; i < count; i++) {
      const value = window[i];
      const k = weights[i] + filter;
      a += value * kernel[k];
      b += value * kernel[k + 1];
      c += value * kernel[k + 2];
      d += value * kernel[k + 3];
    }
    sums[filter] = a;
    sums[filter + 1] = b;
    sums[filter + 2] = c;
    sums[filter + 3] = d;
  }
  for (; filter < sums.length; filter++) {
    let sum = bias[filter];
    for (let i = 0; i < count; i++) sum += window[i] * kernel[weights[i] + filter];
    sums[filter] = sum;
  }
}

// Pooling: each channel of a window becomes one number; pixels beyond the edge don't count.
function pool(operation, values, first, add, finish) {
  const [height, width, channels] = operation.output;
  const output = new Float32Array(height * width * channels);
  for (let place = 0; place < height * width; place++) {
    const inside = [];
    forWindow(operation, Math.floor(place / width), place % width, (from) => inside.push(from * channels));
    for (let channel = 0; channel < channels; channel++) {
      let result = first;
      for (const from of inside) result = add(result, values[from + channel]);
      output[place * channels + channel] = finish(result, inside.length);
    }
  }
  return output;
}

// Probabilities from any numbers: e to the power of each, as a share of their sum. In 64 bits, or small ones become 0.
function softmax(values) {
  const largest = Math.max(...values);
  const powers = Float64Array.from(values, (value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
