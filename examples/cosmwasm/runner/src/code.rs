//! A contract's code.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use cosmwasm_std::Checksum;
use cosmwasm_vm::testing::{MockApi, MockQuerier, MockStorage};
use cosmwasm_vm::{Backend, Cache, CacheOptions, Instance, InstanceOptions, Size};
use tempfile::TempDir;

/// Memory of an instance in wasmd (`contractMemoryLimit`).
pub const MEMORY: Size = Size::mebi(32);

/// Bytes of code that wasmd takes (`MaxWasmSize`), unless a chain is built with another number.
pub const CODE_BYTES: usize = 800 * 1024;

/// Compiled modules that stay in memory.
const MODULES: Size = Size::mebi(256);

/// What wasmd 0.60 offers contracts.
const CAPABILITIES: [&str; 10] = [
    "cosmwasm_1_1",
    "cosmwasm_1_2",
    "cosmwasm_1_3",
    "cosmwasm_1_4",
    "cosmwasm_2_0",
    "cosmwasm_2_1",
    "cosmwasm_2_2",
    "cosmwasm_3_0",
    "iterator",
    "staking",
];

/// Code that a node has stored: it passed the static checks and is compiled.
pub struct Code {
    cache: Cache<MockApi, MockStorage, MockQuerier>,
    checksum: Checksum,
    bytes: usize,
    /// Where the cache lies.
    _folder: TempDir,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("checksum", &self.checksum).finish_non_exhaustive()
    }
}

impl Code {
    /// Stores a file of code, with the checks of wasmd's `MsgStoreCode`.
    ///
    /// # Errors
    /// What the machine refuses it for.
    pub fn store(path: &Path) -> Result<Self, String> {
        let wasm = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::of(&wasm).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Stores code.
    ///
    /// # Errors
    /// What the machine refuses it for.
    pub fn of(wasm: &[u8]) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let capabilities: HashSet<String> = CAPABILITIES.map(String::from).into();
        let options = CacheOptions::new(folder.path(), capabilities, MODULES, MEMORY);
        // SAFETY: nobody else writes to the folder, which was made just now.
        let cache = unsafe { Cache::new(options) }.map_err(|error| error.to_string())?;
        let checksum = cache.store_code(wasm, true, true).map_err(|error| error.to_string())?;
        Ok(Self { cache, checksum, bytes: wasm.len(), _folder: folder })
    }

    /// Bytes of the code.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// A new instance over a contract's state.
    pub(crate) fn instance(
        &self,
        backend: Backend<MockApi, MockStorage, MockQuerier>,
        gas_limit: u64,
    ) -> Result<Instance<MockApi, MockStorage, MockQuerier>, String> {
        self.cache
            .get_instance(&self.checksum, backend, InstanceOptions { gas_limit })
            .map_err(|error| error.to_string())
    }
}
