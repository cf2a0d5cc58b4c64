// Lines of the board: how they are painted, and how a pointer's way becomes one. Coordinates run from 0 to 10000.
export const EDGE = 10000;
const MOST_POINTS = 500;
const NEAR = 12;

export function paint(canvas, { color, width, points }) {
  const pen = canvas.getContext("2d");
  const at = ([x, y]) => [(x * canvas.width) / EDGE, (y * canvas.height) / EDGE];
  Object.assign(pen, { strokeStyle: color, fillStyle: color, lineWidth: width, lineCap: "round", lineJoin: "round" });
  pen.beginPath();
  if (points.length === 1) {
    pen.arc(...at(points[0]), width / 2, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  pen.moveTo(...at(points[0]));
  for (const point of points.slice(1)) pen.lineTo(...at(point));
  pen.stroke();
}

export function wipe(canvas) {
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
}

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const within = (part, whole) => Math.round(Math.min(1, Math.max(0, part / whole)) * EDGE);
  return [within(event.clientX - box.left, box.width), within(event.clientY - box.top, box.height)];
}

// Adds where the pointer was to the line; what lies too near to the point before tells nothing.
export function extend(line, canvas, event) {
  const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  for (const one of passed.length ? passed : [event]) {
    const point = place(canvas, one);
    const last = line.points.at(-1);
    if (last && Math.abs(last[0] - point[0]) + Math.abs(last[1] - point[1]) < NEAR) continue;
    line.points.push(point);
    paint(canvas, { ...line, points: last ? [last, point] : [point] });
  }
}

// A line of many points is told in pieces, each beginning where the one before ends.
export function pieces(points) {
  const found = [];
  for (let start = 0; start === 0 || start < points.length - 1; start += MOST_POINTS - 1) {
    found.push(points.slice(start, start + MOST_POINTS));
  }
  return found;
}
