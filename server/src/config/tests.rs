use super::*;

const PRODUCTION: [(&str, &str); 4] = [
    ("USHER_ENV", "production"),
    ("USHER_PUBLIC_URL", "https://usher.example.com"),
    ("STRIPE_SECRET_KEY", "sk_test_51abc"),
    ("STRIPE_WEBHOOK_SECRET", "whsec_one"),
];

/// Production's settings, with others in place of some.
fn production(changes: &[(&'static str, &'static str)]) -> Source {
    let mut pairs = PRODUCTION;
    for (name, value) in changes {
        for pair in &mut pairs {
            if pair.0 == *name {
                pair.1 = value;
            }
        }
    }
    Source::from(pairs)
}

fn told(source: &Source) -> String {
    Config::read(source).unwrap_err().to_string()
}

#[test]
fn nothing_needs_to_be_set_for_development() {
    let config = Config::read(&Source::default()).unwrap();
    assert_eq!(config.mode, Mode::Development);
    assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
    assert_eq!(config.sandbox_addr.to_string(), "127.0.0.1:3001");
    assert_eq!(config.database_url.expose(), "sqlite://var/usher.db");
    assert!(config.stripe.is_none());
    assert_eq!(config.catalog, *Catalog::built_in());
}

#[test]
fn production_starts_with_a_key_a_webhook_secret_and_https() {
    let config = Config::read(&production(&[("STRIPE_WEBHOOK_SECRET", "whsec_one, whsec_two")])).unwrap();
    let stripe = config.stripe.unwrap();
    assert_eq!(stripe.api_base, "https://api.stripe.com/");
    assert_eq!(stripe.webhook_secrets.len(), 2);
    assert!(!stripe.livemode);
    assert!(!config.server_timing);
}

#[test]
fn production_misses_each_of_them() {
    assert!(told(&production(&[("STRIPE_SECRET_KEY", "")])).contains("STRIPE_SECRET_KEY: it is not set"));
    assert!(told(&production(&[("STRIPE_WEBHOOK_SECRET", "")])).contains("STRIPE_WEBHOOK_SECRET: it is not set"));
    assert!(told(&production(&[("USHER_PUBLIC_URL", "")])).contains("USHER_PUBLIC_URL: it is not set"));
    let http = told(&production(&[("USHER_PUBLIC_URL", "http://usher.example.com")]));
    assert!(http.contains("USHER_PUBLIC_URL") && http.contains("not https"), "{http}");
}

#[test]
fn all_problems_are_told_at_once() {
    let all = told(&Source::from([("USHER_ENV", "prod"), ("USHER_ADDR", "3000"), ("USHER_PROXIES", "many")]));
    for name in ["USHER_ENV", "USHER_ADDR", "USHER_PROXIES"] {
        assert!(all.contains(name), "{all}");
    }
}

#[test]
fn who_vouches_for_the_mail_server_is_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\n").unwrap();
    let read = Config::read(&Source::from([("USHER_SMTP_CA", path)])).unwrap();
    assert_eq!(read.smtp_ca.as_deref(), Some(&b"-----BEGIN CERTIFICATE-----\n"[..]));
    std::fs::write(&file, "something else").unwrap();
    assert!(told(&Source::from([("USHER_SMTP_CA", path)])).contains("USHER_SMTP_CA"));
    assert!(told(&Source::from([("USHER_SMTP_CA", "/nowhere/ca.pem")])).contains("/nowhere/ca.pem"));
}

#[test]
fn billing_is_switched_on_in_steps_and_new_needs_a_day() {
    use domain::rollout::{Gate, Stance};
    let read = |pairs: [(&str, &str); 2]| Config::read(&Source::from(pairs));
    let everyone = Config::read(&Source::default()).unwrap().rollout;
    assert_eq!(everyone, Rollout::default());
    let new = read([("USHER_BILLING", "new"), ("USHER_BILLING_SINCE", "2026-12-01")]).unwrap().rollout;
    let midnight = Timestamp::from_secs(1_796_083_200);
    assert_eq!(new.stance(Gate::Seats, midnight), Stance::Enforce);
    assert_eq!(new.stance(Gate::Seats, midnight.minus(Duration::from_secs(1))), Stance::Off);
    for (billing, since, name) in [
        ("on", "", "USHER_BILLING"),
        ("new", "", "USHER_BILLING_SINCE"),
        ("off,seats=new", "", "USHER_BILLING_SINCE"),
        ("new", "tomorrow", "USHER_BILLING_SINCE"),
    ] {
        let problem = read([("USHER_BILLING", billing), ("USHER_BILLING_SINCE", since)]).unwrap_err().to_string();
        assert!(problem.contains(&format!("{name}: ")), "{problem}");
    }
}

