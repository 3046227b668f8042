// What is read of a drawing or of a picture, with the words for it, as DigitClassifier does it.

const settings = JSON.parse(document.getElementById("settings").textContent);
const networks = settings.members;
distribute(networks, decodeNumbers(document.getElementById("weights").textContent, settings.halves));

// What the network says of an image that was made of strokes or of a picture.
function read(image) {
  const { preprocess, classes, threshold } = settings;
  const prepared = preprocess === "digits" ? fitFrame(image) : preprocess === "turned" ? turnDarkOnLight(image) : image;
  const empty = settings.ofDigits ? isSpeck(prepared) : prepared.every((value) => value === prepared[0]);
  const probabilities = empty ? classes.map(() => 1 / classes.length) : classify(networks, prepared);
  const margin = evidence(probabilities) - threshold;
  return { image, probabilities, margin, known: !empty && margin >= 0, confidence: Math.max(...probabilities) };
}

// What is read of strokes, with the words for it.
function readStrokes(strokes) {
  const image = strokesToImage(strokes, settings.ink);
  if (!strokes.length) {
    const probabilities = settings.classes.map(() => 1 / settings.classes.length);
    return { image, probabilities, text: areDigits(settings.classes) ? "Draw a digit." : "Draw something." };
  }
  const result = read(image);
  return { ...result, text: sentence(result.probabilities, result.known, result.confidence, settings.classes) };
}

// What is read of a picture in a file, with the words for it, and the picture with its ink marked.
async function readPhoto(chosen) {
  const pixels = await openPicture(chosen, settings.ofDigits ? ENOUGH_SIDE : 1);
  const grey = toGrey(pixels);
  let result;
  if (settings.ofDigits) {
    const found = readings(grey, pixels.width).map((reading) => ({ ...reading, ...read(reading.image) }));
    if (!found.length) throw new Error(`there is no ink on ${chosen.name}.`);
    result = choose(found);
    markInk(pixels, result.ink);
  } else {
    result = read(asItIs(grey, pixels.width));
  }
  const said = sentence(result.probabilities, result.known, result.confidence, settings.classes);
  return { ...result, pixels, text: `${said} Read from ${chosen.name}.` };
}

// Of several readings of a picture, the one that is most like a digit and explains most. It is less sure where others
// say something else, or another explains much more.
function choose(found) {
  const weights = found.map((each) => (each.evidence * each.confidence) / (1 + Math.exp(-each.margin)));
  const best = found[weights.indexOf(Math.max(...weights))];
  const likeliest = best.probabilities.indexOf(best.confidence);
  const total = weights.reduce((sum, weight) => sum + weight ** 2, 0);
  const votes = found.reduce((sum, each, k) => sum + (weights[k] ** 2 / total) * each.probabilities[likeliest], 0);
  const most = Math.max(...found.map((each) => each.evidence));
  return { ...best, confidence: votes * Math.min(1, best.evidence / (0.8 * most)) };
}

function markInk({ data }, ink) {
  for (let i = 0; i < ink.length; i++) if (ink[i]) data.set([222, 110, 22, 255], 4 * i);
}
