// Clients of /dev/ipmi0, as the tests of a served device need them:
//
//   ipmi-clients echo CLIENTS REQUESTS   processes side by side, each request with bytes of its own
//   ipmi-clients flood REQUESTS          sends without receiving, then receives
//   ipmi-clients wait MS                 waits in poll(2) for an answer that does not come
//   ipmi-clients hold STATE              stays in a state until it is killed: open, sent, poll,
//                                        listening (to events, of which it takes none)
//   ipmi-clients storm EVENTS            takes so many events, which it causes itself
//   ipmi-clients last                    sends, and tells the completion code that comes, if one
//                                        does, and the errno of a request after the device has gone
//   ipmi-clients pace REQUESTS [MS]      one request after the other, which the BMC is to answer
//                                        after so long; tells how long they took
//   ipmi-clients trips COUNT             calls that are answered in one round; tells their times
//
// Prints one line of NAME=NUMBER words.

#include <errno.h>
#include <fcntl.h>
#include <linux/ipmi.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OEM = 0x30, ECHO = 0x01, ANSWER_MS = 60000 };

struct counts {
  long sent, right, wrong, forged, lost, busy;
};

// $IPMI_DEVICE is another one.
static int open_device(void) {
  const char *path = getenv("IPMI_DEVICE") ? getenv("IPMI_DEVICE") : "/dev/ipmi0";
  int fd = open(path, O_RDWR);
  if (fd < 0) {
    perror(path);
    exit(1);
  }
  return fd;
}

static int send_echo(int fd, long id, const unsigned char *data, int count) {
  struct ipmi_system_interface_addr address = {
      .addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE, .channel = IPMI_BMC_CHANNEL};
  struct ipmi_req request = {
      .addr = (unsigned char *)&address,
      .addr_len = sizeof address,
      .msgid = id,
      .msg = {.netfn = OEM, .cmd = ECHO, .data_len = count, .data = (unsigned char *)data}};
  return ioctl(fd, IPMICTL_SEND_COMMAND, &request);
}

static int wait_for(int fd, int ms) {
  struct pollfd one = {.fd = fd, .events = POLLIN};
  return poll(&one, 1, ms);
}

// The type of a message, or -1; its id, and its bytes, an answer's with the completion code first.
static int receive(int fd, long *id, unsigned char *data, int *count) {
  struct ipmi_addr address;
  struct ipmi_recv answer = {.addr = (unsigned char *)&address,
                             .addr_len = sizeof address,
                             .msg = {.data = data, .data_len = 272}};
  if (ioctl(fd, IPMICTL_RECEIVE_MSG_TRUNC, &answer) < 0) return -1;
  *id = answer.msgid;
  *count = answer.msg.data_len;
  return answer.recv_type;
}

static void payload(unsigned char *data, long client, long id) {
  for (int at = 0; at < 4; at++) {
    data[at] = client >> (8 * at);
    data[4 + at] = id >> (8 * at);
  }
}

static void judge(long client, long id, const unsigned char *data, int count,
                  struct counts *counts) {
  unsigned char wanted[8];
  payload(wanted, client, id);
  if (count == 1 && (data[0] == 0xc3 || data[0] == 0xff)) counts->forged++;
  else if (count == 9 && data[0] == 0 && memcmp(data + 1, wanted, 8) == 0) counts->right++;
  else counts->wrong++;
}

// Receives one answer and counts what it was.
static void take(int fd, long client, struct counts *counts) {
  unsigned char data[272];
  long id;
  int count;
  if (wait_for(fd, ANSWER_MS) == 1 && receive(fd, &id, data, &count) >= 0)
    judge(client, id, data, count, counts);
  else counts->lost++;
}

static struct counts run_echo(long client, long requests) {
  struct counts counts = {0};
  int fd = open_device();
  for (long id = 0; id < requests; id++) {
    unsigned char data[8];
    payload(data, client, id);
    if (send_echo(fd, id, data, sizeof data) < 0) {
      counts.lost++;
      continue;
    }
    counts.sent++;
    take(fd, client, &counts);
  }
  return counts;
}

