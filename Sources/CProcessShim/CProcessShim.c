#define _GNU_SOURCE
#include "CProcessShim.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <unistd.h>

int process_shim_memory(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

static int open_null(posix_spawn_file_actions_t *actions, int number) {
  return posix_spawn_file_actions_addopen(
      actions, number, "/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0);
}

static int open_new(posix_spawn_file_actions_t *actions, int number, const char *path) {
  return posix_spawn_file_actions_addopen(actions, number, path, O_WRONLY | O_CREAT | O_EXCL, 0600);
}

static int spawn(
    pid_t *process, const char *program, char *const arguments[], char *const environment[],
    const posix_spawn_file_actions_t *actions) {
  posix_spawnattr_t attributes;
  int error = posix_spawnattr_init(&attributes);
  if (error != 0) return error;
  // A child begins with the signals that its parent blocks or ignores; this one with none.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  error = posix_spawn(process, program, actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  return error;
}

int process_shim_spawn(
    pid_t *process, const char *program, char *const arguments[], int third, int fourth) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  for (int number = 0; number < 3 && error == 0; number++) error = open_null(&actions, number);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, third, 3);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, fourth, 4);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 5);
  if (error == 0) error = spawn(process, program, arguments, environ, &actions);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int process_shim_spawn_writing(
    pid_t *process, const char *program, char *const arguments[], char *const environment[],
    const char *output, const char *errors) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  error = open_null(&actions, 0);
  if (error == 0) error = open_new(&actions, 1, output);
  if (error == 0) error = open_new(&actions, 2, errors);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (error == 0) error = spawn(process, program, arguments, environment, &actions);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}
