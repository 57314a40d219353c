// The little that plain HTML and htmx leave to do: notices, menus, and a word when there is no connection.

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

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const news = detail.elt.querySelector?.("[data-announce]");
  if (news) document.getElementById("announcement").textContent = news.textContent.replace(/\s+/g, " ").trim();
});

// Filters live in the address. A name that is searched for goes beside them in the body, never in the address.

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
