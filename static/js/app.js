// The little that plain HTML and htmx leave to do: notices, menus, and a word when what is shown is out of date.

const notice = document.getElementById("notice");

function show(templateId) {
  notice?.replaceChildren(document.getElementById(templateId).content.cloneNode(true));
}

// Notices

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) notice.replaceChildren();
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => show("notice-no-connection"));
}
window.addEventListener("online", () => notice?.querySelector("[data-until-online]")?.remove());

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A whole page in answer to a fragment (a proxy's own error page, say) says nothing useful inside a notice.
  if (detail.isError && detail.target === notice && !detail.serverResponse.trimStart().startsWith('<div class="notice"')) {
    detail.serverResponse = document.getElementById("notice-no-answer").innerHTML;
  }
});

document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  // After a refusal the address stays that of what is still on the page.
  if (detail.xhr.status >= 400) Object.assign(detail.history, { type: "replace", path: location.pathname + location.search });
});

function announce(news) {
  if (news) document.getElementById("announcement").textContent = news.textContent.replace(/\s+/g, " ").trim();
}

document.addEventListener("htmx:afterSettle", ({ detail }) => announce(detail.elt.querySelector?.("[data-announce]")));

// Filters live in the address. A name that is searched for goes beside them in the body, never in the address.

function addressOf(filters) {
  const chosen = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value !== ""));
  return filters.getAttribute("action") + (chosen.size ? `?${chosen}` : "");
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  // A search goes by what the filters say now: what they said last may not have got through. Pages bring their own address.
  const filters = document.querySelector(`form.filters[data-search="${detail.elt.id}"]`);
  if (filters && !detail.triggeringEvent?.submitter?.hasAttribute("formaction")) detail.path = addressOf(filters);
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const filters = detail.elt.closest("form.filters");
  if (!filters) return;
  for (const [name, value] of [...detail.formData]) {
    if (value === "") detail.formData.delete(name);
  }
  const search = document.getElementById(filters.dataset.search);
  if (!search || ![...search.elements].some((control) => control.type !== "hidden" && control.value.trim())) return;
  const chosen = new URLSearchParams(detail.formData).toString();
  detail.path = chosen ? `${detail.path}?${chosen}` : detail.path;
  detail.verb = "post";
  detail.useUrlParams = false;
  // htmx chose the headers while this was still a GET.
  detail.headers["Content-Type"] = "application/x-www-form-urlencoded";
  for (const name of [...detail.formData.keys()]) detail.formData.delete(name);
  for (const [name, value] of new FormData(search)) detail.formData.append(name, value);
});

// A link to one of the filters' choices chooses it there, so that a name that is searched for stays.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-filter]");
  const control = link && document.querySelector("form.filters")?.elements[link.dataset.filter];
  if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  control.value = link.dataset.value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
});

// What the filters or a search could not replace says that it is from before, until it is replaced.

let unanswered = null;

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, ({ detail: { requestConfig } }) => {
    const { elt: form, target } = requestConfig;
    if (!form.matches("form.filters, form.search")) return;
    unanswered = form;
    if (!target.classList.contains("is-stale")) {
      target.classList.add("is-stale");
      target.prepend(document.getElementById("stale").content.cloneNode(true));
    }
    announce(target.querySelector(".stale span"));
  });
}
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful } }) => {
  const form = requestConfig.elt;
  if (!successful || !form.matches("form.filters, form.search")) return;
  unanswered = null;
  notice.replaceChildren();
  // A search may have brought filters along that had not got through before.
  const filters = document.querySelector(`form.filters[data-search="${form.id}"]`);
  if (filters) history.replaceState(history.state, "", addressOf(filters));
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-again]")) unanswered?.requestSubmit();
});
window.addEventListener("online", () => unanswered?.requestSubmit());

// Menus close on Escape and on a click elsewhere.

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}
