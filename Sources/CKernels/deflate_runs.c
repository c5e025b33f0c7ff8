#include "deflate_runs.h"

#include <string.h>

enum {
  literal_codes = 286,    // literals, end of block, lengths
  end_of_block = 256,
  shortest_run = 5,       // shorter ones cost no more as literals
  longest_run = 258,
  length_code_codes = 19  // the code that the code lengths are written in
};

// Some literals, then a run of the last one; run may be 0.
typedef struct {
  uint32_t literals;
  uint32_t run;
} segment;

typedef struct {
  uint8_t *next;
  uint64_t bits;
  unsigned count;
} bit_writer;

static inline uint64_t load(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

static inline void store(uint8_t *bytes, uint64_t value) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  memcpy(bytes, &value, sizeof value);
}

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

// Length symbols and extra bits of RFC 1951, 3.2.5.
static inline unsigned length_symbol(unsigned length, unsigned *extra, unsigned *extra_bits) {
  *extra = *extra_bits = 0;
  if (length == longest_run) return 285;
  unsigned rest = length - 3;
  if (rest < 8) return 257 + rest;
  unsigned bits = 31 - (unsigned)__builtin_clz(rest) - 2;
  *extra_bits = bits;
  *extra = rest & ((1u << bits) - 1);
  return 257 + 4 * bits + (rest >> bits);
}

// Cuts a long run into lengths that leave no rest shorter than a match may be.
static inline unsigned piece_of(unsigned run) {
  if (run <= longest_run) return run;
  return run - longest_run >= 3 ? longest_run : longest_run - 3;
}

static size_t find_segments(const uint8_t *bytes, size_t count, segment *segments) {
  size_t found = 0, start = 0, i = 1;
  while (i + 8 <= count) {
    uint64_t change = load(bytes + i) ^ load(bytes + i - 1);
    size_t run;
    if (change != 0) {
      run = (size_t)__builtin_ctzll(change) / 8;
      if (run < shortest_run) {
        // Go on where the equal bytes at the end of these eight begin.
        i += 8 - (size_t)__builtin_clzll(change) / 8;
        continue;
      }
    } else {
      run = 8;
      while (i + run + 8 <= count) {
        change = load(bytes + i + run) ^ load(bytes + i + run - 1);
        if (change != 0) {
          run += (size_t)__builtin_ctzll(change) / 8;
          break;
        }
        run += 8;
      }
    }
    segments[found++] = (segment){(uint32_t)(i - start), (uint32_t)run};
    i += run;
    start = i;
    i += 1;
  }
  segments[found++] = (segment){(uint32_t)(count - start), 0};
  return found;
}

