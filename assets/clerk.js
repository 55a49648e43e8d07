// Loads Clerk's components and mounts those for which the page has an element. It also offers the
// page the two things that only Clerk can do: a fresh token, and the dialog for reverification.
// Without the components the page still works, with full pages instead of dialogs.
(() => {
  const tag = document.currentScript;
  const { nonce } = tag;
  const { publishableKey, proxyUrl, clerkJs, clerkUi, signIn: signInPath, dashboard } = tag.dataset;
  // The paths of the pages that need a session, as the server's table lists them.
  const PATIENCE_MS = 15_000;
  const edge = { "&&&": { outline: "1px solid var(--border-strong)", outlineOffset: "-1px" } };
  const place = (id) => document.getElementById(id);
  const say = (state) => document.documentElement.setAttribute("data-clerk", state);

  function script(src, attributes) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      Object.entries(attributes).forEach(([name, value]) => value && element.setAttribute(name, value));
      element.nonce = nonce;
      element.crossOrigin = "anonymous";
      element.onload = resolve;
      element.onerror = () => reject(new Error(`${src} did not load`));
      element.src = src;
      document.head.append(element);
    });
  }

  async function load() {
    await Promise.all([
      script(clerkUi, {}),
      script(clerkJs, { "data-clerk-publishable-key": publishableKey, "data-clerk-proxy-url": proxyUrl }),
    ]);
    await window.Clerk.load({
      ui: { ClerkUI: window.__internal_ClerkUICtor },
      nonce,
      // The stylesheet sets the colors. The borders of Clerk's fields are too faint in the dark
      // theme.
      appearance: { elements: { formFieldInput: edge, otpCodeFieldInput: edge } },
      signInUrl: signInPath,
      signInFallbackRedirectUrl: dashboard,
      signUpFallbackRedirectUrl: dashboard,
      afterSignOutUrl: "/",
      telemetry: false,
    });
    return window.Clerk;
  }

  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("Clerk took too long")), PATIENCE_MS));
  const ready = Promise.race([load(), late]);
  ready.then(
    (clerk) => {
      say("ready");
      mount(clerk);
      signIn(clerk);
      follow(clerk);
      nameOrigin(clerk);
    },
    (error) => {
      say("failed");
      console.warn("Clerk's components are not on this page:", error.message);
    },
  );

  // The server has checked the return path before it wrote it into the page.
  async function signIn(clerk) {
    const form = place("clerk-sign-in");
    if (!form) return;
    const { back, form: purpose } = form.dataset;
    // A lifetime rule of the server ended the session. Clerk may not know yet, and would redirect
    // back at once.
    if ("ended" in form.dataset) await clerk.session?.remove().catch(() => clerk.client.reload().catch(() => null));
    form.replaceChildren();
    if (purpose === "verification") {
      reverify(clerk, "second_factor").then((confirmed) => location.replace(confirmed ? back : dashboard));
    } else if (purpose === "sign-in" && clerk.isSignedIn && !clerk.session?.currentTask) {
      retryWithFreshToken(clerk, back);
    } else {
      const redirects = { forceRedirectUrl: back, signUpForceRedirectUrl: back };
      clerk.mountSignIn(form, { routing: "path", path: signInPath, ...redirects });
    }
  }

  // This browser is signed in, but the server did not accept its token: the token lacked its origin
  // or had expired. The script asks for a fresh one, once.
  async function retryWithFreshToken(clerk, back) {
    const tried = "token-retried";
    const again = Number(sessionStorage.getItem(tried)) > Date.now() - 10_000;
    sessionStorage.setItem(tried, String(Date.now()));
    const token = again ? null : await clerk.session.getToken({ skipCache: true }).catch(() => null);
    if (token) location.replace(back);
    else say("failed");
  }

  // Clerk creates the token of its first answer during a GET. Through a proxy on our own origin
  // that request names no origin, so the token has no `azp` and the server refuses it. The next
  // token comes from a POST, which names the origin.
  async function nameOrigin(clerk) {
    const token = await clerk.session?.getToken().catch(() => null);
    if (token && !origin(token)) await renew();
  }

  // An unreadable token has no origin.
  function origin(token) {
    try {
      return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).azp;
    } catch {
      return undefined;
    }
  }

  // A sign-out in another tab also signs this tab out. A pending call that learns of it redirects
  // to sign-in and back by itself, so the script waits for it, and it does not disturb another
  // navigation either. It forgets a cancelled navigation after ten seconds.
  let callsWaiting = 0;
  let signedOut = false;
  let leftAt = -Infinity;
  addEventListener("beforeunload", () => (leftAt = Date.now()));

  // Every page below the dashboard needs a permission, and no other page does.
  const isProtected = (path) => path === dashboard || path.startsWith(`${dashboard}/`);

  function leave() {
    const leaving = Date.now() - leftAt < 10_000;
    if (!signedOut || callsWaiting || leaving || !isProtected(location.pathname)) return;
    // A hydrated page handles the event itself and navigates, because it has to keep the typed
    // text.
    if (!dispatchEvent(new Event("application:signed-out", { cancelable: true }))) return;
    leftAt = Date.now();
    location.assign("/");
  }

  function follow(clerk) {
    let wasSignedIn = Boolean(clerk.session);
    clerk.addListener(({ session }) => {
      if (session) [wasSignedIn, signedOut] = [true, false];
      if (session === null && wasSignedIn) signedOut = true;
      leave();
    });
    // The server's own sign-out bypasses Clerk, but it clears this cookie, and some browsers report
    // cookie changes. Clerk also clears the cookie shortly before it sets it again, hence the
    // delay.
    window.cookieStore?.addEventListener("change", ({ changed, deleted }) => {
      const names = [...changed, ...deleted].map(({ name }) => name).filter((name) => name.startsWith("__client_uat"));
      if (names.length) setTimeout(() => check(names), 200);
      // A tab that had just renewed the token writes both cookies again after the server has
      // cleared them. Nothing else deletes this one, so the server is asked.
      if (deleted.some(({ name }) => name.startsWith("__session"))) setTimeout(ask, 500);
    });
    async function ask() {
      if (!wasSignedIn || signedOut) return;
      const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => undefined);
      signedOut ||= answer?.type === "opaqueredirect";
      leave();
    }
    async function check(names) {
      const found = await Promise.all(names.map((name) => cookieStore.get(name)));
      signedOut = wasSignedIn && found.some((cookie) => !cookie || cookie.value === "0");
      leave();
    }
  }

  async function renew() {
    const { session } = await ready;
    callsWaiting += 1;
    const token = await session?.getToken({ skipCache: true }).catch(() => null);
    // After a failed renewal the page redirects to sign-in, while Clerk still clears its cookies.
    setTimeout(called, token ? 0 : 3_000);
    return Boolean(token);
  }

  function called() {
    callsWaiting -= 1;
    leave();
  }

  // A modal dialog of the page makes everything else inert, Clerk's dialog as well, so it waits.
  function setAside() {
    const dialogs = [...document.querySelectorAll("dialog:modal")];
    for (const dialog of dialogs) {
      dialog.dataset.aside = "";
      dialog.close();
    }
    return () => {
      for (const dialog of dialogs) {
        if (!("aside" in dialog.dataset) || !dialog.isConnected) continue;
        dialog.showModal();
        delete dialog.dataset.aside;
      }
    };
  }

  function reverify(clerk, level) {
    const putBack = setAside();
    return new Promise((resolve) => {
      if (typeof clerk.__internal_openReverification !== "function") {
        resolve(false);
        clerk.redirectToSignIn({ redirectUrl: location.href });
        return;
      }
      clerk.__internal_openReverification({
        level,
        afterVerification: () => resolve(true),
        afterVerificationCancelled: () => resolve(false),
      });
    }).finally(putBack);
  }

  // The mount points are empty elements that hydration never looks into, so the order of the two
  // scripts does not matter.
  function mount(clerk) {
    const button = place("clerk-user-button");
    if (button) clerk.mountUserButton(button, { afterSignOutUrl: "/", signInUrl: `${signInPath}?add_account=true` });
    const switcher = place("clerk-organization-switcher");
    const organizations = clerk.__internal_environment?.organizationSettings?.enabled;
    if (switcher && organizations === true) {
      const here = {
        afterSelectOrganizationUrl: dashboard,
        afterCreateOrganizationUrl: dashboard,
        hidePersonal: false,
      };
      clerk.mountOrganizationSwitcher(switcher, here);
    }
  }

  // The interface for the page. Each function returns a promise, which rejects when Clerk did not
  // load.
  window.applicationClerk = { renew, reverify: async (level) => reverify(await ready, level) };
})();
