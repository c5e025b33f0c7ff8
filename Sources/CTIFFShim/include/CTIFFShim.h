#pragma once
#include <stddef.h>
#include <stdint.h>

// libtiff hands out fields through variable arguments and prints what it does not like. Here it is asked
// through plain functions, and what it says is kept instead of printed.
//
// A file is for one thread at a time. Nothing outlives its file.

enum { ctiff_message_size = 256 };

typedef struct ctiff_file ctiff_file;

// How the numbers of an image lie in its file. Images of single bits are handed out as bytes of 0 and 1, and
// described so.
typedef struct {
  uint32_t width, height;
  // Of a tile, or of a strip, which is as wide as the image.
  uint32_t block_width, block_height;
  uint16_t samples, bits, format, compression, photometric, fill_order;
  // Whether each sample has blocks of its own; else blocks hold the samples of a pixel together.
  int is_separate;
  // Bytes of a decoded block, as libtiff counts them.
  uint64_t block_bytes;
  uint32_t block_count;
  // Whether the libtiff of this machine knows the compression.
  int is_known;
  // Whether the file states sizes of strips that cannot be right.
  int is_guessed;
} ctiff_layout;

// An image of a file: 1 is a smaller copy, 4 a mask of which pixels count.
typedef struct {
  uint32_t width, height, kind;
} ctiff_page;

// Opens the first image of a TIFF. The descriptor is only read, by position, and stays the caller's; it
// must stay open as long as the file. NULL with a message where that is none.
ctiff_file *ctiff_open(int descriptor, char *message);
void ctiff_close(ctiff_file *file);

// What libtiff complained about last; never NULL.
const char *ctiff_complaint(const ctiff_file *file);

ctiff_layout ctiff_describe(ctiff_file *file);

// Lists up to `room` images after the first one, and goes back to that. Returns how many; -1 where the
// first one cannot be found again.
int ctiff_other_pages(ctiff_file *file, ctiff_page *pages, int room);

// Goes to an image, 0 being the first, which all that follows is about; 0 where it cannot be found.
int ctiff_select(ctiff_file *file, uint16_t page);

// The numbers of a field of doubles or of shorts; 0 where there is none. *values is libtiff's.
size_t ctiff_doubles(ctiff_file *file, uint32_t tag, const double **values);
size_t ctiff_shorts(ctiff_file *file, uint32_t tag, const uint16_t **values);
// The text of a field, ended by a zero byte; NULL where there is none.
const char *ctiff_text(ctiff_file *file, uint32_t tag);

// Decodes a block into `target`, which has room for `size` bytes, in the byte order of this machine.
// Returns the bytes written; 0 where the file holds none of that block; -1 where it is damaged.
int64_t ctiff_read_block(ctiff_file *file, uint32_t number, void *target, size_t size);
