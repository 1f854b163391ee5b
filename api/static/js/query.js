// A named question: one more field for a parameter that takes several, and nothing empty in the
// address. Without this file the form works, with one empty field to spare.

const form = document.querySelector("form[data-question]");
if (form) {
  form.addEventListener("input", spare);
  form.addEventListener("suggestion", spare);
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
}

// As soon as the last of several fields is filled, there is another.
function spare(event) {
  const holder = event.target.closest(".holder");
  const last = holder?.parentElement.querySelector(".holder:last-of-type");
  if (!holder || holder !== last || !event.target.value) return;
  const holders = holder.parentElement.querySelectorAll(".holder");
  if (holders.length < 2) return; // takes one value only
  const input = event.target.cloneNode();
  input.value = "";
  input.required = false;
  input.id = `${event.target.id}-more`;
  input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, holders.length + 1));
  const next = document.createElement("div");
  next.className = "holder";
  next.append(input);
  holder.after(next);
  input.dispatchEvent(new CustomEvent("suggest", { bubbles: true }));
}
