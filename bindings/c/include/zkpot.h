/* zkpot: verifies proofs of training. Made from rust/capi by `make c-header`; do not edit.

   A verifier has limits and remembers the programs that it checked; a circuit verifies wrapped proofs. Threads share both, and
   results. A session belongs to one thread at a time. Whoever is given a handle frees it. No input ends the process: a null pointer or bytes of any
   kind are a result with a code and a sentence. docs/embed/c.md has more. */

#ifndef ZKPOT_H
#define ZKPOT_H

#include <stddef.h>
#include <stdint.h>

/**
 * What a verification found. Zero is valid; below 100 the proof is refused; from 100 on it is its caller's mistake,
 * or this library's.
 */
typedef enum {
  /**
   * The proof is valid, and there is a receipt.
   */
  ZKPOT_VALID = 0,
  /**
   * The bytes are no bundle, no link, no circuit file or no wrapped proof.
   */
  ZKPOT_ENCODING = 10,
  /**
   * They are of a version that this build does not read.
   */
  ZKPOT_VERSION = 11,
  /**
   * They are larger, or cost more, than the limits allow.
   */
  ZKPOT_LIMIT = 12,
  /**
   * The bundle's program does not decode or check.
   */
  ZKPOT_PROGRAM = 13,
  /**
   * The run's terms do not decode.
   */
  ZKPOT_ORDER = 14,
  /**
   * A part does not fit the program, or the circuit.
   */
  ZKPOT_SHAPE = 15,
  /**
   * The proof ends too early, or too late.
   */
  ZKPOT_MESSAGES = 16,
  /**
   * The lookup argument does not hold.
   */
  ZKPOT_LOOKUP = 17,
  /**
   * A product does not hold.
   */
  ZKPOT_PRODUCT = 18,
  /**
   * The relations do not hold for the committed values.
   */
  ZKPOT_RELATION = 19,
  /**
   * They do not hold behind the masks.
   */
  ZKPOT_MASKS = 20,
  /**
   * A commitment does not have the claimed values.
   */
  ZKPOT_OPENING = 21,
  /**
   * No secure parameters exist for a polynomial.
   */
  ZKPOT_PARAMETERS = 22,
  /**
   * The proof hides nothing, and that was not allowed.
   */
  ZKPOT_NOT_HIDING = 23,
  /**
   * The run has fewer bits of security than required.
   */
  ZKPOT_INSECURE = 24,
  /**
   * A link does not continue the one before it, or does not start where its run does.
   */
  ZKPOT_CHAIN = 25,
  /**
   * The run is another one than expected.
   */
  ZKPOT_EXPECTATION = 26,
  /**
   * A run that reads each row once ends before the last.
   */
  ZKPOT_ROWS_LEFT = 27,
  /**
   * The run continues one that was not given.
   */
  ZKPOT_ORIGIN = 28,
  /**
   * A commitment would be opened twice.
   */
  ZKPOT_SPENT = 29,
  /**
   * The run ends in a claim that nobody has proven.
   */
  ZKPOT_NOT_CLOSED = 30,
  /**
   * No circuit has the verifier that the file describes, or everybody can forge its proofs and it does not say so.
   */
  ZKPOT_CIRCUIT = 31,
  /**
   * The wrapped proof is of another circuit.
   */
  ZKPOT_ANOTHER_CIRCUIT = 32,
  /**
   * A number is not below its field's order, a commitment is zero, or a point is not on the curve.
   */
  ZKPOT_ELEMENT = 33,
  /**
   * The wrapped proof does not show what it states: the pairing does not hold.
   */
  ZKPOT_PAIRING = 34,
  /**
   * Everybody can forge proofs of the circuit, since its setup is for tests, and that was not allowed.
   */
  ZKPOT_FORGEABLE = 35,
  /**
   * Limits, expectations or a pointer cannot be used.
   */
  ZKPOT_ARGUMENT = 100,
  /**
   * The session has ended before.
   */
  ZKPOT_ENDED = 101,
  /**
   * A fault of this library; the proof counts as refused.
   */
  ZKPOT_INTERNAL = 110,
} zkpot_code;

/**
 * A number of a receipt.
 */
