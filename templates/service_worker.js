// Keeps one page for when there is no connection, and what that page is made of. Never a page with a pupil on it.
{% load static %}
const OFFLINE = "{% url 'offline' %}";
const KEPT = [
  OFFLINE,
  "{% static 'css/lep.css' %}",
  "{% static 'fonts/inter-latin.woff2' %}",
  "{% static 'fonts/inter-latin-ext.woff2' %}",
  "{% static 'img/logo.svg' %}",
  "{% static 'img/favicon.svg' %}",
];
const CACHE = `lep ${KEPT.join(" ")}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(KEPT.map((address) => new Request(address, { credentials: "omit", cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (KEPT.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