static void count_symbols(const uint8_t *bytes, const segment *segments, size_t found,
                          uint32_t *frequencies, uint64_t *extra_total) {
  // Four tables, so that equal neighbours do not wait for each other.
  uint32_t tables[4][256];
  memset(tables, 0, sizeof tables);
  memset(frequencies, 0, literal_codes * sizeof *frequencies);
  uint64_t extra_sum = 0;
  for (size_t s = 0; s < found; s++) {
    size_t literals = segments[s].literals, i = 0;
    for (; i + 8 <= literals; i += 8) {
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
    for (; i < literals; i++) tables[i & 3][bytes[i]]++;
    bytes += literals + segments[s].run;
    for (unsigned run = segments[s].run; run > 0;) {
      unsigned piece = piece_of(run), extra, extra_bits;
      frequencies[length_symbol(piece, &extra, &extra_bits)]++;
      extra_sum += extra_bits + 1;  // and the one bit of the distance
      run -= piece;
    }
  }
  for (int b = 0; b < 256; b++)
    frequencies[b] = tables[0][b] + tables[1][b] + tables[2][b] + tables[3][b];
  frequencies[end_of_block] = 1;
  *extra_total = extra_sum;
}

typedef struct {
  uint32_t weight;
  uint16_t symbol;
} leaf;

// Sorts by weight, stably, 8 bits at a time.
static void sort_leaves(leaf *leaves, leaf *other, int count) {
  for (int shift = 0; shift < 32; shift += 8) {
    unsigned places[257] = {0};
    for (int i = 0; i < count; i++) places[(leaves[i].weight >> shift & 255) + 1]++;
    if (places[1] == (unsigned)count) continue;
    for (int i = 0; i < 256; i++) places[i + 1] += places[i];
    for (int i = 0; i < count; i++) other[places[leaves[i].weight >> shift & 255]++] = leaves[i];
    memcpy(leaves, other, (size_t)count * sizeof *leaves);
  }
}

// Lengths of a Huffman code of at most `limit` bits (0 for symbols that do not occur) and the codes
// themselves, bits reversed as deflate sends them. Needs 2^limit >= symbols.
static void make_code(const uint32_t *frequencies, int symbols, int limit, uint8_t *lengths,
                      uint16_t *codes) {
  leaf leaves[literal_codes], sorted[literal_codes];
  int count = 0;
  for (int s = 0; s < symbols; s++)
    if (frequencies[s] > 0) leaves[count++] = (leaf){frequencies[s], (uint16_t)s};
  memset(lengths, 0, (size_t)symbols);
  unsigned of_length[33] = {0};
  if (count == 1) {
    of_length[1] = 1;
  } else {
    sort_leaves(leaves, sorted, count);
    // Two queues (van Leeuwen): leaves by weight, and the nodes, which come out by weight.
    uint32_t weights[literal_codes];
    uint16_t parents[2 * literal_codes];
    int leaf_next = 0, node_next = 0;
    for (int node = 0; node < count - 1; node++) {
      uint32_t weight = 0;
      for (int child = 0; child < 2; child++) {
        int is_leaf = leaf_next < count &&
                      (node_next >= node || leaves[leaf_next].weight <= weights[node_next]);
        weight += is_leaf ? leaves[leaf_next].weight : weights[node_next];
        parents[is_leaf ? leaf_next++ : count + node_next++] = (uint16_t)node;
      }
      weights[node] = weight;
    }
    uint8_t depths[literal_codes];
    depths[count - 2] = 0;
    for (int node = count - 3; node >= 0; node--)
      depths[node] = (uint8_t)(depths[parents[count + node]] + 1);
    for (int i = 0; i < count; i++) {
      int depth = depths[parents[i]] + 1;
      of_length[depth < 32 ? depth : 32]++;
    }
    // Too long ones are cut to the limit; then codes are lengthened until they fit again.
    for (int length = limit + 1; length <= 32; length++) {
      of_length[limit] += of_length[length];
      of_length[length] = 0;
    }
    uint64_t total = 0;
    for (int length = 1; length <= limit; length++)
      total += (uint64_t)of_length[length] << (limit - length);
    for (; total > (uint64_t)1 << limit; total--) {
      int length = limit - 1;
      while (of_length[length] == 0) length--;
      of_length[length]--;
      of_length[length + 1] += 2;
      of_length[limit]--;
    }
  }
  // The rarest symbols get the longest codes.
  int place = 0;
  for (int length = limit; length > 0; length--)
    for (unsigned i = 0; i < of_length[length]; i++)
      lengths[leaves[place++].symbol] = (uint8_t)length;
  unsigned next[17] = {0}, code = 0;
  for (int length = 1; length <= limit; length++) {
    code = (code + (length > 1 ? of_length[length - 1] : 0)) << 1;
    next[length] = code;
  }
  for (int s = 0; s < symbols; s++) {
    if (lengths[s] == 0) continue;
    unsigned value = next[lengths[s]]++, reversed = 0;
    for (int bit = lengths[s]; bit > 0; bit--, value >>= 1) reversed = reversed << 1 | (value & 1);
    codes[s] = (uint16_t)reversed;
  }
}

typedef struct {
  uint8_t symbol;
  uint8_t extra;
} length_item;

// Code lengths with their repetitions written short (RFC 1951, 3.2.7).
static int shorten(const uint8_t *lengths, int count, length_item *items) {
  int made = 0;
  for (int i = 0; i < count;) {
    int run = 1;
    while (i + run < count && lengths[i + run] == lengths[i]) run++;
    i += run;
    uint8_t value = lengths[i - 1];
    if (value == 0) {
      while (run >= 11) {
        int piece = run < 138 ? run : 138;
        items[made++] = (length_item){18, (uint8_t)(piece - 11)};
        run -= piece;
      }
      if (run >= 3) {
        items[made++] = (length_item){17, (uint8_t)(run - 3)};
        run = 0;
      }
    } else {
      items[made++] = (length_item){value, 0};
      run--;
      while (run >= 3) {
        int piece = run < 6 ? run : 6;
        items[made++] = (length_item){16, (uint8_t)(piece - 3)};
        run -= piece;
      }
    }
    while (run-- > 0) items[made++] = (length_item){value, 0};
  }
  return made;
}

static void put_header(bit_writer *to, const uint8_t *lengths) {
  static const uint8_t order[length_code_codes] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
  static const uint8_t extra_bits[3] = {2, 3, 7};
  int count = literal_codes;
  while (lengths[count - 1] == 0) count--;
  uint8_t all[literal_codes + 1];
  memcpy(all, lengths, (size_t)count);
  all[count] = 1;  // one distance code, of one bit: distance 1
  length_item items[literal_codes + 1];
  int made = shorten(all, count + 1, items);
  uint32_t frequencies[length_code_codes] = {0};
  for (int i = 0; i < made; i++) frequencies[items[i].symbol]++;
  uint8_t code_lengths[length_code_codes];
  uint16_t codes[length_code_codes];
  make_code(frequencies, length_code_codes, 7, code_lengths, codes);
  int sent = length_code_codes;
  while (sent > 4 && code_lengths[order[sent - 1]] == 0) sent--;
  put(to, 1 | 2 << 1, 3);  // final block, codes of its own
  put(to, (uint32_t)(count - 257), 5);
  put(to, 0, 5);
  put(to, (uint32_t)(sent - 4), 4);
  flush_bits(to);
  for (int i = 0; i < sent; i++) {
    put(to, code_lengths[order[i]], 3);
    if (i % 8 == 7) flush_bits(to);
  }
  flush_bits(to);
  for (int i = 0; i < made; i++) {
    put(to, codes[items[i].symbol], code_lengths[items[i].symbol]);
    if (items[i].symbol >= 16) put(to, items[i].extra, extra_bits[items[i].symbol - 16]);
    flush_bits(to);
  }
}

size_t cubepress_deflate_runs_scratch(size_t count) {
  return (count / (shortest_run + 1) + 2) * sizeof(segment);
}

size_t cubepress_deflate_runs(const uint8_t *bytes, size_t count, void *scratch, uint8_t *out,
                              size_t capacity) {
  segment *segments = scratch;
  size_t found = find_segments(bytes, count, segments);
  uint32_t frequencies[literal_codes];
  uint64_t total_bits;
  count_symbols(bytes, segments, found, frequencies, &total_bits);
  uint8_t lengths[literal_codes];
  uint16_t codes[literal_codes];
  make_code(frequencies, literal_codes, 15, lengths, codes);
  for (int s = 0; s < literal_codes; s++) total_bits += (uint64_t)frequencies[s] * lengths[s];
  // 400: more than the longest header and the eight bytes that a flush touches.
  if (total_bits / 8 + 400 > capacity) return 0;

  bit_writer to = {out, 0, 0};
  put_header(&to, lengths);
  uint32_t literal[256];  // length above, code below
  for (int b = 0; b < 256; b++) literal[b] = (uint32_t)lengths[b] << 16 | codes[b];
  const uint8_t *from = bytes;
  for (size_t s = 0; s < found; s++) {
    size_t left = segments[s].literals;
    // Three codes of 15 bits and what waits fit 64.
    for (; left >= 3; left -= 3, from += 3) {
      uint32_t a = literal[from[0]], b = literal[from[1]], c = literal[from[2]];
      put(&to, a & 0xffff, a >> 16);
      put(&to, b & 0xffff, b >> 16);
      put(&to, c & 0xffff, c >> 16);
      flush_bits(&to);
    }
    for (; left > 0; left--, from++) put(&to, literal[*from] & 0xffff, literal[*from] >> 16);
    flush_bits(&to);
    from += segments[s].run;
    for (unsigned run = segments[s].run; run > 0;) {
      unsigned piece = piece_of(run), extra, extra_bits;
      unsigned symbol = length_symbol(piece, &extra, &extra_bits);
      put(&to, codes[symbol], lengths[symbol]);
      put(&to, extra, extra_bits + 1);  // the distance's bit is 0
      flush_bits(&to);
      run -= piece;
    }
  }
  put(&to, codes[end_of_block], lengths[end_of_block]);
  flush_bits(&to);
  if (to.count > 0) *to.next++ = (uint8_t)to.bits;
  return (size_t)(to.next - out);
}
