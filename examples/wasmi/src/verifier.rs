//! The module in a store of its own, as a runtime calls it.

use wasmi::{
    CompilationMode, Config, Engine, Error, Instance, Linker, Memory, Module, Store, TypedFunc,
};

/// What the module answered, and the fuel that it took.
pub struct Answer {
    /// 0 where the proof is valid.
    pub code: i32,
    /// Why it is not.
    pub message: String,
    /// What it proves, as JSON.
    pub receipt: String,
    /// Units of work.
    pub work: u64,
    /// wasmi's fuel.
    pub fuel: u64,
}

/// What an instance verifies with, and how its functions are called.
pub enum Subject<'a> {
    /// Bundles of runs, within limits (JSON, or nothing).
    Runs(&'a str),
    /// Wrapped proofs of the circuit of this file.
    Wrapped(&'a [u8]),
}

impl<'a> Subject<'a> {
    /// What the handle is made of, and the names of the functions that make it and take it.
    fn calls(&self) -> (&'a [u8], &'static str, &'static str) {
        match self {
            Self::Runs(limits) => (limits.as_bytes(), "zkpot_verifier_new", "zkpot_verify"),
            Self::Wrapped(file) => (file, "zkpot_circuit_new", "zkpot_wrapped_verify"),
        }
    }
}

/// A compiled module.
pub struct Verifier {
    engine: Engine,
    module: Module,
}

impl Verifier {
    /// Compiles the module for metered execution.
    ///
    /// # Errors
    /// The bytes are no module that this engine runs.
    pub fn new(wasm: &[u8]) -> Result<Self, Error> {
        let mut config = Config::default();
        config.consume_fuel(true);
        // Otherwise the first proof would pay for the compilation, and fuel depend on what came before.
        config.compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, wasm)?;
        Ok(Self { engine, module })
    }

    /// Verifies a proof in a new instance with so much fuel.
    ///
    /// # Errors
    /// A trap: above all, that the fuel is used up.
    pub fn verify(
        &self,
        subject: &Subject<'_>,
        proof: &[u8],
        expectations: &str,
        fuel: u64,
    ) -> Result<Answer, Error> {
        let mut store = Store::new(&self.engine, ());
        store.set_fuel(fuel)?;
        // The module imports nothing.
        let instance =
            Linker::<()>::new(&self.engine).instantiate_and_start(&mut store, &self.module)?;
        let mut call = Call::new(store, instance)?;
        let (given, create, verify) = subject.calls();
        let given = call.put(given)?;
        let why_none = call.put(&[0; 4])?;
        let create: TypedFunc<(u32, u32, u32), u32> = call.function(create)?;
        let handle = create.call(&mut call.store, (given.0, given.1, why_none.0))?;
        let result = if handle == 0 {
            call.word(why_none.0)?
        } else {
            let expectations = call.put(expectations.as_bytes())?;
            let proof = call.put(proof)?;
            let verify: TypedFunc<(u32, u32, u32, u32, u32), u32> = call.function(verify)?;
            let arguments = (handle, proof.0, proof.1, expectations.0, expectations.1);
            verify.call(&mut call.store, arguments)?
        };
        let code: TypedFunc<u32, i32> = call.function("zkpot_result_code")?;
        let work: TypedFunc<u32, u64> = call.function("zkpot_result_work")?;
        Ok(Answer {
            code: code.call(&mut call.store, result)?,
            work: work.call(&mut call.store, result)?,
            message: call.text("zkpot_result_message", result)?,
            receipt: call.text("zkpot_result_receipt", result)?,
            fuel: fuel - call.store.get_fuel()?,
        })
    }
}

/// One instance and its memory.
struct Call {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Call {
    fn new(store: Store<()>, instance: Instance) -> Result<Self, Error> {
        let memory = instance
            .get_memory(&store, "memory")
            .ok_or_else(|| Error::new("the module exports no memory"))?;
        Ok(Self { store, instance, memory })
    }

    fn function<P: wasmi::WasmParams, R: wasmi::WasmResults>(
        &self,
        name: &str,
    ) -> Result<TypedFunc<P, R>, Error> {
        self.instance.get_typed_func(&self.store, name)
    }

    /// Bytes in the module's memory: where, and how many.
    fn put(&mut self, bytes: &[u8]) -> Result<(u32, u32), Error> {
        let length = u32::try_from(bytes.len()).map_err(|_| Error::new("more than 4 GiB"))?;
        let room: TypedFunc<u32, u32> = self.function("zkpot_alloc")?;
        let at = room.call(&mut self.store, length)?;
        let written = self.memory.write(&mut self.store, at as usize, bytes);
        written.map_err(|error| Error::new(error.to_string()))?;
        Ok((at, length))
    }

    /// A pointer that the module wrote.
    fn word(&self, at: u32) -> Result<u32, Error> {
        let mut bytes = [0; 4];
        let read = self.memory.read(&self.store, at as usize, &mut bytes);
        read.map_err(|error| Error::new(error.to_string()))?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// A text of a result.
    fn text(&mut self, name: &str, result: u32) -> Result<String, Error> {
        let at: TypedFunc<u32, u32> = self.function(name)?;
        let at = at.call(&mut self.store, result)? as usize;
        let length: TypedFunc<u32, u32> = self.function(&format!("{name}_len"))?;
        let length = length.call(&mut self.store, result)? as usize;
        let bytes = self.memory.data(&self.store).get(at..).and_then(|rest| rest.get(..length));
        Ok(String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned())
    }
}
