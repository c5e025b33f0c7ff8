// Linux system calls that Swift's Glibc module leaves out.
#pragma once

// Exchanges two files or folders of one file system in one step (renameat2(2), RENAME_EXCHANGE).
// Returns 0, or -1 with errno.
int file_shim_exchange(const char *first, const char *second);

// Brings all that was written to the file system of an open file to the disk (syncfs(2)).
// Returns 0, or -1 with errno.
int file_shim_sync(int descriptor);
