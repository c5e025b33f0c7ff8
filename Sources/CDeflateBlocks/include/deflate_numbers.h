#pragma once
#include <stddef.h>
#include <stdint.h>

// A deflate (RFC 1951) encoder for arrays of numbers. Matches are searched only where a number
// begins, one candidate each, and less often where there are none; what is left is Huffman-coded.
// Measured values have noise in their low bytes: a longer search costs much and finds little.

// How much scratch memory is needed, in bytes.
size_t cubepress_deflate_numbers_scratch(void);

// The most that `count` bytes can be encoded into.
size_t cubepress_deflate_numbers_bound(size_t count);

// Encodes numbers of `width` bytes (1, 2, 4 or 8) as raw deflate and returns its size. `out` has room
// for the bound; count is below 2^32. scratch is aligned to 8 bytes. The same bytes give the same
// result, whatever scratch held before.
size_t cubepress_deflate_numbers(const uint8_t *bytes, size_t count, size_t width, void *scratch,
                                 uint8_t *out);
