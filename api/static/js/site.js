// The one-file edition: one section at a time, a search, and the named questions, asked here.
// Without this script the sections stand one after another.

const pages = new Map([...document.querySelectorAll("main > .page")].map((page) => [page.id, page]));
const data = JSON.parse(document.getElementById("data").textContent);
const said = document.getElementById("said");
const home = document.title;

// ---- one section at a time -------------------------------------------------------------------

for (const link of document.querySelectorAll("a[data-state]")) {
  link.setAttribute("href", `${link.getAttribute("href")}?${link.dataset.state}`);
}

let shown;
const show = (moved) => {
  const [name, state] = place(location.hash);
  const inner = pages.has(name) ? null : document.getElementById(name);
  let page = pages.get(name) ?? inner?.closest(".page");
  if (name === "main" && shown) return; // the skip link
  if (!page && name && name !== "main") said.textContent = `${name} is not in this file.`;
  page ??= pages.get("/");
  shown?.classList.remove("current");
  page.classList.add("current");
  const other = shown !== page;
  shown = page;
  document.title = page.id === "/" ? home : `${page.dataset.title} · ${home}`;
  for (const link of document.querySelectorAll(".top nav a")) {
    const section = decodeURIComponent(link.hash.slice(1));
    const within = section === page.id || (section !== "/" && page.id.startsWith(`${section}/`));
    if (within) link.setAttribute("aria-current", section === page.id ? "page" : "true");
    else link.removeAttribute("aria-current");
  }
  if (page.id === "/search") find(new URLSearchParams(state ?? "").get("q") ?? "");
  const form = page.querySelector("form[data-question]");
  if (form) prepare(form);
  if (page.id.startsWith("/query/") && state !== undefined) answer(page, form, new URLSearchParams(state));
  if (!moved) return;
  if (inner) return inner.scrollIntoView();
  if (!other) return;
  const heading = page.querySelector("h2");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
};

function place(hash) {
  const [name, ...state] = hash.slice(1).split("?");
  try {
    return [decodeURIComponent(name), state.length ? state.join("?") : undefined];
  } catch {
    return [name];
  }
}

addEventListener("hashchange", () => show(true));

// ---- search ----------------------------------------------------------------------------------

const HITS_MOST = 50;
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
let index;

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = `#/search?${new URLSearchParams({ q: document.getElementById("words").value })}`;
});

function find(words) {
  document.getElementById("words").value = words;
  index ??= [...pages.values()].filter((page) => !["/contents", "/search", "/"].includes(page.id))
    .map((page) => {
      const text = [...page.querySelectorAll(".lead, blockquote")].map((e) => e.textContent).join(" ");
      const says = text.replace(/\s+/g, " ").trim();
      return { page, title: plain(page.dataset.title), says, text: plain(says) };
    });
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  const hits = !wanted.length ? [] : index
    .map((entry) => ({ entry, score: score(entry, wanted) }))
    .filter((hit) => hit.score)
    .sort((a, b) => b.score - a.score); // stable: ties stay in the order of the file
  const count = hits.length === 1 ? "1 page" : `${hits.length} pages`;
  document.getElementById("found").textContent = wanted.length
    ? `${count} for “${words}”${hits.length > HITS_MOST ? `; the first ${HITS_MOST} are listed` : ""}.`
    : "Write a word of a title, a description or a reason.";
  document.getElementById("hits").replaceChildren(...hits.slice(0, HITS_MOST).map(({ entry }) => {
    const item = document.createElement("li");
    const head = document.createElement("p");
    const link = document.createElement("a");
    head.className = "head";
    link.href = `#${encodeURI(entry.page.id)}`;
    link.textContent = entry.page.dataset.title;
    head.append(link);
    const snippet = document.createElement("p");
    snippet.textContent = entry.says.length > 240 ? `${entry.says.slice(0, 240)}…` : entry.says;
    item.append(head, snippet);
    return item;
  }));
}

// How often the words are in the title, then in the text; 0 unless each of them is in either.
function score(entry, wanted) {
  let total = 0;
  for (const word of wanted) {
    if (entry.title.includes(word)) total += 10;
    else if (entry.text.includes(word)) total += 1;
    else return 0;
  }
  return total;
}

// ---- the named questions ---------------------------------------------------------------------

for (const form of document.querySelectorAll("form[data-question]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const hash = `#/query/${form.dataset.question}?${given}`;
    if (location.hash === hash) show(false);
    else location.hash = hash;
  });
}

