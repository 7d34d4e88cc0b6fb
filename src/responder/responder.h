/*
 * responder.h: the two ways in which a web server runs the program.
 */
#ifndef SPOKE_RESPONDER_H
#define SPOKE_RESPONDER_H

#include <stdbool.h>

/*
 * Blocks, in this thread and all that it starts, the signals that end the program or must wait;
 * ignores SIGPIPE. First of all in main.
 */
void responder_signals(void);

/*
 * Was the program started by a FastCGI server (descriptor 0 is a listening socket)?  Else as CGI,
 * or by hand.
 */
bool responder_is_fastcgi(void);

/*
 * Serves until a signal says to end.  With wrong settings or without a store it stays up and
 * answers 503. A changed settings file, if it is in order, makes it finish its answers and start
 * again. Returns the program's exit status.
 */
int responder_run(char **argv);

/* cgi.c: answers the one request of a CGI program.  Returns the program's exit status. */
int responder_cgi(void);

#endif
