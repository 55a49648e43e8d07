// Starts the WebAssembly application on a page that the server has rendered. Hydration needs the
// document exactly as the server sent it, so this script undoes what translators and extensions
// have changed before. When the application does not start, or panics later, the script disables
// its event listeners: the page's own links and forms then do the same work. While the application
// runs, the script keeps the focus and the scroll position when content is replaced.
(() => {
  const { script, wasm } = document.currentScript.dataset;
  const root = document.documentElement;
  const isText = ({ nodeType }) => nodeType === Node.TEXT_NODE || nodeType === Node.COMMENT_NODE;
  const isTranslation = (node) => node?.localName === "font";

  // The document as the server sent it: each element with its children. Empty elements are left
  // out, because other scripts fill them.
  const elements = [document.body, ...document.body.querySelectorAll("*")];
  const sent = elements.map((element) => [element, [...element.childNodes]]).filter(([, nodes]) => nodes.length);

  // Removes foreign nodes and puts removed nodes back. Nodes that extensions append to the body
  // stay at its end.
  function restore() {
    for (const [parent, nodes] of sent) {
      const known = new Set(nodes);
      for (const node of [...parent.childNodes]) {
        if (!known.has(node) && parent === document.body) parent.append(node);
        else if (!known.has(node)) node.remove();
      }
      nodes.forEach((node, place) => {
        if (parent.childNodes[place] !== node) parent.insertBefore(node, parent.childNodes[place] ?? null);
      });
    }
  }

  // A translator replaces text nodes with elements. The application keeps references to its text
  // nodes, so they stay in the document, empty, beside their translation. When the application
  // changes or removes a text, its translation is removed. When the translator removes the
  // translation, the text is restored.
  const translations = new WeakMap();
  const originals = new WeakMap();
  const observer = new MutationObserver((changes) => {
    changes.forEach(follow);
    observer.takeRecords();
  });

  function follow({ type, target, removedNodes, addedNodes, previousSibling, nextSibling }) {
    if (type === "characterData") return forget(target);
    for (const node of removedNodes) if (originals.has(node) && !node.isConnected) takeBack(node);
    const near = [...addedNodes, previousSibling, nextSibling];
    const translation = near.find((node) => isTranslation(node) && node.isConnected);
    const taken = [...removedNodes].filter((node) => isText(node) && !node.isConnected);
    for (const node of taken) {
      if (translations.has(node) || !translation) forget(node);
      else keep(node, translation);
    }
  }

  function keep(node, translation) {
    translation.after(node);
    if (node.nodeType !== Node.TEXT_NODE) return;
    translations.set(node, translation);
    originals.set(translation, [node, node.data]);
    node.data = "";
  }

  function forget(text) {
    const translation = translations.get(text);
    translations.delete(text);
    originals.delete(translation);
    translation?.remove();
  }

  function takeBack(translation) {
    const [text, was] = originals.get(translation);
    translations.delete(text);
    originals.delete(translation);
    if (text.data === "") text.data = was;
  }

  // The listeners of a stopped application would keep the browser from following a link or sending
  // a form, so no event reaches them any more. Clerk's components still work: they receive their
  // events, and only the router's listener at the window does not.
  let over = false;
  const isOurs = ({ target }) => !target?.closest?.("#clerk-organization-switcher, #clerk-user-button, [class*='cl-']");
  for (const name of ["click", "submit", "close"]) {
    addEventListener(name, (event) => over && isOurs(event) && event.stopImmediatePropagation(), true);
    document.addEventListener(name, (event) => over && event.stopPropagation());
  }
  // Earlier history entries belong to this document, which cannot render another page any more.
  addEventListener("popstate", (event) => {
    if (!over) return;
    event.stopImmediatePropagation();
    location.reload();
  }, true);

  function end(state, reason) {
    if (over) return;
    over = true;
    root.dataset.page = state;
    delete document.body.dataset.hydrated;
    observer.disconnect();
    document.querySelectorAll("dialog:modal").forEach((dialog) => dialog.close());
    console.error("The WebAssembly application of this page does not run. Its links and forms still work.", reason);
  }

  // An answer may remove the focused element, and the keyboard would then begin at the top of the
  // page again. The script remembers the place: each ancestor, and its position. Dialogs give the
  // focus back by themselves, unless their opener is gone.
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  let place = [];
  addEventListener("focusin", ({ target }) => {
    if (target.closest("dialog")) return;
    place = [];
    for (let node = target; node !== document.body && node; node = node.parentElement) {
      place.push([node, node.parentElement, [...node.parentElement.children].indexOf(node)]);
    }
  });
  // A click beside everything takes the focus away on purpose.
  addEventListener("pointerdown", ({ target }) => target.closest(`${FOCUSABLE}, label`) || (place = []), true);
  const isThere = (node) => node?.isConnected && node.checkVisibility();

  function keepFocus() {
    if (document.activeElement !== document.body || !place.length || document.querySelector("dialog:modal")) return;
    const main = document.querySelector("main");
    const [, parent, index] = place.find(([, around]) => isThere(around)) ?? [];
    const near = parent?.children[Math.min(index, parent.children.length - 1)];
    const next = near?.matches(FOCUSABLE) ? near : near?.querySelector(FOCUSABLE);
    const isInPage = main?.contains(parent) && parent !== main;
    const heading = (isInPage && parent.closest("section")?.querySelector("h2")) || main?.querySelector("h1");
    const target = isThere(place[0][0]) ? place[0][0] : (isInPage && isThere(next) && next) || heading || main;
    if (target && !target.matches(FOCUSABLE)) target.tabIndex = -1;
    target?.focus({ preventScroll: true });
  }

  // "Back" shows the earlier page only once its content is there, after the browser has tried to
  // scroll. A person who scrolls meanwhile is left alone.
  const positions = new Map();
  let wanted;
  addEventListener("scroll", () => wanted ?? positions.set(location.href, scrollY), { passive: true });
  addEventListener("popstate", () => (wanted = positions.get(location.href)));
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(name, () => (wanted = undefined), { passive: true, capture: true });
  }
  function keepScroll() {
    if (document.documentElement.scrollHeight - innerHeight >= wanted) scrollTo(0, wanted);
  }
  const keepPlace = new MutationObserver(() => requestAnimationFrame(() => over || (keepFocus(), keepScroll())));

  // The panic hook calls this. Before hydration nothing is lost, so the page shows no message.
  const stopped = (reason) => end("hydrated" in document.body.dataset ? "stopped" : "plain", reason);
  window.applicationPage = { stopped };

  async function start() {
    const application = await import(script);
    await application.default({ module_or_path: wasm });
    if (document.readyState === "loading") {
      await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
    }
    restore();
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    application.hydrate();
    keepPlace.observe(document.body, { childList: true, subtree: true });
    // Tests and browser tools can see that the page is hydrated.
    if (!over) document.body.dataset.hydrated = "";
  }

  // A browser stops the downloads of a page that somebody leaves, which is no failure.
  let isLeft = false;
  addEventListener("beforeunload", () => (isLeft = true));
  start().catch((reason) => isLeft || stopped(reason));
})();
