/*
 * hello.c: the least a FastCGI responder can do, as the ceiling of the benchmark:
 * 32 threads, the body read, a short answer, nothing stored.
 */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdlib.h>

static void *
serve(void *arg)
{
	FCGX_Request request;
	char body[65536];

	(void)arg;
	FCGX_InitRequest(&request, 0, 0);
	while (FCGX_Accept_r(&request) == 0) {
		while (FCGX_GetStr(body, sizeof body, request.in) > 0)
			;
		FCGX_PutS("Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n",
		    request.out);
		FCGX_Finish_r(&request);
	}
	return (NULL);
}

int
main(void)
{
	pthread_t thread;
	int i;

	if (FCGX_Init() != 0)
		return (1);
	for (i = 1; i < 32; i++)
		if (pthread_create(&thread, NULL, serve, NULL) != 0)
			return (1);
	serve(NULL);
	return (0);
}
