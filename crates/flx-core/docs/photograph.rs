fn photograph() -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(320, 200, |x, y| {
        let grain = (x * 31 + y * 17) % 7;
        image::Rgb([x / 2 + grain, y + grain, (x * y / 300) % 200 + grain].map(|code| code as u8))
    });
    let mut file = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}