typedef enum {
  /**
   * Training steps; of a wrapped proof those of its run so far.
   */
  ZKPOT_STEPS = 0,
  /**
   * Training steps behind the first weights.
   */
  ZKPOT_EARLIER_STEPS = 1,
  /**
   * Training steps that one step of the program makes; a wrapped proof does not say it.
   */
  ZKPOT_WINDOW = 2,
  /**
   * Links.
   */
  ZKPOT_LINKS = 3,
  /**
   * Rows that public totals are over; of a wrapped proof the rows of its dataset.
   */
  ZKPOT_ROWS = 4,
  /**
   * Bits of soundness of the whole run.
   */
  ZKPOT_SECURITY_BITS = 5,
  /**
   * 1 where the proof hides weights, data, activations, gradients and losses.
   */
  ZKPOT_ZERO_KNOWLEDGE = 6,
  /**
   * 1 where links name ciphertexts of their states.
   */
  ZKPOT_ENVELOPES = 7,
  /**
   * Steps of its run before a wrapped proof.
   */
  ZKPOT_START_STEPS = 8,
  /**
   * 1 where everybody can forge such wrapped proofs.
   */
  ZKPOT_TEST_SRS = 9,
} zkpot_number;

/**
 * A digest or commitment of a receipt, of 32 bytes.
 */
typedef enum {
  /**
   * Digest of the program.
   */
  ZKPOT_PROGRAM_DIGEST = 0,
  /**
   * The weights as their owner committed them.
   */
  ZKPOT_FIRST_COMMITMENT = 1,
  /**
   * The trained weights and optimizer state.
   */
  ZKPOT_LAST_COMMITMENT = 2,
  /**
   * The fresh copy that whatever comes next consumes; a wrapped proof has none.
   */
  ZKPOT_HEAD = 3,
  /**
   * Merkle root of the data shards that the run imported; a wrapped proof has `ZKPOT_SHARD`.
   */
  ZKPOT_DATA_ROOT = 4,
  /**
   * Merkle root of the shards as their owner committed them; a wrapped proof has `ZKPOT_SHARD`.
   */
  ZKPOT_DATA_LINEAGE = 5,
  /**
   * Nonce of the batch schedule.
   */
  ZKPOT_NONCE = 6,
  /**
   * Digest of the last statement.
   */
  ZKPOT_STATEMENT = 7,
  /**
   * Commitment to the dataset of a wrapped proof.
   */
  ZKPOT_SHARD = 8,
  /**
   * Commitment to the states that a wrapped proof starts from.
   */
  ZKPOT_START_COMMITMENT = 9,
  /**
   * Digest of the statement before a wrapped proof; zeros where it is the first of its run.
   */
  ZKPOT_START_STATEMENT = 10,
  /**
   * What names the circuit of a wrapped proof.
   */
  ZKPOT_CIRCUIT_NAME = 11,
} zkpot_digest;

/**
 * The verifier of a circuit's proofs. Threads share it.
 */
typedef struct zkpot_circuit zkpot_circuit;

/**
 * What a verification found: a receipt, or a code and a sentence. Nothing changes it.
 */
typedef struct zkpot_result zkpot_result;

/**
 * One verification of a bundle that comes in pieces. One thread uses it at a time.
 */
typedef struct zkpot_session zkpot_session;

/**
 * Limits, and the programs that were checked. Threads share it.
 */
typedef struct zkpot_verifier zkpot_verifier;

/**
 * Bytes of the caller's.
 */
typedef struct {
  /**
   * The first; may be null where there are none.
   */
  const uint8_t *data;
  /**
   * How many.
   */
  size_t len;
} zkpot_bytes;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Reads a circuit file (`.zkcirc`). It is what a verifying key is: who makes it decides which proofs are valid, so compare
 * `zkpot_circuit_digest` with the one that you trust.
 *
 * Returns null where it is none; `*result` says why, unless `result` is null.
 *
 * # Safety
 * `file` points to `file_len` bytes or is null; `result` is null or may be written to.
 */
zkpot_circuit *zkpot_circuit_new(const uint8_t *file,
                                 size_t file_len,
                                 zkpot_result **result);

/**
 * Frees a circuit; a null pointer is let be.
 *
 * # Safety
 * `circuit` is null or was returned by `zkpot_circuit_new`, not freed, and nobody uses it any more.
 */
void zkpot_circuit_free(zkpot_circuit *circuit);

