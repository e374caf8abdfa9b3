//! Keys in a folder.
//!
//! Two files: `parameters`, in halo2's raw format, and `keys`: a line that names the format, a line of
//! JSON ([`Header`]), and the proving key as the library writes it. They are as large as the circuit, so
//! they are not checked point by point when they are read, but hashed: a file that a disk or a copy
//! damaged is refused. It is the prover's own folder; a verifier reads nothing of it.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use halo2_base::halo2_proofs::SerdeFormat;
use halo2_base::halo2_proofs::plonk::ProvingKey;
use serde::{Deserialize, Serialize};

use super::{Error, Keys, Parameters};
use crate::circuit::{ChipCircuit, Pinning};

/// The format. Another version of the library or of the circuits has another one.
const FORMAT: &str = "zkpot circuit keys 1\n";
const KEYS: &str = "keys";
const PARAMETERS: &str = "parameters";
/// The longest header that is looked at.
const LONGEST: u64 = 1 << 16;
const BUFFER: usize = 1 << 20;

/// What a file of keys says before the keys.
#[derive(Serialize, Deserialize)]
struct Header {
    /// What the circuit is for, as its maker described it.
    circuit: String,
    pinning: Pinning,
    /// Blake3 of the proving key's bytes.
    proving: String,
    /// Blake3 of the parameters' file.
    parameters: String,
}

impl Keys {
    /// Writes both files, each under another name first, so that a folder never has half of one.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn write(&self, folder: &Path, circuit: &str) -> Result<(), Error> {
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let write = |file: &mut dyn Write| Patient::all(file, |file| self.parameters.write(file));
        let parameters = hash_of(write).map_err(failed(folder))?;
        replace(&folder.join(PARAMETERS), write)?;
        let write = |file: &mut dyn Write| {
            let format = SerdeFormat::RawBytesUnchecked;
            Patient::all(file, |file| self.proving.write(file, format))
        };
        let proving = hash_of(write).map_err(failed(folder))?;
        let pinning = self.pinning.clone();
        let header = Header { circuit: circuit.into(), pinning, proving, parameters };
        replace(&folder.join(KEYS), |file| {
            file.write_all(FORMAT.as_bytes())?;
            writeln!(file, "{}", serde_json::to_string(&header)?)?;
            write(file)
        })
    }

    /// Reads the keys of a folder; `None` where it has none, or those of another circuit or format.
    ///
    /// # Errors
    /// [`Error::File`]; [`Error::Keys`] for a file that was changed.
    pub fn read(folder: &Path, circuit: &str) -> Result<Option<Self>, Error> {
        let path = folder.join(KEYS);
        let mut file = match File::open(&path) {
            Ok(file) => BufReader::with_capacity(BUFFER, file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&path)(error)),
        };
        let header = read_header(&mut file).map_err(failed(&path))?;
        let Some(header) = header.filter(|header| header.circuit == circuit) else {
            return Ok(None);
        };
        let beside = folder.join(PARAMETERS);
        // The library's readers panic over what their writers did not write.
        let mut parameters = open(&beside)?;
        require(&beside, &mut parameters, &header.parameters)?;
        require(&path, &mut file, &header.proving)?;
        let parameters =
            Parameters::read_unchecked(&mut open(&beside)?).map_err(failed(&beside))?;
        let mut file = open(&path)?;
        read_header(&mut file).map_err(failed(&path))?;
        let shape = header.pinning.shape.clone();
        let format = SerdeFormat::RawBytesUnchecked;
        let proving = ProvingKey::read::<_, ChipCircuit>(&mut file, format, shape);
        let proving = proving.map_err(failed(&path))?;
        Ok(Some(Self { parameters, proving, pinning: header.pinning }))
    }
}

/// A writer that takes everything, and writes as long as it can: the library panics over errors of its
/// writers, a full disk's among them.
struct Patient<'a> {
    file: &'a mut dyn Write,
    written: io::Result<()>,
}

impl<'a> Patient<'a> {
    /// Writes to a file; the error is the file's first one.
    fn all(
        file: &'a mut dyn Write,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut patient = Self { file, written: Ok(()) };
        write(&mut patient)?;
        patient.written
    }
}

impl Write for Patient<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written.is_ok() {
            self.written = self.file.write_all(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The header of a file of keys; `None` where it starts like another file.
fn read_header(file: &mut impl BufRead) -> io::Result<Option<Header>> {
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        // What is no text is no header.
        if file.by_ref().take(LONGEST).read_line(line).is_err() {
            return Ok(None);
        }
    }
    let [format, header] = lines;
    Ok(if format == FORMAT { serde_json::from_str(&header).ok() } else { None })
}

/// Requires that what is left of a file has a hash.
fn require(path: &Path, file: &mut impl Read, hash: &str) -> Result<(), Error> {
    let mut hasher = blake3::Hasher::new();
    io::copy(file, &mut hasher).map_err(failed(path))?;
    if hasher.finalize().to_hex().as_str() == hash {
        return Ok(());
    }
    Err(Error::Keys { path: path.into(), reason: "it was changed after it was made" })
}

fn open(path: &Path) -> Result<BufReader<File>, Error> {
    Ok(BufReader::with_capacity(BUFFER, File::open(path).map_err(failed(path))?))
}

fn hash_of(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    write(&mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Writes a file under another name, and gives it its own when it is on the disk.
fn replace(path: &Path, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let unfinished = path.with_extension("unfinished");
    let written = (|| {
        let mut file = BufWriter::with_capacity(BUFFER, File::create(&unfinished)?);
        write(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&unfinished, path)
    })();
    if written.is_err() {
        // The error is what it was before, whether this succeeds or not.
        drop(fs::remove_file(&unfinished));
    }
    written.map_err(failed(path))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    let path = PathBuf::from(path);
    move |source| Error::File { path: path.clone(), source }
}
