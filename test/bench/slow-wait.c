// Waiting for a BMC that takes its time, the two ways programs do that: reading the status all the
// time, or every microsecond that the system makes of usleep(1), which is how FreeIPMI's KCS driver
// waits. A look at the clock stands for the read of the register.

#include <string.h>
#include <unistd.h>

#include "samples.h"

enum { NS_PER_MS = 1000 * 1000 };

static uint64_t answer_ns;

static void wait_spinning(uint32_t number) {
  (void)number;
  const uint64_t due_ns = now_ns() + answer_ns;
  while (now_ns() < due_ns) continue;
}

static void wait_dozing(uint32_t number) {
  (void)number;
  const uint64_t due_ns = now_ns() + answer_ns;
  while (now_ns() < due_ns) usleep(1);
}

int main(int argc, char **argv) {
  if (argc != 5) fail("arguments: spin|doze ANSWER_MS COUNT WARM_UP");
  answer_ns = (uint64_t)number_from(argv[2]) * NS_PER_MS;
  measure(argc - 2, argv + 2, strcmp(argv[1], "spin") == 0 ? wait_spinning : wait_dozing);
  return 0;
}
