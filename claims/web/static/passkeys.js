// Asks the browser for a passkey when a form with data-passkey is sent, and sends what it answers along with the form.
const SAID = {
  NotAllowedError: "Your browser gave no passkey: it was cancelled, took too long, or none is here. Try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at the address under which this page is open. Use the service’s usual address.",
};
const OTHER = "Your browser could not use a passkey. Try again.";
const NO_ANSWER = "The service did not answer. Check your connection and try again.";

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const toText = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (each) => String.fromCharCode(each)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const named = (keys = []) => keys.map((key) => ({ ...key, id: toBytes(key.id) }));

const ask = {
  create: (asked) =>
    navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: toBytes(asked.challenge),
        user: { ...asked.user, id: toBytes(asked.user.id) },
        excludeCredentials: named(asked.excludeCredentials),
      },
    }),
  get: (asked) =>
    navigator.credentials.get({
      publicKey: { ...asked, challenge: toBytes(asked.challenge), allowCredentials: named(asked.allowCredentials) },
    }),
};

const written = (key) => {
  const { response } = key;
  const told = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    told.attestationObject = toText(response.attestationObject);
    told.transports = response.getTransports?.() ?? [];
  } else {
    told.authenticatorData = toText(response.authenticatorData);
    told.signature = toText(response.signature);
  }
  return JSON.stringify({ id: key.id, rawId: toText(key.rawId), type: key.type, response: told });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    form.parentElement.querySelector("[data-passkey-none]").hidden = false;
    continue;
  }
  form.hidden = false;
  const said = form.querySelector("[data-passkey-said]");
  let waits = false;
  // Also when somebody comes back to the page by the browser's button.
  window.addEventListener("pageshow", () => {
    waits = false;
    form.elements.passkey.value = "";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (waits) return;
    waits = true;
    said.textContent = "";
    const sent = { method: "POST", credentials: "same-origin", body: new FormData(form) };
    const answer = await fetch(form.dataset.challenge, sent).catch(() => null);
    const asked = answer?.ok ? await answer.json().catch(() => null) : null;
    try {
      if (asked) form.elements.passkey.value = written(await ask[form.dataset.passkey](asked));
      // With nothing to ask, the page that comes says what is in the way.
      if (answer) return form.submit();
      said.textContent = NO_ANSWER;
    } catch (error) {
      said.textContent = SAID[error.name] ?? OTHER;
    }
    waits = false;
  });
}
