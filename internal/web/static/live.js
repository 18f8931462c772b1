// Brings the page up to date while it is looked at. The server says over one stream
// what has changed; when that concerns this page, the page is asked for again and
// what differs in it is put in its place. Without this script pages stay as they are.
"use strict";
(() => {
  const main = document.querySelector("main[data-live]");
  const note = document.getElementById("live");
  if (!main || !note || !window.EventSource) return;

  const about = main.dataset.live.split(" ");
  const atLeast = 4000; // milliseconds between two looks
  let source = null;
  let due = 0;
  let last = 0;

  // What the page is about: articles, feeds, incidents, steps, or one topic or feed.
  const concerns = (c) => c.more || about.some((what) => {
    const [kind, name] = what.split(/:(.*)/);
    const changed = c[kind] || [];
    return name ? changed.includes(decodeURIComponent(name)) : changed.length > 0;
  });

  const look = () => {
    if (due) return;
    due = setTimeout(() => { due = 0; last = Date.now(); update(); }, Math.max(0, last + atLeast - Date.now()));
  };

  // A reader who writes, or has marked something, is not to lose it.
  const isBusy = () => {
    const at = document.activeElement;
    const selected = document.getSelection();
    return main.contains(at) && at.matches("input, select, textarea") ||
      selected && !selected.isCollapsed && main.contains(selected.anchorNode) ||
      main.querySelector("details[open] form") !== null;
  };

  const offer = () => {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = note.dataset.offer;
    note.replaceChildren(link);
    note.hidden = false;
  };

  const update = async () => {
    if (main.dataset.mode === "offer" || isBusy()) {
      offer();
      return;
    }
    try {
      const answer = await fetch(location.href, { cache: "no-cache", credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (fresh) replace(fresh);
    } catch {
      // The next change asks again.
    }
  };

  // replace puts in what differs, and leaves open what is open and the focus where it is.
  const replace = (fresh) => {
    const open = new Set(Array.from(main.querySelectorAll("details[open] > summary"), (s) => s.textContent));
    const focused = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    for (const summary of fresh.querySelectorAll("details > summary")) {
      if (open.has(summary.textContent)) summary.parentElement.open = true;
    }
    const before = Array.from(main.children);
    const after = Array.from(fresh.children);
    if (before.length === after.length) {
      before.forEach((old, i) => { if (old.outerHTML !== after[i].outerHTML) old.replaceWith(after[i]); });
    } else {
      main.replaceChildren(...after);
    }
    if (focused && !main.contains(document.activeElement)) {
      main.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  };

  // A hidden page listens to nothing: browsers open few connections to one server.
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      const again = last > 0;
      source = new EventSource("/api/v1/stream");
      source.addEventListener("change", (e) => { if (concerns(JSON.parse(e.data))) look(); });
      source.addEventListener("error", () => {
        // An answer that is no stream, as of a server that is full or starts anew, is
        // final for the browser.
        if (source?.readyState !== EventSource.CLOSED) return;
        source = null;
        setTimeout(listen, 15000);
      });
      if (again) look();
      last = last || 1;
    }
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => source?.close());
  listen();
})();
