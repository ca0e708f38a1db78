// Swaps the message panes when something changed; Enter sends, Shift+Enter makes a new line.
const body = document.body;
let version = body.dataset.version;

async function look() {
  const now = await (await fetch("/page/version")).text();
  if (now === version || body.dataset.editing) return;
  const drawn = await (await fetch("/panes?as=" + encodeURIComponent(body.dataset.as))).text();
  const fresh = new DOMParser().parseFromString(drawn, "text/html");
  for (const pane of document.querySelectorAll("[data-pane]")) {
    const other = fresh.querySelector(`[data-pane="${pane.dataset.pane}"]`);
    if (other) pane.replaceChildren(...other.childNodes);
  }
  version = now;
  for (const pane of document.querySelectorAll("[data-pane]")) pane.scrollTop = pane.scrollHeight;
}

for (const pane of document.querySelectorAll("[data-pane]")) pane.scrollTop = pane.scrollHeight;
document.querySelector(".say textarea")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
setInterval(() => look().catch(() => {}), 700);
