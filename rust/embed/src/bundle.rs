//! Bundles (`docs/spec/formats.md`), read as their bytes arrive.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::limits::Limits;
use crate::refusal::{Code, Refusal};

/// What a bundle begins with.
pub const MAGIC: &[u8; 8] = b"zkpotrun";

/// The version of bundles.
pub const VERSION: u32 = 1;

/// A section of a bundle; they come in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section<'a> {
    /// The terms of the run.
    Order(&'a [u8]),
    /// Its program.
    Program(&'a [u8]),
    /// Its links, one after another.
    Link(&'a [u8]),
}

/// What the next bytes are, and how many.
#[derive(Clone, Copy, Debug)]
enum Awaited {
    /// Magic, version and number of sections.
    Header,
    /// Length of the name of this section, and the name.
    Name(u64),
    /// Length of its content.
    Length(u64),
    /// Its content.
    Content(u64, usize),
    /// Nothing more.
    End,
}

/// Reads a bundle that comes in pieces; keeps what is there of one section.
#[derive(Debug)]
pub struct Reader {
    limits: Limits,
    awaited: Awaited,
    sections: u64,
    read: u64,
    kept: Vec<u8>,
}

impl Reader {
    /// Before the first byte.
    pub const fn new(limits: Limits) -> Self {
        Self { limits, awaited: Awaited::Header, sections: 0, read: 0, kept: Vec::new() }
    }

    /// Takes the next bytes; gives each section that is complete.
    ///
    /// # Errors
    /// [`Code::Encoding`], [`Code::Version`], [`Code::Limit`], and those of `take`.
    pub fn push(
        &mut self,
        mut piece: &[u8],
        mut take: impl FnMut(Section<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.read = self.read.saturating_add(piece.len() as u64);
        Limits::check("the bundle", self.read, self.limits.bundle_bytes)?;
        loop {
            let awaited = self.awaited_bytes();
            let missing = awaited - self.kept.len();
            if matches!(self.awaited, Awaited::End) {
                return if piece.is_empty() {
                    Ok(())
                } else {
                    Err(malformed("something follows its end"))
                };
            }
            let Some((now, rest)) = piece.split_at_checked(missing) else {
                self.kept.extend_from_slice(piece);
                return Ok(());
            };
            piece = rest;
            if self.kept.is_empty() {
                self.step(now, &mut take)?;
            } else {
                self.kept.extend_from_slice(now);
                let kept = core::mem::take(&mut self.kept);
                self.step(&kept, &mut take)?;
            }
        }
    }

    /// After the last byte.
    ///
    /// # Errors
    /// [`Code::Encoding`] where more should follow.
    pub fn finish(&self) -> Result<(), Refusal> {
        match self.awaited {
            Awaited::End => Ok(()),
            _ => Err(malformed("it is cut off")),
        }
    }

    fn awaited_bytes(&self) -> usize {
        match self.awaited {
            Awaited::Header => 16,
            Awaited::Name(section) => 2 + name(section).len(),
            Awaited::Length(_) => 8,
            Awaited::Content(_, length) => length,
            Awaited::End => 0,
        }
    }

    fn step(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(Section<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.awaited = match self.awaited {
            Awaited::Header => {
                self.sections = self.header(bytes)?;
                Awaited::Name(0)
            }
            Awaited::Name(section) => {
                let expected = name(section);
                let length = u16::try_from(expected.len()).unwrap_or_default().to_le_bytes();
                if bytes != [&length, expected.as_bytes()].concat() {
                    return Err(malformed(&format!("its section {section} is not '{expected}'")));
                }
                Awaited::Length(section)
            }
            Awaited::Length(section) => Awaited::Content(section, self.length(section, bytes)?),
            Awaited::Content(section, _) => {
                take(match section {
                    0 => Section::Order(bytes),
                    1 => Section::Program(bytes),
                    _ => Section::Link(bytes),
                })?;
                self.after(section)
            }
            Awaited::End => Awaited::End,
        };
        Ok(())
    }

    fn after(&self, section: u64) -> Awaited {
        if section + 1 < self.sections { Awaited::Name(section + 1) } else { Awaited::End }
    }

    /// The number of sections.
    fn header(&self, bytes: &[u8]) -> Result<u64, Refusal> {
        let Some((MAGIC, rest)) = bytes.split_first_chunk::<8>() else {
            return Err(malformed("it does not begin as such a file does"));
        };
        let (found, count) = rest.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
        let found = u32::from_le_bytes(*found);
        if found != VERSION {
            let why = format!("it has version {found}, and this zkpot reads version {VERSION}");
            return Err(Refusal::new(Code::Version, format!("not a zkpot bundle: {why}")));
        }
        let count = u32::from_le_bytes(count.try_into().unwrap_or_default()).into();
        if count < 2 {
            return Err(malformed("it has neither terms nor program"));
        }
        Limits::check("the number of links", count - 2, self.limits.links)?;
        Ok(count)
    }

    fn length(&self, section: u64, bytes: &[u8]) -> Result<usize, Refusal> {
        let length = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        let limit = match section {
            0 => self.limits.order_bytes,
            1 => self.limits.program_bytes,
            _ => self.limits.link_bytes,
        };
        let part = format!("the bundle's section '{}'", name(section));
        Limits::check(&part, length, limit)?;
        usize::try_from(length).map_err(|_| malformed("it is cut off"))
    }
}

/// The name of a section.
fn name(section: u64) -> String {
    match section {
        0 => "order".into(),
        1 => "program".into(),
        link => format!("link/{:06}", link - 2),
    }
}

fn malformed(why: &str) -> Refusal {
    Refusal::new(Code::Encoding, format!("not a zkpot bundle: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn section(name: &str, content: &[u8]) -> Vec<u8> {
        let length = (name.len() as u16).to_le_bytes();
        [&length[..], name.as_bytes(), &(content.len() as u64).to_le_bytes(), content].concat()
    }

    fn bundle(sections: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes =
            [&MAGIC[..], &[1, 0, 0, 0], &(sections.len() as u32).to_le_bytes()].concat();
        sections.iter().for_each(|(name, content)| bytes.extend(section(name, content)));
        bytes
    }

    fn read(bytes: &[u8], piece: usize, limits: Limits) -> Result<Vec<Vec<u8>>, Refusal> {
        let mut reader = Reader::new(limits);
        let mut found = vec![];
        for piece in bytes.chunks(piece) {
            reader.push(piece, |section| {
                let (Section::Order(content) | Section::Program(content) | Section::Link(content)) =
                    section;
                found.push(content.to_vec());
                Ok(())
            })?;
        }
        reader.finish()?;
        Ok(found)
    }

    fn refused(bytes: &[u8]) -> String {
        let whole = read(bytes, 1 << 20, Limits::default()).unwrap_err();
        for piece in [1, 3, 17] {
            assert_eq!(read(bytes, piece, Limits::default()), Err(whole.clone()));
        }
        whole.to_string()
    }

    const WHOLE: [(&str, &[u8]); 4] =
        [("order", b"{}"), ("program", b""), ("link/000000", b"first"), ("link/000001", b"second")];

    #[test]
    fn pieces_of_any_size() {
        let contents: Vec<Vec<u8>> = WHOLE.iter().map(|(_, content)| content.to_vec()).collect();
        for piece in 1..120 {
            assert_eq!(read(&bundle(&WHOLE), piece, Limits::default()), Ok(contents.clone()));
        }
    }

    #[test]
    fn every_cut() {
        let bytes = bundle(&WHOLE);
        for length in 0..bytes.len() {
            assert_eq!(refused(&bytes[..length]), "not a zkpot bundle: it is cut off");
        }
    }

    #[test]
    fn damage_is_named() {
        let bytes = bundle(&WHOLE);
        let changed = |at: usize, to: &[u8]| {
            let mut bytes = bytes.clone();
            bytes[at..at + to.len()].copy_from_slice(to);
            refused(&bytes)
        };
        let reason = |why: &str| format!("not a zkpot bundle: {why}");
        assert_eq!(changed(0, b"Z"), reason("it does not begin as such a file does"));
        assert_eq!(changed(8, &[2]), reason("it has version 2, and this zkpot reads version 1"));
        assert_eq!(changed(12, &[1]), reason("it has neither terms nor program"));
        assert_eq!(changed(12, &[3]), reason("something follows its end"));
        assert_eq!(changed(18, b"0"), reason("its section 0 is not 'order'"));
        let swapped = bundle(&[WHOLE[1], WHOLE[0]]);
        assert_eq!(refused(&swapped), reason("its section 0 is not 'order'"));
        let gap = bundle(&[WHOLE[0], WHOLE[1], WHOLE[3]]);
        assert_eq!(refused(&gap), reason("its section 2 is not 'link/000000'"));
    }

    #[test]
    fn limits_come_before_the_bytes_that_they_are_about() {
        let bytes = bundle(&WHOLE);
        let about = |limits: Limits, kept: usize| {
            let refused = read(&bytes[..kept], 1 << 20, limits).unwrap_err();
            assert_eq!(refused.code(), Code::Limit);
            refused.to_string()
        };
        let limits = Limits::default();
        assert_eq!(
            about(Limits { links: 1, ..limits }, 16),
            "the number of links is larger than the limit of 1"
        );
        assert_eq!(
            about(Limits { order_bytes: 1, ..limits }, 16 + 7 + 8),
            "the bundle's section 'order' is larger than the limit of 1"
        );
        assert_eq!(
            about(Limits { bundle_bytes: 15, ..limits }, 16),
            "the bundle is larger than the limit of 15"
        );
    }
}
