const board = JSON.parse(document.querySelector("#board").textContent);
const LOOKS = { OK: ["good", "✓"], FAILED: ["bad", "✗"], "NON-STRICT": ["warn", "!"],
  UNCLEAN: ["warn", "~"], INFORMATIONAL: ["known", "○"] };
const SHOULD = { accept: "Print exactly the handle, and exit with status 0.",
  fault: "Print no handle, and fail: the answer is a fault.",
  refuse: "Print no handle, and fail: the answer cannot be trusted." };
const LEVELS = { G: "it gates", S: "it gates with --strict", I: "it informs" };
const find = (selector) => document.querySelector(selector);
const cases = new Map(board.cases.map((one) => [one.id, one]));
const stacks = new Map(board.stacks.map((one) => [one.id, one]));
const order = board.stacks.map((one) => one.id);
const map = find("#map");
const dialog = find("#cell");
const rows = [...map.querySelectorAll("tr[data-case]")];
const heads = [...map.querySelectorAll("thead th[data-stack]")];
const boxes = [...document.querySelectorAll("#choice input")];
const fields = ["area", "level", "verdict", "text"].map((name) => find(`#${name}`));

// Elements.

function make(name, kind, text, ...children) {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

function badge(cell) {
  const [kind, mark] = LOOKS[cell.verdict];
  const words = `${mark} ${cell.verdict}${cell.unsteady ? ", unsteady" : ""}`;
  return make("span", `badge ${kind}`, words);
}

function code(text) {
  const box = make("div", "code");
  text.split("\n").forEach((line, index) => box.append(
    make("div", "row", "", make("span", "", String(index + 1)), make("span", "", line)),
  ));
  return box;
}

// Filters.

const words = new Map(board.cases.map((one) => {
  const cells = board.stacks.map((stack) => stack.cells[one.id]).filter(Boolean);
  const said = cells.flatMap((cell) => [cell.did, ...(cell.words || [])]);
  return [one.id, [one.id, one.title, one.rule, one.served, ...said].join("\n").toLowerCase()];
}));

function chosen() {
  return boxes.filter((box) => box.checked).map((box) => box.dataset.stack);
}

function hasVerdict(cell, verdict) {
  return cell && (verdict === "unsteady" ? Boolean(cell.unsteady) : cell.verdict === verdict);
}

function show() {
  const [area, level, verdict, text] = fields.map((field) => field.value);
  const visible = chosen();
  const columns = new Set(visible);
  for (const head of heads) head.classList.toggle("hidden", !columns.has(head.dataset.stack));
  for (const row of rows) {
    const one = cases.get(row.dataset.case);
    const fits = (!area || one.area === area) && (!level || one.level === level) &&
      (!verdict || visible.some((id) => hasVerdict(stacks.get(id).cells[one.id], verdict))) &&
      (!text || words.get(one.id).includes(text.toLowerCase()));
    row.classList.toggle("hidden", !fits);
    [...row.cells].slice(1).forEach((cell, index) => {
      cell.classList.toggle("hidden", !columns.has(order[index]));
    });
  }
  for (const part of map.tBodies) {
    part.classList.toggle("hidden", !part.querySelector("tr[data-case]:not(.hidden)"));
  }
  find("#board-none").classList.toggle("hidden", rows.some((row) => !row.matches(".hidden")));
  const first = cellsShown()[0];
  if (first && !cellsShown().flat().some((cell) => cell.tabIndex === 0)) first[0].tabIndex = 0;
}

for (const field of fields) field.addEventListener("input", show);
for (const box of boxes) box.addEventListener("change", show);
find("#reset").addEventListener("click", () => {
  for (const field of fields) field.value = "";
  for (const box of boxes) box.checked = true;
  show();
});
for (const button of document.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => {
    const which = button.dataset.choose;
    for (const box of boxes) {
      box.checked = which === "all" ||
        (which === "maintained" && stacks.get(box.dataset.stack).maintained);
    }
    show();
  });
}

