/*
 * spoke.c: spoke.fcgi, the program that a web server starts: as FastCGI or as plain CGI,
 * whichever it finds.
 *
 * All it does stands in src/responder: responder.c (life of the process), serve.c (a request),
 * routes.c (the addresses).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/process.h"
#include "responder/responder.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "1.0.0"
#endif

static int
usage(FILE *out, int status)
{
	fputs(
	    "spoke.fcgi is started by a web server (Apache or lighttpd), as FastCGI or CGI, not by "
	    "hand.\nTo see whether it would run: spokectl check. Its version: spoke.fcgi "
	    "--version\n",
	    out);
	return status;
}

int
main(int argc, char **argv)
{
	process_harden();
	responder_signals();
	log_set_program("spoke.fcgi");
	bool fastcgi = responder_is_fastcgi();
	/*
	 * A CGI program may be handed its query as arguments: they count only when no web server
	 * started us.
	 */
	if (!fastcgi && getenv("REQUEST_METHOD") != NULL)
		return responder_cgi();
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("spoke.fcgi (spoke-bandwidth) " PACKAGE_VERSION);
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout, 0);
	if (!fastcgi)
		return usage(stderr, 2);
	return responder_run(argv);
}
