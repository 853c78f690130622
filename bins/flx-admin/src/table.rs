//! Rows of text in columns.

/// Rows whose columns are as wide as their widest cell, two spaces apart.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn with_header(names: &[&str]) -> Self {
        let mut table = Self::default();
        table.row(names);
        table
    }

    pub(crate) fn row(&mut self, cells: &[impl ToString]) {
        self.rows.push(cells.iter().map(ToString::to_string).collect());
    }

    pub(crate) fn render(&self) -> String {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_end_clean() {
        let mut table = Table::with_header(&["EMAIL", "PLAN"]);
        table.row(&["ä@example.org", "pro"]);
        table.row(&["b@c", ""]);
        assert_eq!(table.render(), "EMAIL          PLAN\nä@example.org  pro\nb@c\n");
    }

    #[test]
    fn rows_of_different_lengths_are_allowed() {
        let mut table = Table::default();
        table.row(&["a"]);
        table.row(&["b", "c"]);
        assert_eq!(table.render(), "a\nb  c\n");
    }
}
