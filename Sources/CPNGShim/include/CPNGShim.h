#pragma once
#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which must not cross Swift frames: each function here is a
// whole job, and libpng is entered and left inside it.

enum { cubepress_png_message_size = 128 };

// Reads the size of a PNG of `size` bytes and checks it against the cap. 0, or -1 with a message.
int cubepress_png_size(const uint8_t *bytes, size_t size, uint32_t pixel_cap, uint32_t *width,
                       uint32_t *height, char *message);

// Decodes a PNG of any kind to 8-bit RGBA. `pixels` holds 4 * width * height bytes, as reported by
// cubepress_png_size. 0, or -1 with a message.
int cubepress_png_decode(const uint8_t *bytes, size_t size, uint32_t width, uint32_t height,
                         uint8_t *pixels, char *message);

// Encodes 8-bit RGBA. *bytes is allocated with malloc and the caller's to free. 0, or -1 with a
// message.
int cubepress_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int level,
                         uint8_t **bytes, size_t *size, char *message);
