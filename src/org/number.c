/*
 * number.c: what is stored of a number of the organization's own, and the words for its states.
 */
#include "org/number.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"

const struct field number_fields[] = {
    FIELD(struct number, FIELD_INT, org),
    FIELD(struct number, FIELD_TEXT, number),
    FIELD(struct number, FIELD_TEXT, state),
    FIELD(struct number, FIELD_INT, state_since),
    FIELD(struct number, FIELD_TEXT, state_why),
    FIELD(struct number, FIELD_INT, added),
    FIELD(struct number, FIELD_INT, last_use),
    FIELD(struct number, FIELD_TEXT, service_id),
    FIELD(struct number, FIELD_BOOL, removed),
    FIELD(struct number, FIELD_TEXT, job),
    FIELD_END,
};

static const struct {
	const char *state, *words, *sentence;
} states[] = {
    {NUMBER_NOT_READY, "Not yet in service",
	"Bandwidth has not put it in service yet. It is looked at again by itself."},
    {NUMBER_IN_SERVICE, "In service", "Texts go out from it and come in."},
    {NUMBER_DRAINING, "Draining", "It keeps the contacts it has and gets no new ones."},
    {NUMBER_RELEASING, "Being released",
	"It is being given back to Bandwidth. Nothing goes out from it any more."},
    {NUMBER_RELEASED, "Released",
	"It was given back to Bandwidth. A late reply to it would still be kept and heeded."},
    {NUMBER_MOVED, "Elsewhere", "It lies at another location of the Bandwidth account."},
    {NUMBER_GONE, "Gone", "It is not at this organization's Bandwidth location any more."},
};
#define STATES (sizeof states / sizeof states[0])

bool
number_is(const struct number *n, const char *state)
{
	return n->state != NULL && strcmp(n->state, state) == 0;
}

bool
number_is_lost(const struct number *n)
{
	return number_is(n, NUMBER_GONE) || number_is(n, NUMBER_MOVED) ||
	       number_is(n, NUMBER_RELEASED);
}

bool
number_serves(const struct number *n)
{
	return number_is(n, NUMBER_IN_SERVICE) || number_is(n, NUMBER_DRAINING);
}

const char *
number_service_id(struct arena *a, const char *peer, const char *number)
{
	return arena_fmt(a, "%s.%s", peer, strncmp(number, "+1", 2) == 0 ? number + 2 : number);
}

const char *
number_state_at(unsigned i)
{
	return i < STATES ? states[i].state : NULL;
}

const char *
number_state_words(const char *state)
{
	size_t i;

	for (i = 0; state != NULL && i < STATES; i++) {
		if (strcmp(states[i].state, state) == 0)
			return states[i].words;
	}
	return state == NULL ? "?" : state;
}

const char *
number_state_sentence(const char *state)
{
	size_t i;

	for (i = 0; state != NULL && i < STATES; i++) {
		if (strcmp(states[i].state, state) == 0)
			return states[i].sentence;
	}
	return "This version of the program does not know this state.";
}
