//! Pictures without what a camera wrote into them: where, when and with what they were taken (security.md §9). The
//! picture itself is not touched, and stays the right way up.

/// The picture without its notes; `None` where there are none to take out, or it is no picture we know.
#[must_use]
pub fn without_notes(bytes: &[u8], kind: &str) -> Option<Vec<u8>> {
    let clean = match kind {
        "image/jpeg" => jpeg(bytes)?,
        "image/png" => png(bytes)?,
        _ => return None,
    };
    (clean.len() != bytes.len() || clean != bytes).then_some(clean)
}

/// Segments up to the first scan (ITU T.81, B.1). Applications' segments go, but for those that tell about colours:
/// JFIF (0), ICC profiles (2), Adobe (14).
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    let mut clean = b"\xff\xd8".to_vec();
    let mut turned = None;
    loop {
        let [0xff, marker, high, low, ..] = *rest else { return None };
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xda {
            break;
        }
        let (segment, after) = rest.split_at_checked(length)?;
        match marker {
            0xe1 => turned = turned.or_else(|| orientation(segment.get(4..)?)),
            0xe3..=0xed | 0xef | 0xfe => {}
            _ => clean.extend(segment),
        }
        rest = after;
    }
    if let Some(turned) = turned.filter(|turned| *turned != 1) {
        // After the start: Exif with one entry, which way is up.
        clean.splice(2..2, upright(turned));
    }
    clean.extend(rest);
    Some(clean)
}

/// Tag 0x0112 of the first directory of an Exif block.
fn orientation(exif: &[u8]) -> Option<u16> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let is_little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let long = |at: usize| -> Option<usize> {
        let four: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()
    };
    let directory = long(4)?;
    let entries = usize::from(short(directory)?);
    (0..entries)
        .map(|index| directory + 2 + index * 12)
        .find(|at| short(*at) == Some(0x0112))
        .and_then(|at| short(at + 8))
        .filter(|turned| (1..=8).contains(turned))
}

fn upright(turned: u16) -> Vec<u8> {
    let mut segment = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    segment.extend(turned.to_be_bytes());
    segment.extend([0; 6]);
    segment
}

/// Chunks (PNG, third edition, 11.3): texts, times and Exif go.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const SIGN: &[u8] = b"\x89PNG\r\n\x1a\n";
    let mut rest = bytes.strip_prefix(SIGN)?;
    let mut clean = SIGN.to_vec();
    while !rest.is_empty() {
        let length: [u8; 4] = rest.get(..4)?.try_into().ok()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let kind = chunk.get(4..8)?;
        if !matches!(kind, b"eXIf" | b"tEXt" | b"zTXt" | b"iTXt" | b"tIME") {
            clean.extend(chunk);
        }
        rest = after;
        if kind == b"IEND" {
            break;
        }
    }
    Some(clean)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader};

    use super::*;

    fn written(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(40, 20).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// What a phone writes: which way is up, and a place.
    fn exif(turned: u16) -> Vec<u8> {
        let mut tiff = b"Exif\0\0II\x2a\0\x08\0\0\0\x02\0".to_vec();
        tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, turned.to_le_bytes()[0], 0, 0, 0]);
        tiff.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
        tiff.extend(b"\0\0\0\0GPS 12.1 S 77.0 W");
        tiff
    }

    #[test]
    fn a_photo_tells_no_more_where_it_was_taken_and_stays_upright() {
        let plain = written(ImageFormat::Jpeg);
        let exif = exif(6);
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let photo = [&plain[..2], b"\xff\xe1", &length, &exif, b"\xff\xfe\0\x06Lima", &plain[2..]].concat();
        let clean = without_notes(&photo, "image/jpeg").unwrap();
        let has = |word: &[u8]| clean.windows(word.len()).any(|at| at == word);
        assert!(!has(b"GPS") && !has(b"Lima"));
        let mut decoder =
            ImageReader::with_format(Cursor::new(&clean), ImageFormat::Jpeg).into_decoder().unwrap();
        assert_eq!(decoder.orientation().unwrap().to_exif(), 6);
        assert_eq!(image::load_from_memory(&clean).unwrap(), image::load_from_memory(&plain).unwrap());
        assert_eq!(without_notes(&plain, "image/jpeg"), None, "nothing to take out");
    }

    #[test]
    fn a_png_loses_its_texts() {
        let plain = written(ImageFormat::Png);
        let text = b"\0\0\0\x0dtEXtAuthor\0Lucia\0\0\0\0\0";
        let noted = [&plain[..33], text, &plain[33..]].concat();
        assert_eq!(without_notes(&noted, "image/png"), Some(plain));
    }

    #[test]
    fn what_is_no_picture_is_left_alone() {
        for garbage in
            [&b""[..], b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff"]
        {
            assert_eq!(without_notes(garbage, "image/jpeg"), None);
            assert_eq!(without_notes(garbage, "image/png"), None);
        }
    }
}
