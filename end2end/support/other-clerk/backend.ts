// The Backend API of the second emulator, as far as the application uses it. The secret key is the
// only credential.
import { failure, type Answer, type Asked, type OtherClerk } from "../other-clerk";
import {
  membershipObject, organizationObject, permissionObject, permissionsOf, roleObjects, sessionObject,
  userObject,
} from "./objects";
import { ORGANIZATION, ROLES } from "./people";

const ok = (body: unknown): Answer => ({ status: 200, body });

export function answerBackend(clerk: OtherClerk, asked: Asked): Answer | undefined {
  if (asked.head.headers.authorization !== `Bearer ${clerk.secretKey}`)
    return failure(401, "clerk_key_invalid", "The provided Clerk Secret Key is invalid.");
  const page = <T>(list: T[]) => {
    const [offset, limit] = [Number(asked.query.get("offset") ?? 0), Number(asked.query.get("limit") ?? 10)];
    return list.slice(offset, offset + limit);
  };
  const counted = <T>(list: T[]) => ok({ data: page(list), total_count: list.length });
  const [, , kind, first, second, third] = asked.path.split("/");
  switch (`${asked.method} ${kind}`) {
    case "GET jwks":
      return ok(clerk.keys.jwks());
    case "GET users":
      if (first === "count") return ok({ object: "total_count", total_count: clerk.people.length });
      return first
        ? one(clerk.person(first), (person) => ok(userObject(person)))
        : ok(page(clerk.people.map(userObject)));
    case "POST users":
      return one(clerk.person(first ?? ""), (person) => {
        if (second === "ban" || second === "unban") person.banned = second === "ban";
        else if (second === "lock" || second === "unlock") person.locked = second === "lock";
        else return failure(404, "resource_not_found", "not found");
        return ok(userObject(person));
      });
    case "GET organization_roles":
      return counted(roleObjects());
    case "GET organization_permissions":
      return counted([...new Set(Object.keys(ROLES).flatMap(permissionsOf))].map(permissionObject));
    case "GET sessions":
      return ok(page(sessionsOf(clerk, asked.query).map(sessionObject)));
    case "POST sessions":
      return one(second === "revoke" ? clerk.session(first ?? "") : undefined, (session) => {
        void clerk.endSession(session, "revoked");
        return ok(sessionObject(session));
      });
    default:
      return kind === "organizations" ? organizations(clerk, asked, counted, [first, second, third]) : undefined;
  }
}

function one<T>(found: T | undefined, then: (found: T) => Answer): Answer {
  return found ? then(found) : failure(404, "resource_not_found", "not found");
}

function sessionsOf(clerk: OtherClerk, query: URLSearchParams) {
  const all = clerk.clients.flatMap((client) => client.sessions);
  const status = query.get("status");
  return all.filter((session) => session.user === query.get("user_id") && (!status || session.status === status));
}

type Counted = <T>(list: T[]) => Answer;

function organizations(
  clerk: OtherClerk,
  asked: Asked,
  counted: Counted,
  [which, list, user]: (string | undefined)[],
): Answer | undefined {
  if (!which) return counted([organizationObject(clerk)]);
  if (which !== ORGANIZATION) return failure(404, "resource_not_found", "not found");
  if (!list) return ok(organizationObject(clerk));
  if (list !== "memberships") return counted([]);
  if (!user) return counted(clerk.people.map((person) => membershipObject(clerk, person)));
  const person = clerk.person(user);
  if (!person) return failure(404, "resource_not_found", "not found");
  if (asked.method !== "PATCH") return undefined;
  const role = String(asked.json.role);
  if (!(role in ROLES)) return failure(404, "resource_not_found", `Role ${role} not found`);
  void clerk.changeRole(person, role);
  return ok(membershipObject(clerk, person));
}
