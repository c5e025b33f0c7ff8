#pragma once
#include "bits.h"

// What blocks with Huffman codes of their own have in common (RFC 1951, 3.2.5 to 3.2.7).

enum {
  literal_codes = 286,  // literals, end of block, lengths
  distance_codes = 30,
  end_of_block = 256,
  longest_match = 258,
  // A literal code of this many bits, or fewer, lets four of them and what waits fit 64 bits.
  literal_limit = 14,
  // More bits than the longest header has.
  longest_header = 8 * 350
};

// Lengths of a Huffman code of at most `limit` bits (0 for symbols that do not occur) and the codes
// themselves, bits reversed as deflate sends them. Needs 2^limit >= symbols, at most literal_codes.
// One symbol that occurs alone gets one bit; frequencies sum to less than 2^32.
void make_code(const uint32_t *frequencies, int symbols, int limit, uint8_t *lengths,
               uint16_t *codes);

// The header of a block: both codes, by their lengths. At least one distance has a length.
void put_header(bit_writer *to, const uint8_t *literal_lengths, const uint8_t *distance_lengths,
                int is_last);

// The symbol of a length of 3 to 258, and its extra bits.
static inline unsigned length_symbol(unsigned length, unsigned *extra, unsigned *extra_bits) {
  *extra = *extra_bits = 0;
  if (length == longest_match) return 285;
  unsigned rest = length - 3;
  if (rest < 8) return 257 + rest;
  unsigned bits = 31 - (unsigned)__builtin_clz(rest) - 2;
  *extra_bits = bits;
  *extra = rest & ((1u << bits) - 1);
  return 257 + 4 * bits + (rest >> bits);
}

// The symbol of a distance of 1 to 32768, and its extra bits.
static inline unsigned distance_symbol(unsigned distance, unsigned *extra, unsigned *extra_bits) {
  unsigned rest = distance - 1;
  *extra = *extra_bits = 0;
  if (rest < 4) return rest;
  unsigned bits = 31 - (unsigned)__builtin_clz(rest) - 1;
  *extra_bits = bits;
  *extra = rest & ((1u << bits) - 1);
  return 2 * bits + (rest >> bits);
}

// Cuts a long match into lengths that leave no rest shorter than a match may be.
static inline unsigned piece_of(unsigned length) {
  if (length <= longest_match) return length;
  return length - longest_match >= 3 ? longest_match : longest_match - 3;
}

// Counts bytes into four tables, so that equal neighbours do not wait for each other.
static inline void count_bytes(const uint8_t *bytes, size_t count, uint32_t tables[4][256]) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t eight = load(bytes + i);
    tables[0][eight & 255]++;
    tables[1][eight >> 8 & 255]++;
    tables[2][eight >> 16 & 255]++;
    tables[3][eight >> 24 & 255]++;
    tables[0][eight >> 32 & 255]++;
    tables[1][eight >> 40 & 255]++;
    tables[2][eight >> 48 & 255]++;
    tables[3][eight >> 56]++;
  }
  for (; i < count; i++) tables[i & 3][bytes[i]]++;
}

// Writes literals; the table holds a length of at most literal_limit bits above a code of 16.
// At most 7 bits wait before and after.
static inline void put_literals(bit_writer *to, const uint8_t *bytes, size_t count,
                                const uint32_t *table) {
  const uint8_t *end = bytes + count;
  for (; end - bytes >= 4; bytes += 4) {
    uint32_t a = table[bytes[0]], b = table[bytes[1]], c = table[bytes[2]], d = table[bytes[3]];
    put(to, a & 0xffff, a >> 16);
    put(to, b & 0xffff, b >> 16);
    put(to, c & 0xffff, c >> 16);
    put(to, d & 0xffff, d >> 16);
    flush_bits(to);
  }
  for (; bytes < end; bytes++) put(to, table[*bytes] & 0xffff, table[*bytes] >> 16);
  flush_bits(to);
}
