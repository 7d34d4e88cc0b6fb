/*
 * message_json.h: a message as the messages API and spokectl show it.
 */
#ifndef SPOKE_MESSAGE_JSON_H
#define SPOKE_MESSAGE_JSON_H

#include "base/json.h"
#include "org/message.h"

/*
 * {"id", "direction", "state", "contact_number", "to", "user_number", "text", "text_removed",
 * "media", "attachments_removed", "group", "segments", "service_id", "error": {"code", "meaning",
 * "who_acts"} or null, "held", "reference", "created", "updated", "sent", "finished",
 * "send_before"}; times in RFC 3339, null where there is none.  The caller frees it.
 */
json *message_json(const struct message *);

#endif