static void tell(const struct counts *counts) {
  printf("sent=%ld right=%ld wrong=%ld forged=%ld lost=%ld busy=%ld\n", counts->sent, counts->right,
         counts->wrong, counts->forged, counts->lost, counts->busy);
}

static int echo(long clients, long requests) {
  int ends[2];
  if (pipe(ends) < 0) return 1;
  for (long client = 1; client <= clients; client++) {
    if (fork() > 0) continue;
    struct counts counts = run_echo(client, requests);
    return write(ends[1], &counts, sizeof counts) == sizeof counts ? 0 : 1;
  }
  close(ends[1]);
  struct counts all = {0}, one;
  while (read(ends[0], &one, sizeof one) == sizeof one) {
    all.sent += one.sent;
    all.right += one.right;
    all.wrong += one.wrong;
    all.forged += one.forged;
    all.lost += one.lost;
  }
  while (wait(NULL) > 0) continue;
  tell(&all);
  return 0;
}

static int flood(long requests) {
  struct counts counts = {0};
  int fd = open_device();
  for (long id = 0; id < requests; id++) {
    unsigned char data[8];
    payload(data, 1, id);
    if (send_echo(fd, id, data, sizeof data) == 0) counts.sent++;
    else counts.busy++;
  }
  for (long left = counts.sent; left > 0; left--) take(fd, 1, &counts);
  tell(&counts);
  return 0;
}

static long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static int wait_long(int ms) {
  int fd = open_device();
  long begin = now_us();
  int ready = wait_for(fd, ms);
  printf("ready=%d waited_ms=%ld\n", ready, (now_us() - begin) / 1000);
  return 0;
}

static int listen_to_events(int fd) {
  int yes = 1;
  return ioctl(fd, IPMICTL_SET_GETS_EVENTS_CMD, &yes);
}

static int hold(const char *state) {
  int fd = open_device();
  unsigned char data[8];
  payload(data, 1, 1);
  int is_listening = strcmp(state, "listening") == 0;
  if (is_listening && listen_to_events(fd) < 0) return 1;
  int sends = strcmp(state, "sent") == 0 || strcmp(state, "poll") == 0;
  if (sends && send_echo(fd, 1, data, sizeof data) < 0) return 1;
  puts("held=1");
  fflush(stdout);
  if (strcmp(state, "poll") == 0) {
    // The answer is taken, and no other comes.
    struct counts counts = {0};
    take(fd, 1, &counts);
    wait_for(fd, -1);
  }
  for (;;) pause();
}

struct storm {
  struct counts answers;
  long events, next, misplaced;
};

// Takes an answer or an event. The last two bytes of an event are its number.
static int take_any(int fd, struct storm *storm) {
  unsigned char data[272];
  long id;
  int count;
  int type = wait_for(fd, ANSWER_MS) == 1 ? receive(fd, &id, data, &count) : -1;
  if (type == IPMI_RESPONSE_RECV_TYPE) judge(1, id, data, count, &storm->answers);
  if (type == IPMI_ASYNC_EVENT_RECV_TYPE) {
    long number = data[14] << 8 | data[15];
    storm->misplaced += count != 16 || (storm->events > 0 && number != storm->next);
    storm->next = number + 1;
    storm->events++;
  }
  return type;
}

// Each echo causes an event, once the BMC has been told that they are wanted. So many at most are
// on their way that none is lost.
static int storm_of(long wanted) {
  enum { BEHIND = 40 };
  struct storm storm = {0};
  int fd = open_device();
  if (listen_to_events(fd) < 0) return 1;
  for (long echoes = 0; storm.answers.sent == 0 || storm.events < wanted;) {
    unsigned char data[8];
    payload(data, 1, storm.answers.sent);
    int may_send = echoes < wanted && echoes - storm.events < BEHIND;
    if (may_send && send_echo(fd, storm.answers.sent, data, sizeof data) < 0) return 1;
    storm.answers.sent += may_send;
    // Before the first event, echoes do not count.
    echoes = storm.events > 0 ? echoes + may_send : 0;
    if (take_any(fd, &storm) < 0) break;
  }
  struct counts *answers = &storm.answers;
  while (answers->right + answers->wrong + answers->forged < answers->sent)
    if (take_any(fd, &storm) < 0) break;
  printf("events=%ld misplaced=%ld ", storm.events, storm.misplaced);
  tell(answers);
  return 0;
}

