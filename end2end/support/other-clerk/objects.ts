// Objects of Clerk's APIs and webhooks, in shapes that work with unmodified ClerkJS.
import type { OtherClerk } from "../other-clerk";
import { ORGANIZATION, ROLES, type Client, type Person, type Session } from "./people";

const DAY = 86_400_000;

export const organizationObject = (clerk: OtherClerk) => ({
  object: "organization", id: ORGANIZATION, name: clerk.organizationName, slug: "nuclear-physics", image_url: "",
  has_image: false,
  members_count: clerk.people.length, pending_invitations_count: 0, max_allowed_memberships: 5,
  admin_delete_enabled: true, public_metadata: {},
  created_by: clerk.people[0]!.id, created_at: clerk.people[0]!.createdAt, updated_at: clerk.people[0]!.createdAt,
});

const publicUser = (person: Person) => ({
  user_id: person.id, first_name: person.first, last_name: person.last, identifier: person.email, image_url: "",
  has_image: false,
});

export const permissionsOf = (role: string) => (ROLES[role] ?? []).map(([feature, name]) => `org:${feature}:${name}`);

const nameOf = (role: string) => role.slice(4, 5).toUpperCase() + role.slice(5);

export const membershipObject = (clerk: OtherClerk, person: Person) => ({
  object: "organization_membership", id: person.id.replace("user_", "orgmem_"), role: person.role,
  role_name: nameOf(person.role),
  permissions: permissionsOf(person.role), public_metadata: {}, private_metadata: {},
  organization: organizationObject(clerk),
  public_user_data: publicUser(person), created_at: person.memberSince.created, updated_at: person.memberSince.updated,
});

export const roleObjects = () =>
  Object.keys(ROLES).map((key) => ({
    object: "role", id: key.replace("org:", "role_2emu"), key, name: nameOf(key), description: "",
    is_creator_eligible: key === "org:admin",
    permissions: permissionsOf(key).map(permissionObject), created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000,
  }));

export const permissionObject = (key: string) => ({
  object: "permission", id: `perm_2emu${key.replaceAll(":", "")}`, key, name: key, description: "", type: "custom",
  created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000,
});

export function userObject(person: Person) {
  const address = person.id.replace("user_", "idn_");
  const verification = {
    object: "verification_otp",
    status: "verified",
    strategy: "email_code",
    attempts: 1,
    expire_at: null,
  };
  return {
    object: "user", id: person.id, username: null, first_name: person.first, last_name: person.last, image_url: "",
    has_image: false,
    primary_email_address_id: address, primary_phone_number_id: null, primary_web3_wallet_id: null,
    password_enabled: true,
    two_factor_enabled: false, totp_enabled: false, backup_code_enabled: false,
    email_addresses: [{
      object: "email_address", id: address, email_address: person.email, reserved: false, verification, linked_to: [],
      created_at: person.createdAt, updated_at: person.createdAt,
    }],
    phone_numbers: [], web3_wallets: [], passkeys: [], organization_memberships: [], external_accounts: [],
    enterprise_accounts: [],
    saml_accounts: [], public_metadata: {}, unsafe_metadata: {}, external_id: null, last_sign_in_at: null,
    last_active_at: null,
    banned: person.banned, locked: person.locked, lockout_expires_in_seconds: null,
    verification_attempts_remaining: 100,
    delete_self_enabled: true, create_organization_enabled: false, mfa_enabled_at: null, mfa_disabled_at: null,
    legal_accepted_at: null,
    created_at: person.createdAt, updated_at: person.createdAt,
  };
}

export const sessionObject = (session: Session) => ({
  object: "session", id: session.id, user_id: session.user, client_id: session.client, status: session.status,
  actor: null, tasks: null,
  last_active_organization_id: session.organization, last_active_at: session.updatedAt,
  expire_at: session.createdAt + 7 * DAY,
  abandon_at: session.createdAt + 30 * DAY,
  latest_activity: { id: "sess_activity_1", browser_name: "Chrome", device_type: "Linux" },
  created_at: session.createdAt, updated_at: session.updatedAt,
});

/** Minutes since each factor was verified. */
export const factorVerificationAge = (session: Session): [number, number] => [
  Math.floor((Date.now() - session.verifiedAt) / 60_000),
  -1,
];

/**
 * A session token. `azp` is the origin of the request that asks for the token; some requests have
 * none.
 */
export function sessionToken(clerk: OtherClerk, session: Session, azp: string | undefined): string {
  const [person, now] = [clerk.person(session.user)!, Math.floor(Date.now() / 1000)];
  const granted = ROLES[person.role] ?? [];
  const features = [...new Set(granted.map(([feature]) => feature))];
  const names = [...new Set(granted.map(([, name]) => name))];
  const mask = (feature: string) =>
    granted.filter(([of]) => of === feature).reduce((sum, [, name]) => sum + 2 ** names.indexOf(name), 0);
  const organization = session.organization && {
    o: {
      id: ORGANIZATION,
      slg: "nuclear-physics",
      rol: person.role.slice(4),
      per: names.join(","),
      fpm: features.map(mask).join(","),
    },
    fea: [...features.map((feature) => `o:${feature}`), "u:themes"].join(","),
  };
  return clerk.keys.sign({
    ...(azp ? { azp } : {}), exp: now + 60, fva: factorVerificationAge(session), iat: now,
    iss: "https://emu-lator-1.clerk.accounts.dev", jti: String(now),
    nbf: now - 10, sid: session.id, sts: "active", sub: session.user, v: 2, pla: "o:free", ...(organization || {}),
  });
}

