#include "CTIFFShim.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

struct ctiff_file {
  TIFF *tiff;
  int descriptor;
  uint64_t position, size;
  int is_guessed;
  char complaint[ctiff_message_size];
};

// More than any block that is read and its packed bytes.
static const tmsize_t allocation_limit = (tmsize_t)1 << 30;

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
  ctiff_file *file = (ctiff_file *)handle;
  tmsize_t done = 0;
  while (done < count) {
    ssize_t got = pread(file->descriptor, (char *)target + done, (size_t)(count - done),
                        (off_t)(file->position + (uint64_t)done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += got;
  }
  file->position += (uint64_t)done;
  return done;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle, (void)bytes, (void)count;
  return -1;
}

static toff_t seek_to(thandle_t handle, toff_t offset, int whence) {
  ctiff_file *file = (ctiff_file *)handle;
  uint64_t start = whence == SEEK_CUR ? file->position : whence == SEEK_END ? file->size : 0;
  // Positions are signed in the system; what is beyond has no bytes anyway.
  if (offset > INT64_MAX - start) return (toff_t)-1;
  file->position = start + offset;
  return file->position;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of(thandle_t handle) { return ((ctiff_file *)handle)->size; }

static int keep_error(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list arguments) {
  (void)tiff, (void)module;
  ctiff_file *file = user;
  vsnprintf(file->complaint, sizeof file->complaint, format, arguments);
  return 1;
}

// libtiff goes on where the sizes of strips cannot be right, with sizes that it makes up: what it then
// reads may be anything.
static int note_guess(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list arguments) {
  (void)tiff, (void)module;
  ctiff_file *file = user;
  char text[ctiff_message_size];
  vsnprintf(text, sizeof text, format, arguments);
  if (strstr(text, "calculating from imagelength")) file->is_guessed = 1;
  return 1;
}

// GeoTIFF 1.1 (OGC 19-008r4), section 7, and the tags of GDAL.
static const TIFFFieldInfo fields[] = {
    {33550, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelPixelScale"},
    {33922, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelTiepoint"},
    {34264, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelTransformation"},
    {34735, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_SHORT, FIELD_CUSTOM, 1, 1, "GeoKeyDirectory"},
    {34736, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "GeoDoubleParams"},
    {34737, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GeoASCIIParams"},
    {42112, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GDALMetadata"},
    {42113, TIFF_VARIABLE, TIFF_VARIABLE, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GDALNoData"},
};

static TIFFExtendProc declare_others;

static void declare(TIFF *tiff) {
  TIFFMergeFieldInfo(tiff, fields, sizeof fields / sizeof *fields);
  if (declare_others) declare_others(tiff);
}

// Each directory that is read begins with libtiff's own fields and this hook, which all files share.
static void hook(void) { declare_others = TIFFSetTagExtender(declare); }

ctiff_file *ctiff_open(int descriptor, char *message) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, hook);
  struct stat status;
  ctiff_file *file = calloc(1, sizeof *file);
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (file && options && fstat(descriptor, &status) == 0) {
    file->descriptor = descriptor;
    file->size = (uint64_t)status.st_size;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, allocation_limit);
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, file);
    TIFFOpenOptionsSetWarningHandlerExtR(options, note_guess, file);
    // No mapping into memory, which a file that is cut short under us would turn into a signal; the
    // places of blocks are read when they are needed.
    file->tiff = TIFFClientOpenExt("file", "rmO", (thandle_t)file, read_bytes, write_nothing, seek_to,
                                   close_nothing, size_of, NULL, NULL, options);
  }
  if (options) TIFFOpenOptionsFree(options);
  if (file && file->tiff) return file;
  snprintf(message, ctiff_message_size, "%s",
           file && file->complaint[0] ? file->complaint : "its header is damaged");
  if (file) ctiff_close(file);
  return NULL;
}

void ctiff_close(ctiff_file *file) {
  if (file->tiff) TIFFClose(file->tiff);
  free(file);
}

const char *ctiff_complaint(const ctiff_file *file) {
  return file->complaint[0] ? file->complaint : "libtiff does not say why";
}

// Whether the pixels of an image are single bits, as those of masks are.
static int has_bits(TIFF *tiff) {
  uint16_t samples = 0, bits = 0, format = 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  return samples == 1 && bits == 1 && (format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID);
}

// Each row of bits begins with a new byte.
static uint64_t bytes_of_bits(uint64_t width) { return (width + 7) / 8; }

ctiff_layout ctiff_describe(ctiff_file *file) {
  TIFF *tiff = file->tiff;
  ctiff_layout layout = {0};
  uint16_t planar = PLANARCONFIG_CONTIG;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout.compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_FILLORDER, &layout.fill_order);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric);
  layout.is_separate = planar == PLANARCONFIG_SEPARATE && layout.samples > 1;
  layout.is_guessed = file->is_guessed;
  layout.is_known = TIFFIsCODECConfigured(layout.compression);
  if (TIFFIsTiled(tiff)) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &layout.block_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &layout.block_height);
    layout.block_bytes = TIFFTileSize64(tiff);
    layout.block_count = TIFFNumberOfTiles(tiff);
  } else {
    layout.block_width = layout.width;
    layout.block_height = layout.height;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &layout.block_height);
    if (layout.block_height > layout.height) layout.block_height = layout.height;
    layout.block_bytes = TIFFStripSize64(tiff);
    layout.block_count = TIFFNumberOfStrips(tiff);
  }
  if (has_bits(tiff) && layout.block_bytes == bytes_of_bits(layout.block_width) * layout.block_height) {
    layout.bits = 8;
    layout.block_bytes = (uint64_t)layout.block_width * layout.block_height;
  }
  return layout;
}

