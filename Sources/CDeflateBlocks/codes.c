#include "codes.h"

enum { length_code_codes = 19 };  // the code that the code lengths are written in

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

void make_code(const uint32_t *frequencies, int symbols, int limit, uint8_t *lengths,
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

static int count_of(const uint8_t *lengths, int symbols, int least) {
  while (symbols > least && lengths[symbols - 1] == 0) symbols--;
  return symbols;
}

void put_header(bit_writer *to, const uint8_t *literal_lengths, const uint8_t *distance_lengths,
                int is_last) {
  static const uint8_t order[length_code_codes] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
  static const uint8_t extra_bits[3] = {2, 3, 7};
  int literals = count_of(literal_lengths, literal_codes, 257);
  int distances = count_of(distance_lengths, distance_codes, 1);
  uint8_t all[literal_codes + distance_codes];
  memcpy(all, literal_lengths, (size_t)literals);
  memcpy(all + literals, distance_lengths, (size_t)distances);
  length_item items[literal_codes + distance_codes];
  int made = shorten(all, literals + distances, items);
  uint32_t frequencies[length_code_codes] = {0};
  for (int i = 0; i < made; i++) frequencies[items[i].symbol]++;
  uint8_t code_lengths[length_code_codes];
  uint16_t codes[length_code_codes];
  make_code(frequencies, length_code_codes, 7, code_lengths, codes);
  int sent = length_code_codes;
  while (sent > 4 && code_lengths[order[sent - 1]] == 0) sent--;
  put(to, (uint32_t)is_last | 2 << 1, 3);  // codes of its own
  put(to, (uint32_t)(literals - 257), 5);
  put(to, (uint32_t)(distances - 1), 5);
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
