/*
 * Waits for messages of an IPMI device in every way that Linux has: poll, select, epoll by level
 * and by edge, O_NONBLOCK, through a duplicate, in a child, and in several threads. Prints a line
 * for each; run on the kernel's device and on the served one, it prints the same lines.
 *
 * ipmi-epoll DEVICE
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/ipmi.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 20000
#define THREADS 4
#define EACH 25

static const char *device = "/dev/ipmi0";

/* Sends a Get Device ID. */
static int send_request(int fd, long msgid)
{
	struct ipmi_system_interface_addr bmc = {
		IPMI_SYSTEM_INTERFACE_ADDR_TYPE, IPMI_BMC_CHANNEL, 0
	};
	struct ipmi_req req = { .addr = (unsigned char *)&bmc, .addr_len = sizeof(bmc) };

	req.msgid = msgid;
	req.msg.netfn = 6;
	req.msg.cmd = 1;
	return ioctl(fd, IPMICTL_SEND_COMMAND, &req);
}

/* The msgid of a good answer, a negative errno, or -1000 for another answer. */
static long receive(int fd)
{
	struct ipmi_addr addr;
	unsigned char data[300];
	struct ipmi_recv recv = { .addr = (unsigned char *)&addr, .addr_len = sizeof(addr) };

	recv.msg.data = data;
	recv.msg.data_len = sizeof(data);
	if (ioctl(fd, IPMICTL_RECEIVE_MSG_TRUNC, &recv) < 0)
		return -errno;
	if (recv.recv_type != IPMI_RESPONSE_RECV_TYPE || recv.msg.cmd != 1 || data[0] != 0)
		return -1000;
	return recv.msgid;
}

static int polled(int fd, short events, int timeout_ms)
{
	struct pollfd waiting = { .fd = fd, .events = events };
	int count = poll(&waiting, 1, timeout_ms);

	return count == 1 ? waiting.revents : count;
}

static int opened(int flags)
{
	int fd = open(device, O_RDWR | flags);

	if (fd < 0) {
		perror(device);
		exit(1);
	}
	return fd;
}

static void with_poll(void)
{
	int fd = opened(0);

	printf("poll: empty %x", polled(fd, POLLIN | POLLOUT, 0));
	printf(", for 50 ms %x", polled(fd, POLLIN, 50));
	send_request(fd, 11);
	printf(", after a send %x", polled(fd, POLLIN | POLLRDNORM, WAIT_MS));
	printf(", again %x", polled(fd, POLLIN, 0));
	printf(", received %ld", receive(fd));
	printf(", then %x\n", polled(fd, POLLIN, 0));
	close(fd);
}

static void with_select(void)
{
	int fd = opened(0);
	struct timeval wait = { WAIT_MS / 1000, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	send_request(fd, 12);
	printf("select: %d", select(fd + 1, &set, NULL, NULL, &wait));
	printf(", is set %d, received %ld\n", FD_ISSET(fd, &set) != 0, receive(fd));
	close(fd);
}

static int watched(int fd, unsigned int events)
{
	struct epoll_event event = { .events = events };
	int epoll = epoll_create1(0);

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		perror("epoll_ctl");
	return epoll;
}

static unsigned int waited(int epoll, int timeout_ms)
{
	struct epoll_event event = { 0 };

	return epoll_wait(epoll, &event, 1, timeout_ms) == 1 ? event.events : 0;
}

static void with_epoll(void)
{
	int fd = opened(0), epoll = watched(fd, EPOLLIN);

	printf("epoll by level: empty %x", waited(epoll, 0));
	send_request(fd, 13);
	printf(", %x", waited(epoll, WAIT_MS));
	printf(", again %x", waited(epoll, WAIT_MS));
	printf(", received %ld", receive(fd));
	printf(", then %x\n", waited(epoll, 0));
	close(epoll);
	close(fd);
}

/* After each edge it drains, and polls no more: the next message must make an edge again. */
static void by_edge(void)
{
	int fd = opened(O_NONBLOCK), epoll = watched(fd, EPOLLIN | EPOLLET);

	printf("epoll by edge:");
	for (long i = 0; i < 8; i++) {
		send_request(fd, 20 + i);
		printf(" %x", waited(epoll, WAIT_MS));
		for (long got = receive(fd); got != -EAGAIN; got = receive(fd))
			printf(" %ld", got);
	}
	printf(", then %x\n", waited(epoll, 50));
	close(epoll);
	close(fd);
}

static void one_shot(void)
{
	int fd = opened(0), epoll = watched(fd, EPOLLIN | EPOLLONESHOT);
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };

	send_request(fd, 14);
	printf("epoll once: %x", waited(epoll, WAIT_MS));
	printf(", again %x", waited(epoll, 50));
	epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
	printf(", armed again %x", waited(epoll, WAIT_MS));
	printf(", received %ld\n", receive(fd));
	close(epoll);
	close(fd);
}

