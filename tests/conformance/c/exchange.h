/* How cases come in and answers go out: lengths and numbers with the lowest byte first. */

#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdio.h>
#include <stdlib.h>
#include <zkpot.h>

static int read_length(size_t *len) {
  uint8_t told[4];
  if (fread(told, 1, 4, stdin) != 4) return 0;
  *len = told[0] | (size_t)told[1] << 8 | (size_t)told[2] << 16 | (size_t)told[3] << 24;
  return 1;
}

static int read_bytes(zkpot_bytes *bytes) {
  size_t len = 0;
  if (!read_length(&len)) return 0;
  uint8_t *data = malloc(len + 1);
  if (data == NULL || fread(data, 1, len, stdin) != len) exit(2);
  bytes->data = data;
  bytes->len = len;
  return 1;
}

static void write_number(uint64_t number, int bytes) {
  for (int i = 0; i < bytes; i++) putchar((int)(number >> (8 * i) & 255));
}

/* Writes a result, and frees it. */
static void write_result(zkpot_result *result) {
  write_number((uint32_t)zkpot_result_code(result), 4);
  write_number(zkpot_result_work(result), 8);
  write_number(zkpot_result_message_len(result), 4);
  fwrite(zkpot_result_message(result), 1, zkpot_result_message_len(result), stdout);
  write_number(zkpot_result_receipt_len(result), 4);
  fwrite(zkpot_result_receipt(result), 1, zkpot_result_receipt_len(result), stdout);
  zkpot_result_free(result);
}

#endif
