// Shows what is new without a new page; deeds go out at once; Enter sends, Shift+Enter makes a new line.
const { as, editing } = document.body.dataset;
let version = document.body.dataset.version;

async function look() {
  const now = await (await fetch("/page/version?as=" + encodeURIComponent(as))).text();
  if (now === version || editing) return;
  const drawn = await (await fetch("/panes?as=" + encodeURIComponent(as))).text();
  const fresh = new DOMParser().parseFromString(drawn, "text/html");
  for (const pane of document.querySelectorAll("[data-pane]")) {
    const other = fresh.querySelector(`[data-pane="${pane.dataset.pane}"]`);
    if (other?.querySelector("[id]")) renew(pane, other);
    else if (other && html(pane) !== html(other)) replace(pane, other);
  }
  version = now;
}

// Messages that are as they were stay: focus and screen readers are not disturbed.
function renew(pane, fresh) {
  const ids = new Set([...fresh.children].map((each) => each.id));
  for (const each of [...pane.children]) if (!ids.has(each.id)) each.remove();
  let here = pane.firstElementChild;
  for (const each of [...fresh.children]) {
    if (here?.id !== each.id) {
      pane.insertBefore(each, here);
    } else {
      const next = here.nextElementSibling;
      if (here.className !== each.className || html(here) !== html(each)) here.replaceWith(each);
      here = next;
    }
  }
}

// A button that was pressed keeps the focus.
function replace(pane, fresh) {
  const pressed = [...pane.querySelectorAll("button")].indexOf(document.activeElement);
  pane.replaceChildren(...fresh.childNodes);
  pane.querySelectorAll("button")[pressed]?.focus();
}

// A menu that is open stays open while its message stays as it is.
const html = (element) => element.innerHTML.replaceAll(' open=""', "");

// One deed after another, so that what was typed first stands first.
let sent = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".edit")) return; // comes back to the page as it was
  event.preventDefault();
  const filled = new FormData(form, event.submitter); // of a menu: which line
  const files = form.querySelector("[type=file]");
  const body = files ? filled : new URLSearchParams(filled);
  const field = form.querySelector("textarea");
  if (field) field.value = "";
  if (files) files.value = "";
  form.closest("details")?.removeAttribute("open");
  sent = sent
    .then(() => fetch(form.getAttribute("action") + "?now", { method: "POST", body }))
    .catch(() => {
      // the local Slack is away: nothing typed is lost
      if (field) field.value = [body.get("text"), field.value].filter(Boolean).join("\n");
    })
    .then(look)
    .catch(() => {});
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

const edited = document.querySelector(".edit textarea");
edited?.setSelectionRange(edited.value.length, edited.value.length);
setInterval(() => look().catch(() => {}), 700);
