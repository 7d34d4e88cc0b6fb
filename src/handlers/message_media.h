/*
 * message_media.h: the attachments of a text that came in, on its page.
 */
#ifndef SPOKE_MESSAGE_MEDIA_H
#define SPOKE_MESSAGE_MEDIA_H

#include "handlers/handlers.h"
#include "org/media.h"
#include "org/message.h"

/*
 * A section with each: picture, player or download; or, in words, that it is being fetched,
 * too large, gone.  Nothing for a text that came without.
 */
void message_media(const struct app *, const struct request *, struct buf *, const struct message *,
    const struct media *, size_t count, int64_t now);

/* Is one being fetched that a refresh would soon show? */
bool message_media_moves(const struct media *, size_t count, int64_t now);

#endif