#[test]
fn no_secret_is_ever_told() {
    let wrong = Source::from([
        ("STRIPE_SECRET_KEY", "pk_test_SECRET"),
        ("USHER_DATABASE_URL", "mysql://user:SECRET@host/db"),
        ("USHER_SMTP_URL", "imap://user:SECRET@host"),
        ("USHER_PUBLIC_URL", "http://user:SECRET@host"),
    ]);
    let problems = told(&wrong);
    assert!(problems.contains("STRIPE_SECRET_KEY") && problems.contains("USHER_DATABASE_URL"), "{problems}");
    assert!(
        !problems.contains("SECRET@") && !problems.contains("_SECRET\u{201d}") && !problems.contains("pk_test"),
        "{problems}"
    );
    let right = Config::read(&production(&[
        ("STRIPE_SECRET_KEY", "sk_test_HIDDEN"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_HIDDEN"),
    ]));
    assert!(!format!("{:?}", right.unwrap()).contains("HIDDEN"));
}

#[test]
fn a_live_key_is_not_for_development() {
    let source = Source::from([("STRIPE_SECRET_KEY", "sk_live_1"), ("STRIPE_WEBHOOK_SECRET", "whsec_1")]);
    assert!(told(&source).contains("real money"));
}

#[test]
fn a_public_url_is_scheme_host_and_port_and_nothing_else() {
    for (text, kept) in [
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("https://Usher.Example.com:443", "https://usher.example.com"),
    ] {
        let config = Config::read(&Source::from([("USHER_PUBLIC_URL", text)])).unwrap();
        assert_eq!(config.public_url.as_deref(), Some(kept));
    }
    for text in
        ["https://usher.example.com/app", "usher.example.com", "ftp://usher.example.com", "https://a.example/?b"]
    {
        assert!(told(&Source::from([("USHER_PUBLIC_URL", text)])).contains("USHER_PUBLIC_URL"), "{text}");
    }
}

#[test]
fn hosts_for_companies_need_a_public_name_to_be_put_before() {
    let source = |url: &'static str| Source::from([("USHER_TENANT_HOSTS", "1"), ("USHER_PUBLIC_URL", url)]);
    for url in ["https://usher.example.com", "http://usher.test:3000"] {
        assert!(Config::read(&source(url)).unwrap().tenant_hosts, "{url}");
    }
    for url in ["", "http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]"] {
        assert!(told(&source(url)).contains("USHER_TENANT_HOSTS"), "{url}");
    }
    assert!(told(&Source::from([("USHER_TENANT_HOSTS", "yes")])).contains("neither 0 nor 1"));
    assert!(!Config::read(&Source::default()).unwrap().tenant_hosts);
}

#[test]
fn a_catalogue_with_a_mistake_stops_the_start_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.toml");
    std::fs::write(&path, "[[plans]]\nkey = 3\n").unwrap();
    let told = told(&Source::from([("USHER_CATALOG", path.to_str().unwrap())]));
    assert!(told.contains("USHER_CATALOG") && told.contains("plans.toml"), "{told}");
}

#[test]
fn the_file_is_read_and_a_broken_line_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    std::fs::write(&path, "# comment\nUSHER_TEST_ONLY_A='one two'\n").unwrap();
    assert_eq!(Source::load(&path).unwrap().get("USHER_TEST_ONLY_A").as_deref(), Some("one two"));
    std::fs::write(&path, "GOOD=1\nHIDDEN value without a sign\n").unwrap();
    let told = Source::load(&path).err().unwrap().to_string();
    assert!(told.contains("after GOOD") && !told.contains("HIDDEN"), "{told}");
    assert!(Source::load(&folder.path().join("missing")).is_ok());
}

#[test]
fn the_example_file_names_every_setting_and_sets_none() {
    let example = include_str!("../../../.env.example");
    let code = include_str!("../config.rs");
    for name in code.split('"').filter(|text| text.starts_with("USHER_") || text.starts_with("STRIPE_")) {
        assert!(example.contains(&format!("#{name}=")), "{name} is not in .env.example");
    }
    assert!(example.lines().all(|line| line.is_empty() || line.starts_with('#')));
}

#[test]
fn only_development_can_look_ahead_in_time() {
    let ahead = |hours| Config::read(&Source::from([("USHER_CLOCK_AHEAD", hours)]));
    assert_eq!(ahead("200").unwrap().clock_ahead, Duration::from_hours(200));
    assert!(ahead("-1").unwrap_err().to_string().contains("USHER_CLOCK_AHEAD"));
    assert!(ahead("1000000").unwrap_err().to_string().contains("USHER_CLOCK_AHEAD"));
    let source = Source::from([PRODUCTION[0], PRODUCTION[1], PRODUCTION[2], PRODUCTION[3], ("USHER_CLOCK_AHEAD", "1")]);
    assert!(told(&source).contains("USHER_CLOCK_AHEAD"), "production has only the true time");
}
