/*
 * target.h: which of our addresses a request asks for.
 */
#ifndef SPOKE_TARGET_H
#define SPOKE_TARGET_H

struct arena;
struct environment;

/*
 * The request's path, decoded once, and its raw query ("" if none), from REQUEST_URI; where that
 * is missing or no path, from SCRIPT_NAME, PATH_INFO and QUERY_STRING.  -1: not a path we take
 * (see url_target).
 */
int target_read(const struct environment *, struct arena *, char **path, char **query);

/*
 * What remains of a decoded path below base_path ("" or "/x/y"): begins with "/"; NULL when the
 * path does not lie below it ("/mx" does not lie below "/m").
 */
const char *target_below(const char *path, const char *base_path);

#endif
