// Starts the page furniture and keeps a second click from sending a form again. Pages work without any of this.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();

// A page that waits for work shows how far it is; when the work is done, the page itself is opened again.
const watched = document.querySelector("[data-watch]");
const look = async () => {
  const answer = await fetch(watched.dataset.watch, { credentials: "same-origin" }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const now = page?.querySelector("[data-watch]");
  if (page && !now) return window.location.reload();
  if (now) watched.replaceChildren(...now.childNodes);
  return setTimeout(look, 1500);
};
if (watched) setTimeout(look, 1500);
