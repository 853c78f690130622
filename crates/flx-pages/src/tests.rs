//! Every page, with what is nasty in it.

use flx_plans::Tier;

use super::*;

const NASTY: &str = "<script>alert('\"x\"')</script>&.jpg";
const MOMENT: Moment = Moment(1_795_650_000_000);

fn frame(section: Section) -> Frame {
    Frame {
        viewer: Some(Viewer { email: NASTY.into(), tier: Tier::Pro, is_operator: true }),
        section,
        csrf: "0123abcd".into(),
        notice: Some(Notice::Failed(NASTY.into())),
        upgrade_url: Some("https://example.org/upgrade?a=1&b=\"2\"".into()),
        sign_up_is_open: true,
    }
}

fn key() -> KeyShown {
    KeyShown { masked: "flx_live_0123...4567".into(), created_at: MOMENT, last_used_at: None }
}

fn account() -> AccountRow {
    AccountRow {
        id: NASTY.into(),
        email: NASTY.into(),
        tier: Tier::Free,
        compressions_used: 7,
        compressions_limit: Some(20),
        created_at: MOMENT,
        is_disabled: true,
        is_operator: true,
    }
}

fn issued() -> Issued {
    Issued { email: NASTY.into(), link: NASTY.into(), expires_at: MOMENT }
}

fn audit() -> Vec<AuditRow> {
    let text = String::from(NASTY);
    vec![AuditRow {
        at: MOMENT,
        actor: text.clone(),
        action: text.clone(),
        subject: text.clone(),
        detail: text,
    }]
}

fn operators_pages() -> Vec<(&'static str, String)> {
    let accounts = AccountsPage {
        frame: frame(Section::Accounts),
        query: NASTY.into(),
        accounts: vec![account()],
        next_after: Some(NASTY.into()),
        issued: Some(issued()),
    };
    let one = AccountPage {
        frame: frame(Section::Accounts),
        account: account(),
        key: Some(key()),
        ai_used: 1,
        ai_limit: 200,
        ai_topup: 5,
        resets_at: MOMENT,
        has_password: true,
        issued: Some(issued()),
        audit: audit(),
        is_own: false,
    };
    let log = AuditPage { frame: frame(Section::Audit), subject: NASTY.into(), entries: audit() };
    let health = HealthPage {
        frame: frame(Section::Health),
        version: NASTY.into(),
        engines: vec![(NASTY.into(), NASTY.into())],
        started_at: MOMENT,
        database_ok: false,
        pictures_inside: 3,
        queue_limit: 256,
        busy_threads: 2,
        threads: 2,
        memory_taken: 1,
        memory_limit: 2,
        disk_free: Some(1),
        disk_total: Some(2),
    };
    vec![
        ("accounts", accounts.html().unwrap()),
        ("account", one.html().unwrap()),
        ("audit", log.html().unwrap()),
        ("health", health.html().unwrap()),
    ]
}

fn doors() -> Vec<(&'static str, String)> {
    let sign_in =
        SignInPage { frame: frame(Section::None), email: NASTY.into(), next: NASTY.into() };
    let sign_up = SignUpPage { frame: frame(Section::None), email: NASTY.into(), password_min: 12 };
    let welcome = |whom| WelcomePage {
        frame: frame(Section::None),
        token: NASTY.into(),
        whom,
        password_min: 12,
    };
    let trouble = TroublePage {
        frame: frame(Section::None),
        status: 404,
        title: NASTY.into(),
        detail: NASTY.into(),
        request_id: Some(NASTY.into()),
    };
    vec![
        ("sign in", sign_in.html().unwrap()),
        ("sign up", sign_up.html().unwrap()),
        ("set up", welcome(WelcomeFor::SetUp { email: NASTY.into() }).html().unwrap()),
        ("invited", welcome(WelcomeFor::Invited { email: NASTY.into() }).html().unwrap()),
        ("reset", welcome(WelcomeFor::Reset { email: NASTY.into() }).html().unwrap()),
        ("trouble", trouble.html().unwrap()),
    ]
}

fn settings() -> Vec<(&'static str, String)> {
    let api_key = |allowed, key, raw| ApiKeyPage {
        frame: frame(Section::ApiKey),
        allowed,
        allowed_from: Some(Tier::Starter),
        key,
        raw,
        base_url: NASTY.into(),
    };
    let confirm = ConfirmPage {
        frame: frame(Section::ApiKey),
        title: NASTY.into(),
        consequence: NASTY.into(),
        button: NASTY.into(),
        action: "/settings/key/roll".into(),
        back: "/settings/key".into(),
    };
    let column = |tier| PlanColumn {
        tier,
        compressions: None,
        ai_credits: 0,
        requests_per_minute: 60,
        max_files: 1,
        max_file_bytes: 20_971_520,
        api_key: tier != Tier::Free,
        watermark: tier != Tier::Free,
    };
    let plan = PlanPage { frame: frame(Section::Plan), plans: Tier::ALL.map(column).into() };
    let session = SessionRow {
        id: NASTY.into(),
        browser: NASTY.into(),
        address: NASTY.into(),
        signed_in_at: MOMENT,
        last_seen_at: MOMENT,
        is_this: true,
    };
    let sessions = SessionsPage { frame: frame(Section::Sessions), sessions: vec![session] };
    let password = PasswordPage { frame: frame(Section::Password), password_min: 12 };
    vec![
        ("key", api_key(true, Some(key()), None).html().unwrap()),
        ("no key", api_key(true, None, None).html().unwrap()),
        ("new key", api_key(true, Some(key()), Some(NASTY.into())).html().unwrap()),
        ("key not allowed", api_key(false, None, None).html().unwrap()),
        ("confirm", confirm.html().unwrap()),
        ("plan", plan.html().unwrap()),
        ("sessions", sessions.html().unwrap()),
        ("password", password.html().unwrap()),
    ]
}

