//! Whether a workbook can be unpacked without harm: sizes and ratios, as it says and as they are.

use std::fs::File;
use std::io::{self, Read};

/// The most bytes that the parts of a workbook may have together, unpacked.
const UNPACKED_MAX: u64 = 4 << 30;

/// The most bytes of the parts that are held in memory (texts, styles), unpacked.
const HELD_MAX: u64 = 512 << 20;

/// Parts smaller than this may be packed as tightly as they like.
const RATIO_FROM: u64 = 16 << 20;

/// How many times its packed size a part may have.
const RATIO_MAX: u64 = 250;

/// The most parts.
const PARTS_MAX: usize = 10_000;

/// Reads every part once, as far as it is allowed to go: what a workbook says of its sizes may be a lie.
pub(super) fn check(file: &mut File) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(file).map_err(|error| format!("it is no workbook: {error}"))?;
    if archive.len() > PARTS_MAX {
        return Err(format!("it has more than {PARTS_MAX} parts"));
    }
    let mut said = 0_u64;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|error| error.to_string())?;
        said = said.saturating_add(part.size());
        let name = part.name().map_err(|error| error.to_string())?;
        limit(&name, part.size(), part.compressed_size())?;
    }
    if said > UNPACKED_MAX {
        return Err(format!("it unpacks to more than {} GiB", UNPACKED_MAX >> 30));
    }
    let mut unpacked = 0_u64;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| error.to_string())?;
        let name = part.name().map_err(|error| error.to_string())?.into_owned();
        let packed = part.compressed_size();
        let allowed = largest(&name, packed).min(UNPACKED_MAX - unpacked);
        let length = io::copy(&mut part.take(allowed + 1), &mut io::sink())
            .map_err(|error| format!("its part {name} cannot be unpacked: {error}"))?;
        if length > allowed {
            return Err(format!("its part {name} unpacks to more than {allowed} bytes"));
        }
        unpacked += length;
    }
    Ok(())
}

fn limit(name: &str, size: u64, packed: u64) -> Result<(), String> {
    let allowed = largest(name, packed);
    if size > allowed {
        return Err(format!("its part {name} unpacks from {packed} to {size} bytes, allowed are {allowed}"));
    }
    Ok(())
}

fn largest(name: &str, packed: u64) -> u64 {
    let held = !name.starts_with("xl/worksheets/");
    let size = if held { HELD_MAX } else { UNPACKED_MAX };
    size.min(packed.saturating_mul(RATIO_MAX).max(RATIO_FROM))
}
