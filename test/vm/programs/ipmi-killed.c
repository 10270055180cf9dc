// Kills clients of a device file inside their calls, at each point where the server can have one:
//
//   ipmi-killed SERVER_PID DEVICE
//
// ptrace(2) holds the server: before it reads a request, or when it has read one and has not
// answered. A client whose request was not read dies at once. One whose request was read is out of
// reach of SIGKILL, until the server goes on and answers. So is one that closes the last descriptor
// of its file; this program keeps another one. Prints a line for each.

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/ipmi.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// Where a request of FUSE says which process has made it.
enum { PID_AT = 32 };

// Looks for what must come soon; then it has not come.
enum { LOOKS = 20000, LOOK_US = 1000 };

static const char *path;
static pid_t server;

static void check(int is_good, const char *what) {
  if (is_good) return;
  perror(what);
  exit(1);
}

static int device(void) {
  int fd = open(path, O_RDWR);
  check(fd >= 0, path);
  return fd;
}

static void send_request(int fd) {
  struct ipmi_system_interface_addr address = {
      .addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE, .channel = IPMI_BMC_CHANNEL};
  unsigned char data[8] = {1};
  struct ipmi_req request = {
      .addr = (unsigned char *)&address,
      .addr_len = sizeof address,
      .msg = {.netfn = 0x30, .cmd = 0x01, .data_len = sizeof data, .data = data}};
  ioctl(fd, IPMICTL_SEND_COMMAND, &request);
}

static void receive_answer(int fd) {
  struct ipmi_addr address;
  unsigned char data[272];
  struct ipmi_recv answer = {.addr = (unsigned char *)&address,
                             .addr_len = sizeof address,
                             .msg = {.data = data, .data_len = sizeof data}};
  ioctl(fd, IPMICTL_RECEIVE_MSG_TRUNC, &answer);
}

static void set_events(int fd) {
  int yes = 1;
  ioctl(fd, IPMICTL_SET_GETS_EVENTS_CMD, &yes);
}

static void wait_for_answer(int fd) {
  struct pollfd one = {.fd = fd, .events = POLLIN};
  poll(&one, 1, -1);
}

static void have_answer(int fd) {
  send_request(fd);
  wait_for_answer(fd);
}

static void open_another(int fd) {
  (void)fd;
  close(device());
}

static void nothing(int fd) { (void)fd; }

// Requests that the kernel makes of the call, and what comes before it.
struct call {
  const char *name;
  int rounds;
  long number;
  void (*before)(int fd);
  void (*make)(int fd);
};

static const struct call calls[] = {
    {"open", 1, SYS_openat, nothing, open_another},
    {"setting", 2, SYS_ioctl, nothing, set_events},
    {"send", 3, SYS_ioctl, nothing, send_request},
    {"receive", 3, SYS_ioctl, have_answer, receive_answer},
    {"poll", 1, SYS_poll, nothing, wait_for_answer},
};

// Whether the client is blocked in that system call.
static int is_inside(pid_t client, long number) {
  char name[64];
  long now = -1;
  snprintf(name, sizeof name, "/proc/%d/syscall", client);
  FILE *file = fopen(name, "r");
  check(file != NULL, name);
  int found = fscanf(file, "%ld", &now);
  fclose(file);
  return found == 1 && now == number;
}

static char state_of(pid_t client) {
  char name[64], state = '?';
  snprintf(name, sizeof name, "/proc/%d/stat", client);
  FILE *file = fopen(name, "r");
  if (file == NULL) return '?';
  // Its own name is that of this program, without a space.
  if (fscanf(file, "%*d %*s %c", &state) != 1) state = '?';
  fclose(file);
  return state;
}

static void hold_server(void) {
  int status;
  check(ptrace(PTRACE_SEIZE, server, 0, PTRACE_O_TRACESYSGOOD) == 0, "seize");
  check(ptrace(PTRACE_INTERRUPT, server, 0, 0) == 0, "interrupt");
  check(waitpid(server, &status, __WALL) == server, "the server");
}

static int is_cuse(unsigned long fd) {
  char name[64], target[64] = {0};
  snprintf(name, sizeof name, "/proc/%d/fd/%lu", server, fd);
  return readlink(name, target, sizeof target - 1) > 0 && strcmp(target, "/dev/cuse") == 0;
}

static int is_request_of(pid_t client, unsigned long address) {
  pid_t pid = 0;
  struct iovec here = {&pid, sizeof pid}, there = {(void *)(address + PID_AT), sizeof pid};
  return process_vm_readv(server, &here, 1, &there, 1, 0) == sizeof pid && pid == client;
}

// Lets the server go on until it has read so many requests of the client.
static void let_read(pid_t client, int requests) {
  unsigned long buffer = 0;
  long signal = 0;
  while (requests > 0) {
    int status;
    struct __ptrace_syscall_info info;
    check(ptrace(PTRACE_SYSCALL, server, 0, signal) == 0, "go on");
    check(waitpid(server, &status, __WALL) == server && WIFSTOPPED(status), "the server");
    signal = 0;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      if (status >> 16 == 0) signal = WSTOPSIG(status);
      continue;
    }
    check(ptrace(PTRACE_GET_SYSCALL_INFO, server, sizeof info, &info) > 0, "system call");
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      int is_read = info.entry.nr == SYS_read && is_cuse(info.entry.args[0]);
      buffer = is_read ? info.entry.args[1] : 0;
    } else if (buffer != 0 && info.exit.rval > 0) {
      requests -= is_request_of(client, buffer);
    }
  }
}

// Starts a client that makes the call when a byte comes.
static pid_t client_of(const struct call *call, int fd, int *go) {
  int ready[2], begin[2];
  char byte = 0;
  check(pipe(ready) == 0 && pipe(begin) == 0, "pipe");
  pid_t client = fork();
  check(client >= 0, "fork");
  if (client == 0) {
    call->before(fd);
    if (write(ready[1], &byte, 1) == 1 && read(begin[0], &byte, 1) == 1) call->make(fd);
    _exit(0);
  }
  check(read(ready[0], &byte, 1) == 1, "client");
  close(ready[0]);
  close(ready[1]);
  close(begin[0]);
  *go = begin[1];
  return client;
}

// Kills a client whose request number `round` is read and not answered; 0: none is read.
static void kill_in(const struct call *call, int round) {
  int go, status = 0, inside = 0, held = 0, dead = 0;
  int fd = device();
  pid_t client = client_of(call, fd, &go);
  hold_server();
  check(write(go, "", 1) == 1, "go");
  close(go);
  let_read(client, round);
  for (int look = 0; look < LOOKS && !inside; look++) {
    inside = is_inside(client, call->number);
    if (!inside) usleep(LOOK_US);
  }
  kill(client, SIGKILL);
  for (int look = 0; look < LOOKS && !held && !dead; look++) {
    dead = waitpid(client, &status, WNOHANG) == client;
    held = !dead && state_of(client) == 'D';
    if (!held && !dead) usleep(LOOK_US);
  }
  check(ptrace(PTRACE_DETACH, server, 0, 0) == 0, "detach");
  if (!dead) check(waitpid(client, &status, 0) == client, "client");
  close(fd);
  printf("%s %d: inside=%d held=%d killed=%d\n", call->name, round, inside, held,
         WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

int main(int count, char **words) {
  if (count != 3) return 64;
  server = atoi(words[1]);
  path = words[2];
  for (size_t at = 0; at < sizeof calls / sizeof *calls; at++)
    for (int round = 0; round <= calls[at].rounds; round++) kill_in(&calls[at], round);
  return 0;
}