fn pages() -> Vec<(&'static str, String)> {
    let upload = |watermark| Upload {
        session_id: NASTY.into(),
        max_files: 20,
        files_per_request: 1,
        max_file_bytes: 20_971_520,
        credits_left: 0,
        credits_limit: Some(20),
        resets_at: MOMENT,
        watermark,
        base_url: NASTY.into(),
        api_key: watermark,
    };
    let compress =
        |watermark| CompressPage { frame: frame(Section::Compress), upload: upload(watermark) };
    let result = ResultRow {
        original_name: NASTY.into(),
        name: NASTY.into(),
        format: NASTY.into(),
        original_bytes: Some(1000),
        bytes: 400,
        download_url: "https://img.example.org/api/results/1/a.webp?x=1&y=2".into(),
    };
    let results = ResultsPage {
        frame: frame(Section::Compress),
        session_id: "s".into(),
        results: vec![result.clone(), result],
        errors: vec![FileError { original_name: NASTY.into(), message: NASTY.into() }],
        expires_at: Some(MOMENT),
    };
    let usage = UsagePage {
        frame: frame(Section::Usage),
        compressions_used: 7,
        compressions_limit: Some(20),
        ai_used: 0,
        ai_limit: 0,
        ai_topup: 3,
        starts_at: MOMENT,
        resets_at: MOMENT,
        months: vec![Month { starts_at: MOMENT, compressions: 7 }; 12],
        requests: vec![RequestRow {
            at: MOMENT,
            by_api_key: true,
            compressed: 2,
            failed: 1,
            bytes_before: 1000,
            bytes_after: 290,
        }],
    };
    let mut pages = vec![
        ("compress", compress(true).html().unwrap()),
        ("compress, locked", compress(false).html().unwrap()),
        ("results", results.html().unwrap()),
        ("usage", usage.html().unwrap()),
    ];
    pages.extend(doors());
    pages.extend(settings());
    pages.extend(operators_pages());
    pages
}

#[test]
fn text_from_outside_is_escaped_on_every_page() {
    for (name, html) in pages() {
        assert!(!html.contains("<script>"), "{name}");
        assert!(!html.contains("alert('"), "{name}");
        let own = html.matches("<script src=\"/assets/").count();
        assert_eq!(html.matches("<script").count(), own, "{name}");
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, html) in pages() {
        for inline in [" style=\"", " onclick", " onload", "javascript:", "data:", "<style"] {
            assert!(!html.contains(inline), "{inline} on {name}");
        }
        for piece in html.split("src=\"").skip(1) {
            assert!(piece.starts_with('/'), "{name}: {piece:.40}");
        }
        for asset in html.split("\"/assets/").skip(1) {
            let asset = asset.split('"').next().unwrap();
            assert!(assets::find(asset).is_some(), "{asset} on {name}");
        }
    }
}

#[test]
fn every_form_that_changes_something_begins_with_its_secret() {
    for (name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let (head, rest) = form.split_once('>').unwrap();
            if !head.contains("method=\"post\"") {
                continue;
            }
            let first = rest.trim_start();
            let secret = "<input type=\"hidden\" name=\"csrf\" value=\"0123abcd\">";
            assert!(first.starts_with(secret), "{name}: {first:.80}");
        }
    }
}

#[test]
fn tags_are_closed_in_the_order_in_which_they_were_opened() {
    const VOID: [&str; 6] = ["meta", "link", "input", "br", "img", "!doctype"];
    for (name, html) in pages() {
        let mut open: Vec<&str> = Vec::new();
        for piece in html.split('<').skip(1) {
            let tag = piece.split(['>', ' ', '\n', '/']).find(|tag| !tag.is_empty()).unwrap();
            let is_closed_itself = piece.split('>').next().unwrap().ends_with('/');
            if VOID.contains(&tag) || is_closed_itself {
                continue;
            }
            if piece.starts_with('/') {
                assert_eq!(open.pop(), Some(tag), "{name}: </{piece:.30}");
            } else {
                open.push(tag);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn every_field_has_a_name_for_those_who_do_not_see_it() {
    for (name, html) in pages() {
        for field in html.split(['<']).filter(|piece| {
            (piece.starts_with("input") && !piece.contains("type=\"hidden\""))
                || piece.starts_with("select")
        }) {
            let id = field.split_once("id=\"").map(|(_, rest)| rest.split('"').next().unwrap());
            let labelled = id.is_some_and(|id| html.contains(&format!("for=\"{id}\"")));
            let wrapped = field.contains("type=\"checkbox\"");
            assert!(labelled || wrapped || field.contains("aria-label"), "{name}: {field:.60}");
        }
    }
}

#[test]
fn the_current_section_is_marked_once_in_each_row_of_tabs() {
    for (name, html) in settings().into_iter().chain(operators_pages()) {
        let expected = if name == "confirm" { 1 } else { 2 };
        assert_eq!(html.matches("aria-current=").count(), expected, "{name}");
    }
}

#[test]
fn a_link_to_a_result_stays_on_the_site_it_was_shown_on() {
    let (_, html) = pages().into_iter().find(|(name, _)| *name == "results").unwrap();
    assert!(html.contains("src=\"/api/results/1/a.webp?x=1&#38;y=2\""), "{html}");
}

#[test]
fn all_files_together_are_light() {
    let bytes: usize = assets::all().iter().map(|asset| asset.bytes.len()).sum();
    assert!(bytes < 60_000, "{bytes} bytes");
}
