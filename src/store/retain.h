/*
 * retain.h: what has been kept for long enough goes, an organization's oldest first.
 *
 * Each looks at no more than max entries and goes on there the next time (a mark in META), so
 * that a killed worker loses nothing but its turn; *more tells that there is more to look at.
 * before is wall ms: what is older goes.  Keys of duplicates (SEEN), contacts and opt-outs are
 * not touched.  Run one after the other in transactions of their own.
 */
#ifndef SPOKE_RETAIN_H
#define SPOKE_RETAIN_H

#include "org/message.h"
#include "store/kv.h"

/* Events; those that still need a look stay. */
enum result retain_events(struct tx *, uint32_t org, int64_t before, size_t max, bool *more);
/* Receipts that wait for a message that never came. */
enum result retain_receipts(struct tx *, uint32_t org, int64_t before, size_t max, bool *more);
/*
 * The words of messages that came in or whose fate is known, not the record of them.  One that
 * still waits for somebody keeps its words until then; so does, as long as the message is there,
 * one that came in since by Bandwidth's time although its id says otherwise.
 */
enum result retain_text(struct tx *, uint32_t org, int64_t before, size_t max, bool *more);
/*
 * For whoever settles a message: m as it will be stored.  If its fate is known now, and retain_text
 * went past it while it was not, its words are taken out of m.
 */
enum result retain_text_late(struct tx *, struct message *m);
/* Attachments, which their message then says; the worker removes their files. */
enum result retain_media(struct tx *, uint32_t org, int64_t before, size_t max, bool *more);

#endif
