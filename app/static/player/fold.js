// What the room looked like at any time, folded out of what happened. Pure: no page, no clock, nothing changed in place.
// Playing and seeking use the same fold, so a moment looks the same whichever way one came to it.

export function empty() {
  return {
    live: false,
    over: false,
    people: new Map(), // participant_id → {name, role}
    hands: new Set(), // participant_id
    chat: [], // {id, name, text, t}
    reactions: [], // {name, reaction, t, seq}: the latest only
    questions: new Map(), // question_id → {name, text, t, closed}
    quizzes: new Map(), // quiz_id or poll_id → {question, options, answered, correct, counts, ended}
    shared: new Map(), // file_id → {title, content_type}
    page: 1,
    board: new Map(), // page → {wipes, strokes}
  };
}

const REACTIONS_KEPT = 30;

const kinds = {
  LessonStarted(state) { state.live = true; },
  LessonEnded(state) { state.live = false; state.over = true; },
  VisitorJoined(state, event) {
    state.people.set(event.participant_id, { name: event.name, role: event.role });
  },
  VisitorLeft(state, event) { left(state, event.participant_id); },
  ParticipantRemoved(state, event) { left(state, event.participant_id); },
  MessageSent(state, event) {
    state.chat.push({ id: event.message_id, name: event.name, text: event.text, t: event.t });
  },
  HandRaised(state, event) { state.hands.add(event.participant_id); },
  HandLowered(state, event) { state.hands.delete(event.participant_id); },
  Reacted(state, event) {
    state.reactions.push({ name: event.name, reaction: event.reaction, t: event.t, seq: event.seq });
    if (state.reactions.length > REACTIONS_KEPT) state.reactions.shift();
  },
  QuestionAsked(state, event) {
    state.questions.set(event.question_id, { name: event.name, text: event.text, t: event.t, closed: false });
  },
  QuestionClosed(state, event) { change(state.questions, event.question_id, { closed: true }); },
  QuizStarted(state, event) {
    state.quizzes.set(event.quiz_id, {
      question: event.question, options: event.options, answered: 0, correct: [], counts: [], ended: false,
    });
  },
  QuizAnswered(state, event) {
    const quiz = state.quizzes.get(event.quiz_id);
    // Recordings of earlier versions do not say how many: there nobody could change an answer.
    if (quiz) change(state.quizzes, event.quiz_id, { answered: event.answered ?? quiz.answered + 1 });
  },
  QuizEnded(state, event) {
    const { correct, counts, answered } = event;
    change(state.quizzes, event.quiz_id, { correct, counts, answered, ended: true });
  },
  PollStarted(state, event) {
    const { question, options } = event;
    state.quizzes.set(event.poll_id, { question, options, answered: 0, correct: [], counts: [], ended: false });
  },
  PollAnswered(state, event) { change(state.quizzes, event.poll_id, { counts: event.counts, answered: event.answered }); },
  PollEnded(state, event) {
    change(state.quizzes, event.poll_id, { counts: event.counts, answered: event.answered, ended: true });
  },
  ContentShared(state, event) {
    state.shared.set(event.file_id, { title: event.title, content_type: event.content_type });
  },
  ContentUnshared(state, event) { state.shared.delete(event.file_id); },
  PageTurned(state, event) { state.page = event.page; },
  BoardCleared(state, event) {
    const before = state.board.get(event.page);
    state.board.set(event.page, { wipes: (before ? before.wipes : 0) + 1, strokes: [] });
  },
  StrokeDrawn(state, event) {
    const { stroke_id, color, width, points } = event;
    if (!state.board.has(event.page)) state.board.set(event.page, { wipes: 0, strokes: [] });
    state.board.get(event.page).strokes.push({ stroke_id, color, width, points });
  },
};

function left(state, id) {
  state.people.delete(id);
  state.hands.delete(id);
}

function change(map, id, changes) {
  if (map.has(id)) map.set(id, { ...map.get(id), ...changes });
}

// Everything that a kind changes in place is copied here once, and not once for each event.
function copy(state) {
  const board = new Map();
  for (const [page, { wipes, strokes }] of state.board) board.set(page, { wipes, strokes: strokes.slice() });
  return {
    ...state,
    people: new Map(state.people),
    hands: new Set(state.hands),
    chat: state.chat.slice(),
    reactions: state.reactions.slice(),
    questions: new Map(state.questions),
    quizzes: new Map(state.quizzes),
    shared: new Map(state.shared),
    board,
  };
}

// The state after these events; the given one stays as it is. Kinds that are not known change nothing.
export function after(state, events) {
  const next = copy(state);
  for (const event of events) {
    if (Object.hasOwn(kinds, event.kind)) kinds[event.kind](next, event);
  }
  return next;
}

// The events with their second in the lesson as `t`. It never falls: the ledger's order is the order of things, and an
// event that was written down late (somebody's silence) may carry an earlier time.
export function timed(events, startedAt, seconds) {
  let last = 0;
  return events.map((event) => {
    const t = (Date.parse(event.at) - startedAt) / 1000;
    last = Math.min(Math.max(last, t || 0), seconds);
    return { ...event, t: last };
  });
}

// How many of the events have happened by this second.
export function countBy(events, time) {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle].t <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const IDLE = 5;
const BEFORE = 1;

// Where playing goes on when nothing happens for long: a second before the next event. Else where it is.
export function leap(events, time, seconds) {
  const next = events[countBy(events, time)];
  const until = next ? next.t : seconds;
  return until - time > IDLE ? until - BEFORE : time;
}

// 3:20, or 1:03:20 in a lesson of an hour or more.
export function clockText(time, seconds) {
  const whole = Math.max(0, Math.floor(time));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const rest = two(whole % 60);
  return seconds >= 3600 ? `${Math.floor(whole / 3600)}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

// The same for ears.
export function spoken(time) {
  const whole = Math.max(0, Math.floor(time));
  const parts = [[Math.floor(whole / 3600), "hour"], [Math.floor(whole / 60) % 60, "minute"], [whole % 60, "second"]];
  const said = parts.filter(([number]) => number).map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`);
  return said.join(" ") || "0 seconds";
}
