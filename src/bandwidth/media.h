/*
 * bandwidth/media.h: where an attachment that came in lies, and whether it may be fetched.
 *
 * A callback names it by an address, and whoever forges one would like to see the
 * credential that goes with the request (api.md 2.4).  So an address is taken apart by
 * libcurl's own parser, compared with what the settings say, and then only its path
 * behind "media/" is used: scheme, host, port and account of the request are ours.
 */
#ifndef SPOKE_BANDWIDTH_MEDIA_H
#define SPOKE_BANDWIDTH_MEDIA_H

struct arena;

enum media_whose {
	MEDIA_OURS,
	MEDIA_FOREIGN,	    /* not an address of Bandwidth's media, or no address */
	MEDIA_OTHER_ACCOUNT /* of Bandwidth's media, in another account */
};

/*
 * Judges an address as received.  OURS: *fetch is what to ask for, in the arena: everything
 * behind "media/" goes as it came, slashes and escapes alike (Bandwidth's ids hold slashes,
 * and one that is escaped names another file); only blanks and bytes beyond ASCII, which no
 * request may hold, are escaped.  Foreign is also what has user info, a fragment, control
 * characters or backslashes, an empty segment in its id, or "." and ".." there, however they
 * are escaped.
 */
enum media_whose media_judge(const char *url, const char *messaging_url, const char *account,
    struct arena *, const char **fetch);

#endif