/**
 * Writes keccak256 of the circuit's file to the 32 bytes at `out`. Returns 0, and writes nothing, where a pointer is null.
 *
 * # Safety
 * `circuit` is null or was returned by `zkpot_circuit_new` and not freed; `out` is null or has room for 32 bytes.
 */
int32_t zkpot_circuit_digest(const zkpot_circuit *circuit,
                             uint8_t *out);

/**
 * Units of work that verifying a proof of so many bytes takes at most, the same on all machines; 0 for a null pointer.
 *
 * # Safety
 * `circuit` is null or was returned by `zkpot_circuit_new` and not freed.
 */
uint64_t zkpot_circuit_work(const zkpot_circuit *circuit,
                            size_t proof_len);

/**
 * Raised when something in this interface changes so that callers must be compiled again.
 */
uint32_t zkpot_abi(void);

/**
 * The version of this library, such as "0.1.0".
 */
const char *zkpot_version(void);

/**
 * The version of a format that this library reads: of `bundle`, `program`, `link`, `continuation`, `statement`,
 * `arithmetic`, `circuit` or `wrapped`; 0 for any other name, and for what a build without it does not read.
 *
 * # Safety
 * `name` is null, or a text that ends in a zero byte.
 */
uint32_t zkpot_format(const char *name);

#if defined(__wasm__)
/**
 * Room for so many bytes, aligned to 8; null where there is none.
 */
uint8_t *zkpot_alloc(size_t len);
#endif

#if defined(__wasm__)
/**
 * Gives it back.
 *
 * # Safety
 * `zkpot_alloc` returned it for this length, and nobody uses it any more.
 */
void zkpot_dealloc(uint8_t *data, size_t len);
#endif

/**
 * Writes a number of the receipt (a `zkpot_number`) to `*number`. Returns 0, and writes nothing, where there is no receipt
 * or no such number.
 *
 * # Safety
 * `result` is null or was returned by this library and not freed; `out` is null or may be written to.
 */
int32_t zkpot_result_number(const zkpot_result *result,
                            uint32_t field,
                            uint64_t *out);

/**
 * Writes a digest of the receipt (a `zkpot_digest`) to the 32 bytes at `out`. Returns 0, and writes nothing, where there is
 * no receipt or no such digest.
 *
 * # Safety
 * `result` is null or was returned by this library and not freed; `out` is null or has room for 32 bytes.
 */
int32_t zkpot_result_digest(const zkpot_result *result,
                            uint32_t field,
                            uint8_t *out);

/**
 * The code: a `zkpot_code`. That of a null pointer is `ZKPOT_ARGUMENT`.
 *
 * # Safety
 * `result` is null or was returned by this library and not freed.
 */
int32_t zkpot_result_code(const zkpot_result *result);

/**
 * One sentence that says what was wrong, in UTF-8, and a zero byte; empty where the proof is valid. It lives as long as
 * the result.
 *
 * # Safety
 * As of `zkpot_result_code`.
 */
const char *zkpot_result_message(const zkpot_result *result);

/**
 * Bytes of the message, without the zero byte.
 *
 * # Safety
 * As of `zkpot_result_code`.
 */
size_t zkpot_result_message_len(const zkpot_result *result);

/**
 * The receipt as JSON, in UTF-8, and a zero byte; empty unless the proof is valid. It lives as long as the result.
 *
 * # Safety
 * As of `zkpot_result_code`.
 */
const char *zkpot_result_receipt(const zkpot_result *result);

/**
 * Bytes of the receipt's text, without the zero byte.
 *
 * # Safety
 * As of `zkpot_result_code`.
 */
size_t zkpot_result_receipt_len(const zkpot_result *result);

/**
 * Units of work that the verification took, the same on all machines; for a refused proof those until its fault was
 * found.
 *
 * # Safety
 * As of `zkpot_result_code`.
 */
uint64_t zkpot_result_work(const zkpot_result *result);

/**
 * Frees a result; a null pointer is let be.
 *
 * # Safety
 * `result` is null or was returned by this library, not freed, and nobody uses it any more.
 */
void zkpot_result_free(zkpot_result *result);

/**
 * Begins the verification of a bundle that comes in pieces: in the memory of its program and one link.
 *
 * Returns null where the expectations cannot be read; `*result` says why, unless `result` is null.
 *
 * # Safety
 * As of `zkpot_verify`; `result` is null or may be written to.
 */
