//! Codes: one table for runs (`zkpot_embed::Code`) and wrapped proofs (`zkpot_wrapped::Code`).

/// What a verification found. Zero is valid; below 100 the proof is refused; from 100 on it is its caller's mistake,
/// or this library's.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum zkpot_code {
    /// The proof is valid, and there is a receipt.
    ZKPOT_VALID = 0,
    /// The bytes are no bundle, no link, no circuit file or no wrapped proof.
    ZKPOT_ENCODING = 10,
    /// They are of a version that this build does not read.
    ZKPOT_VERSION = 11,
    /// They are larger, or cost more, than the limits allow.
    ZKPOT_LIMIT = 12,
    /// The bundle's program does not decode or check.
    ZKPOT_PROGRAM = 13,
    /// The run's terms do not decode.
    ZKPOT_ORDER = 14,
    /// A part does not fit the program, or the circuit.
    ZKPOT_SHAPE = 15,
    /// The proof ends too early, or too late.
    ZKPOT_MESSAGES = 16,
    /// The lookup argument does not hold.
    ZKPOT_LOOKUP = 17,
    /// A product does not hold.
    ZKPOT_PRODUCT = 18,
    /// The relations do not hold for the committed values.
    ZKPOT_RELATION = 19,
    /// They do not hold behind the masks.
    ZKPOT_MASKS = 20,
    /// A commitment does not have the claimed values.
    ZKPOT_OPENING = 21,
    /// No secure parameters exist for a polynomial.
    ZKPOT_PARAMETERS = 22,
    /// The proof hides nothing, and that was not allowed.
    ZKPOT_NOT_HIDING = 23,
    /// The run has fewer bits of security than required.
    ZKPOT_INSECURE = 24,
    /// A link does not continue the one before it, or does not start where its run does.
    ZKPOT_CHAIN = 25,
    /// The run is another one than expected.
    ZKPOT_EXPECTATION = 26,
    /// A run that reads each row once ends before the last.
    ZKPOT_ROWS_LEFT = 27,
    /// The run continues one that was not given.
    ZKPOT_ORIGIN = 28,
    /// A commitment would be opened twice.
    ZKPOT_SPENT = 29,
    /// The run ends in a claim that nobody has proven.
    ZKPOT_NOT_CLOSED = 30,
    /// No circuit has the verifier that the file describes, or everybody can forge its proofs and it does not say so.
    ZKPOT_CIRCUIT = 31,
    /// The wrapped proof is of another circuit.
    ZKPOT_ANOTHER_CIRCUIT = 32,
    /// A number is not below its field's order, a commitment is zero, or a point is not on the curve.
    ZKPOT_ELEMENT = 33,
    /// The wrapped proof does not show what it states: the pairing does not hold.
    ZKPOT_PAIRING = 34,
    /// Everybody can forge proofs of the circuit, since its setup is for tests, and that was not allowed.
    ZKPOT_FORGEABLE = 35,
    /// Limits, expectations or a pointer cannot be used.
    ZKPOT_ARGUMENT = 100,
    /// The session has ended before.
    ZKPOT_ENDED = 101,
    /// A fault of this library; the proof counts as refused.
    ZKPOT_INTERNAL = 110,
}

/// The same number on both sides, or it does not compile.
macro_rules! same_numbers {
    ($table:ident: $($theirs:ident $ours:ident),+ $(,)?) => {
        $(const _: () = assert!($table::$theirs as i32 == zkpot_code::$ours as i32);)+
    };
}

/// Numbers of runs.
mod runs {
    use zkpot_embed::Code;

    use super::zkpot_code;

    same_numbers!(Code:
        Encoding ZKPOT_ENCODING, Version ZKPOT_VERSION, Limit ZKPOT_LIMIT, Program ZKPOT_PROGRAM, Order ZKPOT_ORDER,
        Shape ZKPOT_SHAPE, Messages ZKPOT_MESSAGES, Lookup ZKPOT_LOOKUP, Product ZKPOT_PRODUCT,
        Relation ZKPOT_RELATION, Masks ZKPOT_MASKS, Opening ZKPOT_OPENING, Parameters ZKPOT_PARAMETERS,
        NotHiding ZKPOT_NOT_HIDING, Insecure ZKPOT_INSECURE, Chain ZKPOT_CHAIN, Expectation ZKPOT_EXPECTATION,
        RowsLeft ZKPOT_ROWS_LEFT, Origin ZKPOT_ORIGIN, Spent ZKPOT_SPENT, NotClosed ZKPOT_NOT_CLOSED,
        Argument ZKPOT_ARGUMENT, Ended ZKPOT_ENDED, Internal ZKPOT_INTERNAL,
    );
}

/// Numbers of wrapped proofs.
#[cfg(feature = "wrapped")]
mod wrapped {
    use zkpot_wrapped::Code;

    use super::zkpot_code;

    same_numbers!(Code:
        Encoding ZKPOT_ENCODING, Version ZKPOT_VERSION, Limit ZKPOT_LIMIT, Shape ZKPOT_SHAPE, Messages ZKPOT_MESSAGES,
        Insecure ZKPOT_INSECURE, Chain ZKPOT_CHAIN, Expectation ZKPOT_EXPECTATION, Circuit ZKPOT_CIRCUIT,
        AnotherCircuit ZKPOT_ANOTHER_CIRCUIT, Element ZKPOT_ELEMENT, Pairing ZKPOT_PAIRING,
        Forgeable ZKPOT_FORGEABLE, Argument ZKPOT_ARGUMENT,
    );
}
