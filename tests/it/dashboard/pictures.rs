//! Dropping pictures: three of which one is broken, followed, compared, downloaded.

use std::io::Cursor;

use flx_tests::pictures::{jpeg, photo, png};
use flx_tests::{Browser, Screen, Service, look};

use super::{file, signed_in};

/// Drops files onto the page as a hand does, not through the field.
fn drop_pictures(browser: &Browser) {
    let _ = browser.script(
        "const data = new DataTransfer();
         const canvas = document.createElement('canvas');
         canvas.width = 64; canvas.height = 48;
         canvas.getContext('2d').fillRect(8, 8, 20, 20);
         const bytes = Uint8Array.from(atob(canvas.toDataURL('image/png').split(',')[1]),
             (letter) => letter.charCodeAt(0));
         data.items.add(new File([bytes], 'dropped.png', {type: 'image/png'}));
         document.getElementById('drop')
             .dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}));",
    );
}

#[test]
fn three_pictures_of_which_one_is_broken_are_compressed_compared_and_downloaded() {
    for (plan, screen) in [("agency", Screen::DESK), ("pro", Screen::PHONE)] {
        let service = Service::start();
        let key = service.account("ada@example.org", plan);
        let Some(browser) = signed_in(&service, "ada@example.org", screen) else { return };
        let folder = tempfile::tempdir().unwrap();
        let files = [
            file(folder.path(), "lake <b>.jpg", &jpeg(&photo(900, 600, 1), 95)),
            file(folder.path(), "broken.jpg", b"no picture at all"),
            // Large enough that its work can be seen to go on.
            file(folder.path(), "shot.png", &png(photo(2400, 1920, 2))),
        ];
        browser.choose("#files", &files.each_ref().map(|path| path.as_path()));
        browser.until("three rows", |browser| browser.count(".picture") == 3);
        assert!(browser.text(".picture .name").contains("lake <b>.jpg"), "as it is, not as HTML");
        browser.select("#format", "avif");
        browser.fill("#maxWidth", "300");
        // What is seen on the way is written down by the page itself.
        let _ = browser.script(
            "window.seen = new Set();
             new MutationObserver(() => document.querySelectorAll('.picture .small').forEach(
                 (facts) => window.seen.add(facts.textContent.split(' · ')[1])
             )).observe(document.getElementById('list'), {subtree: true, childList: true});",
        );
        browser.click("#start");
        browser.until("a total", |browser| browser.count("#total") == 1);
        let seen = browser.script("return [...window.seen].join('; ')");
        let seen = seen.as_str().unwrap();
        for stage in ["Uploading", "Compressing", "Compressed"] {
            assert!(seen.contains(stage), "{stage} is not among {seen}");
        }
        let total = browser.text("#total");
        assert!(
            total.starts_with("2 pictures, ") && total.contains("1 picture could not"),
            "{total}"
        );
        assert!(browser.text(".picture:nth-child(2) .bad").contains("plain text"));
        assert!(browser.text(".picture:nth-child(1) .small").contains("300 × 200"));
        assert_eq!(service.used(&key), 2, "the broken one costs nothing");

        browser.press("Compare");
        browser.until("both", |browser| browser.count("#compare img") == 2);
        let whole = "return document.getElementById('compare-after').naturalWidth";
        browser.until("the result", |browser| browser.script(whole) == 300);
        let _ = browser.script(
            "const range = document.getElementById('compare-range');
             range.value = 25; range.dispatchEvent(new Event('input'));",
        );
        let line = browser.script("return document.getElementById('compare-line').style.left");
        assert_eq!(line, "25%");
        browser.press("Close");

        browser.click("#curl summary");
        let curl = browser.text("#curl-line");
        for part in
            ["/api/compress", "$FLX_KEY", "'file=@lake <b>.jpg'", "'format=avif'", "maxWidth=300"]
        {
            assert!(curl.contains(part), "{part} is not in {curl}");
        }
        let files_a_request = if plan == "agency" { 3 } else { 1 };
        assert_eq!(curl.matches("file=@").count(), files_a_request, "what the plan takes: {curl}");

        let path = browser.script("return document.getElementById('zip').getAttribute('href')");
        let path = path.as_str().unwrap();
        let request =
            service.request(reqwest::Method::GET, path).header("cookie", browser.cookies());
        let answer = flx_tests::send(request).expect(200);
        let mut archive = zip::ZipArchive::new(Cursor::new(answer.body)).unwrap();
        assert_eq!(archive.len(), 2);
        for number in 0..2 {
            let mut entry = archive.by_index(number).unwrap();
            let name = entry.name().unwrap().into_owned();
            assert!(name.ends_with(".avif") && !name.contains('/'), "{name}");
            let mut bytes = Vec::new();
            std::io::copy(&mut entry, &mut bytes).unwrap();
            assert_eq!(look::format(&bytes), "avif");
        }
    }
}

