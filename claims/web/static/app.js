// Starts the page furniture and keeps a second click from sending a form again. Pages work without any of this.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();

// A page that waits for work shows how far it is; when the work is done, the page itself is opened again.
const watched = document.querySelector("[data-watch]");
let pause = 250; // longer and longer: most work is done at once
const lookSoon = () => {
  setTimeout(look, pause);
  pause = Math.min(1500, pause * 1.5);
};
const look = async () => {
  const answer = await fetch(watched.dataset.watch, { credentials: "same-origin" }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const now = page?.querySelector("[data-watch]");
  if (page && !now) return window.location.reload();
  if (now) watched.replaceChildren(...now.childNodes);
  return lookSoon();
};
if (watched) lookSoon();

// Five minutes before the session ends for want of anything done, say so; closing what says it, by any key, stays.
const idle = document.querySelector("dialog[data-stay]");
const WARNED_AFTER = 25 * 60 * 1000;
if (idle) {
  const wait = () => setTimeout(() => idle.showModal(), WARNED_AFTER);
  idle.querySelector("button").addEventListener("click", () => idle.close());
  idle.addEventListener("close", async () => {
    const asked = { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": idle.dataset.token } };
    await fetch(idle.dataset.stay, asked).catch(() => null);
    wait();
  });
  wait();
}
