// The page of course plans: a plan is dropped, chosen or built, kept in this browser, and what it
// covers and reaches is shown as it changes. Without this file the page still reads a pasted plan.

import { grid } from "./matrix.js";
import { startBuilder } from "./plan-builder.js";
import { analyze, readFile, testClaims } from "./plan-service.js";
import { createStore } from "./plan-store.js";

const WAIT = 500; // milliseconds after the last change
const at = (id) => document.getElementById(id);

const routes = at("route-form");
const files = at("plan-files");
const analysis = at("analysis");
const given = files.elements.plan.value ? JSON.parse(files.elements.plan.value) : null;
const store = createStore(at("p-edition").value);
let showsGiven = Boolean(given); // an example or a pasted plan, and not the one of this browser

const say = (text) => { at("plan-status").textContent = text; };
const says = (plan) => plan.courses.some(({ serves = [] }) => serves.length); // else nothing to analyze
const shown = () => (showsGiven ? given : store.plan);
const showBuilder = startBuilder(store, say);

// ---- analysis ----------------------------------------------------------------------------------

const SLOW = 800; // milliseconds after which it is said that the service is at work
let timer, running;

function refresh({ wait = WAIT, focus = false } = {}) {
  clearTimeout(timer);
  running?.abort();
  if (!says(shown())) {
    analysis.replaceChildren();
    analysis.setAttribute("aria-busy", "false");
    showFaults([]);
    return;
  }
  timer = setTimeout(() => update(focus), wait);
}

async function update(focus) {
  running = new AbortController();
  const { signal } = running;
  analysis.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => say("Analyzing…"), SLOW);
  try {
    const parts = await analyze(shown(), filters(), signal);
    if (signal.aborted) return;
    analysis.replaceChildren(...parts);
    for (const table of analysis.querySelectorAll("table[data-grid]")) grid(table);
    showFaults([]);
    say(at("analysis-says").textContent);
    if (focus) at("analysis-title").focus();
  } catch (error) {
    if (signal.aborted) return;
    say("Not analyzed; what stands below is of the plan before.");
    showFaults(error.findings?.map(({ message }) => ({ message })) ?? [], error);
  } finally {
    clearTimeout(slow);
  }
  analysis.setAttribute("aria-busy", "false");
}

// Filters that differ from what the page starts with when nothing is asked.
function filters() {
  const open = { min_strength: "", min_confidence: "0", min_depth: "introduces" };
  const said = Object.keys(open).map((name) => [name, routes.elements[name].value]);
  return Object.fromEntries(said.filter(([name, value]) => value !== "" && Number(value) !== 0 && value !== open[name]));
}

function address(example) {
  const query = new URLSearchParams({ ...(example && { example }), ...filters() });
  return `/plan${query.size ? "?" : ""}${query}`;
}

routes.addEventListener("submit", (event) => event.preventDefault());
routes.addEventListener("change", () => {
  if (!routes.reportValidity()) return;
  history.replaceState(null, "", address(showsGiven && routes.elements.example?.value));
  refresh();
});

// ---- faults ------------------------------------------------------------------------------------

function showFaults(findings, error = null, focus = false) {
  const box = at("plan-faults");
  box.hidden = !error;
  if (!error) return;
  const total = error.total || findings.length;
  box.querySelector("h2").textContent = findings.length
    ? `${total} ${total === 1 ? "fault" : "faults"}: the plan was not read`
    : "It did not work";
  const listed = findings.length ? findings : [{ message: error.message }];
  box.querySelector("ul").replaceChildren(...listed.map(fault));
  if (focus) box.focus();
}

function fault({ path, line, message }) {
  const item = document.createElement("li");
  if (path) {
    const place = document.createElement("strong");
    // A sheet of a workbook has rows; a text has lines.
    const sheet = path.match(/^(.*\.xlsx)#(.*)$/is);
    place.textContent = sheet ? `${sheet[1]}, sheet ${sheet[2]}, row ${line}` : `${path}, line ${line}`;
    item.append(place, ": ");
  }
  item.append(message);
  return item;
}

// ---- files -------------------------------------------------------------------------------------

async function bring(file) {
  say(`Reading ${file.name}…`);
  try {
    const plan = await readFile(file);
    const lost = store.plan.courses.length ? "Another plan took the place of the one that was here." : "";
    own(plan, lost, { wait: 0, focus: true });
  } catch (error) {
    say("The file was not read; nothing was changed.");
    showFaults(error.findings ?? [], error, true);
  }
}

at("plan-file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) bring(file);
  event.target.value = ""; // the same file may be chosen again, mended
});

// A file may be dropped anywhere on the page: beside its card the browser would open it instead.
const drop = at("plan-drop");
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    const file = kind === "drop" && event.dataTransfer.files[0];
    if (file) bring(file);
  });
}

files.addEventListener("submit", () => {
  files.elements.plan.value = JSON.stringify(shown());
  files.action = `/plan/file?${new URLSearchParams(filters())}`;
});

// ---- the plan of this browser ------------------------------------------------------------------

// From now on the page shows the browser's own plan.
function own(plan, lost, options) {
  showsGiven = false;
  history.replaceState(null, "", address());
  asked = options;
  store.set(plan, { lost });
}

let asked = {};

function show(plan) {
  at("builder").hidden = showsGiven;
  at("plan-given").hidden = !showsGiven;
  const some = says(shown());
  at("plan-results").hidden = at("claims").hidden = routes.hidden = !some;
  showBuilder(plan);
  at("plan-kept").textContent = store.durable ? "" : "This browser keeps nothing: save the plan as a file before you leave.";
  at("plan-forget").hidden = !plan.courses.length && !plan.programme;
  at("plan-undo").hidden = !store.lost;
  at("plan-undo").querySelector("span").textContent = store.lost;
  if (store.lost) say(store.lost);
}

store.subscribe((plan) => {
  show(plan);
  if (!showsGiven) refresh(asked);
  asked = {};
});
at("plan-undo").querySelector("button").addEventListener("click", () => {
  store.undo();
  say("Undone.");
  at("builder-title").focus();
});
at("plan-forget").addEventListener("click", () => {
  store.forget();
  at("builder-title").focus();
});
at("plan-copy")?.addEventListener("click", () =>
  own(given, store.plan.courses.length ? "It took the place of the plan that was here." : "", { wait: 0, focus: true }));

// ---- claims ------------------------------------------------------------------------------------

const claims = at("claims-form");
const claimsText = at("claims-text");
at("claims-example").addEventListener("click", () => {
  claimsText.value = at("claims-example-text").content.textContent;
  claimsText.focus();
});
claims.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = at("claims-answer");
  answer.setAttribute("aria-busy", "true");
  try {
    answer.replaceChildren(...await testClaims(shown(), claimsText.value));
  } catch (error) {
    const list = document.createElement("ul");
    const listed = error.findings?.length ? error.findings : [{ message: error.message }];
    list.append(...listed.map(fault));
    answer.replaceChildren("The claims were not tested:", list);
  }
  answer.setAttribute("aria-busy", "false");
});

// ---- start -------------------------------------------------------------------------------------

for (const element of document.querySelectorAll("[data-scripted]")) element.hidden = false;
drop.hidden = false;
show(store.plan);
if (!showsGiven) refresh({ wait: 0 });