#[test]
fn dropped_files_are_taken_removed_and_cancelled() {
    let service = Service::start();
    let key = service.account("ada@example.org", "agency");
    let Some(browser) = signed_in(&service, "ada@example.org", Screen::DESK) else { return };
    drop_pictures(&browser);
    drop_pictures(&browser);
    browser.until("two rows", |browser| browser.count(".picture") == 2);
    browser.click(".picture .icon");
    browser.until("one row", |browser| browser.count(".picture") == 1);

    // A large picture at the greatest effort leaves time to change one's mind.
    let folder = tempfile::tempdir().unwrap();
    let large = file(folder.path(), "large.png", &png(photo(3000, 2000, 3)));
    browser.choose("#files", &[&large]);
    browser.until("two rows", |browser| browser.count(".picture") == 2);
    browser.select("#format", "avif");
    let _ = browser.script("document.getElementById('effort').value = 'small'");
    browser.click("#start");
    browser.press("Cancel");
    browser.until("a total", |browser| browser.count("#total") == 1);
    assert!(browser.body().contains("Cancelled."), "{}", browser.body());
    browser.until("nothing charged", |_| service.used(&key) == 0);
    // It can be sent again as it stands.
    browser.select("#format", "jpg");
    browser.press("Try again");
    browser.until("results", |browser| browser.count(".picture-actions a") == 2);
    assert_eq!(service.used(&key), 2);
    browser.press("Start over");
    browser.until("no row", |browser| browser.count(".picture") == 0);
}

#[test]
fn a_watermark_is_drawn_where_the_plan_has_it_and_locked_where_not() {
    let service = Service::start();
    let _ = service.account("ada@example.org", "pro");
    let Some(browser) = signed_in(&service, "ada@example.org", Screen::DESK) else { return };
    let folder = tempfile::tempdir().unwrap();
    let picture = file(folder.path(), "photo.jpg", &jpeg(&photo(400, 300, 1), 95));
    let mark = image::RgbaImage::from_pixel(40, 40, image::Rgba([255, 0, 0, 255]));
    let mark = file(folder.path(), "mark.png", &png(mark));
    browser.choose("#files", &[&picture]);
    browser.press("Watermark");
    browser.choose("#watermarkFile", &[&mark]);
    browser.select("#watermarkPosition", "TL");
    browser.fill("#watermarkOpacity", "100");
    browser.click("#start");
    browser.until("a total", |browser| browser.count("#total") == 1);
    let url = browser.script("return document.querySelector('.picture-actions a').href");
    let result = service.get(url.as_str().unwrap()).expect(200).body;
    let seen = image::load_from_memory(&result).unwrap().to_rgb8();
    let near = seen.pixels().take(400 * 60).filter(|pixel| pixel[0] > 200 && pixel[1] < 60).count();
    assert!(near > 500, "{near} red pixels in the upper rows");

    let _ = service.admin(&["create-account", "--email", "free@example.org", "--plan", "free"]);
    let browser = signed_in(&service, "free@example.org", Screen::DESK).unwrap();
    browser.press("Watermark");
    assert!(browser.body().contains("Your plan has no watermarks"), "{}", browser.body());
    assert_eq!(browser.count("#watermarkFile"), 0);
}
