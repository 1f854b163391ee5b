// The matrix as a grid: one stop for Tab, arrow keys inside, the chosen pair beside it.
// Without this file every cell is a link to the same page with the pair beside it.

const panel = document.getElementById("panel");

for (const table of document.querySelectorAll("table[data-grid]")) grid(table);
for (const form of document.querySelectorAll("form[data-live]")) {
  // Arrow keys change a list at every step: who uses them says with the button when it is the end.
  let keys = false;
  form.addEventListener("keydown", () => { keys = true; });
  form.addEventListener("pointerdown", () => { keys = false; });
  form.addEventListener("change", () => { if (!keys) form.requestSubmit(); });
  form.addEventListener("submit", () => {
    const used = document.activeElement;
    // What is left open need not stand in the address.
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    if (form.contains(used) && used.id) leave(form, used.id);
  });
  // Whoever comes back to the page as it was kept finds every field usable again.
  addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });
}

returnTo();

// Whoever filters goes on from the field that was used: its id waits for the page that the form asks
// for, and for no other.
function leave(form, id) {
  const address = `${new URL(form.action).pathname}?${new URLSearchParams(new FormData(form))}`;
  try {
    sessionStorage.setItem("filtered", JSON.stringify({ address, id }));
  } catch {
    // Storage is off; the page begins at its top.
  }
}

function returnTo() {
  let left;
  try {
    left = JSON.parse(sessionStorage.getItem("filtered"));
    sessionStorage.removeItem("filtered");
  } catch {
    return;
  }
  const [came] = performance.getEntriesByType("navigation");
  if (left?.address !== location.pathname + location.search || came?.type !== "navigate") return;
  document.getElementById(left.id)?.focus({ preventScroll: true });
}

export function grid(table) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td > a, td > span")]);
  const cells = rows.flat();
  const links = cells.filter((cell) => cell.href);
  if (!links.length) return;
  const first = links.find((link) => link.href === location.href) ?? links[0];
  for (const cell of cells) cell.tabIndex = cell === first ? 0 : -1;

  const move = (from, down, across) => {
    const at = rows.findIndex((row) => row.includes(from));
    const place = rows[at].indexOf(from);
    const row = rows[Math.min(Math.max(at + down, 0), rows.length - 1)];
    const next = row[Math.min(Math.max(place + across, 0), row.length - 1)];
    from.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  table.addEventListener("keydown", (event) => {
    const from = event.target;
    if (!cells.includes(from) || event.ctrlKey || event.altKey || event.metaKey) return;
    const far = rows[0].length + rows.length;
    const steps = {
      ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0],
      Home: [0, -far], End: [0, far], PageUp: [-far, 0], PageDown: [far, 0],
    };
    if (!(event.key in steps)) return;
    event.preventDefault();
    move(from, ...steps[event.key]);
  });

  table.addEventListener("click", (event) => {
    const link = event.target.closest("td > a");
    if (!link || !panel || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    for (const cell of cells) cell.tabIndex = cell === link ? 0 : -1;
    choose(link);
  });

  const choose = async (link) => {
    for (const cell of links) cell.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    const response = await fetch(link.href, { headers: { accept: "text/html" } });
    if (!response.ok) return location.assign(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    panel.replaceChildren(...page.getElementById("panel").childNodes);
    history.replaceState(null, "", link.href.replace(/#.*/, ""));
  };
}
