// The plan of this browser: kept in its local storage, changed by whole values, with one step back.
// A plan has the shape of its JSON file; docs/course-plans.md says what stands in it.

const KEY = "crosswalk.plan";

export const emptyPlan = (edition) => ({ programme: "", level: "generalist", edition, courses: [] });

const isCourse = ({ code, serves = [] }) =>
  typeof code === "string" && serves.every(({ competency }) => typeof competency === "string");

export function createStore(edition) {
  const listeners = [];
  let before = null;
  let durable = true;
  let plan = read() ?? emptyPlan(edition);

  function read() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY));
      return found?.courses.every(isCourse) ? found : null;
    } catch {
      return null; // storage is refused, or holds something else
    }
  }

  function keep() {
    try {
      if (plan.courses.length || plan.programme) localStorage.setItem(KEY, JSON.stringify(plan));
      else localStorage.removeItem(KEY);
      durable = true;
    } catch {
      durable = false; // refused or full: the plan lives as long as the page
    }
  }

  function set(next, { lost = "" } = {}) {
    before = lost ? { plan, lost } : null;
    plan = next;
    keep();
    tell();
  }

  const tell = () => listeners.forEach((listener) => listener(plan));

  window.addEventListener("storage", (event) => {
    if (event.key !== KEY && event.key !== null) return;
    plan = read() ?? emptyPlan(edition); // another tab changed it
    before = null;
    tell();
  });

  return {
    get plan() { return plan; },
    get durable() { return durable; },
    // What the last change took away, in words; empty if it took nothing.
    get lost() { return before?.lost ?? ""; },
    set,
    undo() { if (before) set(before.plan); },
    forget() { set(emptyPlan(edition), { lost: "The plan is no longer kept." }); },
    subscribe(listener) { listeners.push(listener); },
  };
}

export const courseOf = (plan, code) => plan.courses.find((course) => course.code === code);

// A course added, or put in the place of the one that had `code`; its entries stay.
export function withCourse(plan, course, code = null) {
  const old = courseOf(plan, code);
  const next = filled({ ...course, serves: old?.serves });
  const courses = old ? plan.courses.map((one) => (one === old ? next : one)) : [...plan.courses, next];
  return { ...plan, courses };
}

export const withoutCourse = (plan, code) =>
  ({ ...plan, courses: plan.courses.filter((course) => course.code !== code) });

// An entry added to a course; `old` says course and place of the one that it replaces.
export function withEntry(plan, code, entry, old = null) {
  const same = old?.course === code;
  const base = old && !same ? withoutEntry(plan, old.course, old.place) : plan;
  return changed(base, code, (serves) =>
    same ? serves.map((one, place) => (place === old.place ? filled(entry) : one)) : [...serves, filled(entry)]);
}

export const withoutEntry = (plan, code, place) =>
  changed(plan, code, (serves) => serves.filter((_, at) => at !== place));

function changed(plan, code, change) {
  const courses = plan.courses.map((course) =>
    course.code === code ? filled({ ...course, serves: change(course.serves ?? []) }) : course);
  return { ...plan, courses };
}

// Without what is left open: a file has no place for it.
function filled(record) {
  const said = (value) => value !== "" && value != null && !(Array.isArray(value) && !value.length);
  return Object.fromEntries(Object.entries(record).filter(([, value]) => said(value)));
}