// Competencies to choose from, for all questions, made when the first is opened.
function prepare(form) {
  if (!document.getElementById("competencies")) {
    const list = document.createElement("datalist");
    list.id = "competencies";
    for (const page of pages.values()) {
      if (!page.id.startsWith("/competencies/")) continue;
      const id = page.id.slice("/competencies/".length);
      list.append(new Option(page.dataset.title, id));
    }
    document.body.append(list);
  }
  for (const name of Object.keys(data.questions[form.dataset.question].params)) {
    if (data.questions[form.dataset.question].params[name].type !== "competency") continue;
    for (const input of form.querySelectorAll(`input[name="${name}"]`)) input.setAttribute("list", "competencies");
  }
}

async function answer(page, form, given) {
  const name = page.id.slice("/query/".length);
  if (form) fill(form, given);
  const area = page.querySelector("section[id$='-answer']");
  said.textContent = "The question is asked.";
  area.setAttribute("aria-busy", "true");
  try {
    const text = bind(name, given);
    const { columns, rows } = await ask(text);
    write(page, area, name, text, columns, rows);
  } catch (error) {
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = error.message;
    area.replaceChildren(heading("No answer"), note);
    said.textContent = error.message;
  }
  area.removeAttribute("aria-busy");
}

// The fields of a form, as its answer was asked for.
function fill(form, given) {
  for (const key of new Set([...form.elements].map((field) => field.name).filter(Boolean))) {
    const values = given.getAll(key);
    const fields = [...form.elements].filter((field) => field.name === key);
    if (fields[0].type === "checkbox") {
      for (const field of fields) field.checked = values.includes(field.value);
    } else if (fields[0].type === "select-multiple") {
      for (const option of fields[0].options) option.selected = values.includes(option.value);
    } else {
      for (const value of values.slice(fields.length)) {
        const more = fields[0].cloneNode();
        more.id += `-${value}`;
        more.required = false;
        more.setAttribute("aria-label", `${key}, number ${fields.length + 1}`);
        fields.at(-1).after(more);
        fields.push(more);
      }
      fields.forEach((field, n) => { field.value = values[n] ?? ""; });
    }
  }
}

// The question with values in place of its examples, as the service binds them.
function bind(name, given) {
  const { text, params } = data.questions[name];
  for (const key of given.keys()) {
    if (!(key in params)) throw new Error(`There is no parameter “${key}” here.`);
  }
  const terms = {};
  for (const [key, param] of Object.entries(params)) {
    const values = [...new Set(given.getAll(key).filter(Boolean))];
    if (!values.length) {
      if (param.required) throw new Error(`${key} is missing: ${param.about}.`);
      continue;
    }
    if (values.length > 1 && !param.many) throw new Error(`${key} takes one value.`);
    terms[key] = values.map((value) => term(key, param, value)).join(" ");
  }
  return text.replace(
    /^( *VALUES \?(\w+) )\{([^{}\n]*)\} *#:param$/gm,
    (whole, head, key) => (key in terms ? `${head}{ ${terms[key]} }` : whole),
  );
}

function term(key, param, value) {
  if (param.type === "text") {
    if (/\0|\p{Cs}/u.test(value)) throw new Error(`${key} takes text.`);
    const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    // Code point escapes are resolved before parsing, by some engines even after a backslash.
    return `"${value.replace(/[\\"\n\r\t]/g, (c) => escapes[c])
      .replace(/\\\\([uU])/g, (_, c) => `\\\\\\U${c.codePointAt(0).toString(16).toUpperCase().padStart(8, "0")}`)}"`;
  }
  if (param.type === "number") {
    if (!/^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(value)) throw new Error(`${key} takes a number such as 0.5.`);
    return value;
  }
  const names = data.names[param.type];
  if (!Object.hasOwn(names, value)) throw new Error(`There is no ${param.type} “${value}”.`);
  return `<${names[value]}>`;
}

// The engine and the data are unpacked when the first question is asked.
let opening;
async function ask(text) {
  opening ??= open();
  const store = await opening;
  const found = store.query(text, { use_default_graph_as_union: true });
  const columns = columnsOf(text);
  return { columns, rows: found.map((row) => columns.map((column) => valueOf(row.get(column)))) };
}

async function open() {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  const { start, Store } = globalThis.crosswalkEngine;
  await start({ module_or_path: await unpacked("engine") });
  const store = new Store();
  store.load(new TextDecoder().decode(await unpacked("dataset")), { format: "application/n-quads" });
  return store;
}

