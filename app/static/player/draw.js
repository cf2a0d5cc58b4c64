// Shows a state of the room on the page. It remembers what it has drawn, so that playing draws only what is new.

const element = (id) => document.getElementById(id);
const ROLES = { host: "Host", moderator: "Moderator" };
const UNITS = 10000;
const MOST_LINES = 500;
const FLASH = 4;
const canvas = element("board");
const pen = canvas.getContext("2d");
let drawn = { page: 0, wipes: 0, strokes: [] };
let lines = [];

function made(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

// Whoever was erased is in the recording without a name and without words.
const nameOf = (name) => name || "Former participant";
const wordsOf = (text) => text || "(removed)";

export function drawPeople(state) {
  const rows = [...state.people].map(([id, person]) => {
    const row = made("li", nameOf(person.name));
    if (ROLES[person.role]) row.append(made("span", " " + ROLES[person.role], "role"));
    if (state.hands.has(id)) {
      const hand = made("span", " ✋", "hand");
      hand.setAttribute("role", "img");
      hand.setAttribute("aria-label", "hand raised");
      row.append(hand);
    }
    return row;
  });
  element("people").replaceChildren(...rows);
  element("count").textContent = `(${state.people.size})`;
}

export function drawChat(state, clock) {
  const box = element("chat");
  const wanted = state.chat.slice(-MOST_LINES);
  const grown = lines.length > 0 && wanted.length >= lines.length && lines.every((line, at) => line === wanted[at]);
  const fresh = grown ? wanted.slice(lines.length) : wanted;
  const rows = fresh.map((line) => {
    const row = made("li");
    row.append(made("span", nameOf(line.name), "who"), " ", made("time", clock(line.t)), made("div", wordsOf(line.text), "text"));
    return row;
  });
  if (grown) box.append(...rows);
  else box.replaceChildren(...rows);
  lines = wanted;
  if (fresh.length) box.scrollTop = box.scrollHeight;
}

export function drawQuestions(state) {
  const rows = [...state.questions.values()].map((one) => {
    const row = made("li", undefined, one.closed ? "closed" : "");
    row.append(made("span", nameOf(one.name), "who"), made("div", wordsOf(one.text), "text"));
    if (one.closed) row.append(made("span", "Answered", "role"));
    return row;
  });
  element("questions").replaceChildren(...rows);
}

export function drawQuizzes(state) {
  const rows = [...state.quizzes.values()].reverse().map((quiz) => {
    const row = made("li", undefined, "quiz");
    row.append(made("div", quiz.question, "text who"));
    const options = made("ul");
    quiz.options.forEach((option, place) => {
      const right = quiz.ended && quiz.correct.includes(place);
      const line = made("li", option + (right ? " ✓" : ""), right ? "right" : "");
      if (right) line.append(made("span", " correct", "hidden"));
      if (quiz.ended) line.append(made("span", ` ${quiz.counts[place] ?? 0}`, "role"));
      options.append(line);
    });
    row.append(options, made("p", `${quiz.ended ? "Ended" : "Running"}, ${quiz.answered} answered`, "hint"));
    return row;
  });
  element("quizzes").replaceChildren(...rows);
}

export function drawShared(state) {
  element("shared").replaceChildren(...[...state.shared.values()].map((file) => made("li", file.title)));
}

export function drawReactions(state, time) {
  const recent = state.reactions.filter((one) => one.t > time - FLASH);
  const text = recent.map((one) => `${one.reaction} ${nameOf(one.name)}`).join("  ");
  if (element("reactions").textContent !== text) element("reactions").textContent = text;
}

export function drawBoard(state) {
  const shown = state.board.get(state.page) || { wipes: 0, strokes: [] };
  const goesOn = drawn.page === state.page && drawn.wipes === shown.wipes && drawn.strokes.length <= shown.strokes.length
    && drawn.strokes.every((stroke, at) => stroke === shown.strokes[at]);
  if (!goesOn) {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  for (const stroke of goesOn ? shown.strokes.slice(drawn.strokes.length) : shown.strokes) drawStroke(stroke);
  drawn = { page: state.page, wipes: shown.wipes, strokes: shown.strokes };
  const count = shown.strokes.length;
  canvas.setAttribute("aria-label", `Board, page ${state.page}, ${count} ${count === 1 ? "stroke" : "strokes"}`);
  element("page").textContent = `Page ${state.page}`;
}

function drawStroke(stroke) {
  const places = stroke.points.map(([x, y]) => [(x * canvas.width) / UNITS, (y * canvas.height) / UNITS]);
  if (!places.length) return;
  pen.strokeStyle = stroke.color;
  pen.lineWidth = stroke.width;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(...places[0]);
  // A line of one point is drawn to itself: a dot.
  for (const place of places.length > 1 ? places.slice(1) : places) pen.lineTo(...place);
  pen.stroke();
}
