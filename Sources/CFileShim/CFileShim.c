#define _GNU_SOURCE
#include <unistd.h>
#include "CFileShim.h"

#include <fcntl.h>
#include <stdio.h>

int file_shim_exchange(const char *first, const char *second) {
  return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int file_shim_sync(int descriptor) {
  return syncfs(descriptor);
}
