// Calls for child processes that Swift's Glibc module leaves out.
#pragma once

#include <sys/types.h>

// Makes a file that lies in memory and has no name (memfd_create(2)), closed on exec.
// Returns its descriptor, or -1 with errno.
int process_shim_memory(const char *name);

// Starts a program in a process group of its own, so that Ctrl-C reaches it through its parent only.
//
// It gets /dev/null as descriptors 0 to 2, `third` and `fourth` as 3 and 4, and no other; neither
// of the two may be below 5. `arguments` ends with NULL. Returns 0, or the number of the error.
int process_shim_spawn(
    pid_t *process, const char *program, char *const arguments[], int third, int fourth);

// Starts a program in a process group and with an environment of its own, whose words go into new files.
//
// It gets /dev/null as descriptor 0, the files as 1 and 2, and no other. `arguments` and `environment` end with
// NULL. Returns 0, or the number of the error.
int process_shim_spawn_writing(
    pid_t *process, const char *program, char *const arguments[], char *const environment[],
    const char *output, const char *errors);