static void without_blocking(void)
{
	int fd = opened(O_NONBLOCK), blocking = opened(0);

	printf("O_NONBLOCK: %ld, without it %ld\n", receive(fd), receive(blocking));
	close(fd);
	close(blocking);
}

static void duplicated(void)
{
	int fd = opened(0), copy = dup(fd);

	send_request(fd, 15);
	close(fd);
	printf("dup: %x", polled(copy, POLLIN, WAIT_MS));
	printf(", received %ld", receive(copy));
	send_request(copy, 16);
	printf(", %x", polled(copy, POLLIN, WAIT_MS));
	printf(", received %ld\n", receive(copy));
	close(copy);
}

/* A child receives what its parent has sent, sends itself, and ends; the file stays open. */
static void forked(void)
{
	int fd = opened(0), status;
	pid_t child;

	send_request(fd, 17);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		polled(fd, POLLIN, WAIT_MS);
		printf("fork: child received %ld", receive(fd));
		send_request(fd, 18);
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf(", parent %x", polled(fd, POLLIN, WAIT_MS));
	printf(", received %ld\n", receive(fd));
	close(fd);
}

/* Answers that were right: each thread has a file of its own. */
static void *alone(void *start)
{
	int fd = opened(0);
	long right = 0;

	for (long i = 0; i < EACH; i++) {
		send_request(fd, (long)start + i);
		polled(fd, POLLIN, WAIT_MS);
		right += receive(fd) == (long)start + i;
	}
	close(fd);
	return (void *)right;
}

static int shared;
static int seen[THREADS * EACH];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Each takes whatever is there: together, all answers once. */
static void *together(void *start)
{
	long received = 0;

	for (long i = 0; i < EACH; i++)
		send_request(shared, (long)start + i);
	while (received < EACH) {
		long got;

		if (polled(shared, POLLIN, WAIT_MS) == 0)
			break;
		got = receive(shared);
		if (got == -EAGAIN)
			continue;
		if (got < 0 || got >= THREADS * EACH)
			break;
		pthread_mutex_lock(&lock);
		seen[got]++;
		pthread_mutex_unlock(&lock);
		received++;
	}
	return (void *)received;
}

static long threads(void *(*run)(void *))
{
	pthread_t all[THREADS];
	long sum = 0;

	for (long i = 0; i < THREADS; i++)
		pthread_create(&all[i], NULL, run, (void *)(i * EACH));
	for (long i = 0; i < THREADS; i++) {
		void *result;

		pthread_join(all[i], &result);
		sum += (long)result;
	}
	return sum;
}

static void *late_sender(void *fd)
{
	usleep(50000);
	send_request(*(int *)fd, 19);
	return NULL;
}

static void woken_by_another(void)
{
	int fd = opened(0);
	pthread_t sender;

	pthread_create(&sender, NULL, late_sender, &fd);
	printf("poll, while another thread sends: %x", polled(fd, POLLIN, WAIT_MS));
	pthread_join(sender, NULL);
	printf(", received %ld\n", receive(fd));
	close(fd);
}

int main(int argc, char **argv)
{
	int once = 0;

	if (argc > 1)
		device = argv[1];
	with_poll();
	with_select();
	with_epoll();
	by_edge();
	one_shot();
	without_blocking();
	duplicated();
	forked();
	woken_by_another();
	printf("threads with a file each: %ld of %d right\n", threads(alone), THREADS * EACH);
	shared = opened(0);
	printf("threads with one file: %ld of %d", threads(together), THREADS * EACH);
	for (int i = 0; i < THREADS * EACH; i++)
		once += seen[i] == 1;
	printf(", %d of them once\n", once);
	close(shared);
	return 0;
}
