//! A stand-in for Stripe: the HTTP API that Usher uses, its pages and its webhooks.
