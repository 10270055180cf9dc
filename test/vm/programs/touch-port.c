/*
 * Reads one port, whose number is the argument, with the permission that the parent process has
 * left. Ends by SIGSEGV where it has left none.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	printf("0x%02x\n", inb(strtoul(argv[1], NULL, 0)));
	return 0;
}
