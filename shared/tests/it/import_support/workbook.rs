//! Workbooks, written part by part.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// The namespace of the parts.
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// The parts of a workbook.
pub(crate) struct Parts {
    /// The XML before the list of sheets.
    pub(crate) head: &'static str,
    /// The XML behind the cells of each sheet.
    pub(crate) tail: &'static str,
    /// Attributes and rows of each sheet.
    pub(crate) sheets: Vec<(String, String)>,
    pub(crate) styles: String,
    pub(crate) strings: Option<String>,
}

impl Parts {
    /// One sheet with these rows of cells; what begins with `<` is written as it is, the rest as text.
    pub(crate) fn rows(rows: &[&[&str]]) -> Self {
        let row = |(at, cells): (usize, &&[&str])| {
            let cell = |(column, cell): (usize, &&str)| match cell.starts_with('<') {
                true => (*cell).to_owned(),
                false => {
                    let letter = char::from(b'A' + u8::try_from(column).unwrap());
                    format!(r#"<c r="{letter}{}" t="inlineStr"><is><t>{cell}</t></is></c>"#, at + 1)
                }
            };
            format!("<row>{}</row>", cells.iter().enumerate().map(cell).collect::<String>())
        };
        let rows = rows.iter().enumerate().map(row).collect();
        let sheets = vec![(r#"name="S1""#.to_owned(), rows)];
        Self { head: "", tail: "", sheets, styles: style_sheet(), strings: None }
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut part = |name: &str, content: &str| {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(content.as_bytes()).unwrap();
        };
        let (mut list, mut relations) = (String::new(), String::new());
        for (at, (attributes, rows)) in self.sheets.iter().enumerate() {
            list += &format!(r#"<sheet {attributes} sheetId="{at}" r:id="s{at}"/>"#);
            relations += &format!(
                r#"<Relationship Id="s{at}" Type="{RELATIONS}/worksheet" Target="worksheets/{at}.xml"/>"#
            );
            part(
                &format!("xl/worksheets/{at}.xml"),
                &format!(
                    r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{}</worksheet>"#,
                    self.tail
                ),
            );
        }
        for name in ["styles", "sharedStrings"] {
            relations +=
                &format!(r#"<Relationship Id="{name}" Type="{RELATIONS}/{name}" Target="/xl/{name}.xml"/>"#);
        }
        part("xl/_rels/workbook.xml.rels", &format!("<Relationships>{relations}</Relationships>"));
        part(
            "xl/workbook.xml",
            &format!(
                r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{}<sheets>{list}</sheets></workbook>"#,
                self.head,
            ),
        );
        part("xl/styles.xml", &self.styles);
        if let Some(strings) = &self.strings {
            part("xl/sharedStrings.xml", strings);
        }
        archive.finish().unwrap().into_inner()
    }
}

/// Style 0 is plain, 1 a day, 2 and 3 in per cent, 4 has five digits, 5 is a postal code, 6 and 7 are lengths of time.
fn style_sheet() -> String {
    let xf = |id: u32| format!(r#"<xf numFmtId="{id}"/>"#);
    let cells: String = [0, 14, 9, 166, 164, 165, 46, 167].map(xf).concat();
    format!(
        r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/>
        <numFmt numFmtId="165" formatCode="[&lt;=999]000;[&lt;=9999]000\-00;000\-0000"/>
        <numFmt numFmtId="166" formatCode="0.0%;[Red]\-0.0%"/>
        <numFmt numFmtId="167" formatCode="[h]:mm"/></numFmts>
        <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{cells}</cellXfs>
        <dxfs><dxf><numFmt numFmtId="164" formatCode="0%"/></dxf></dxfs></styleSheet>"#
    )
}
