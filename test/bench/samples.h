// What the C peers of the benchmark share: the loop around a transaction, and the report, one JSON
// line, that stands beside the same figures of the driver.

#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

// Does one Get Device ID and checks the reply; `number` differs from call to call.
typedef void transaction(uint32_t number);

_Noreturn static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

_Noreturn static void fail_errno(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) fail_errno("clock_gettime");
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct rusage usage(void) {
  struct rusage now;
  if (getrusage(RUSAGE_SELF, &now) != 0) fail_errno("getrusage");
  return now;
}

static double cpu_ms(void) {
  const struct rusage now = usage();
  const double seconds = (double)(now.ru_utime.tv_sec + now.ru_stime.tv_sec);
  const double micros = (double)(now.ru_utime.tv_usec + now.ru_stime.tv_usec);
  return seconds * 1e3 + micros / 1e3;
}

// What all processors have been busy with: programs, the kernel's threads, its interrupts.
static double busy_ms(void) {
  enum { FIELDS = 8, IDLE = 3, IOWAIT = 4 };
  unsigned long long ticks[FIELDS] = {0};
  FILE *stat = fopen("/proc/stat", "r");
  if (stat == NULL) fail_errno("/proc/stat");
  const int found = fscanf(stat, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ticks[0], &ticks[1],
                           &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]);
  fclose(stat);
  if (found != FIELDS) fail("/proc/stat is not what it was");
  double sum = 0;
  for (int i = 0; i < FIELDS; i++) sum += i == IDLE || i == IOWAIT ? 0 : (double)ticks[i];
  return sum * 1e3 / (double)sysconf(_SC_CLK_TCK);
}

static int compare_ns(const void *a, const void *b) {
  const uint64_t left = *(const uint64_t *)a;
  const uint64_t right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

// Nearest rank: the smallest sample that `percent` of all samples do not exceed.
static uint64_t percentile(const uint64_t *sorted, uint32_t count, uint32_t percent) {
  const uint64_t rank = ((uint64_t)count * percent + 99) / 100;
  return sorted[rank - 1];
}

static uint32_t number_from(const char *argument) {
  char *end = NULL;
  const unsigned long number = strtoul(argument, &end, 10);
  if (end == argument || *end != '\0' || number > 100000000ul) fail("not a number, or too large");
  return (uint32_t)number;
}

// The arguments are the transactions to measure and those to do before, for caches to be warm.
static void measure(int argc, char **argv, transaction *transact) {
  if (argc != 3) fail("two arguments: COUNT WARM_UP");
  const uint32_t count = number_from(argv[1]);
  const uint32_t warm_up = number_from(argv[2]);
  uint64_t *samples = calloc(count, sizeof *samples);
  if (count == 0 || samples == NULL) fail("COUNT is nothing, or too much");

  for (uint32_t i = 0; i < warm_up; i++) transact(i);
  const double start_busy_ms = busy_ms();
  const double start_ms = cpu_ms();
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t start_ns = now_ns();
    transact(warm_up + i);
    samples[i] = now_ns() - start_ns;
  }
  const double used_ms = cpu_ms() - start_ms;
  const double machine_ms = busy_ms() - start_busy_ms;

  qsort(samples, count, sizeof *samples, compare_ns);
  // The kernel books pages in lots of 64, so max_rss_kb can be some hundred too small.
  printf("{\"n\":%u,\"p50_ns\":%llu,\"p99_ns\":%llu,\"cpu_ms\":%.3f,\"machine_ms\":%.0f,", count,
         (unsigned long long)percentile(samples, count, 50),
         (unsigned long long)percentile(samples, count, 99), used_ms, machine_ms);
  printf("\"max_rss_kb\":%ld}\n", usage().ru_maxrss);
  free(samples);
}

#endif
