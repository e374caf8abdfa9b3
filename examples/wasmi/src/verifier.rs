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

    /// Verifies a bundle in a new instance with so much fuel.
    ///
    /// # Errors
    /// A trap: above all, that the fuel is used up.
    pub fn verify(
        &self,
        bundle: &[u8],
        expectations: &str,
        limits: &str,
        fuel: u64,
    ) -> Result<Answer, Error> {
        let mut store = Store::new(&self.engine, ());
        store.set_fuel(fuel)?;
        // The module imports nothing.
        let instance =
            Linker::<()>::new(&self.engine).instantiate_and_start(&mut store, &self.module)?;
        let mut call = Call::new(store, instance)?;
        let limits = call.put(limits.as_bytes())?;
        let expectations = call.put(expectations.as_bytes())?;
        let bundle = call.put(bundle)?;
        let verifier: TypedFunc<(u32, u32, u32), u32> = call.function("zkpot_verifier_new")?;
        let verifier = verifier.call(&mut call.store, (limits.0, limits.1, 0))?;
        let verify: TypedFunc<(u32, u32, u32, u32, u32), u32> = call.function("zkpot_verify")?;
        let arguments = (verifier, bundle.0, bundle.1, expectations.0, expectations.1);
        let result = verify.call(&mut call.store, arguments)?;
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
