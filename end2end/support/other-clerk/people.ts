// The data of the second emulator: one organization with three people, and the browsers that sign
// in.
export type Session = {
  id: string;
  user: string;
  client: string;
  status: "active" | "ended" | "revoked";
  organization: string | null;
  createdAt: number;
  updatedAt: number;
  verifiedAt: number;
};

/** A browser: its id at Clerk, and its identifier at a development instance. */
export type Client = {
  id: string;
  devBrowser: string;
  sessions: Session[];
  signIn: { id: string; identifier: string; session: string | null } | null;
};

export type Person = {
  id: string;
  first: string;
  last: string;
  email: string;
  password: string;
  role: string;
  banned: boolean;
  locked: boolean;
  createdAt: number;
  memberSince: { created: number; updated: number };
};

export const ORGANIZATION = "org_2emuNuclearPhysics00000001";
export const LISE = { email: "lise@example.org", password: "fission-no-1" };
export const OTTO = { email: "otto@example.org", password: "radium-no-2" };

export const ROLES: Record<string, [string, string][]> = {
  "org:admin": [["billing", "manage"], ["admin", "access"]],
  "org:member": [["billing", "manage"]],
};

export function people(): Person[] {
  const at = Date.now() - 30 * 86_400_000;
  const one = (name: string, email: string, password: string, role: string): Person => {
    const [first, last] = name.split(" ") as [string, string];
    const memberSince = { created: at, updated: at };
    return {
      id: `user_2emu${last}0000000001`,
      first,
      last,
      email,
      password,
      role,
      banned: false,
      locked: false,
      createdAt: at,
      memberSince,
    };
  };
  return [
    one("Lise Meitner", LISE.email, LISE.password, "org:admin"),
    one("Otto Hahn", OTTO.email, OTTO.password, "org:member"),
    one("Ida Noddack", "ida@example.org", "rhenium-no-3", "org:member"),
  ];
}
