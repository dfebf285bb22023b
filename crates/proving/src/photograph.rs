//! A photograph whose facts are known.

/// A JPEG of 640 by 480 with the facts of a camera: 26° 27′ N, 74° 30′ E.
pub fn photograph() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    // Main directory at 8: four entries, 54 bytes; the camera's at 62: one entry, 18; the place's at 80: four entries, 54; data at 134.
    let data = 134;
    tiff.extend(4u16.to_le_bytes());
    for part in [
        entry(0x10f, 2, 5, data),
        entry(0x110, 2, 4, u32::from_le_bytes(*b"Cam\0")),
        entry(0x8769, 4, 1, 62),
        entry(0x8825, 4, 1, 80),
    ] {
        tiff.extend(part);
    }
    tiff.extend([0; 4]);
    tiff.extend(1u16.to_le_bytes());
    tiff.extend(entry(0x9003, 2, 20, data + 5));
    tiff.extend([0; 4]);
    tiff.extend(4u16.to_le_bytes());
    for part in
        [entry(1, 2, 2, u32::from(b'N')), entry(2, 5, 3, data + 25), entry(3, 2, 2, u32::from(b'E')), entry(4, 5, 3, data + 49)]
    {
        tiff.extend(part);
    }
    tiff.extend([0; 4]);
    tiff.extend(b"Test\0");
    tiff.extend(b"2026:01:05 10:30:00\0");
    for (number, by) in [(26u32, 1u32), (27, 1), (0, 1), (74, 1), (30, 1), (0, 1)] {
        tiff.extend(number.to_le_bytes());
        tiff.extend(by.to_le_bytes());
    }
    let mut out = vec![0xff, 0xd8, 0xff, 0xe1];
    out.extend((tiff.len() as u16 + 8).to_be_bytes());
    out.extend(b"Exif\0\0");
    out.extend(tiff);
    out.extend([0xff, 0xc0, 0, 17, 8, 1, 224, 2, 128, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9]);
    out
}