export function ownSession(clerk: OtherClerk, session: Session, azp: string | undefined) {
  const person = clerk.person(session.user)!;
  return {
    ...sessionObject(session),
    user: { ...userObject(person), organization_memberships: [membershipObject(clerk, person)] },
    public_user_data: publicUser(person),
    factor_verification_age: factorVerificationAge(session),
    last_active_token: { object: "token", jwt: sessionToken(clerk, session, azp) },
  };
}

export function clientObject(clerk: OtherClerk, client: Client, azp: string | undefined) {
  const running = client.sessions.filter((session) => session.status === "active");
  return {
    object: "client", id: client.id, sessions: running.map((session) => ownSession(clerk, session, azp)),
    sign_in: signInObject(clerk, client),
    sign_up: null, last_active_session_id: running[0]?.id ?? null, cookie_expires_at: null, captcha_bypass: false,
    last_authentication_strategy: null, created_at: Date.now(), updated_at: running[0]?.createdAt ?? Date.now(),
  };
}

export function signInObject(clerk: OtherClerk, client: Client, done = false) {
  const { signIn } = client;
  if (!signIn || (signIn.session && !done)) return null;
  const person = clerk.people.find(({ email }) => email === signIn.identifier);
  return {
    object: "sign_in_attempt", id: signIn.id, status: signIn.session ? "complete" : "needs_first_factor",
    supported_identifiers: ["email_address"],
    supported_first_factors: [{ strategy: "password" }], supported_second_factors: null,
    first_factor_verification: null,
    second_factor_verification: null, identifier: signIn.identifier, created_session_id: signIn.session,
    abandon_at: Date.now() + DAY,
    user_data: person && { first_name: person.first, last_name: person.last, image_url: "", has_image: false },
  };
}

export const verificationObject = (clerk: OtherClerk, session: Session, status: string, azp: string | undefined) => ({
  object: "session_reverification", status, level: "first_factor", session: ownSession(clerk, session, azp),
  supported_first_factors: [{ strategy: "password" }], supported_second_factors: null,
  first_factor_verification: null, second_factor_verification: null,
});

/** The environment that a development instance sends to browsers. */
export function environmentObject() {
  const off = {
    enabled: false,
    required: false,
    used_for_first_factor: false,
    first_factors: [],
    used_for_second_factor: false,
    second_factors: [],
    verifications: [],
    verify_at_sign_up: false,
  };
  const email = {
    ...off,
    enabled: true,
    required: true,
    used_for_first_factor: true,
    first_factors: ["email_code"],
    verifications: ["email_code"],
    verify_at_sign_up: true,
  };
  const names = [
    "phone_number",
    "username",
    "web3_wallet",
    "first_name",
    "last_name",
    "authenticator_app",
    "backup_code",
    "passkey",
  ];
  const attributes = Object.fromEntries(names.map((name) => [name, off]));
  const urls = [
    "home_url",
    "sign_in_url",
    "sign_up_url",
    "user_profile_url",
    "waitlist_url",
    "organization_profile_url",
    "create_organization_url",
  ];
  const after = ["sign_in", "sign_up", "sign_out_one", "sign_out_all", "leave_organization", "create_organization"].map(
    (name) => [`after_${name}_url`, "/"],
  );
  return {
    auth_config: {
      object: "auth_config",
      id: "aconf_emu",
      single_session_mode: true,
      reverification: true,
      claimed_at: null,
    },
    display_config: {
      object: "display_config", id: "display_config_emu", instance_environment_type: "development",
      application_name: "Emu", theme: {},
      preferred_sign_in_strategy: "password", logo_image_url: null, favicon_image_url: null,
      ...Object.fromEntries(urls.map((name) => [name, ""])),
      ...Object.fromEntries(after), after_switch_session_url: "/", after_join_waitlist_url: "/",
      support_email: null, branded: false,
      clerk_js_version: null, show_devmode_warning: false, captcha_public_key: null, captcha_widget_type: null,
      captcha_public_key_invisible: null,
      captcha_provider: null, captcha_oauth_bypass: [],
    },
    user_settings: {
      attributes: {
        ...attributes,
        email_address: email,
        password: { ...off, enabled: true, required: true },
        ticket: { ...off, enabled: true },
      },
      social: {},
      saml: { enabled: false },
      enterprise_sso: { enabled: false },
      sign_in: { second_factor: { required: false } },
      sign_up: { captcha_enabled: false, progressive: true, mode: "public", legal_consent_enabled: false },
      password_settings: { min_length: 8, max_length: 72 }, username_settings: { min_length: 4, max_length: 64 },
      actions: { delete_self: true, create_organization: false },
      attack_protection: { enumeration_protection: { enabled: false } },
      passkey_settings: { allow_autofill: false, show_sign_in_button: false },
    },
    organization_settings: {
      enabled: true, max_allowed_memberships: 5, actions: { admin_delete: true }, slug: { disabled: false },
      force_organization_selection: false,
      domains: { enabled: false, enrollment_modes: [], default_role: null },
    },
    maintenance_mode: false,
  };
}
