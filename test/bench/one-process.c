// Runs a program from start to end, in silence, and tells what it took: one JSON line. The kernel's
// own figures for a child, which a script could not ask for.

#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static uint64_t now_ns(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) err(1, "clock_gettime");
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double ms(struct timeval time) {
  return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static pid_t start(char **command) {
  posix_spawn_file_actions_t silence;
  pid_t child = 0;
  posix_spawn_file_actions_init(&silence);
  posix_spawn_file_actions_addopen(&silence, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (posix_spawnp(&child, command[0], &silence, NULL, command, environ) != 0) {
    errx(1, "%s cannot be run", command[0]);
  }
  posix_spawn_file_actions_destroy(&silence);
  return child;
}

int main(int argc, char **argv) {
  if (argc < 2) errx(1, "a command is missing");
  int status = 0;
  struct rusage usage;
  const uint64_t start_ns = now_ns();
  if (wait4(start(argv + 1), &status, 0, &usage) < 0) err(1, "wait4");
  const uint64_t wall_ns = now_ns() - start_ns;
  if (status != 0) errx(1, "%s failed: wait status 0x%x", argv[1], (unsigned)status);

  printf("{\"wall_ms\":%.3f,\"cpu_ms\":%.3f,\"max_rss_kb\":%ld}\n", (double)wall_ns / 1e6,
         ms(usage.ru_utime) + ms(usage.ru_stime), usage.ru_maxrss);
  return 0;
}