static int last(void) {
  int fd = open_device();
  unsigned char data[272];
  long id;
  int count;
  payload(data, 1, 1);
  if (send_echo(fd, 1, data, 8) < 0) return 1;
  puts("held=1");
  fflush(stdout);
  if (wait_for(fd, ANSWER_MS) != 1 || receive(fd, &id, data, &count) < 0) {
    puts("code=-1");
    return 1;
  }
  int code = data[0];
  // Readable no more, but in error.
  wait_for(fd, ANSWER_MS);
  int sent = send_echo(fd, 2, data, 8);
  printf("code=%d errno=%d\n", code, sent < 0 ? errno : 0);
  return 0;
}

static int by_size(const void *one, const void *other) {
  long a = *(const long *)one, b = *(const long *)other;
  return (a > b) - (a < b);
}

static void tell_times(const char *name, long *times, long count) {
  qsort(times, count, sizeof *times, by_size);
  printf("%sp50_us=%ld %sp99_us=%ld ", name, times[count / 2], name, times[count * 99 / 100]);
}

static int pace(long requests, long delay_ms) {
  struct counts counts = {0};
  int fd = open_device();
  // The BMC of the test takes its time by the second byte.
  long client = delay_ms << 8 | 1;
  long *times = calloc(requests, sizeof *times);
  for (long id = 0; id < requests; id++) {
    unsigned char data[8];
    payload(data, client, id);
    long begin = now_us();
    if (send_echo(fd, id, data, sizeof data) < 0) return 1;
    take(fd, client, &counts);
    times[id] = now_us() - begin;
  }
  tell_times("", times, requests);
  printf("right=%ld\n", counts.right);
  return 0;
}

// An ioctl that no device has, and a poll(2) that does not wait: each is one round.
static int trips(long count) {
  int fd = open_device();
  long *times = calloc(count, sizeof *times);
  long refused = 0;
  for (long at = 0; at < count; at++) {
    long begin = now_us();
    refused += ioctl(fd, 0x4599, 0) < 0 && errno == ENOTTY;
    times[at] = now_us() - begin;
  }
  tell_times("ioctl_", times, count);
  for (long at = 0; at < count; at++) {
    long begin = now_us();
    wait_for(fd, 0);
    times[at] = now_us() - begin;
  }
  tell_times("poll_", times, count);
  printf("right=%ld\n", refused);
  return 0;
}

int main(int count, char **words) {
  const char *word = count > 1 ? words[1] : "";
  const char *rest = count > 2 ? words[2] : "0";
  if (strcmp(word, "echo") == 0 && count > 3) return echo(atol(rest), atol(words[3]));
  if (strcmp(word, "flood") == 0) return flood(atol(rest));
  if (strcmp(word, "wait") == 0) return wait_long(atoi(rest));
  if (strcmp(word, "hold") == 0) return hold(rest);
  if (strcmp(word, "last") == 0) return last();
  if (strcmp(word, "storm") == 0) return storm_of(atol(rest));
  if (strcmp(word, "trips") == 0 && atol(rest) > 0) return trips(atol(rest));
  long delay_ms = count > 3 ? atol(words[3]) : 0;
  if (strcmp(word, "pace") == 0 && atol(rest) > 0) return pace(atol(rest), delay_ms);
  fputs("usage: ipmi-clients echo|flood|wait|hold|last|pace|storm|trips ...\n", stderr);
  return 2;
}
