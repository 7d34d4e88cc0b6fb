/*
 * client.c: the client's address, with proxies that may speak for others.
 */
#include "http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"

/* One way of writing each address; false when it is none. */
static bool
normalize(const char *s, size_t n, char out[INET6_ADDRSTRLEN])
{
	char text[INET6_ADDRSTRLEN];
	if (n == 0 || n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	struct in_addr v4;
	if (inet_pton(AF_INET, text, &v4) == 1)
		return inet_ntop(AF_INET, &v4, out, INET6_ADDRSTRLEN) != NULL;
	struct in6_addr v6;
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6)) {
		memcpy(&v4, v6.s6_addr + 12, sizeof v4);
		return inet_ntop(AF_INET, &v4, out, INET6_ADDRSTRLEN) != NULL;
	}
	return inet_ntop(AF_INET6, &v6, out, INET6_ADDRSTRLEN) != NULL;
}

/* Proxies write "192.0.2.1", "192.0.2.1:4711", "2001:db8::1" or "[2001:db8::1]:4711". */
static bool
read_entry(const char *s, size_t n, char out[INET6_ADDRSTRLEN])
{
	while (n > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	if (n > 0 && *s == '[') {
		const char *end = memchr(s, ']', n);
		return end != NULL && normalize(s + 1, (size_t)(end - s - 1), out);
	}
	const char *colon = memchr(s, ':', n);
	if (colon != NULL && memchr(colon + 1, ':', (size_t)(s + n - colon - 1)) == NULL)
		n = (size_t)(colon - s);
	return normalize(s, n, out);
}

static bool
is_trusted(const char *address, const char *trusted)
{
	size_t n = strlen(address);
	for (const char *p = trusted; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, " ");
		if (len == n && memcmp(p, address, n) == 0)
			return true;
		p += len + (p[len] == ' ');
	}
	return false;
}

const char *
client_address(
    const char *remote_addr, const char *forwarded_for, const char *trusted, struct arena *arena)
{
	char best[INET6_ADDRSTRLEN];
	if (remote_addr == NULL || !normalize(remote_addr, strlen(remote_addr), best))
		return "-";
	size_t end = forwarded_for != NULL ? strlen(forwarded_for) : 0;
	while (end > 0 && is_trusted(best, trusted)) {
		size_t start = end;
		while (start > 0 && forwarded_for[start - 1] != ',')
			start--;
		char next[INET6_ADDRSTRLEN];
		if (!read_entry(forwarded_for + start, end - start, next))
			break;
		memcpy(best, next, sizeof best);
		end = start > 0 ? start - 1 : 0;
	}
	return arena_str(arena, best);
}

const char *
client_network(const char *address, struct arena *arena)
{
	struct in6_addr v6;
	if (inet_pton(AF_INET6, address, &v6) != 1)
		return address;
	memset(v6.s6_addr + 8, 0, 8);
	char text[INET6_ADDRSTRLEN];
	if (inet_ntop(AF_INET6, &v6, text, sizeof text) == NULL)
		return address;
	return arena_fmt(arena, "%s/64", text);
}
