/*
 * Uses the device of cuse-echo.mjs in each way in which a program can use a device file, and prints
 * a line for each: what was expected came, or what came instead. Usage: cuse-client DEVICE [WAY...]
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SEND 0x4501
#define RECEIVE 0x4502
#define THROW 0x4503
#define COUNT 0x4504

#define WAIT_MS 20000

struct area {
  void* address;
  size_t size;
};

static const char* device;
static int failures;

static void tell(const char* what, int is_good, long got) {
  printf("%s: %s", what, is_good ? "ok" : "WRONG");
  if (!is_good) printf(" %ld (%s)", got, strerror(errno));
  printf("\n");
  if (!is_good) failures++;
}

static int open_device(int flags) {
  int fd = open(device, O_RDWR | flags);
  if (fd < 0) {
    perror(device);
    exit(1);
  }
  return fd;
}

static long send_text(int fd, const char* text) {
  struct area area = {(void*)text, strlen(text)};
  return ioctl(fd, SEND, &area);
}

static long receive_text(int fd, char* target, size_t size) {
  struct area area = {target, size - 1};
  long count = ioctl(fd, RECEIVE, &area);
  target[count < 0 ? 0 : count] = 0;
  return count;
}

static int receives(int fd, const char* text) {
  char target[4097];
  return receive_text(fd, target, sizeof target) == (long)strlen(text) && strcmp(target, text) == 0;
}

static int wait_poll(int fd, int wait_ms) {
  struct pollfd one = {fd, POLLIN, 0};
  int count = poll(&one, 1, wait_ms);
  return count < 0 ? -errno : count == 0 ? 0 : one.revents;
}

static void plain(void) {
  int fd = open_device(0);
  char target[8];
  long got = receive_text(fd, target, sizeof target);
  tell("empty queue is EAGAIN", got == -1 && errno == EAGAIN, got);
  got = send_text(fd, "hello");
  tell("send", got == 5, got);
  tell("receive", receives(fd, "hello"), 0);
  send_text(fd, "longer than that");
  got = receive_text(fd, target, sizeof target);
  tell("too small is EMSGSIZE", got == -1 && errno == EMSGSIZE, got);
  tell("kept", receives(fd, "longer than that"), 0);
  got = ioctl(fd, 0x4599, 0);
  tell("unknown is ENOTTY", got == -1 && errno == ENOTTY, got);
  got = ioctl(fd, SEND, NULL);
  tell("no struct is EFAULT", got == -1 && errno == EFAULT, got);
  struct area bad = {(void*)8, 4};
  got = ioctl(fd, SEND, &bad);
  tell("bad pointer is EFAULT", got == -1 && errno == EFAULT, got);
  got = ioctl(fd, THROW, 0);
  tell("exception is EIO", got == -1 && errno == EIO, got);
  tell("alive after it", ioctl(fd, COUNT, 0) == 1, 0);
  got = read(fd, target, 1);
  tell("read is EINVAL", got == -1 && errno == EINVAL, got);
  got = write(fd, target, 1);
  tell("write is EINVAL", got == -1 && errno == EINVAL, got);
  char* large = malloc(4097);
  memset(large, 'x', 4096);
  large[4096] = 0;
  tell("4096 bytes", send_text(fd, large) == 4096 && receives(fd, large), 0);
  close(fd);
}

static void polls(void) {
  int fd = open_device(0);
  long got = wait_poll(fd, 0);
  tell("poll of nothing", got == 0, got);
  got = wait_poll(fd, 50);
  tell("poll times out", got == 0, got);
  send_text(fd, "now");
  got = wait_poll(fd, WAIT_MS);
  tell("poll of a waiting message", got == POLLIN, got);
  receives(fd, "now");
  send_text(fd, "3late");
  got = wait_poll(fd, WAIT_MS);
  tell("poll wakes", got == POLLIN, got);
  tell("poll's message", receives(fd, "3late"), 0);
  send_text(fd, "3again");
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fd, &set);
  struct timeval limit = {WAIT_MS / 1000, 0};
  got = select(fd + 1, &set, NULL, NULL, &limit);
  tell("select wakes", got == 1 && receives(fd, "3again"), got);
  close(fd);
}

static void edges(void) {
  int fd = open_device(O_NONBLOCK), ep = epoll_create1(0);
  struct epoll_event event = {EPOLLIN | EPOLLET, {.fd = fd}};
  epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
  for (int at = 0; at < 4; at++) {
    char text[] = "2edge0";
    text[5] += at;
    send_text(fd, text);
    int count = epoll_wait(ep, &event, 1, WAIT_MS);
    int is_good = count == 1 && receives(fd, text);
    char more[8];
    is_good = is_good && receive_text(fd, more, sizeof more) == -1 && errno == EAGAIN;
    tell("edge", is_good, count);
  }
  close(ep);
  close(fd);
}

static void sharing(void) {
  int fd = open_device(0), copy = dup(fd);
  tell("one file by two descriptors", ioctl(fd, COUNT, 0) == 1, ioctl(fd, COUNT, 0));
  send_text(fd, "2through");
  close(fd);
  tell("copy wakes", wait_poll(copy, WAIT_MS) == POLLIN && receives(copy, "2through"), 0);
  pid_t child = fork();
  if (child == 0) {
    send_text(copy, "2child");
    _exit(0);
  }
  waitpid(child, NULL, 0);
  tell("the child's message", wait_poll(copy, WAIT_MS) == POLLIN && receives(copy, "2child"), 0);
  int other = open_device(0);
  tell("two files", ioctl(other, COUNT, 0) == 2, ioctl(other, COUNT, 0));
  tell("no foreign message", wait_poll(other, 0) == 0, 0);
  close(other);
  tell("one left", ioctl(copy, COUNT, 0) == 1, ioctl(copy, COUNT, 0));
  close(copy);
}

static void* in_thread(void* number) {
  int fd = open_device(0);
  long wrong = 0;
  for (int at = 0; at < 50; at++) {
    char text[40];
    sprintf(text, "%cthread %ld, message %d", at % 10 == 0 ? '1' : 'x', (long)number, at);
    if (send_text(fd, text) < 0 || wait_poll(fd, WAIT_MS) != POLLIN || !receives(fd, text)) wrong++;
  }
  close(fd);
  return (void*)wrong;
}

static void threads(void) {
  pthread_t all[8];
  long wrong = 0;
  for (long at = 0; at < 8; at++) pthread_create(&all[at], NULL, in_thread, (void*)at);
  for (int at = 0; at < 8; at++) {
    void* result;
    pthread_join(all[at], &result);
    wrong += (long)result;
  }
  tell("eight threads, 400 messages", wrong == 0, wrong);
}

/* A 32-bit call of a 64-bit program; all addresses are below 4 GiB. */
static long ioctl32(int fd, uint32_t command, void* argument) {
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(54), "b"(fd), "c"(command), "d"(argument)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
}

