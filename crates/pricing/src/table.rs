//! The embedded tables: comma-separated lines under a head, above them `# name: value`.

/// A table as it was read.
pub(crate) struct Table {
    notes: Vec<(&'static str, &'static str)>,
    head: Vec<&'static str>,
    /// The lines, cell by cell.
    pub(crate) lines: Vec<Vec<&'static str>>,
}

impl Table {
    pub(crate) fn read(text: &'static str) -> Self {
        let notes = text
            .lines()
            .filter_map(|line| line.strip_prefix('#'))
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect();
        let mut lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
            .map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
        let head = lines.next().unwrap_or_default();
        Self { notes, head, lines: lines.collect() }
    }

    /// What stands above the table under that name.
    pub(crate) fn note(&self, name: &str) -> Option<&'static str> {
        self.notes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// A cell of a line, by its column's name.
    pub(crate) fn cell<'line>(
        &self,
        line: &'line [&'static str],
        column: &str,
    ) -> Option<&'line &'static str> {
        let at = self.head.iter().position(|name| *name == column)?;
        line.get(at)
    }
}