int ctiff_other_pages(ctiff_file *file, ctiff_page *pages, int room) {
  int count = 0;
  while (count < room && TIFFReadDirectory(file->tiff)) {
    ctiff_page page = {0};
    TIFFGetField(file->tiff, TIFFTAG_IMAGEWIDTH, &page.width);
    TIFFGetField(file->tiff, TIFFTAG_IMAGELENGTH, &page.height);
    TIFFGetField(file->tiff, TIFFTAG_SUBFILETYPE, &page.kind);
    pages[count++] = page;
  }
  if (!TIFFSetDirectory(file->tiff, 0)) return -1;
  return count;
}

int ctiff_select(ctiff_file *file, uint16_t page) {
  file->is_guessed = 0;
  file->complaint[0] = 0;
  return TIFFSetDirectory(file->tiff, page);
}

size_t ctiff_doubles(ctiff_file *file, uint32_t tag, const double **values) {
  uint16_t count = 0;
  void *numbers = NULL;
  if (!TIFFGetField(file->tiff, tag, &count, &numbers) || !numbers) return 0;
  *values = numbers;
  return count;
}

size_t ctiff_shorts(ctiff_file *file, uint32_t tag, const uint16_t **values) {
  uint16_t count = 0;
  void *numbers = NULL;
  if (!TIFFGetField(file->tiff, tag, &count, &numbers) || !numbers) return 0;
  *values = numbers;
  return count;
}

const char *ctiff_text(ctiff_file *file, uint32_t tag) {
  const char *text = NULL;
  return TIFFGetField(file->tiff, tag, &text) ? text : NULL;
}

static int64_t read_block(TIFF *tiff, uint32_t number, void *target, size_t size) {
  tmsize_t got = TIFFIsTiled(tiff) ? TIFFReadEncodedTile(tiff, number, target, (tmsize_t)size)
                                   : TIFFReadEncodedStrip(tiff, number, target, (tmsize_t)size);
  return got > 0 ? got : -1;
}

// Reads a block of bits and writes a byte for each, as many as `target` has room for.
static int64_t read_bits(TIFF *tiff, uint32_t number, uint8_t *target, size_t size) {
  uint32_t width = 0;
  TIFFGetField(tiff, TIFFIsTiled(tiff) ? TIFFTAG_TILEWIDTH : TIFFTAG_IMAGEWIDTH, &width);
  if (width == 0) return -1;
  size_t row_bytes = bytes_of_bits(width), rows = size / width;
  uint8_t *packed = malloc(row_bytes * rows + 1);
  if (!packed) return -1;
  int64_t got = read_block(tiff, number, packed, row_bytes * rows);
  size_t whole = got > 0 ? (size_t)got / row_bytes : 0;
  for (size_t row = 0; row < whole; row++)
    for (size_t column = 0; column < width; column++)
      target[row * width + column] = packed[row * row_bytes + column / 8] >> (7 - column % 8) & 1;
  free(packed);
  return whole > 0 ? (int64_t)(whole * width) : -1;
}

int64_t ctiff_read_block(ctiff_file *file, uint32_t number, void *target, size_t size) {
  int failed = 0;
  file->complaint[0] = 0;
  uint64_t stored = TIFFGetStrileByteCountWithErr(file->tiff, number, &failed);
  if (failed) return -1;
  if (stored == 0) return 0;
  return has_bits(file->tiff) ? read_bits(file->tiff, number, target, size)
                              : read_block(file->tiff, number, target, size);
}