static void narrow(void) {
  int fd = open_device(0);
  char* low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  uint32_t* area = (uint32_t*)low;
  strcpy(low + 64, "narrow");
  area[0] = (uint32_t)(uintptr_t)(low + 64);
  area[1] = 6;
  long got = ioctl32(fd, SEND, low);
  tell("32-bit send", got == 6, got);
  memset(low + 64, 0, 8);
  got = ioctl32(fd, RECEIVE, low);
  tell("32-bit receive", got == 6 && strcmp(low + 64, "narrow") == 0, got);
  close(fd);
}

/* Keeps a message that is never fetched, and is in poll(2) when it is killed. */
static void killed(void) {
  for (int at = 0; at < 5; at++) {
    pid_t child = fork();
    if (child == 0) {
      int fd = open_device(0);
      send_text(fd, "2late");
      if (at == 0) pause();
      if (at % 2 == 1) wait_poll(fd, -1);
      for (;;) send_text(fd, "1more");
    }
    usleep(60000 + 40000 * at);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
  int fd = open_device(0);
  long got = ioctl(fd, COUNT, 0);
  tell("killed ones are gone", got == 1, got);
  usleep(400000);
  tell("and what they sent disturbs no other", send_text(fd, "x") == 1 && receives(fd, "x"), 0);
  close(fd);
}

/* Prints how poll(2) and a call end when the server does. */
static void orphaned(void) {
  int fd = open_device(0);
  long got = wait_poll(fd, WAIT_MS);
  tell("poll ends with POLLERR", got & POLLERR, got);
  got = ioctl(fd, COUNT, 0);
  tell("calls fail", got == -1 && (errno == ENOTCONN || errno == ECONNABORTED), got);
  for (int wait = 0; wait < 100 && access(device, F_OK) == 0; wait++) usleep(100000);
  got = access(device, F_OK);
  tell("the file is gone", got == -1 && errno == ENOENT, got);
}

static double trips_us(int fd, int count) {
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int at = 0; at < count; at++) ioctl(fd, COUNT, 0);
  clock_gettime(CLOCK_MONOTONIC, &to);
  return ((to.tv_sec - from.tv_sec) * 1e6 + (to.tv_nsec - from.tv_nsec) / 1e3) / count;
}

/* A call without areas is one trip. The first ones run before V8 has optimized. */
static void timed(void) {
  int fd = open_device(0);
  double first = trips_us(fd, 1000), last = 0;
  for (int at = 0; at < 3; at++) last = trips_us(fd, 1000);
  printf("timed: %.0f us a trip, then %.0f\n", first, last);
  close(fd);
}

int main(int argc, char** argv) {
  static const struct {
    const char* name;
    void (*run)(void);
  } ways[] = {{"plain", plain},     {"polls", polls},   {"edges", edges},
              {"sharing", sharing}, {"threads", threads}, {"narrow", narrow},
              {"killed", killed},   {"orphaned", orphaned}, {"timed", timed}};
  if (argc < 3) return 64;
  device = argv[1];
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (int at = 2; at < argc; at++)
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
      if (strcmp(argv[at], ways[way].name) == 0) ways[way].run();
  return failures > 0;
}
