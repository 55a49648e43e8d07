// Keys of the second emulator: the keys that sign sessions, and a self-signed certificate for its
// host (X.509, RFC 5280).
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The newest key signs; the older ones still verify. */
export class SigningKeys {
  private readonly all = [pair()];

  rotate() {
    this.all.push(pair());
  }

  /** The public key, as Clerk's dashboard shows it. */
  pem(): string {
    return this.all.at(-1)!.publicKey.export({ type: "spki", format: "pem" }).toString();
  }

  jwks() {
    const named = (key: KeyObject, place: number) => ({
      ...key.export({ format: "jwk" }),
      use: "sig",
      alg: "RS256",
      kid: `ins_emu${place}`,
    });
    return { keys: this.all.map(({ publicKey }, place) => named(publicKey, place)) };
  }

  sign(claims: Record<string, unknown>): string {
    const now = Math.floor(Date.now() / 1000);
    const head = { alg: "RS256", cat: "cl_B7d4PD111AAA", kid: `ins_emu${this.all.length - 1}`, oiat: now, typ: "JWT" };
    const signed = `${part(head)}.${part(claims)}`;
    const signature = createSign("RSA-SHA256").update(signed).sign(this.all.at(-1)!.privateKey);
    return `${signed}.${signature.toString("base64url")}`;
  }
}

function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const long = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...(body.length < 128 ? [body.length] : long)]), body]);
}

const SEQUENCE = 0x30;
const text = (tag: number, value: string) => der(tag, Buffer.from(value));
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));

/** Key and certificate of a host, valid for two days. */
export function selfSigned(host: string): { key: string; cert: string } {
  const { publicKey, privateKey } = pair();
  const algorithm = der(SEQUENCE, oid("2a864886f70d01010b"), der(0x05));
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, oid("550403"), text(0x0c, host))));
  const time = (at: number) => text(0x17, `${new Date(at).toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`);
  const validity = der(SEQUENCE, time(Date.now() - 86_400_000), time(Date.now() + 86_400_000));
  const names = der(SEQUENCE, oid("551d11"), der(0x04, der(SEQUENCE, text(0x82, host))));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const key = publicKey.export({ type: "spki", format: "der" });
  const content = der(
    SEQUENCE,
    version,
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    key,
    der(0xa3, der(SEQUENCE, names)),
  );
  const signature = createSign("RSA-SHA256").update(content).sign(privateKey);
  const certificate = der(SEQUENCE, content, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = certificate
    .toString("base64")
    .match(/.{1,64}/g)!
    .join("\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
