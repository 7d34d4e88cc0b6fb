/*
 * obstacle.c: what was in the way of a request, from libcurl's codes and words (transfer.h).
 */
#include <string.h>

#include "bandwidth/transfer.h"

/* OpenSSL's numbers (X509_V_ERR_…), which libcurl hands on. */
#define CERT_NOT_YET_VALID 9
#define CERT_HAS_EXPIRED 10
/* libcurl compares the host itself, and says so in words only (OpenSSL and GnuTLS alike). */
#define CERT_HOST_WORDS "target host name"

enum http_obstacle
transfer_obstacle(CURLcode code, long verified, const char *words)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_CLEAR;
	case CURLE_COULDNT_RESOLVE_HOST:
		return HTTP_NO_NAME;
	case CURLE_COULDNT_CONNECT:
		return HTTP_NO_CONNECTION;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_NO_TIME;
	case CURLE_SSL_CONNECT_ERROR:
		return HTTP_NO_TLS;
	case CURLE_PEER_FAILED_VERIFICATION:
		if (verified == CERT_NOT_YET_VALID || verified == CERT_HAS_EXPIRED)
			return HTTP_CERT_EXPIRED;
		return strstr(words, CERT_HOST_WORDS) != NULL ? HTTP_CERT_OTHER_HOST
							      : HTTP_CERT_UNTRUSTED;
	default:
		return HTTP_OTHER;
	}
}