async function unpacked(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Names in the outermost SELECT clause: plain variables, and those after AS.
function columnsOf(text) {
  const body = text.split("\n").filter((line) => !line.startsWith("#")).join("\n");
  const [, clause] = body.match(/\bSELECT\s+(?:DISTINCT\s+)?([^]*?)\bWHERE\b/) ?? [];
  const columns = [];
  let depth = 0, named = false;
  for (const [piece] of (clause ?? "").matchAll(/[()]|\?\w+|\bAS\b/g)) {
    depth += (piece === "(") - (piece === ")");
    if (piece.startsWith("?") && (depth === 0 || named)) columns.push(piece.slice(1));
    named = piece === "AS";
  }
  return columns;
}

const XSD = "http://www.w3.org/2001/XMLSchema#";
const prefixes = Object.entries(data.prefixes).sort(([, a], [, b]) => b.length - a.length);

// A term as the service has it: CURIEs, numbers, text.
function valueOf(found) {
  if (!found) return null;
  if (found.termType === "NamedNode") {
    const [prefix, iri] = prefixes.find(([, i]) => i.length < found.value.length && found.value.startsWith(i)) ?? [];
    return prefix === undefined ? found.value : `${prefix}:${found.value.slice(iri.length)}`;
  }
  const type = found.datatype.value;
  if (["integer", "decimal", "double"].some((name) => type === XSD + name)) return Number(found.value);
  return type === `${XSD}boolean` ? found.value === "true" : found.value;
}

function written(value) {
  if (Object.hasOwn(data.words, value)) return data.words[value];
  if (value === null || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "string") return String(value);
  const colon = value.indexOf(":");
  const list = value.slice(0, Math.max(colon, 0));
  if (!data.lists.includes(list)) return value;
  const rest = value.slice(colon + 1);
  if (list === "skos") return rest.replace(/Match$/, "");
  return data.worded.includes(list) ? rest.replaceAll("-", " ") : rest;
}

// Where a value leads: a section of this file, an address, or nowhere.
function addressOf(value) {
  if (typeof value !== "string") return null;
  if (/^https?:/.test(value)) return value;
  const [kind, ...rest] = value.split(":");
  const key = rest.join(":");
  const folder = { framework: "frameworks", alignment: "alignments" }[kind];
  const id = kind === "crosswalk" ? `/crosswalks/${key.replace("--", "/")}`
    : folder ? `/${folder}/${key}` : `/competencies/${value}`;
  return pages.has(id) ? `#${encodeURI(id)}` : null;
}

function heading(text) {
  const element = document.createElement("h3");
  element.textContent = text;
  return element;
}

function write(page, area, name, text, columns, rows) {
  const count = document.createElement("p");
  count.textContent = said.textContent = `${rows.length} ${rows.length === 1 ? "row" : "rows"}.`;
  area.replaceChildren(heading("Answer"), count);
  const code = page.querySelector("pre.sparql code");
  if (code) code.textContent = text;
  if (!rows.length) {
    const none = document.createElement("p");
    none.textContent = "No row fits. That is an answer too: nothing in this release is as the question asks.";
    return area.append(none);
  }
  const table = document.createElement("table");
  table.className = "answer";
  table.createCaption().textContent = page.dataset.title;
  const head = table.createTHead().insertRow();
  for (const column of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = data.heads[column];
    head.append(cell);
  }
  const titled = columns.map((_, n) => rows.some((row) => Object.hasOwn(data.titles, row[n]) && !row.includes(data.titles[row[n]])));
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((value, n) => {
      const cell = document.createElement(n ? "td" : "th");
      if (!n) cell.scope = "row";
      const address = addressOf(value);
      const holder = address ? document.createElement("a") : document.createElement("span");
      if (address) holder.href = address;
      if (typeof value === "string" && value.startsWith("strength:")) holder.className = `strength ${written(value)}`;
      if (titled[n] && Object.hasOwn(data.titles, value)) {
        const code = document.createElement("code");
        code.className = "id";
        code.textContent = value;
        holder.append(code, ` ${data.titles[value]}`);
      } else holder.textContent = written(value);
      cell.append(holder);
      line.append(cell);
    });
  }
  const scroll = document.createElement("div");
  scroll.className = "scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "Rows of the answer");
  scroll.append(table);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Save as CSV";
  button.addEventListener("click", () => save(name, columns, rows));
  area.append(scroll, ...meaningsOf(rows), button);
}

// What the terms of controlled lists in an answer mean, in the order in which they come.
function meaningsOf(rows) {
  const spelled = new Set(rows.flat());
  const terms = [...spelled].filter((value) => Object.hasOwn(data.meanings, value) && !spelled.has(data.meanings[value]));
  if (!terms.length) return [];
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "What the words in this answer mean";
  const list = document.createElement("dl");
  list.className = "facts";
  for (const value of terms) {
    const term = document.createElement("dt");
    const meaning = document.createElement("dd");
    term.textContent = written(value);
    meaning.textContent = data.meanings[value];
    list.append(term, meaning);
  }
  details.append(summary, list);
  return [details];
}

function save(name, columns, rows) {
  // Spreadsheets take cells that begin like a formula for one.
  const cell = (value) => {
    const text = value === null ? "" : String(value);
    const guarded = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
  };
  const text = [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${text}\r\n`], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

show(location.hash.length > 1);
