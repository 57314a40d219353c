// Asking the server by htmx, and hearing what came of it. htmx drops what is asked from one element while something asked from it before is on
// its way, or keeps the last of it, and does not say which: so from one element one thing is asked after the other.

// Long enough for a slow line; what hangs would keep everything after it from being asked.
export const TIMEOUT = 20_000;
const turns = new WeakMap();

// Answers with the HTTP status, or 0 where no answer came. `verb` and `address`, and as in htmx `source`, `target`, `swap` and `values`.
export function ask(verb, address, { source, ...how }) {
  const turn = (turns.get(source) ?? Promise.resolve()).then(() => askNow(verb, address, { source, ...how }));
  turns.set(source, turn);
  return turn;
}

async function askNow(verb, address, how) {
  let status = 0;
  const begun = ({ detail }) => {
    if (detail.elt === how.source) detail.timeout = TIMEOUT;
  };
  const heard = ({ detail }) => {
    if (detail.elt === how.source) status = detail.xhr.status;
  };
  document.addEventListener("htmx:configRequest", begun);
  document.addEventListener("htmx:afterRequest", heard);
  await htmx.ajax(verb, address, how).catch(() => {});
  document.removeEventListener("htmx:configRequest", begun);
  document.removeEventListener("htmx:afterRequest", heard);
  return status;
}
