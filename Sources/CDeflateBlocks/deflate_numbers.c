#include "deflate_numbers.h"

#include "codes.h"

enum {
  // What shares one code: short enough that codes follow the data, below the 65,535 bytes of a
  // stored block, a whole number of numbers.
  block_bytes = 65528,
  hash_bits = 12,
  shortest_found = 4,
  farthest = 32768,
  // After so many places without a match every second one is tried, and so on, up to...
  patience = 16,
  // ...one in so many.
  longest_step = 16,
  most_tokens = block_bytes / shortest_found + 2
};

// Some literals, then bytes that stood `distance` before; length may be 0.
typedef struct {
  uint32_t literals;
  uint32_t length;
  uint32_t distance;
} token;

typedef struct {
  // Where four bytes with a hash were seen last.
  uint32_t places[1 << hash_bits];
  token tokens[most_tokens];
} workspace;

static inline uint32_t hash(uint32_t four) { return four * 2654435761u >> (32 - hash_bits); }

// How many bytes from `here` on equal those from `there` on.
static inline size_t equal_bytes(const uint8_t *here, const uint8_t *there, const uint8_t *end) {
  const uint8_t *start = here;
  while (end - here >= 8) {
    uint64_t change = load(here) ^ load(there);
    if (change != 0) return (size_t)(here - start) + (size_t)__builtin_ctzll(change) / 8;
    here += 8;
    there += 8;
  }
  while (here < end && *here == *there) here++, there++;
  return (size_t)(here - start);
}

// Cuts the bytes from `start` to `end` into tokens; matches may begin before `start`.
static inline size_t find_tokens(const uint8_t *bytes, size_t start, size_t end, size_t width,
                                 workspace *work) {
  size_t found = 0, from = start, i = start, misses = 0;
  while (i + 8 <= end) {
    uint32_t four = load_four(bytes + i), *place = &work->places[hash(four)];
    size_t seen = *place;
    *place = (uint32_t)i;
    if (i >= width && load_four(bytes + i - width) == four) seen = i - width;
    if (seen >= i || i - seen > farthest || load_four(bytes + seen) != four) {
      size_t step = 1 + misses++ / patience;
      i += width * (step < longest_step ? step : longest_step);
      continue;
    }
    size_t length = 4 + equal_bytes(bytes + i + 4, bytes + seen + 4, bytes + end);
    size_t distance = i - seen;
    // Bytes just before may be equal too: the high ones of the number before.
    while (i > from && seen > 0 && bytes[i - 1] == bytes[seen - 1]) i--, seen--, length++;
    work->tokens[found++] = (token){(uint32_t)(i - from), (uint32_t)length, (uint32_t)distance};
    from = i + length;
    i = (from + width - 1) / width * width;
    misses = 0;
  }
  work->tokens[found++] = (token){(uint32_t)(end - from), 0, 0};
  return found;
}

typedef struct {
  uint8_t literal_lengths[literal_codes];
  uint8_t distance_lengths[distance_codes];
  uint16_t literals[literal_codes];
  uint16_t distances[distance_codes];
} code_pair;

// Makes the codes of a block, and says how many bits it takes without its header.
static uint64_t make_codes(const uint8_t *bytes, const token *tokens, size_t found,
                           code_pair *codes) {
  uint32_t tables[4][256], literals[literal_codes], distances[distance_codes];
  memset(tables, 0, sizeof tables);
  memset(literals, 0, sizeof literals);
  memset(distances, 0, sizeof distances);
  uint64_t bits = 0;
  for (size_t t = 0; t < found; t++) {
    count_bytes(bytes, tokens[t].literals, tables);
    bytes += tokens[t].literals + tokens[t].length;
    for (unsigned left = tokens[t].length; left > 0;) {
      unsigned piece = piece_of(left), extra, extra_bits;
      literals[length_symbol(piece, &extra, &extra_bits)]++;
      bits += extra_bits;
      distances[distance_symbol(tokens[t].distance, &extra, &extra_bits)]++;
      bits += extra_bits;
      left -= piece;
    }
  }
  for (int b = 0; b < 256; b++)
    literals[b] = tables[0][b] + tables[1][b] + tables[2][b] + tables[3][b];
  literals[end_of_block] = 1;
  make_code(literals, literal_codes, literal_limit, codes->literal_lengths, codes->literals);
  if (found > 1) {
    make_code(distances, distance_codes, literal_limit, codes->distance_lengths, codes->distances);
  } else {
    // A block without matches says so by one distance code that it does not use.
    memset(codes->distance_lengths, 0, distance_codes);
    codes->distance_lengths[0] = 1;
  }
  for (int s = 0; s < literal_codes; s++)
    bits += (uint64_t)literals[s] * codes->literal_lengths[s];
  for (int s = 0; s < distance_codes; s++)
    bits += (uint64_t)distances[s] * codes->distance_lengths[s];
  return bits;
}

