// Signing in again over the sheet, so that nothing on it has to be left. The form is the site's own, asked for afresh; what it needs beyond a
// password, or a sign-in elsewhere, goes on in a window of its own.

import { editor } from "./editor.js";
import { activate, activeCell } from "./moving.js";
import { announce } from "./sheet.js";

const dialog = document.getElementById("sign-in-again");
const form = dialog?.querySelector("form");
let whenSignedIn = () => {};

function say(text) {
  const said = dialog.querySelector(".errorlist");
  said.textContent = text;
  said.hidden = !text;
  if (text) announce(text);
}

export function askToSignIn() {
  if (!dialog || dialog.open) return;
  say("");
  // What is being typed goes on afterwards: the dialog takes the focus, and a box that loses it counts as done.
  const typed = editor.takeAway();
  dialog.addEventListener(
    "close",
    () => {
      const cell = activeCell();
      if (!cell) return;
      activate(cell);
      if (typed) editor.open(cell, typed);
    },
    { once: true },
  );
  dialog.showModal();
}

// Somebody has signed in elsewhere, and it went on.
export function noNeedToSignIn() {
  if (dialog?.open) dialog.close();
}

async function pageAt(address, options) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

async function signIn() {
  const address = form.getAttribute("action");
  const { answer, page } = await pageAt(address);
  const at = new URL(answer.url).pathname;
  // Signed in already, in another window; or there the second step is waited for.
  if (!at.startsWith("/account/")) return "done";
  if (!at.startsWith(address.split("?")[0])) return "more";
  const token = page.querySelector("main input[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams(new FormData(form));
  body.set("csrfmiddlewaretoken", token);
  const sent = await pageAt(address, { method: "POST", body });
  const there = new URL(sent.answer.url).pathname;
  if (sent.answer.ok && !there.startsWith("/account/")) return "done";
  if (there.startsWith("/account/") && !there.startsWith(address.split("?")[0])) return "more";
  const error = sent.page.querySelector("main .errorlist, main [role=alert], main .message.is-error");
  error?.querySelector(".visually-hidden")?.remove();
  return error?.textContent.replace(/\s+/g, " ").trim() || "That did not work. Check the address and the password, and try again.";
}

export function startSigning(signedIn) {
  if (!form) return;
  whenSignedIn = signedIn;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    const result = await signIn().catch(() => "No connection. What you typed is still here. Try again in a moment.");
    button.disabled = false;
    if (result === "more") {
      say("One more step is needed: sign in in the window that opens, then come back to this one.");
      window.open(form.getAttribute("action"), "_blank", "noopener");
      return;
    }
    if (result !== "done") {
      say(result);
      return;
    }
    form.reset();
    dialog.close();
    document.getElementById("notice").replaceChildren();
    whenSignedIn();
  });
  dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close());
}
