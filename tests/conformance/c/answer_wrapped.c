/* Answers cases of wrapped proofs: alone, and in a batch between two proofs that are valid.

   The argument is a valid proof of the golden circuit. Standard input has cases one after another: of circuit file, expectations and
   proof each a length (four bytes, the lowest first) and its bytes. Standard output has for each case, alone and then in the batch:
   code, work (eight bytes), message and receipt with their lengths. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkpot.h>

#include "exchange.h"

static const char TAKEN[] = "{\"allow_test_srs\": true}";

static int same(const zkpot_result *one, const zkpot_result *other) {
  return zkpot_result_code(one) == zkpot_result_code(other) &&
         zkpot_result_work(one) == zkpot_result_work(other) &&
         strcmp(zkpot_result_message(one), zkpot_result_message(other)) == 0 &&
         strcmp(zkpot_result_receipt(one), zkpot_result_receipt(other)) == 0;
}

static zkpot_result *alone(const zkpot_circuit *circuit, zkpot_bytes proof, zkpot_bytes expected) {
  return zkpot_wrapped_verify(circuit, proof.data, proof.len, expected.data, expected.len);
}

/* The case's result between two of another proof, whose results do not change. */
static zkpot_result *between(const zkpot_circuit *circuit, zkpot_bytes valid, zkpot_bytes proof,
                             zkpot_bytes expected) {
  zkpot_bytes taken = {(const uint8_t *)TAKEN, strlen(TAKEN)};
  zkpot_bytes proofs[3] = {valid, proof, valid};
  zkpot_bytes all[3] = {taken, expected, taken};
  zkpot_result *results[3];
  zkpot_wrapped_verify_batch(circuit, proofs, all, 3, results);
  zkpot_result *other = alone(circuit, valid, taken);
  if (!same(other, results[0]) || !same(other, results[2])) exit(1);
  zkpot_result_free(other);
  zkpot_result_free(results[0]);
  zkpot_result_free(results[2]);
  return results[1];
}

/* Null pointers are answers, too. */
static int nothing_is_an_answer(void) {
  uint8_t digest[32];
  zkpot_bytes none = {NULL, 5};
  zkpot_result *results[1];
  zkpot_wrapped_verify_batch(NULL, &none, NULL, 1, results);
  zkpot_result *result = zkpot_wrapped_verify(NULL, NULL, 0, NULL, 0);
  int right = zkpot_result_code(result) == ZKPOT_ARGUMENT &&
              zkpot_result_code(results[0]) == ZKPOT_ARGUMENT &&
              zkpot_circuit_digest(NULL, digest) == 0 && zkpot_circuit_work(NULL, 1) == 0 &&
              zkpot_circuit_new(NULL, 7, NULL) == NULL && zkpot_format("wrapped") == 1 &&
              zkpot_format("circuit") == 1;
  zkpot_result_free(result);
  zkpot_result_free(results[0]);
  zkpot_circuit_free(NULL);
  return right;
}

int main(int argc, char **argv) {
  zkpot_bytes valid, file, expected, proof;
  FILE *known = argc == 2 ? fopen(argv[1], "rb") : NULL;
  static uint8_t room[1 << 16];
  if (known == NULL) return 2;
  valid.data = room;
  valid.len = fread(room, 1, sizeof room, known);
  fclose(known);
  while (read_bytes(&file) && read_bytes(&expected) && read_bytes(&proof)) {
    zkpot_result *refused = NULL;
    zkpot_circuit *circuit = zkpot_circuit_new(file.data, file.len, &refused);
    if (circuit != NULL) {
      uint64_t most = zkpot_circuit_work(circuit, proof.len);
      zkpot_result *result = alone(circuit, proof, expected);
      if (zkpot_result_work(result) > most) return 1;
      write_result(result);
      write_result(between(circuit, valid, proof, expected));
    } else {
      write_result(refused);
      zkpot_circuit_new(file.data, file.len, &refused);
      write_result(refused);
    }
    zkpot_circuit_free(circuit);
    free((void *)file.data);
    free((void *)expected.data);
    free((void *)proof.data);
  }
  return nothing_is_an_answer() ? 0 : 1;
}