static void put_tokens(bit_writer *to, const uint8_t *from, const token *tokens, size_t found,
                       const code_pair *codes) {
  uint32_t table[256];  // length above, code below
  for (int b = 0; b < 256; b++)
    table[b] = (uint32_t)codes->literal_lengths[b] << 16 | codes->literals[b];
  for (size_t t = 0; t < found; t++) {
    put_literals(to, from, tokens[t].literals, table);
    from += tokens[t].literals + tokens[t].length;
    for (unsigned left = tokens[t].length; left > 0;) {
      // 7 bits wait, 14 and 5 of the length, 14 and 13 of the distance: they fit 64.
      unsigned piece = piece_of(left), extra, extra_bits;
      unsigned symbol = length_symbol(piece, &extra, &extra_bits);
      put(to, codes->literals[symbol], codes->literal_lengths[symbol]);
      put(to, extra, extra_bits);
      symbol = distance_symbol(tokens[t].distance, &extra, &extra_bits);
      put(to, codes->distances[symbol], codes->distance_lengths[symbol]);
      put(to, extra, extra_bits);
      flush_bits(to);
      left -= piece;
    }
  }
  put(to, codes->literals[end_of_block], codes->literal_lengths[end_of_block]);
  flush_bits(to);
}

// A block as it is (RFC 1951, 3.2.4); count is at most 65,535.
static void put_stored(bit_writer *to, const uint8_t *bytes, size_t count, int is_last) {
  put(to, (uint32_t)is_last, 3);
  end_byte(to);
  put(to, (uint32_t)count, 16);
  put(to, ~(uint32_t)count & 0xffff, 16);
  flush_bits(to);
  memcpy(to->next, bytes, count);
  to->next += count;
}

size_t cubepress_deflate_numbers_scratch(void) { return sizeof(workspace); }

size_t cubepress_deflate_numbers_bound(size_t count) {
  // Each block stored, with its head; and the eight bytes that the last flush touches.
  return count + (count / block_bytes + 1) * 8 + 16;
}

size_t cubepress_deflate_numbers(const uint8_t *bytes, size_t count, size_t width, void *scratch,
                                 uint8_t *out) {
  workspace *work = scratch;
  memset(work->places, 0, sizeof work->places);
  bit_writer to = {out, 0, 0};
  size_t start = 0;
  do {
    size_t end = count - start > block_bytes ? start + block_bytes : count;
    size_t found;
    // The width is written out so that each loop has it as a constant.
    switch (width) {
      case 1: found = find_tokens(bytes, start, end, 1, work); break;
      case 2: found = find_tokens(bytes, start, end, 2, work); break;
      case 4: found = find_tokens(bytes, start, end, 4, work); break;
      default: found = find_tokens(bytes, start, end, 8, work); break;
    }
    code_pair codes;
    uint64_t bits = make_codes(bytes + start, work->tokens, found, &codes);
    int is_last = end == count;
    if (bits + longest_header < 8 * (uint64_t)(end - start)) {
      put_header(&to, codes.literal_lengths, codes.distance_lengths, is_last);
      put_tokens(&to, bytes + start, work->tokens, found, &codes);
    } else {
      put_stored(&to, bytes + start, end - start, is_last);
    }
    start = end;
  } while (start < count);
  end_byte(&to);
  return (size_t)(to.next - out);
}
