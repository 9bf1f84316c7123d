// The peer of the webhook measurement: @supabase/stripe-sync-engine behind node's own HTTP server, as its readme shows it.
// It prints its address once it listens. DATABASE_URL, STRIPE_API_BASE, STRIPE_WEBHOOK_SECRET; REVALIDATE=1 asks Stripe
// anew for each event, which is how it copes with events that come in another order than they happened.

import { createServer } from "node:http";
import { runMigrations, StripeSync } from "@supabase/stripe-sync-engine";
import Stripe from "stripe";

const { DATABASE_URL, STRIPE_API_BASE, STRIPE_WEBHOOK_SECRET, REVALIDATE } = process.env;
await runMigrations({ databaseUrl: DATABASE_URL, schema: "stripe" });

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
