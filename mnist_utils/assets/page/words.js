// What the network says of an image, in the words of the course's pad (mnist_utils/widgets/answers.py).

const WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const CLOSE = 0.2; // the second likeliest class is named, too, where it is so likely
const LEAST = 1e-30; // the least probability whose log is taken

const areDigits = (classes) => classes.join() === "0,1,2,3,4,5,6,7,8,9";

// How far the likeliest class stands out, in nats: the log of its probability less the mean of all logs.
function evidence(probabilities) {
  const logs = probabilities.map((value) => Math.log(Math.max(value, LEAST)));
  return Math.max(...logs) - logs.reduce((sum, value) => sum + value, 0) / logs.length;
}

// One sentence. `known` says whether the image is one of the classes at all; `confidence` is that of the answer.
function sentence(probabilities, known, confidence, classes) {
  const digits = areDigits(classes);
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  const called = (name) => (digits ? `${name === "8" ? "an" : "a"} ${name}` : name);
  const [name, other] = order.map((number) => called(classes[number]));
  if (!known && probabilities.every((value) => value === probabilities[0])) {
    return `There is too little ink for a ${digits ? "digit" : "picture"}.`;
  }
  if (!known) {
    const any = digits ? "a digit; of the ten" : `any of the ${classes.length} classes; of these`;
    return `This does not look like ${any}, it is most like ${name}.`;
  }
  // Never "100% sure": no rounding makes a network certain.
  const sure = confidence > 0.99 ? "over 99%" : `${(100 * confidence).toFixed(0)}%`;
  const perhaps = probabilities[order[1]] >= CLOSE ? `, or perhaps ${other}` : "";
  const said = digits ? `This is ${name} (${WORDS[order[0]]})` : `Read as ${name}`;
  return `${said}${perhaps}, ${sure} sure.`;
}