// The grid: one cell can be reached by Tab, the others from there by arrows.

function cellsShown() {
  return rows.filter((row) => !row.matches(".hidden"))
    .map((row) => [...row.cells].filter((cell) => !cell.matches(".hidden")));
}

function place(cell) {
  const row = cell.closest("tr[data-case]");
  return row && [row.dataset.case, order[cell.cellIndex - 1]];
}

for (const row of rows) for (const cell of row.cells) {
  const [id, stack] = place(cell);
  cell.tabIndex = -1;
  const found = stack && stacks.get(stack).cells[id];
  if (found) {
    const unsteady = found.unsteady ? ", unsteady" : "";
    cell.setAttribute("aria-label", `${stacks.get(stack).name}, ${id}: ${found.verdict}${unsteady}`);
  }
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  Home: [0, -Infinity], End: [0, Infinity], PageUp: [-10, 0], PageDown: [10, 0] };

function focusCell(cell) {
  for (const other of map.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

map.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td, th[scope=row]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    open(...place(cell));
  } else if (STEPS[event.key]) {
    event.preventDefault();
    const shown = cellsShown();
    const row = shown.findIndex((cells) => cells.includes(cell));
    const [down, right] = STEPS[event.key];
    const to = (at, most) => Math.max(0, Math.min(most, at));
    const target = shown[to(row + down, shown.length - 1)];
    focusCell(target[to(shown[row].indexOf(cell) + right, target.length - 1)]);
  }
});
map.addEventListener("click", (event) => {
  const cell = event.target.closest("td, th[scope=row]");
  if (cell && place(cell)) open(...place(cell));
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !dialog.open) {
    event.preventDefault();
    find("#text").focus();
  }
});

// A cell, or a case with all stacks.

function reaction(cell) {
  const parts = [make("p", "", cell.did)];
  for (const text of cell.words || []) parts.push(make("p", LOOKS[cell.verdict][0], text));
  if (cell.errors) parts.push(make("p", "soft", `Its last words: ${cell.errors}`));
  if (cell.unsteady) parts.push(make("p", "warn", `Unsteady. ${cell.unsteady}`));
  return parts;
}

function all(one) {
  const list = make("ul");
  for (const stack of board.stacks) {
    const cell = stack.cells[one.id];
    if (!cell) continue;
    const name = make("a", "", stack.name);
    name.href = `#${stack.id}/${one.id}`;
    const text = (cell.words || [cell.did]).join("; ");
    list.append(make("li", "", "", badge(cell), " ", name, " ", make("span", "soft", text)));
  }
  return list;
}

function open(id, stackId) {
  const one = cases.get(id);
  const stack = stacks.get(stackId);
  const cell = stack && stack.cells[id];
  if (!one || (stackId && !cell)) return;
  const close = make("button", "", "Close");
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  const title = make("h2", "", stack ? `${stack.name}: ${id}` : id);
  title.id = "cell-title";
  const head = make("div", "", "", title, make("p", "", one.title),
    make("p", "soft", `${one.area} · level ${one.level}: ${LEVELS[one.level]} · ${one.rule}`));
  if (cell) head.prepend(badge(cell));
  dialog.replaceChildren(
    make("div", "head", "", head, close),
    make("h4", "", "What a client should do"), make("p", "", SHOULD[one.should]),
    ...(cell ? [make("h4", "", `What ${stack.name} ${stack.version} did`), ...reaction(cell)] : []),
    make("h4", "", "What was served, its beginning; a client of another version gets its namespace"), code(one.served),
    ...(cell ? [] : [make("h4", "", "What the stacks did"), all(one)]),
  );
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  const hash = `#${stackId ? `${stackId}/` : "case/"}${id}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname));

function follow() {
  const [stack, id] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (id) open(id, stack === "case" ? undefined : stack);
}
addEventListener("hashchange", follow);

find("#filters").classList.remove("hidden");
find("#choice").classList.remove("hidden");
show();
follow();
