// The peer of the webhook measurement: @supabase/stripe-sync-engine behind node's own HTTP server, as its readme shows it.
// It prints its address once it listens. DATABASE_URL, STRIPE_API_BASE, STRIPE_WEBHOOK_SECRET; REVALIDATE=1 asks Stripe
// anew for each event, which is how it copes with events that come in another order than they happened.

import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import Stripe from "stripe";

const require = createRequire(import.meta.url);
const { StripeSync } = require("@supabase/stripe-sync-engine");
const { Client } = require("pg");

const { DATABASE_URL, STRIPE_API_BASE, STRIPE_WEBHOOK_SECRET, REVALIDATE } = process.env;

// Its own migrations, run here: its ES module does not find them and says nothing, and they hand a function to a role that
// not every server has.
const client = new Client({ connectionString: DATABASE_URL });
await client.connect();
await client.query("create schema stripe");
const migrations = join(dirname(require.resolve("@supabase/stripe-sync-engine")), "migrations");
for (const name of readdirSync(migrations).sort()) {
  const text = readFileSync(join(migrations, name), "utf8");
  await client.query(text.replace(/owner to postgres/gi, "owner to current_user"));
}
await client.end();

const sync = new StripeSync({
  poolConfig: { connectionString: DATABASE_URL, max: 10 },
  stripeSecretKey: "sk_test_bench",
  stripeWebhookSecret: STRIPE_WEBHOOK_SECRET,
  backfillRelatedEntities: false,
  revalidateObjectsViaStripeApi: REVALIDATE === "1" ? ["subscription"] : [],
});
// It has no setting for where Stripe is.
const base = new URL(STRIPE_API_BASE);
sync.stripe = new Stripe("sk_test_bench", { host: base.hostname, port: base.port, protocol: "http" });

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  try {
    await sync.processWebhook(Buffer.concat(parts), request.headers["stripe-signature"]);
    response.end("ok");
  } catch (error) {
    console.error(error.message);
    response.statusCode = 500;
    response.end("no");
  }
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
