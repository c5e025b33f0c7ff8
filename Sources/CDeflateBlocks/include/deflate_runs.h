#pragma once
#include <stddef.h>
#include <stdint.h>

// A deflate (RFC 1951) encoder for filtered palette images: one block with Huffman codes of its own
// and no matches but runs of one byte. In such data most of what longer matches find is runs; the
// rest is not worth the search.

// How much scratch memory `count` bytes need, in bytes.
size_t cubepress_deflate_runs_scratch(size_t count);

// Encodes bytes as one final raw deflate block. Returns its size, or 0 if it does not fit; it fits
// into count + count / 8 + 512. scratch is aligned to 4 bytes.
size_t cubepress_deflate_runs(const uint8_t *bytes, size_t count, void *scratch, uint8_t *out,
                              size_t capacity);
