//! Lists the agent page's files, so that the program carries every one of `web/` and none is forgotten.

use std::fs;
use std::path::{Path, PathBuf};
use std::{env, io};

/// What a browser loads; tests and notes beside it stay out.
const SERVED: [&str; 7] = ["html", "js", "css", "svg", "png", "ico", "woff2"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("web");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("assets.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        list +=
            &format!("    Asset {{ name: {name:?}, body: include_bytes!({:?}) }},\n", file.to_string_lossy());
    }
    list += "]\n";
    fs::write(out, list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let extension = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && name != "tests" && name != "test" && name != "node_modules" {
            collect(&path, files)?;
        } else if SERVED.contains(&extension.as_str()) && !name.ends_with(".test.js") {
            files.push(path);
        }
    }
    Ok(())
}
