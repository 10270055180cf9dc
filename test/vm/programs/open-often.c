/*
 * Opens /dev/uio0 again and again, whether its driver is there or not: enables the interrupt, polls,
 * reads, closes. Ends when it had it open and /tmp/enough exists, or with 1 when a call fails for a
 * reason that the coming and going of the driver does not explain. Prints how often it had it open.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* True if the call succeeded or the driver has gone; EINVAL is how some kernels say so. */
static int is_explained(ssize_t result)
{
	return result >= 0 || errno == EIO || errno == EINVAL || errno == ENODEV;
}

static int use(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	const int32_t on = 1;
	int32_t count;

	if (!is_explained(write(fd, &on, sizeof(on))))
		return 0;
	if (poll(&waiting, 1, 1) < 0)
		return 0;
	return is_explained(read(fd, &count, sizeof(count))) || errno == EAGAIN;
}

int main(void)
{
	unsigned int opens = 0;

	while (opens == 0 || access("/tmp/enough", F_OK) != 0) {
		int fd = open("/dev/uio0", O_RDWR | O_NONBLOCK);
		int is_right = fd >= 0 ? use(fd) : is_explained(fd) || errno == ENOENT;

		if (!is_right) {
			perror(fd >= 0 ? "a call" : "open");
			return 1;
		}
		if (fd < 0)
			continue;
		opens++;
		close(fd);
	}
	printf("%u\n", opens);
	return 0;
}
