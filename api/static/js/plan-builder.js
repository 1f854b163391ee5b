// Courses and entries as forms and tables. Every change is a new plan, given to the store.

import { courseOf, withCourse, withEntry, withoutCourse, withoutEntry } from "./plan-store.js";

const LETTERS = { introduces: "I", practises: "P", demonstrates: "D" };

export function startBuilder(store, say) {
  const titles = new Map([...document.querySelectorAll("#statements option")].map((o) => [o.value, o.textContent]));
  const programme = document.getElementById("programme-form");
  const courses = editing(document.getElementById("course-form"), "course");
  const entries = editing(document.getElementById("entry-form"), "entry");
  const competency = entries.form.elements.competency;

  programme.addEventListener("submit", (event) => event.preventDefault());
  programme.addEventListener("change", () => store.set({ ...store.plan, ...values(programme) }));

  courses.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { code: field } = courses.form.elements;
    const course = { ...values(courses.form), required: courses.form.elements.required.checked };
    const taken = course.code !== courses.old && courseOf(store.plan, course.code);
    field.setCustomValidity(taken ? `There is a course ${course.code} already` : "");
    if (!courses.form.reportValidity()) return;
    store.set(withCourse(store.plan, course, courses.old));
    say(`Course ${course.code} ${courses.old ? "changed" : "added"}.`);
    const last = entries.form.elements.course;
    courses.clear();
    if (!entries.old) last.value = course.code;
    field.focus();
  });
  courses.form.elements.code.addEventListener("input", (event) => event.target.setCustomValidity(""));

  entries.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { course, ...entry } = values(entries.form);
    const known = titles.has(entry.competency);
    competency.setCustomValidity(known ? "" : "Choose a code from the list, for example epas-2022:7");
    if (!entries.form.reportValidity()) return;
    for (const name of ["dimensions", "systems"]) entry[name] = checked(entries.form, name);
    store.set(withEntry(store.plan, course, entry, entries.old));
    say(`${course} ${entry.depth} ${entry.competency}: ${entries.old ? "changed" : "added"}.`);
    entries.clear();
    entries.form.elements.course.value = course;
    describe();
    competency.focus();
  });

  const describe = () => {
    competency.setCustomValidity("");
    document.getElementById("e-title").textContent = titles.get(competency.value.trim()) ?? "";
  };
  competency.addEventListener("input", describe);
  describe();

  const actions = {
    "edit-course"(code) {
      const course = courseOf(store.plan, code);
      courses.edit(code, { ...course, required: course.required !== false });
    },
    "delete-course"(code) {
      const { serves = [] } = courseOf(store.plan, code);
      courses.clear();
      entries.clear();
      store.set(withoutCourse(store.plan, code), { lost: `${code} and its ${serves.length} entries are deleted.` });
      document.getElementById("courses-title").focus();
    },
    "edit-entry"(code, place) {
      entries.edit({ course: code, place }, { ...courseOf(store.plan, code).serves[place], course: code });
      describe();
    },
    "delete-entry"(code, place) {
      const entry = courseOf(store.plan, code).serves[place];
      entries.clear();
      store.set(withoutEntry(store.plan, code, place), { lost: `${code} ${entry.depth} ${entry.competency} is deleted.` });
      document.getElementById("entries-title").focus();
    },
  };
  for (const id of ["courses-table", "entries-table"]) {
    document.getElementById(id).addEventListener("click", (event) => {
      const { action, code, place } = event.target.closest("button")?.dataset ?? {};
      if (action) actions[action](code, Number(place));
    });
  }

  return function show(plan) {
    for (const name of ["programme", "level", "edition"]) programme.elements[name].value = plan[name] ?? "";
    const select = entries.form.elements.course;
    const chosen = select.value;
    select.replaceChildren(...plan.courses.map(({ code }) => new Option(code, code)));
    if (courseOf(plan, chosen)) select.value = chosen;
    rows("courses-table", plan.courses.map(courseRow), "course");
    const all = plan.courses.flatMap(({ code, serves = [] }) =>
      serves.map((entry, place) => entryRow(code, entry, place, titles)));
    rows("entries-table", all, "entry");
  };
}

// A form that adds, or changes what was chosen in its table.
function editing(form, noun) {
  const legend = form.querySelector("legend");
  const submit = form.querySelector("button:not([type])");
  const cancel = form.querySelector("[data-cancel]");
  const says = (changing) => {
    legend.textContent = changing ? `Change the ${noun}` : `Add ${noun === "entry" ? "an" : "a"} ${noun}`;
    submit.textContent = changing ? "Save" : `Add ${noun}`;
    cancel.hidden = !changing;
  };
  const self = {
    form,
    old: null,
    clear() {
      self.old = null;
      form.reset();
      if (form.elements.competency) form.elements.competency.value = "";
      says(false);
    },
    edit(old, record) {
      self.clear();
      self.old = old;
      for (const [name, value] of Object.entries(record)) put(form, name, value);
      says(true);
      form.querySelector("details")?.toggleAttribute("open", Boolean(record.dimensions || record.systems));
      form.querySelector("select, input").focus();
    },
  };
  cancel.addEventListener("click", () => { self.clear(); form.querySelector("select, input").focus(); });
  return self;
}

function put(form, name, value) {
  const field = form.elements[name];
  if (!field) return;
  if (field instanceof RadioNodeList) for (const box of field) box.checked = value.includes(box.value);
  else if (field.type === "checkbox") field.checked = value;
  else field.value = value;
}

// Texts and numbers of a form by name; boxes are read apart.
function values(form) {
  const fields = [...form.elements].filter((field) => field.name && field.type !== "checkbox");
  return Object.fromEntries(fields.map(({ name, type, value }) =>
    [name, type === "number" && value !== "" ? Number(value) : value.trim()]));
}

const checked = (form, name) =>
  [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);

function rows(id, found, noun) {
  const table = document.getElementById(id);
  table.tBodies[0].replaceChildren(...found);
  const many = noun === "entry" ? "entries" : `${noun}s`;
  table.caption.textContent = found.length ? `${found.length} ${found.length === 1 ? noun : many}` : `No ${many} yet`;
}

function courseRow({ code, title = "", required = true, setting, level, term, hours, serves = [] }) {
  const facts = [required ? "required" : "elective", setting, level, term, hours && `${hours} hours`];
  return row([code, title, facts.filter(Boolean).join(", "), String(serves.length)],
    ["course", code, 0, code]);
}

function entryRow(code, entry, place, titles) {
  const more = [entry.content, entry.page, entry.dimensions?.join(", "), entry.systems?.join(", "),
    entry.hours && `${entry.hours} hours`];
  const depth = `${LETTERS[entry.depth] ?? ""} ${entry.depth}`.trim();
  return row([code, `${entry.competency} ${titles.get(entry.competency) ?? ""}`, depth, more.filter(Boolean).join("; ")],
    ["entry", code, place, `${code} ${entry.depth} ${entry.competency}`]);
}

function row(cells, [noun, code, place, name]) {
  const element = document.createElement("tr");
  cells.forEach((text, at) => {
    const cell = document.createElement(at ? "td" : "th");
    if (!at) cell.scope = "row";
    cell.textContent = text;
    element.append(cell);
  });
  const last = document.createElement("td");
  last.append(button("Edit", `edit-${noun}`, code, place, name), " ", button("Delete", `delete-${noun}`, code, place, name));
  element.append(last);
  return element;
}

function button(text, action, code, place, name) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "quiet";
  element.textContent = text;
  element.setAttribute("aria-label", `${text} ${name}`);
  Object.assign(element.dataset, { action, code, place });
  return element;
}
