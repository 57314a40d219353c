// What is typed and not saved outlives a reload of the tab: it rests in the tab's session storage, which ends with the tab, encrypted by a key
// that only pages of the same person at the same school bear. Pupils stand there by their ids; names do not.

import { form } from "./sheet.js";

const PREFIX = "lep-typed:";
// Ids, points and a few words: a year group in all areas many times over.
const LONGEST = 1_000_000;
const place = form?.action && new URL(form.action);
// By sheet and term; the filters in the address are only how it is looked at.
const sheet = place && `${place.pathname}?term=${place.searchParams.get("term")}`;
const mine = `${PREFIX}${sheet}`;
const FILTERS = ["group", "attainment", "progress", "entered"];

export const isNarrowed = () => FILTERS.some((name) => place.searchParams.get(name));
export const wholeSheet = () => sheet;

// Without a secure connection browsers have no encryption: then nothing is kept, and whoever leaves is asked.
const canKeep = Boolean(globalThis.crypto?.subtle && form?.dataset.keep);
let key = null;

const fromBase64 = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const toBase64 = (bytes) => btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(""));

function imported() {
  key ??= crypto.subtle.importKey("raw", fromBase64(form.dataset.keep), "AES-GCM", false, ["encrypt", "decrypt"]);
  return key;
}

async function sealed(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  const hidden = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await imported(), text);
  return `${toBase64(iv)}.${toBase64(new Uint8Array(hidden))}`;
}

async function opened(text) {
  const [iv, hidden] = text.split(".").map(fromBase64);
  const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await imported(), hidden);
  return JSON.parse(new TextDecoder().decode(bytes));
}

let latest = null;
let isWriting = false;

// The whole of it each time: there is little, and the last word counts.
export async function keep(jobs) {
  if (!canKeep) return;
  latest = jobs.map(({ key: pupil, of, text, saw }) => ({ key: pupil, of, text, saw }));
  if (isWriting) return;
  isWriting = true;
  try {
    while (latest) {
      const these = latest;
      latest = null;
      if (!these.length) sessionStorage.removeItem(mine);
      else {
        const text = await sealed(these);
        if (text.length <= LONGEST) sessionStorage.setItem(mine, text);
      }
    }
  } catch {
    // Full, or forbidden: the page still has it all, and asks whoever leaves.
  } finally {
    isWriting = false;
  }
}

async function read(name) {
  try {
    return await opened(sessionStorage.getItem(name));
  } catch {
    // Somebody else's in this tab, or not ours at all.
    sessionStorage.removeItem(name);
    return [];
  }
}

// What was typed on this sheet before the page was loaded, in the order in which it was typed.
export async function kept() {
  if (!canKeep || !sessionStorage.getItem(mine)) return [];
  return read(mine);
}

// The other sheets on which something was typed in this tab and not saved: their addresses, and how many cells.
export async function keptElsewhere() {
  if (!canKeep) return [];
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX) && name !== mine);
  const found = [];
  for (const name of names) {
    const jobs = await read(name);
    if (jobs.length) found.push({ address: name.slice(PREFIX.length), cells: jobs.length });
  }
  return found;
}
