"""Walks scenarios.json with Stripe's own Python client; `scenarios.mjs` says why."""

import json
import os
import pathlib
import re
import sys
import time
from urllib.parse import urlsplit

import stripe

BASE = os.environ.get("STRIPE_API_BASE")
KEY = "sk_test_sandbox" if BASE else os.environ.get("STRIPE_TEST_KEY", "")
if not KEY.startswith("sk_test_"):
    sys.exit("name a sandbox in STRIPE_API_BASE, or a test key in STRIPE_TEST_KEY")
VERSION = "2026-09-30.endive"
OPTIONS = {"stripe_version": VERSION, "max_network_retries": 2}
if BASE:
    OPTIONS["base_addresses"] = {"api": BASE.rstrip("/")}
CLIENT = stripe.StripeClient(KEY, **OPTIONS)
# The client's names where they are not the other client's in snake case.
NAMES = {"del": "delete"}


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def find(method):
    """customers.listTaxIds is customers.tax_ids.list here."""
    *services, name = method.split(".")
    service = CLIENT.v1
    for part in services:
        service = getattr(service, snake(part))
    nested = re.fullmatch(r"(list|create|retrieve|update|delete)([A-Z]\w*)", name)
    if hasattr(service, NAMES.get(name, snake(name))):
        return getattr(service, NAMES.get(name, snake(name)))
    # createTaxId makes one of the tax_ids.
    plural = snake(nested[2]) if nested[2].endswith("s") else snake(nested[2]) + "s"
    return getattr(getattr(service, plural), nested[1])


def written(steps):
    for step in steps:
        if not isinstance(step, str):
            yield step
        elif card := re.fullmatch(r"@customer with (\w+)", step):
            made = {"email": "buyer@acme.test", "payment_method": card[1], "invoice_settings": {"default_payment_method": card[1]}}
            yield ["c", "customers.create", [made], {"object": "customer"}]
        elif price := re.fullmatch(r"@monthly price of (\d+)", step):
            yield ["_p", "products.create", [{"name": "Team"}], {}]
            recurring = {"interval": "month"}
            yield ["x", "prices.create", [{"product": "$_p.id", "currency": "usd", "unit_amount": int(price[1]), "recurring": recurring}], {}]
        else:
            raise ValueError(f"no beginning is called {step}")


ABSENT = object()


def at(value, path):
    for name in path.split("."):
        if value is ABSENT or value is None:
            return ABSENT
        if name == "length":
            value = len(value)
        elif name.isdigit() and isinstance(value, list):
            value = value[int(name)] if int(name) < len(value) else ABSENT
        else:
            value = value[name] if name in value else ABSENT
    return value


def filled(value, known):
    if isinstance(value, str):
        if whole := re.fullmatch(r"\$(\w+)\.([\w.]+)", value):
            return at(known[whole[1]], whole[2])
        if minute := re.fullmatch(r"\$minute([+-]\d+)", value):
            return known["minute"] + int(minute[1])
        return value.replace("$run", known["run"])
    if isinstance(value, list):
        return [filled(one, known) for one in value]
    if isinstance(value, dict):
        return {key: filled(part, known) for key, part in value.items()}
    return value


def perform(method, args, expected):
    wanted = expected.get("!error")
    ids = [one for one in args if not isinstance(one, dict)]
    hashes = [one for one in args if isinstance(one, dict)]
    given = {"params": hashes[0]} if hashes else {}
    if len(hashes) > 1:
        given["options"] = {snake(name): value for name, value in hashes[1].items()}
    try:
        answer = find(method)(*ids, **given)
    except stripe.StripeError as error:
        if not wanted:
            return None, [f"refused: {error}"]
        said = {"type": type(error).__name__, "code": error.code, "status": error.http_status}
        return None, [f"the error's {name} is {said[name]}, wanted {value}: {error}" for name, value in wanted.items() if said[name] != value]
    if wanted:
        return None, ["it was not refused"]
    answer = json.loads(str(answer))
    problems = []
    for path, value in expected.items():
        got = at(answer, path)
        same = got is ABSENT if value == "?absent" else got not in (ABSENT, None) if value == "?present" else got == value and got is not ABSENT
        if not same:
            problems.append(f"{path} is {got!r}, wanted {value!r}")
    return answer, problems


def walk(scenario, run):
    known = {"run": run, "minute": int(time.time()) // 60 * 60}
    for name, method, args, expected in written(scenario["steps"]):
        wait = method.startswith("@await ")
        method = method.removeprefix("@await ")
        for tries in range(60 if wait else 1):
            if tries:
                time.sleep(0.05 if BASE else 2)
            answer, problems = perform(method, filled(args, known), filled(expected, known))
            if not problems:
                break
        if problems:
            return f"{method}: {'; '.join(problems)}"
        if name:
            known[name] = answer
    return None


def main():
    scenarios = json.loads(pathlib.Path(__file__).with_name("scenarios.json").read_text(encoding="utf-8"))
    failed = 0
    for place, scenario in enumerate(scenarios):
        problem = walk(scenario, f"{os.getpid()}y{place}")
        print(f"✗ {scenario['name']}: {problem}" if problem else f"✓ {scenario['name']}")
        failed += bool(problem)
    print(f"{len(scenarios) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    assert BASE is None or urlsplit(BASE).hostname in ("127.0.0.1", "localhost", "::1"), "a sandbox is on this machine"
    sys.exit(main())
