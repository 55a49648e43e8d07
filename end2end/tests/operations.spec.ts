// Every change of the application, by mouse, by keyboard alone, and without JavaScript.
import type { Locator, Page } from "@playwright/test";
import { ADA, MAX, expect, hydrated, reloadUntilVisible, signIn, tabTo, test } from "../support/test";

// Max has no permission for the page that he lands on.
test.use({ expectedErrors: [/status of 403/] });

const TURING = "user_local_turing";

interface Change {
  /** The operation as the page of policies names it. */
  name: string;
  path: string;
  /** Changes that leave the page as it was found are shown by what arrives with a webhook. */
  arrives?: (page: Page) => Locator;
  /** The menu that has the button. */
  menu?: string;
  /** Names of the rows to select; `ask` is a button then. */
  select?: string[];
  /** The link that asks for confirmation. */
  ask?: string | RegExp;
  /** Label and text of a field to fill in, or label and text of an option to choose. */
  fill?: [label: string, text: string];
  choose?: [label: string, option: string];
  button: string | RegExp;
  /** The message of the page, or the name of the file that is the answer. */
  done?: string | RegExp;
  file?: RegExp;
}

const sessionOfMax = (page: Page) => page.getByRole("main").getByRole("link", { name: /^Revoke the session in/ });

/** In the order in which they are made. */
const CHANGES: Change[] = [
  {
    name: "Rename organization",
    path: "/admin",
    fill: ["Organization name", "Difference Engines"],
    button: "Rename",
    done: "Organization renamed",
  },
  {
    name: "Change role",
    path: `/admin/members/${TURING}`,
    choose: ["Role in the organization", "viewer"],
    button: "Change role",
    done: "Role changed for Alan Turing.",
  },
  // example:begin invitations
  {
    name: "Invite member",
    path: "/admin/members",
    fill: ["Email address", "mary.jackson@example.com"],
    button: "Send invitation",
    done: /Invitation sent(\.| to mary\.jackson@example\.com\.)/,
  },
  {
    name: "Resend invitation",
    path: "/admin/members?tab=invitations",
    ask: /^Resend the invitation of mary/,
    button: "Resend invitation",
    done: "Invitation sent again.",
  },
  {
    name: "Revoke invitation",
    path: "/admin/members?tab=invitations",
    ask: /^Revoke the invitation of mary/,
    button: "Revoke invitation",
    done: "Invitation revoked.",
  },
  // example:end invitations
  {
    name: "Revoke session",
    path: "/admin/members/user_local_max",
    arrives: sessionOfMax,
    ask: /^Revoke the session in/,
    button: "Revoke session",
    done: "Session revoked for Max Mustermann.",
  },
  {
    name: "Revoke other sessions",
    path: "/admin/settings",
    ask: "Sign out my other sessions",
    button: "Sign out other sessions",
    done: "Your other sessions are signed out.",
  },
  {
    name: "Sign out everywhere",
    path: `/admin/members/${TURING}`,
    ask: "Sign out everywhere",
    button: "Sign out everywhere",
    done: "Alan Turing signed out everywhere.",
  },
  // example:begin bulk
  {
    name: "Change roles",
    path: "/admin/members",
    select: ["Alan Turing", "Donald Knuth"],
    ask: "Change role",
    choose: ["Role in the organization", "billing"],
    button: "Change role",
    done: /^Role changed for 2 members|^Roles changed/,
  },
  {
    name: "Sign out members",
    path: "/admin/members",
    select: ["Alan Turing", "Donald Knuth"],
    ask: "Sign out everywhere",
    button: "Sign out members",
    done: /embers signed out everywhere/,
  },
  {
    name: "Remove members",
    path: "/admin/members",
    select: ["Donald Knuth"],
    ask: "Remove",
    button: "Remove members",
    done: /embers? removed/,
  },
  // example:end bulk
  // example:begin users
  {
    name: "Ban user",
    path: `/admin/users/${TURING}`,
    ask: "Ban",
    button: "Ban user",
    done: "Alan Turing banned and signed out everywhere.",
  },
  { name: "Unban user", path: `/admin/users/${TURING}`, button: "Unban", done: "Alan Turing unbanned." },
  {
    name: "Lock user",
    path: `/admin/users/${TURING}`,
    ask: "Lock",
    button: "Lock user",
    done: "Alan Turing locked.",
  },
  { name: "Unlock user", path: `/admin/users/${TURING}`, button: "Unlock", done: "Alan Turing unlocked." },
  // example:end users
  // example:begin views
  {
    name: "Save audit view",
    path: "/admin/audit/views?operation=rename_*",
    fill: ["Name", "Renames"],
    button: "Save view",
    done: "View saved.",
  },
  { name: "Delete audit view", path: "/admin/audit/views", button: "Delete Renames", done: "View deleted." },
  // example:end views
  {
    name: "Export audit",
    path: "/admin/audit",
    menu: "Export",
    button: "Export CSV",
    file: /^audit-log-.*\.csv$/,
  },
  // example:begin webhooks
  {
    name: "Reveal webhook",
    path: "/admin/webhooks?kind=user.created",
    button: "Download whole payload",
    file: /\.json$/,
  },
  {
    name: "Reapply webhook",
    path: "/admin/webhooks?kind=user.created",
    ask: "Apply webhook again",
    button: "Apply again",
    done: "Webhook applied again.",
  },
  // example:end webhooks
  {
    name: "Remove member",
    path: `/admin/members/${TURING}`,
    ask: "Remove from the organization",
    button: "Remove member",
    done: "Alan Turing removed.",
  },
];

