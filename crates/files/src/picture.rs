//! Pictures: how large they are, and small ones of them. What would not fit into memory is not unpacked.

use std::io::Cursor;

use bytes::Bytes;
use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
};

/// Pictures with more than that are not unpacked (security.md §6).
const MOST_PIXELS: u64 = 40_000_000;
/// What unpacking may take: a bit more than the largest picture with four bytes a pixel.
const MOST_MEMORY: u64 = 200 * 1024 * 1024;
/// The longer side of a small picture: twice what a bubble shows, for dense screens.
const SMALL: u32 = 640;

/// What was seen of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// As people see it, turned as the camera asks.
    pub width: u32,
    /// As people see it.
    pub height: u32,
    /// JPEG, or PNG where there are holes in it; `None` where it can't be unpacked.
    pub small: Option<Bytes>,
}

/// Looks at a jpeg, png, webp or gif; `None` for anything else, and for what lies about its size.
pub(crate) fn look(bytes: &[u8], kind: &str) -> Option<Picture> {
    let format = match kind {
        "image/jpeg" => ImageFormat::Jpeg,
        "image/png" => ImageFormat::Png,
        "image/webp" => ImageFormat::WebP,
        "image/gif" => ImageFormat::Gif,
        _ => return None,
    };
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().ok()?;
    let is_fit = width > 0 && height > 0 && u64::from(width) * u64::from(height) <= MOST_PIXELS;
    let seen = is_fit.then(|| unpack(reader())).flatten();
    Some(match seen {
        Some(picture) => {
            let (width, height) = picture.dimensions();
            Picture { width, height, small: small(&picture) }
        }
        None => Picture { width, height, small: None },
    })
}

fn unpack(mut reader: ImageReader<Cursor<&[u8]>>) -> Option<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    Some(picture)
}

fn small(picture: &DynamicImage) -> Option<Bytes> {
    let (width, height) = picture.dimensions();
    let resized;
    let small = if width.max(height) > SMALL {
        resized = picture.resize(SMALL, SMALL, FilterType::Triangle);
        &resized
    } else {
        picture
    };
    let mut bytes = Vec::new();
    if small.color().has_alpha() {
        small.to_rgba8().write_with_encoder(PngEncoder::new(&mut bytes)).ok()?;
    } else {
        small.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 80)).ok()?;
    }
    Some(bytes.into())
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_large_picture_gets_a_small_one_of_the_same_shape() {
        let large = DynamicImage::from(RgbImage::from_pixel(2000, 1000, Rgb([200, 30, 30])));
        for (format, kind) in [
            (ImageFormat::Jpeg, "image/jpeg"),
            (ImageFormat::Png, "image/png"),
            (ImageFormat::WebP, "image/webp"),
            (ImageFormat::Gif, "image/gif"),
        ] {
            let seen = look(&written(&large, format), kind).unwrap();
            assert_eq!((seen.width, seen.height), (2000, 1000), "{kind}");
            let small = image::load_from_memory(&seen.small.unwrap()).unwrap();
            assert_eq!(small.dimensions(), (640, 320), "{kind}");
        }
    }

    #[test]
    fn holes_stay_holes() {
        let sticker = DynamicImage::from(RgbaImage::from_pixel(512, 512, Rgba([1, 2, 3, 0])));
        let seen = look(&written(&sticker, ImageFormat::WebP), "image/webp").unwrap();
        let small = image::load_from_memory(&seen.small.unwrap()).unwrap().to_rgba8();
        assert_eq!((small.dimensions(), small.get_pixel(5, 5)[3]), ((512, 512), 0));
    }

    #[test]
    fn a_bomb_is_measured_and_not_unpacked() {
        // A few bytes that claim 50,000 × 50,000 pixels.
        let mut png = written(&DynamicImage::new_rgb8(1, 1), ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
        let crc = crc(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        let seen = look(&png, "image/png").unwrap();
        assert_eq!((seen.width, seen.small), (50_000, None));
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(
                crc ^ u32::from(*byte),
                |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
            )
        })
    }

    #[test]
    fn garbage_and_half_pictures_are_no_pictures() {
        assert_eq!(look(b"\x89PNG\r\n\x1a\nnonsense", "image/png"), None);
        assert_eq!(look(b"hello", "text/plain"), None);
        let whole = written(&DynamicImage::new_rgb8(300, 300), ImageFormat::Png);
        let half = look(&whole[..whole.len() / 2], "image/png").unwrap();
        assert_eq!((half.width, half.small), (300, None));
    }
}
