// Starts the WebAssembly application on a page that the server has rendered. Hydration needs the
// document exactly as the server sent it, so this script undoes what translators and extensions
// have changed before. When the application does not start, or panics later, the script disables
// its event listeners: the page's own links and forms then do the same work.
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

  // The panic hook calls this. Before hydration nothing is lost, so the page shows no message.
  const stopped = (reason) => end("hydrated" in document.body.dataset ? "stopped" : "plain", reason);
  window.gatehousePage = { stopped };

  async function start() {
    const application = await import(script);
    await application.default({ module_or_path: wasm });
    if (document.readyState === "loading") {
      await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
    }
    restore();
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    application.hydrate();
    // Tests and browser tools can see that the page is hydrated.
    if (!over) document.body.dataset.hydrated = "";
  }

  start().catch(stopped);
})();
