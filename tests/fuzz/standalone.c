/*
 * standalone.c: a main for a fuzz target without libFuzzer.
 *
 * Runs each file given, and each file of each directory given, through the
 * target once; with no argument the bytes of standard input (as AFL gives
 * them).  A target that finds something wrong aborts.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int runs;

static int
run_stream(FILE *f)
{
	uint8_t *data = NULL, *grown = NULL;
	size_t size = 0, cap = 0, n;
	int rc = -1;

	do {
		if (size == cap) {
			cap = cap > 0 ? 2 * cap : 4096;
			grown = realloc(data, cap);
			if (grown == NULL)
				goto done;
			data = grown;
		}
		n = fread(data + size, 1, cap - size, f);
		size += n;
	} while (n > 0);
	/* An allocation of the exact size, so that a sanitizer sees the end. */
	grown = malloc(size > 0 ? size : 1);
	if (grown == NULL || ferror(f))
		goto done;
	memcpy(grown, data, size);
	free(data);
	data = grown;
	grown = NULL;
	LLVMFuzzerTestOneInput(data, size);
	runs++;
	rc = 0;
done:
	if (grown != data)
		free(grown);
	free(data);
	return rc;
}

static int
run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	int rc;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	rc = run_stream(f);
	fclose(f);
	return rc;
}

static int
run_directory(const char *path)
{
	char file[4096];
	struct dirent *e = NULL;
	DIR *dir = opendir(path);
	int rc = 0;

	if (dir == NULL) {
		perror(path);
		return -1;
	}
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		if (run_file(file) < 0)
			rc = -1;
	}
	closedir(dir);
	return rc;
}

int
main(int argc, char **argv)
{
	struct stat st;
	int i, rc = 0;

	if (argc < 2)
		rc = run_stream(stdin);
	for (i = 1; i < argc; i++) {
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			rc |= run_directory(argv[i]);
		else
			rc |= run_file(argv[i]);
	}
	printf("%d inputs\n", runs);
	return rc != 0 || runs == 0;
}
