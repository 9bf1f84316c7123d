// Signatures both ways. What a sandbox sends is verified by Stripe's own Node client; what that client signs stands in
// payments/tests/fixtures/signatures.json, where Usher's own verification is held to it. Here the client judges the same
// headers, and must come to the same verdicts. `node signatures.mjs --write` writes the file anew.

import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import Stripe from "stripe";

const fixtures = new URL("../../payments/tests/fixtures/signatures.json", import.meta.url);
const { webhooks } = new Stripe("sk_test_signatures");
const now = 1_700_000_000;
const secret = "whsec_official";

const sign = (given) => webhooks.generateTestHeaderString({ payload, secret, timestamp: now, scheme: "v1", ...given });
const payload = JSON.stringify({ id: "evt_1", object: "event", data: { object: { name: "Süß & Söhne, 株式会社" } } }, null, 2);
const v1 = (header) => header.split(",").find((part) => part.startsWith("v1="));

/** Headers that the client makes, and whether they are to be believed by whoever knows `secret`, at `now`. */
const cases = () => {
  const one = (name, header, believed, body = payload) => ({ name, header, believed, payload: body, secret, now });
  const other = sign({ secret: "whsec_from_before" });
  return [
    one("fresh", sign({}), true),
    one("299 seconds old", sign({ timestamp: now - 299 }), true),
    one("300 seconds old", sign({ timestamp: now - 300 }), true),
    one("301 seconds old", sign({ timestamp: now - 301 }), false),
    one("signed with another secret", other, false),
    one("of another body", sign({}), false, payload.replace("evt_1", "evt_2")),
    one("of a body written differently", sign({}), false, JSON.stringify(JSON.parse(payload))),
    one("two signatures, the good one first", `${sign({})},${v1(other)}`, true),
    one("two signatures, the good one last", `${other},${v1(sign({}))}`, true),
    one("two signatures, both of others", `${other},${v1(sign({ secret: "whsec_of_somebody_else" }))}`, false),
    one("of the scheme for tests only", sign({ scheme: "v0" }), false),
    one("of both schemes", `${sign({})},v0=${v1(other).slice(3)}`, true),
    one("good, with another time written over it", sign({}).replace(`t=${now}`, `t=${now + 1}`), false),
  ];
};

const believes = ({ payload, header, secret, now }) => {
  try {
    webhooks.constructEvent(payload, header, secret, 300, undefined, now * 1000);
    return true;
  } catch (error) {
    if (error.type !== "StripeSignatureVerificationError") throw error;
    return false;
  }
};

/** A little endpoint that keeps what comes, and takes what it believes. */
const endpoint = async (believed) => {
  const came = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const parcel = { body: Buffer.concat(parts), header: request.headers["stripe-signature"] };
    came.push(parcel);
    response.writeHead(believed(parcel) ? 200 : 400).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const until = async (enough) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = came.filter(enough);
      if (found.length) return found;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error(`nothing came in ten seconds; before it came ${came.length}`);
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, until, close: () => server.close() };
};

const must = (claim, text) => {
  if (!claim) throw new Error(text);
};

/** What is said of a sandbox's deliveries. */
const deliveries = async (base) => {
  const stripe = new Stripe("sk_test_sandbox", { host: base.hostname, port: base.port, protocol: base.protocol.replace(":", "") });
  const chaos = async (switches) => {
    const form = { method: "POST", headers: { origin: base.origin }, body: new URLSearchParams(switches), redirect: "manual" };
    const { status } = await fetch(new URL("/_sandbox/chaos", base), form);
    must(status === 303, `the console answered ${status}`);
  };
  let held;
  const read = ({ body, header }, key = held.secret) => webhooks.constructEvent(body, header, key);
  const refused = (parcel, key) => {
    try {
      read(parcel, key);
      return false;
    } catch (error) {
      return error.type === "StripeSignatureVerificationError";
    }
  };
  const here = await endpoint((parcel) => !refused(parcel));
  held = await stripe.webhookEndpoints.create({ url: here.url, enabled_events: ["customer.created"] });
  const sent = async (email) => {
    await stripe.customers.create({ email });
    return here.until(({ body }) => body.includes(email));
  };
  const claims = {
    "a delivery is believed by the client, and by nobody with another secret or another body": async () => {
      const [parcel] = await sent("signed@acme.test");
      const event = read(parcel);
      must(event.type === "customer.created" && event.data.object.email === "signed@acme.test", "it is another event");
      must(refused(parcel, "whsec_of_somebody_else"), "another secret was believed");
      must(refused({ ...parcel, body: String(parcel.body).replace("signed@", "forged@") }), "another body was believed");
    },
    "a second signature beside the good one does not disturb": async () => {
      await chaos({ two_signatures: 100 });
      const [parcel] = await sent("twice@acme.test");
      must(parcel.header.split("v1=").length === 3, `there are not two in ${parcel.header}`);
      must(read(parcel).type === "customer.created", "it is another event");
    },
    "a wrong signature and an old time are refused, and the retry is good": async () => {
      for (const fault of ["wrong_signature", "old_timestamp"]) {
        await chaos({ [fault]: 100 });
        const [parcel] = await sent(`${fault}@acme.test`);
        must(refused(parcel), `${fault} was believed`);
        const [again] = await here.until((later) => later.body.equals(parcel.body) && !refused(later));
        must(read(again).type === "customer.created", "it is another event");
      }
    },
  };
  const told = [];
  for (const [name, claim] of Object.entries(claims)) {
    told.push([name, await claim().then(() => null, (error) => error.message)]);
    await chaos({ calm: "1" });
  }
  await stripe.webhookEndpoints.del(held.id);
  here.close();
  return told;
};

if (process.argv.includes("--write")) {
  writeFileSync(fixtures, `${JSON.stringify(cases(), null, 2)}\n`);
  process.exit();
}
if (!process.env.STRIPE_API_BASE) throw new Error("name a sandbox in STRIPE_API_BASE");
const made = JSON.stringify(cases());
const kept = JSON.stringify(JSON.parse(readFileSync(fixtures, "utf8")));
const told = [
  ["Usher's tests judge what the client signs today", made === kept ? null : "write the file anew: node signatures.mjs --write"],
  ...cases().map((one) => [`the client and Usher agree on a signature ${one.name}`, believes(one) === one.believed ? null : "the client does not"]),
  ...(await deliveries(new URL(process.env.STRIPE_API_BASE))),
];
for (const [name, problem] of told) console.log(problem ? `✗ ${name}: ${problem}` : `✓ ${name}`);
const failed = told.filter(([, problem]) => problem).length;
console.log(`${told.length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