/** How a person uses what is on the page. */
interface Hand {
  press(page: Page, element: Locator): Promise<void>;
  select(page: Page, box: Locator): Promise<void>;
  type(page: Page, field: Locator, text: string): Promise<void>;
  choose(page: Page, field: Locator, option: string): Promise<void>;
}

const MOUSE: Hand = {
  press: (_, element) => element.click(),
  select: (_, box) => box.check(),
  type: (_, field, text) => field.fill(text),
  choose: async (_, field, option) => void (await field.selectOption(option)),
};

const WITHOUT_JAVASCRIPT: Hand = { ...MOUSE };

/** Pages without the wasm. */
const SERVER_DOCUMENTS: string[] = [
  "/admin/webhooks", // example:line webhooks
  "/admin/audit/views", // example:line views
];

const KEYBOARD: Hand = {
  async press(page, element) {
    await element.waitFor();
    await tabTo(page, element);
    await page.keyboard.press("Enter");
  },
  async select(page, box) {
    await tabTo(page, box);
    await page.keyboard.press("Space");
    await expect(box).toBeChecked();
  },
  async type(page, field, text) {
    await tabTo(page, field);
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(text);
  },
  async choose(page, field, option) {
    await tabTo(page, field);
    await page.keyboard.type(option);
    await expect(field).toHaveValue(option);
  },
};

async function make(page: Page, hand: Hand, change: Change) {
  const { path, arrives, menu, select, ask, fill, choose, button, done, file } = change;
  const main = page.getByRole("main");
  await page.goto(path);
  if (arrives) await reloadUntilVisible(page, arrives(page));
  // example:begin webhooks
  const firstRow = main.getByRole("rowheader").getByRole("link").first();
  if (path.startsWith("/admin/webhooks")) await hand.press(page, firstRow);
  // example:end webhooks
  const isDocument = SERVER_DOCUMENTS.some((document) => path.startsWith(document));
  if (hand !== WITHOUT_JAVASCRIPT && !isDocument) await hydrated(page);
  if (menu) await hand.press(page, main.locator("summary").filter({ hasText: menu }).first());
  for (const row of select ?? []) await hand.select(page, main.getByRole("checkbox", { name: `Select ${row}` }));
  if (ask) await hand.press(page, main.getByRole(select ? "button" : "link", { name: ask, exact: true }));
  if (fill) await hand.type(page, main.getByLabel(fill[0], { exact: true }), fill[1]);
  if (choose) await hand.choose(page, main.getByLabel(choose[0]), choose[1]);
  const form = ask ? page.getByRole("dialog") : main;
  const press = () => hand.press(page, form.getByRole("button", { name: button, exact: true }));
  if (file) {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    expect(download.suggestedFilename()).toMatch(file);
  } else {
    const isDone = page.getByRole("status").filter({ hasText: done! });
    const hasExpired = page.getByRole("alert").filter({ hasText: "nothing was changed" });
    await press();
    await expect(isDone.or(hasExpired).first()).toBeVisible();
    // Without scripts nothing renews the token, so it may expire between the page and the form.
    if (hand === WITHOUT_JAVASCRIPT && (await hasExpired.isVisible())) await press();
    await expect(isDone).toBeVisible();
  }
}

for (const [how, hand] of [
  ["by mouse", MOUSE],
  ["by keyboard alone", KEYBOARD],
  ["without JavaScript", WITHOUT_JAVASCRIPT],
] as const) {
  test.describe(how, () => {
    test.use({ javaScriptEnabled: hand !== WITHOUT_JAVASCRIPT });

    test("every change can be made", async ({ page, anotherBrowser }) => {
      test.setTimeout(180_000);
      const other = await (await anotherBrowser()).newPage();
      await signIn(other, MAX);
      await other.close();
      await signIn(page, ADA, "/admin/security");
      const changes = page.getByRole("row").filter({ has: page.getByRole("cell", { name: "Change", exact: true }) });
      const policies = await changes.getByRole("rowheader").allTextContents();
      expect(policies.toSorted()).toEqual(CHANGES.map(({ name }) => name).toSorted());
      for (const change of CHANGES) await test.step(change.name, () => make(page, hand, change));
    });
  });
}
