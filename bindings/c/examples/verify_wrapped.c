/* Verifies a wrapped proof and prints its receipt.

   cc $(pkg-config --cflags zkpot) verify_wrapped.c $(pkg-config --libs zkpot) -o verify_wrapped
   ./verify_wrapped digits.zkcirc proof.zkwrap '{"steps": 16}'

   Exit code 0: valid; 1: refused; 2: usage or input. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkpot.h>

/* No circuit file or proof is larger; one byte more than that is refused by the library. */
#define MOST_BYTES ((1 << 20) + 1)

/* The bytes of a file; exits where there are none. */
static uint8_t *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  uint8_t *bytes = malloc(MOST_BYTES);
  if (file == NULL || bytes == NULL) {
    perror(path);
    exit(2);
  }
  *len = fread(bytes, 1, MOST_BYTES, file);
  if (ferror(file)) {
    perror(path);
    exit(2);
  }
  fclose(file);
  return bytes;
}

/* Says why there is no receipt. */
static int refuse(const char *path, const zkpot_result *result) {
  int32_t code = zkpot_result_code(result);
  fprintf(stderr, "%s: %s (code %d)\n", path, zkpot_result_message(result), code);
  return code < ZKPOT_ARGUMENT ? 1 : 2;
}

static void print_receipt(const zkpot_result *result) {
  uint64_t start = 0, end = 0, bits = 0;
  uint8_t model[32];
  zkpot_result_number(result, ZKPOT_START_STEPS, &start);
  zkpot_result_number(result, ZKPOT_STEPS, &end);
  zkpot_result_number(result, ZKPOT_SECURITY_BITS, &bits);
  zkpot_result_digest(result, ZKPOT_LAST_COMMITMENT, model);
  printf("steps %" PRIu64 " to %" PRIu64 ", %" PRIu64 " bits of security, model ", start, end, bits);
  for (size_t i = 0; i < sizeof model; i++) printf("%02x", model[i]);
  printf("\n%s\n", zkpot_result_receipt(result));
}

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4) {
    fprintf(stderr, "usage: %s CIRCUIT PROOF [EXPECTATIONS]\n", argv[0]);
    return 2;
  }
  size_t file_len = 0, proof_len = 0;
  uint8_t *file = read_file(argv[1], &file_len);
  uint8_t *proof = read_file(argv[2], &proof_len);
  const uint8_t *expected = (const uint8_t *)(argc == 4 ? argv[3] : "");

  /* Whoever makes a circuit file decides which proofs are valid: a node compares zkpot_circuit_digest with its own. */
  zkpot_result *result = NULL;
  const char *faulty = argv[1];
  zkpot_circuit *circuit = zkpot_circuit_new(file, file_len, &result);
  if (circuit != NULL) {
    faulty = argv[2];
    result = zkpot_wrapped_verify(circuit, proof, proof_len, expected, strlen((const char *)expected));
  }
  int valid = zkpot_result_code(result) == ZKPOT_VALID;
  if (valid) print_receipt(result);
  int exit_code = valid ? 0 : refuse(faulty, result);
  zkpot_result_free(result);
  zkpot_circuit_free(circuit);
  free(proof);
  free(file);
  return exit_code;
}
