//! Catalogue files that are wrong: each mistake is found at its line, which is marked with `# <` here.

use domain::Catalog;

/// A catalogue that is right: a free plan and one that is sold.
const RIGHT: &str = r#"
[[plan]]
key = "free"
name = "Free"
description = "Nothing to pay."
order = 1
seats = { max = 1 }

[[plan]]
key = "pro"
name = "Pro"
description = "More."
order = 2
seats = { max = 10 }

[[plan.prices]]
interval = "month"
currency = "usd"
per_seat = 500
"#;

/// What is wrong: a text in [`RIGHT`] and what stands there instead, or what is added at the end when it is empty.
const MISTAKES: &[(&str, &str, &str)] = &[
    // What is written.
    ("no toml", "key = \"pro\"", "key = # <"),
    ("a table twice", "", "\n[plan.features]\n[plan.features] # <"),
    ("a field of the whole", "", "\n[[plans]] # <"),
    ("an unknown field of a plan", "name = \"Pro\"", "nmae = \"Pro\" # <"),
    ("an unknown field of a price", "per_seat = 500", "per_seat = 500\nper_set = 500 # <"),
    ("an unknown field of seats", "seats = { max = 10 }", "seats = { max = 10, mim = 2 } # <"),
    ("a field is missing", "[[plan]]\nkey = \"pro\"", "[[plan]] # <\n"),
    ("a field of another kind", "order = 2", "order = \"2\" # <"),
    ("a float for money", "per_seat = 500", "per_seat = 4.99 # <"),
    ("a number that is too large to read", "order = 2", "order = 99999999999 # <"),
    ("a key with a hyphen", "key = \"pro\"", "key = \"pro-2\" # <"),
    ("an interval of our own", "interval = \"month\"", "interval = \"week\" # <"),
    ("a currency in capitals", "currency = \"usd\"", "currency = \"USD\" # <"),
    ("a visibility of our own", "order = 2", "order = 2\nvisibility = \"secret\" # <"),
    ("an empty name", "name = \"Pro\"", "name = \"  \" # <"),
    ("a name that fills the card", "name = \"Pro\"", "name = \"Professional professional professional people\" # <"),
    ("a description of two lines", "description = \"More.\"", "description = \"More.\\nAnd more.\" # <"),
    ("a badge that says nothing", "order = 2", "order = 2\nbadge = \"\" # <"),
    // Seats.
    ("seats of another word", "max = 10 }", "max = \"many\" } # <"),
    ("seats below zero", "max = 10 }", "max = -1 } # <"),
    ("no seats", "max = 10 }", "max = 0 } # <"),
    ("more seats than can be counted", "max = 10 }", "max = 4294967296 } # <"),
    ("the fewest above the most", "max = 10 }", "max = 10, min = 11 } # <"),
    ("more included than there are", "max = 10 }", "max = 10, included = 11 } # <"),
    ("included in no base", "[[plan.prices]]", "seats.included = 0\n[[plan.prices]] # <"),
    ("included, but then for nothing", "max = 10 }", "max = 10, included = 5 } # <\n# no per_seat"),
    ("viewers who stand", "max = 10 }", "max = 10, viewers = \"standing\" } # <"),
    ("overage without end", "max = 10 }", "max = \"unlimited\", overage = 500 } # <"),
    ("overage that nobody is billed", "seats = { max = 1 }", "seats = { max = 1, overage = 500 } # <"),
    ("overage for a month or a year", "max = 10 }", "max = 10, overage = 500 } # <\n# two prices"),
    ("overage below zero", "max = 10 }", "max = 10, overage = -500 } # <"),
    // Prices.
    ("an amount below zero", "per_seat = 500", "per_seat = -500 # <"),
    ("an amount beyond all reason", "per_seat = 500", "per_seat = 1_000_000_000 # <"),
    ("fils that cannot be charged", "currency = \"usd\"\nper_seat = 500", "currency = \"kwd\"\nper_seat = 505 # <"),
    ("a price of nothing", "per_seat = 500", "per_seat = 0\n# at the price"),
    ("a price without a part", "per_seat = 500\n", "# at the price\n"),
    ("the same price twice", "", "\n[[plan.prices]] # <\ninterval = \"month\"\ncurrency = \"usd\"\nper_seat = 600"),
    ("prices of different parts", "", "\n[[plan.prices]] # <\ninterval = \"year\"\ncurrency = \"usd\"\nbase = 5000"),
    ("prices on a plan on request", "order = 2", "order = 2\ncustom_price = true # <"),
    ("a trial of what costs nothing", "order = 1", "order = 1\ntrial_days = 14 # <"),
    ("a trial of three years", "order = 2", "order = 2\ntrial_days = 1000 # <"),
    ("nothing is kept", "order = 2", "order = 2\nretention_days = 0 # <"),
    // Features, limits, meters.
    ("a feature with a strange key", "", "\n[plan.features]\n\"Single sign-on\" = \"Yes\" # <"),
    ("a key that ends in a dot", "", "\n[plan.features]\n\"sso.\" = \"Yes\" # <"),
    ("a feature without words", "", "\n[plan.features]\nsso = \"\" # <"),
    ("a limit below zero", "", "\n[plan.limits]\nprojects = { name = \"Projects\", limit = -1 } # <"),
    ("a limit of another word", "", "\n[plan.limits]\nprojects = { name = \"Projects\", limit = \"infinite\" } # <"),
    (
        "one key for two things",
        "order = 2",
        "order = 2\nfeatures.runs = \"Runs\"\nlimits.runs = { name = \"Runs\", limit = 1 }",
    ),
    (
        "an aggregation of our own",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"avg\" # <\nbeyond = \"stop\"",
    ),
    (
        "a price after a stop",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"stop\"\nprice = { unit = 5 } # <",
    ),
    (
        "overage without a price",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\" # <",
    ),
    (
        "overage beyond everything",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = \"unlimited\" # <\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { unit = 5 }",
    ),
    (
        "two kinds of price",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { unit = 5, volume = [] } # <",
    ),
    (
        "no kind of price",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = {} # <",
    ),
    (
        "an empty package",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { package = { size = 0, price = 5 } } # <",
    ),
    (
        "no tiers",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { graduated = [] } # <",
    ),
    (
        "a last tier with an end",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { volume = [{ up_to = 5, unit = 5 }] } # <",
    ),
    (
        "a first tier without an end",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { volume = [{ unit = 5 }, { unit = 4 }] } # <",
    ),
    (
        "tiers that fall",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { graduated = [\n{ up_to = 9, unit = 5 },\n{ up_to = 9, unit = 4 }, # <\n{ unit = 3 },\n] }",
    ),
    (
        "a tier below zero",
        "",
        "\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { graduated = [{ unit = -3 }] } # <",
    ),
    (
        "overage in two currencies",
        "",
        "\n[[plan.prices]]\ninterval = \"month\"\ncurrency = \"eur\"\nper_seat = 500\n[plan.meters.runs]\nname = \"Runs\"\nallowance = 1\naggregation = \"sum\"\nbeyond = \"overage\"\nprice = { unit = 3 } # <",
    ),
    // All plans together.
    ("two plans of one key", "key = \"pro\"", "key = \"free\" # <"),
    ("two plans in one place", "order = 2", "order = 1 # <"),
    (
        "two highlighted plans",
        "order = 2",
        "order = 2\nhighlighted = true\ncustom_price = true\nseats = { max = 2 }\n[[plan]]\nkey = \"max\"\nname = \"Max\"\ndescription = \"Most.\"\norder = 3\ncustom_price = true\nhighlighted = true # <\nseats = { max = 3 }\n[[plan]]\nkey = \"mid\"\nname = \"Mid\"\ndescription = \"More.\"\norder = 4",
    ),
    ("a hidden plan in the light", "order = 2", "order = 2\nvisibility = \"hidden\"\nhighlighted = true # <"),
    ("a successor that is not there", "order = 2", "order = 2\nsuccessor = \"por\" # <"),
    ("a plan that succeeds itself", "order = 2", "order = 2\nsuccessor = \"pro\" # <"),
    ("plans that succeed each other", "order = 1", "order = 1\nsuccessor = \"pro\" # <"),
    (
        "two free plans",
        "",
        "\n[[plan]] # <\nkey = \"two\"\nname = \"Two\"\ndescription = \"Two.\"\norder = 3\nseats = { max = 1 }",
    ),
    ("a free plan of the past", "order = 1", "order = 1\nvisibility = \"legacy\""),
    ("a limit here and a feature there", "order = 1", "order = 1\nfeatures.runs = \"Runs\""),
];

/// The mistaken text: some mistakes need a second change to be the only one.
fn wrong(name: &str, from: &str, to: &str) -> String {
    let text = if from.is_empty() { format!("{RIGHT}{to}\n") } else { RIGHT.replacen(from, to, 1) };
    match name {
        "included in no base" => {
            text.replace("seats.included = 0\n", "").replace("max = 10 }", "max = 10, included = 5 }")
        }
        "included, but then for nothing" => text.replace("per_seat = 500", "base = 500"),
        "overage for a month or a year" => {
            text + "\n[[plan.prices]]\ninterval = \"year\"\ncurrency = \"usd\"\nper_seat = 500\n"
        }
        "a price of nothing" | "a price without a part" => text.replace("[[plan.prices]]", "[[plan.prices]] # <"),
        "one key for two things" => text.replace("[[plan]]\nkey = \"pro\"", "[[plan]] # <\nkey = \"pro\""),
        "plans that succeed each other" => text.replace("order = 2", "order = 2\nsuccessor = \"free\""),
        "a free plan of the past" => text.replace("[[plan]]\nkey = \"free\"", "[[plan]] # <\nkey = \"free\""),
        "a limit here and a feature there" => text
            .replace("[[plan]]\nkey = \"pro\"", "[[plan]] # <\nkey = \"pro\"")
            .replace("order = 2", "order = 2\nlimits.runs = { name = \"Runs\", limit = 1 }"),
        _ => text,
    }
}

#[test]
fn the_catalogue_without_a_mistake_is_read() {
    assert_eq!(Catalog::parse("right.toml", RIGHT).map(|catalog| catalog.plans().len()), Ok(2));
}

/// Every mistake with its sentence, as an operator sees it.
#[test]
fn every_mistake_is_named_at_its_line() {
    let mut said = Vec::new();
    for (name, from, to) in MISTAKES {
        let text = wrong(name, from, to);
        let line = text.lines().position(|line| line.contains("# <")).expect("a marked line") + 1;
        let Err(no) = Catalog::parse("mine.toml", &text) else { panic!("{name} was taken:\n{text}") };
        assert_eq!((no.file.as_str(), no.line), ("mine.toml", line), "{name}: {no}\n{text}");
        assert!(no.reason.ends_with('.') && no.reason.contains(". "), "what is wrong, and what to do: {no}");
        said.push(format!("{name}\n    {no}"));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_catalogue_must_sell_something_to_somebody() {
    for (text, reason) in [
        ("", "No plan is free. Add one without prices: it is what an organization has before it buys."),
        (
            &*RIGHT.replace("order = ", "visibility = \"hidden\"\norder = "),
            "No plan is public, so the pricing page would be empty. Make one public.",
        ),
        (
            &*RIGHT.replacen("order = 1", "order = 1\ncustom_price = true", 1),
            "No plan is free. Add one without prices: it is what an organization has before it buys.",
        ),
    ] {
        let no = Catalog::parse("mine.toml", text).expect_err("a mistake");
        assert_eq!((no.line, no.reason.as_str()), (1, reason));
    }
}
