// Walks scenarios.json with Stripe's own Node client: against a sandbox (STRIPE_API_BASE), or against Stripe's test mode
// (STRIPE_TEST_KEY). Both are held to the same list, so the sandbox cannot be faithful to itself only.

import { readFileSync } from "node:fs";
import Stripe from "stripe";

const base = process.env.STRIPE_API_BASE ? new URL(process.env.STRIPE_API_BASE) : null;
const key = base ? "sk_test_sandbox" : process.env.STRIPE_TEST_KEY;
if (!key?.startsWith("sk_test_")) throw new Error("name a sandbox in STRIPE_API_BASE, or a test key in STRIPE_TEST_KEY");

const stripe = new Stripe(key, {
  ...(base && { host: base.hostname, port: base.port, protocol: base.protocol.replace(":", "") }),
  apiVersion: "2026-09-30.endive",
  maxNetworkRetries: 2,
});

/** What several scenarios begin with. */
const beginnings = {
  customer: (card) => ["c", "customers.create", [{ email: "buyer@acme.test", payment_method: card, invoice_settings: { default_payment_method: card } }], { object: "customer" }],
  product: () => ["_p", "products.create", [{ name: "Team" }], {}],
  monthly: (amount) => ["x", "prices.create", [{ product: "$_p.id", currency: "usd", unit_amount: Number(amount), recurring: { interval: "month" } }], {}],
};

/** The steps of a scenario, its beginnings written out. */
const written = (steps) =>
  steps.flatMap((step) => {
    if (typeof step !== "string") return [step];
    const card = step.match(/^@customer with (\w+)$/);
    if (card) return [beginnings.customer(card[1])];
    const price = step.match(/^@monthly price of (\d+)$/);
    if (price) return [beginnings.product(), beginnings.monthly(price[1])];
    throw new Error(`no beginning is called ${step}`);
  });

const at = (value, path) => path.split(".").reduce((found, name) => (name === "length" ? found?.length : found?.[name]), value);

/** `$c.id` and the like replaced by what earlier steps have given, `$minute+60` by seconds of this whole minute. */
const filled = (value, known) => {
  if (typeof value === "string") {
    const whole = value.match(/^\$(\w+)\.([\w.]+)$/);
    if (whole) return at(known[whole[1]], whole[2]);
    const minute = value.match(/^\$minute([+-]\d+)$/);
    if (minute) return known.minute + Number(minute[1]);
    return value.replaceAll("$run", known.run);
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, known));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, filled(v, known)]));
  return value;
};

const call = (method, args) => {
  const path = method.split(".");
  const name = path.pop();
  const service = path.reduce((found, part) => found[part], stripe);
  if (typeof service?.[name] !== "function") throw new Error(`the client has no ${method}`);
  return service[name](...args);
};

/** What differs between an answer and what the step says of it. */
const differences = (answer, expected) =>
  Object.entries(expected).flatMap(([path, wanted]) => {
    const got = at(answer, path);
    const same = wanted === "?absent" ? got === undefined : wanted === "?present" ? got != null : JSON.stringify(got) === JSON.stringify(wanted);
    return same ? [] : [`${path} is ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`];
  });

const refused = (error, wanted) => {
  const said = { type: error.type?.replace(/^Stripe/, ""), code: error.code, status: error.statusCode };
  return Object.entries(wanted).flatMap(([name, value]) => (said[name] === value ? [] : [`the error's ${name} is ${said[name]}, wanted ${value}: ${error.message}`]));
};

const perform = async (method, args, expected) => {
  const wanted = expected["!error"];
  try {
    const answer = await call(method, args);
    return wanted ? { problems: ["it was not refused"] } : { answer, problems: differences(answer, expected) };
  } catch (error) {
    return { problems: wanted ? refused(error, wanted) : [`refused: ${error.message}`] };
  }
};

const walk = async (scenario, run) => {
  const known = { run, minute: Math.floor(Date.now() / 60_000) * 60 };
  for (const [name, written_method, args, expected] of written(scenario.steps)) {
    const wait = written_method.startsWith("@await ");
    const method = written_method.replace("@await ", "");
    let done;
    for (let tries = 0; tries < (wait ? 60 : 1); tries += 1) {
      if (tries) await new Promise((resume) => setTimeout(resume, base ? 50 : 2000));
      done = await perform(method, filled(args, known), filled(expected, known));
      if (done.problems.length === 0) break;
    }
    if (done.problems.length) return `${method}: ${done.problems.join("; ")}`;
    if (name) known[name] = done.answer;
  }
  return null;
};

const scenarios = JSON.parse(readFileSync(new URL("scenarios.json", import.meta.url), "utf8"));
let failed = 0;
for (const [place, scenario] of scenarios.entries()) {
  const problem = await walk(scenario, `${process.pid}x${place}`);
  console.log(problem ? `✗ ${scenario.name}: ${problem}` : `✓ ${scenario.name}`);
  failed += problem ? 1 : 0;
}
console.log(`${scenarios.length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
