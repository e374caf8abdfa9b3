/* Answers cases of the conformance suite: whole, in a batch, and in pieces.

   Standard input has cases one after another: of limits, expectations and bundle each a length (four bytes, the lowest
   first) and its bytes. Standard output has for each case, whole and then in pieces: code, work (eight bytes), message and
   receipt with their lengths. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkpot.h>

#include "exchange.h"

/* A prime, so that pieces end anywhere. */
#define PIECE 10007

static zkpot_result *in_pieces(const zkpot_verifier *verifier, zkpot_bytes expected,
                               zkpot_bytes bundle) {
  zkpot_result *result = NULL;
  zkpot_session *session = zkpot_session_new(verifier, expected.data, expected.len, &result);
  for (size_t at = 0; result == NULL && at < bundle.len; at += PIECE) {
    size_t left = bundle.len - at;
    result = zkpot_session_push(session, bundle.data + at, left < PIECE ? left : PIECE);
  }
  if (result == NULL) result = zkpot_session_finish(session);
  zkpot_session_free(session);
  return result;
}

int main(void) {
  zkpot_bytes limits, expected, bundle;
  while (read_bytes(&limits) && read_bytes(&expected) && read_bytes(&bundle)) {
    zkpot_verifier *verifier = zkpot_verifier_new(limits.data, limits.len, NULL);
    zkpot_result *batch[1];
    zkpot_verify_batch(verifier, &bundle, &expected, 1, batch);
    zkpot_result *whole =
        zkpot_verify(verifier, bundle.data, bundle.len, expected.data, expected.len);
    if (zkpot_result_code(batch[0]) != zkpot_result_code(whole) ||
        strcmp(zkpot_result_message(batch[0]), zkpot_result_message(whole)) != 0)
      return 1;
    zkpot_result_free(batch[0]);
    write_result(whole);
    write_result(in_pieces(verifier, expected, bundle));
    zkpot_verifier_free(verifier);
    free((void *)limits.data);
    free((void *)expected.data);
    free((void *)bundle.data);
  }
  /* Null pointers are answers, too. */
  zkpot_result *nothing = zkpot_verify(NULL, NULL, 5, NULL, 0);
  if (zkpot_result_code(nothing) != ZKPOT_ARGUMENT) return 1;
  zkpot_result_free(nothing);
  nothing = zkpot_session_push(NULL, NULL, 0);
  if (zkpot_result_code(nothing) != ZKPOT_ARGUMENT) return 1;
  zkpot_result_free(nothing);
  zkpot_result_free(NULL);
  zkpot_session_free(NULL);
  zkpot_verifier_free(NULL);
  if (zkpot_result_code(NULL) != ZKPOT_ARGUMENT) return 1;
  return 0;
}
