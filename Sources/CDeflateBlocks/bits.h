#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Bits one after the other, the first in the lowest place of a byte, as deflate wants them
// (RFC 1951, 3.1.1); and numbers from bytes that need not be aligned.

static inline uint64_t load(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

static inline uint32_t load_four(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap32(value);
#endif
  return value;
}

static inline void store(uint8_t *bytes, uint64_t value) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  memcpy(bytes, &value, sizeof value);
}

typedef struct {
  uint8_t *next;
  uint64_t bits;
  unsigned count;
} bit_writer;

// Writes whole bytes out; afterwards fewer than 8 bits wait. Touches 8 bytes.
static inline void flush_bits(bit_writer *to) {
  store(to->next, to->bits);
  unsigned whole = to->count >> 3;
  to->next += whole;
  to->bits >>= 8 * whole;
  to->count &= 7;
}

static inline void put(bit_writer *to, uint32_t value, unsigned count) {
  to->bits |= (uint64_t)value << to->count;
  to->count += count;
}

// Writes the last bits out, the rest of their byte zero.
static inline void end_byte(bit_writer *to) {
  flush_bits(to);
  if (to->count > 0) *to->next++ = (uint8_t)to->bits;
  to->bits = to->count = 0;
}
