#include "CPNGShim.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes;
  size_t left;
} source;

typedef struct {
  uint8_t *bytes;
  size_t size;
  size_t capacity;
} sink;

static void fail(png_structp png, png_const_charp text) {
  char *message = png_get_error_ptr(png);
  strncpy(message, text, cubepress_png_message_size - 1);
  message[cubepress_png_message_size - 1] = 0;
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void take(png_structp png, png_bytep to, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->left) png_error(png, "the file ends too early");
  memcpy(to, from->bytes, count);
  from->bytes += count;
  from->left -= count;
}

static void give(png_structp png, png_bytep from, size_t count) {
  sink *to = png_get_io_ptr(png);
  if (to->capacity - to->size < count) {
    size_t capacity = (to->capacity + count) * 2;
    uint8_t *grown = realloc(to->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    to->bytes = grown;
    to->capacity = capacity;
  }
  memcpy(to->bytes + to->size, from, count);
  to->size += count;
}

static void flush(png_structp png) { (void)png; }

// One reader for both questions: stops after the header when pixels is null.
static int read_png(const uint8_t *bytes, size_t size, uint32_t pixel_cap, uint32_t *width,
                    uint32_t *height, uint8_t *pixels, char *message) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  if (!png) return -1;
  // volatile: set after setjmp and read after a longjmp
  png_infop volatile info = NULL;
  png_bytepp volatile rows = NULL;
  source from = {bytes, size};
  if (setjmp(png_jmpbuf(png))) {
    png_infop made = info;
    free(rows);
    png_destroy_read_struct(&png, &made, NULL);
    return -1;
  }
  info = png_create_info_struct(png);
  if (!info) png_error(png, "out of memory");
  png_set_read_fn(png, &from, take);
  // The image data alone may be large; no text or profile has to be.
  png_set_chunk_malloc_max(png, 1 << 20);
  png_set_chunk_cache_max(png, 64);
  png_read_info(png, info);
  uint32_t columns = png_get_image_width(png, info), lines = png_get_image_height(png, info);
  if (!pixels) {
    if (columns > pixel_cap / lines) png_error(png, "it has more pixels than allowed");
    *width = columns;
    *height = lines;
  } else {
    if (columns != *width || lines != *height) png_error(png, "its size changed");
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) != 4 * (size_t)columns) png_error(png, "not made RGBA");
    rows = malloc(lines * sizeof(png_bytep));
    if (!rows) png_error(png, "out of memory");
    for (uint32_t y = 0; y < lines; y++) rows[y] = pixels + 4 * (size_t)columns * y;
    png_read_image(png, rows);
    png_read_end(png, NULL);
  }
  png_infop made = info;
  free(rows);
  png_destroy_read_struct(&png, &made, NULL);
  return 0;
}

int cubepress_png_size(const uint8_t *bytes, size_t size, uint32_t pixel_cap, uint32_t *width,
                       uint32_t *height, char *message) {
  return read_png(bytes, size, pixel_cap, width, height, NULL, message);
}

int cubepress_png_decode(const uint8_t *bytes, size_t size, uint32_t width, uint32_t height,
                         uint8_t *pixels, char *message) {
  return read_png(bytes, size, 0, &width, &height, pixels, message);
}

int cubepress_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int level,
                         uint8_t **bytes, size_t *size, char *message) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  if (!png) return -1;
  png_infop volatile info = NULL;
  sink to = {NULL, 0, 0};
  sink *volatile end = &to;
  if (setjmp(png_jmpbuf(png))) {
    png_infop made = info;
    free(end->bytes);
    png_destroy_write_struct(&png, &made);
    return -1;
  }
  info = png_create_info_struct(png);
  if (!info) png_error(png, "out of memory");
  png_set_write_fn(png, &to, give, flush);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + 4 * (size_t)width * y);
  png_write_end(png, info);
  *bytes = end->bytes;
  *size = end->size;
  png_infop made = info;
  png_destroy_write_struct(&png, &made);
  return 0;
}
