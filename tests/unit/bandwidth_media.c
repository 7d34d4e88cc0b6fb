/*
 * bandwidth_media.c: which addresses of attachments are Bandwidth's and ours: the promises of
 * bandwidth/media.h.
 */
#include "base/arena.h"
#include "bandwidth/media.h"
#include "tap.h"

#define MESSAGING "https://messaging.bandwidth.com/api/v2"
#define OURS MESSAGING "/users/9900902/media/"

static const struct {
	const char *url;
	enum media_whose whose;
	const char *fetch; /* NULL: as the address */
} samples[] = {
    {OURS "14762070468292kw2fuqty55yp2b2/0/bw.png", MEDIA_OURS, NULL},
    {OURS "a/b/c/d/e", MEDIA_OURS, NULL},
    {OURS "14%2F0%2Fbw.png", MEDIA_OURS, NULL},
    {OURS "%31%4a", MEDIA_OURS, NULL},
    {OURS "image@2x.png", MEDIA_OURS, NULL},
    {OURS "...", MEDIA_OURS, NULL},
    {OURS "1..2/x.y", MEDIA_OURS, NULL},
    {OURS "1?x=1", MEDIA_OURS, NULL},
    {OURS "a b/\xc3\xa9.png", MEDIA_OURS, OURS "a%20b/%C3%A9.png"},
    {"HTTPS://Messaging.Bandwidth.COM/api/v2/users/9900902/media/1", MEDIA_OURS, OURS "1"},
    {"https://messaging.bandwidth.com:443/api/v2/users/9900902/media/1", MEDIA_OURS, OURS "1"},

    {"http://messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"ftp://messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"//messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com:8443/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com./api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com.evil.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://evil.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://evil.com/messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com@evil.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com\\@evil.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN,
	NULL},
    {"https://evil.com#@messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://evil.com?@messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://evil@messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://@messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {OURS "1#", MEDIA_FOREIGN, NULL},
    {"https://:x@messaging.bandwidth.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com%2eevil.com/api/v2/users/9900902/media/1", MEDIA_FOREIGN,
	NULL},
    {"https://messaging\xe3\x80\x82"
     "bandwidth.com/api/v2/users/9900902/media/1",
	MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com/api/v1/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com/API/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com/x/api/v2/users/9900902/media/1", MEDIA_FOREIGN, NULL},
    {"https://messaging.bandwidth.com/api/v2/users/9900902/messages/1", MEDIA_FOREIGN, NULL},
    {OURS, MEDIA_FOREIGN, NULL},
    {MESSAGING "/users/9900902/media", MEDIA_FOREIGN, NULL},
    {OURS "?x", MEDIA_FOREIGN, NULL},
    {OURS "../messages", MEDIA_FOREIGN, NULL},
    {OURS "a/../../messages", MEDIA_FOREIGN, NULL},
    {OURS "a/%2e%2E/x", MEDIA_FOREIGN, NULL},
    {OURS "a%2f..%2fx", MEDIA_FOREIGN, NULL},
    {OURS "...", MEDIA_OURS, NULL},
    {OURS "a//x", MEDIA_FOREIGN, NULL},
    {OURS "/x", MEDIA_FOREIGN, NULL},
    {OURS "a%5cx", MEDIA_FOREIGN, NULL},
    {OURS "a%00x", MEDIA_FOREIGN, NULL},
    {OURS "a%zz", MEDIA_FOREIGN, NULL},
    {OURS "...", MEDIA_OURS, NULL},
    {OURS "a\r\nX: y", MEDIA_FOREIGN, NULL},
    {OURS "a\tb", MEDIA_FOREIGN, NULL},
    {"", MEDIA_FOREIGN, NULL},
    {"see attached", MEDIA_FOREIGN, NULL},
    {"file:///etc/passwd", MEDIA_FOREIGN, NULL},

    {MESSAGING "/users/9900903/media/1", MEDIA_OTHER_ACCOUNT, NULL},
    {MESSAGING "/users/99009021/media/1", MEDIA_OTHER_ACCOUNT, NULL},
    {MESSAGING "/users/990090/media/1", MEDIA_OTHER_ACCOUNT, NULL},
    {MESSAGING "/users/%39900902/media/1", MEDIA_OTHER_ACCOUNT, NULL},
};

int
main(void)
{
	struct arena *a = arena_new();
	const char *fetch, *want;
	size_t i;

	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		is_int(media_judge(samples[i].url, MESSAGING, "9900902", a, &fetch),
		    samples[i].whose, "address %zu is whose it is", i);
		want = samples[i].fetch != NULL ? samples[i].fetch : samples[i].url;
		is_str(fetch, samples[i].whose == MEDIA_OURS ? want : NULL,
		    "and is asked for as it should be");
	}
	is_int(media_judge(OURS "1", MESSAGING, NULL, a, &fetch), MEDIA_OTHER_ACCOUNT,
	    "without an account nothing is ours");
	is_int(media_judge(MESSAGING "/users//media/1", MESSAGING, "", a, &fetch),
	    MEDIA_OTHER_ACCOUNT, "nor with an empty one");
	is_int(media_judge(NULL, MESSAGING, "9900902", a, &fetch), MEDIA_FOREIGN, "no address");
	is_int(media_judge("http://127.0.0.1:3080/api/v2/users/9/media/a/0/b",
		   "http://127.0.0.1:3080/api/v2", "9", a, &fetch),
	    MEDIA_OURS, "in a rehearsal it is the rehearsal's address");
	arena_free(a);
	return done_testing();
}