zkpot_session *zkpot_session_new(const zkpot_verifier *verifier,
                                 const uint8_t *expectations,
                                 size_t expectations_len,
                                 zkpot_result **result);

/**
 * Takes the next bytes. Returns null to go on, and otherwise why the bundle is refused.
 *
 * # Safety
 * `session` was returned by `zkpot_session_new` and not freed, and no other thread uses it meanwhile; `piece` is null or
 * points to `len` bytes.
 */
zkpot_result *zkpot_session_push(zkpot_session *session,
                                 const uint8_t *piece,
                                 size_t len);

/**
 * After the last byte: what the verification found. Never returns null; the session is still to be freed.
 *
 * # Safety
 * As of `zkpot_session_push`.
 */
zkpot_result *zkpot_session_finish(zkpot_session *session);

/**
 * Frees a session; a null pointer is let be.
 *
 * # Safety
 * `session` is null or was returned by `zkpot_session_new`, not freed, and nobody uses it any more.
 */
void zkpot_session_free(zkpot_session *session);

/**
 * Makes a verifier.
 *
 * `limits` is JSON, or nothing for the default ones: `bundle_bytes`, `order_bytes`, `program_bytes`, `link_bytes`, `links`,
 * `work`, `elements`, `programs` (how many are remembered), each optional.
 *
 * Returns null where they cannot be read; `*result` says why, unless `result` is null.
 *
 * # Safety
 * `limits` points to `limits_len` bytes or is null; `result` is null or may be written to.
 */
zkpot_verifier *zkpot_verifier_new(const uint8_t *limits,
                                   size_t limits_len,
                                   zkpot_result **result);

/**
 * Frees a verifier; a null pointer is let be. Sessions of it live on.
 *
 * # Safety
 * `verifier` is null or was returned by `zkpot_verifier_new`, not freed, and nobody uses it any more.
 */
void zkpot_verifier_free(zkpot_verifier *verifier);

/**
 * Verifies a bundle (`.zkpot`). Never returns null.
 *
 * `expectations` is JSON, or nothing where nothing is expected: `program`, `first`, `data_root`, `nonce`, `steps`,
 * `earlier_steps`, `context`, `security`, `allow_clear`, `previous`, `scalars`, `seed`, each optional.
 *
 * # Safety
 * `verifier` was returned by `zkpot_verifier_new` and not freed; the other pointers are null or point to as many bytes as
 * said, which nobody changes meanwhile.
 */
zkpot_result *zkpot_verify(const zkpot_verifier *verifier,
                           const uint8_t *proof,
                           size_t proof_len,
                           const uint8_t *expectations,
                           size_t expectations_len);

/**
 * Verifies several bundles; programs that some share are checked once. `expectations` are as many, or null
 * where nothing is expected; `results` has room for as many pointers, of which none will be null.
 *
 * # Safety
 * As of `zkpot_verify`, for each.
 */
void zkpot_verify_batch(const zkpot_verifier *verifier,
                        const zkpot_bytes *proofs,
                        const zkpot_bytes *expectations,
                        size_t count,
                        zkpot_result **results);

/**
 * Verifies a wrapped proof (`.zkwrap`). Never returns null.
 *
 * `expectations` is JSON, or nothing where nothing is expected: `program`, `first`, `shard`, `nonce`, `context`,
 * `earlier_steps`, `start` (with `statement`, `states` and `steps`), `steps`, `scalars`, `security`, `allow_test_srs`, each
 * optional.
 *
 * # Safety
 * `circuit` was returned by `zkpot_circuit_new` and not freed; the other pointers are null or point to as many bytes as said,
 * which nobody changes meanwhile.
 */
zkpot_result *zkpot_wrapped_verify(const zkpot_circuit *circuit,
                                   const uint8_t *proof,
                                   size_t proof_len,
                                   const uint8_t *expectations,
                                   size_t expectations_len);

/**
 * Verifies several wrapped proofs of one circuit with one pairing, which is faster than one by one and answers the same.
 * `expectations` are as many, or null where nothing is expected; `results` has room for as many pointers, of which none
 * will be null.
 *
 * # Safety
 * As of `zkpot_wrapped_verify`, for each.
 */
void zkpot_wrapped_verify_batch(const zkpot_circuit *circuit,
                                const zkpot_bytes *proofs,
                                const zkpot_bytes *expectations,
                                size_t count,
                                zkpot_result **results);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ZKPOT_H */
