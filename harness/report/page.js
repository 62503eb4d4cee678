"use strict";
// Filters: a button shows the elements whose data attribute has its value, and their groups.
for (const filter of document.querySelectorAll("[data-filter]")) {
  const attribute = filter.dataset.filter;
  filter.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    for (const button of filter.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
    const wanted = chosen.dataset.value;
    for (const element of document.querySelectorAll(`[data-${attribute}]`)) {
      element.hidden = wanted !== "" && element.dataset[attribute] !== wanted;
    }
    for (const group of document.querySelectorAll(".group")) {
      group.hidden = !group.querySelector(`[data-${attribute}]:not([hidden])`);
    }
  });
}
// Links to a check open it.
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();
// Bytes in full, at the foot of the window.
const bytes = document.getElementById("bytes");
function show(event) {
  const source = event.target.closest("[data-bytes]");
  bytes.hidden = !source;
  if (source) bytes.textContent = source.dataset.bytes;
}
for (const kind of ["mouseover", "focusin"]) addEventListener(kind, show);
addEventListener("focusout", () => { bytes.hidden = true; });
// Commands to copy.
addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "copied";
  } catch {
    getSelection().selectAllChildren(code); // Without the clipboard, at least it is marked.
    button.textContent = "selected";
  }
});
