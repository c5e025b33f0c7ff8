#include "deflate_runs.h"

#include "codes.h"

enum { shortest_run = 5 };  // shorter ones cost no more as literals

// Some literals, then a run of the last one; run may be 0.
typedef struct {
  uint32_t literals;
  uint32_t run;
} segment;

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
  uint32_t tables[4][256];
  memset(tables, 0, sizeof tables);
  memset(frequencies, 0, literal_codes * sizeof *frequencies);
  uint64_t extra_sum = 0;
  for (size_t s = 0; s < found; s++) {
    count_bytes(bytes, segments[s].literals, tables);
    bytes += segments[s].literals + segments[s].run;
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
  make_code(frequencies, literal_codes, literal_limit, lengths, codes);
  for (int s = 0; s < literal_codes; s++) total_bits += (uint64_t)frequencies[s] * lengths[s];
  // And the eight bytes that a flush touches.
  if ((total_bits + longest_header) / 8 + 16 > capacity) return 0;

  bit_writer to = {out, 0, 0};
  put_header(&to, lengths, (const uint8_t[distance_codes]){1}, 1);  // distance 1: one bit
  uint32_t literal[256];  // length above, code below
  for (int b = 0; b < 256; b++) literal[b] = (uint32_t)lengths[b] << 16 | codes[b];
  const uint8_t *from = bytes;
  for (size_t s = 0; s < found; s++) {
    put_literals(&to, from, segments[s].literals, literal);
    from += segments[s].literals + segments[s].run;
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
  end_byte(&to);
  return (size_t)(to.next - out);
}
