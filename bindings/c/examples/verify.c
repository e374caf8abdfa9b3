/* Verifies a bundle and prints its receipt.

   cc $(pkg-config --cflags zkpot) verify.c $(pkg-config --libs zkpot) -o verify
   ./verify run.zkpot '{"steps": 64}'

   Exit code 0: valid; 1: refused; 2: usage or input. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkpot.h>

/* The bytes of a file; exits where there are none. */
static uint8_t *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(2);
  }
  long size = ftell(file);
  rewind(file);
  uint8_t *bytes = size < 0 ? NULL : malloc((size_t)size + 1);
  if (bytes == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
    perror(path);
    exit(2);
  }
  fclose(file);
  *len = (size_t)size;
  return bytes;
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) {
    fprintf(stderr, "usage: %s BUNDLE [EXPECTATIONS]\n", argv[0]);
    return 2;
  }
  size_t len = 0;
  uint8_t *proof = read_file(argv[1], &len);
  const char *expected = argc == 3 ? argv[2] : "";

  zkpot_verifier *verifier = zkpot_verifier_new(NULL, 0, NULL);
  zkpot_result *result =
      zkpot_verify(verifier, proof, len, (const uint8_t *)expected, strlen(expected));
  int32_t code = zkpot_result_code(result);
  if (code == ZKPOT_VALID) {
    uint64_t steps = 0, bits = 0;
    uint8_t model[32];
    zkpot_result_number(result, ZKPOT_STEPS, &steps);
    zkpot_result_number(result, ZKPOT_SECURITY_BITS, &bits);
    zkpot_result_digest(result, ZKPOT_LAST_COMMITMENT, model);
    printf("%" PRIu64 " steps, %" PRIu64 " bits of security, model ", steps, bits);
    for (size_t i = 0; i < sizeof model; i++) printf("%02x", model[i]);
    printf("\n%s\n", zkpot_result_receipt(result));
  } else {
    fprintf(stderr, "%s: %s (code %d)\n", argv[1], zkpot_result_message(result), code);
  }
  zkpot_result_free(result);
  zkpot_verifier_free(verifier);
  free(proof);
  return code == ZKPOT_VALID ? 0 : code < ZKPOT_ARGUMENT ? 1 : 2;
}
