/*
 * Enables the interrupt of /dev/uio0 again and again, as fast as it can, until its driver has gone.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	const int32_t on = 1;
	int fd = open("/dev/uio0", O_RDWR);

	if (fd < 0)
		return 2;
	while (write(fd, &on, sizeof(on)) == sizeof(on))
		;
	/* EIO once the device is unregistered, EINVAL by kernels that say so. */
	return errno == EIO || errno == EINVAL || errno == ENODEV ? 0 : 1;
}
