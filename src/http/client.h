/*
 * client.h: who the client is, as far as anybody trustworthy says.
 */
#ifndef SPOKE_CLIENT_H
#define SPOKE_CLIENT_H

struct arena;

/*
 * The client's address as inet_ntop writes it (an IPv4 address inside IPv6 as IPv4), or "-" when
 * the web server says none. X-Forwarded-For counts only when the peer is in trusted (addresses
 * separated by one blank): read from its end, the first address that is not trusted is the
 * client; what cannot be read ends the search.
 */
const char *client_address(
    const char *remote_addr, const char *forwarded_for, const char *trusted, struct arena *);

/*
 * What one subscriber holds: an IPv4 address itself, an IPv6 address's /64; for counting
 * failures.
 */
const char *client_network(const char *address, struct arena *);

#endif
