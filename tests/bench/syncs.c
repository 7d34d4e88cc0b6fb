/*
 * syncs.c: how many times a second this disk makes 4 KiB durable: appends and fdatasync, for two seconds.
 *
 *   syncs FILE
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	static char block[4096];
	struct timespec a, b;
	double seconds = 0;
	unsigned n = 0;
	int fd;

	if (argc != 2 || (fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0) {
		fprintf(stderr, "usage: syncs FILE\n");
		return (2);
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	while (seconds < 2) {
		if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd) != 0) {
			perror(argv[1]);
			return (1);
		}
		n++;
		clock_gettime(CLOCK_MONOTONIC, &b);
		seconds = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	}
	unlink(argv[1]);
	printf("%.0f\n", n / seconds);
	return (0);
}
