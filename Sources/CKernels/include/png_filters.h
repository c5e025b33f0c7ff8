#pragma once
#include <stddef.h>
#include <stdint.h>

// PNG filters (PNG specification, third edition, section 9) for images of one byte a pixel, or of
// packed smaller ones. Each line of the output begins with its filter type: `line` + 1 bytes.

// Filters every line by "up": the difference from the line above.
void cubepress_filter_up(const uint8_t *pixels, size_t line, size_t lines, uint8_t *filtered);

// No filter at all.
void cubepress_filter_none(const uint8_t *pixels, size_t line, size_t lines, uint8_t *filtered);

// Filters each line by whichever of none, sub, up and Paeth leaves the least sum of sizes.
// scratch: 4 * line bytes.
void cubepress_filter_adaptive(const uint8_t *pixels, size_t line, size_t lines,
                               uint8_t *filtered, uint8_t *scratch);

// Filters again: each line by whichever of the five filters leaves what is cheapest to encode, if
// bytes cost as they would by how often they occur in `filtered`, which holds an earlier choice.
// scratch: 6 * line bytes.
void cubepress_filter_cheapest(const uint8_t *pixels, size_t line, size_t lines,
                               uint8_t *filtered, uint8_t *scratch);

// Indices shifted down so that `lowest` becomes 1; 0 stays.
void cubepress_shift_indices(const uint8_t *indices, size_t count, uint8_t lowest,
                             uint8_t *shifted);

// Indices by a table of 256 new ones.
void cubepress_renumber_indices(const uint8_t *indices, size_t count, const uint8_t *table,
                                uint8_t *renumbered);

// Sets seen[i] (256 entries, zero before) for every index i that occurs and returns how many do.
// Gives up, with any greater number, as soon as they are more than `enough`.
int cubepress_mark_indices(const uint8_t *indices, size_t count, int enough, uint8_t *seen);

// Packs indices below 2^bits, bits 1, 2 or 4, the first in the highest bits. Lines of
// (width * bits + 7) / 8 bytes.
void cubepress_pack_indices(const uint8_t *indices, size_t width, size_t lines, int bits,
                            uint8_t *packed);
