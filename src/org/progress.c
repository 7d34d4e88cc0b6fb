/*
 * progress.c: the steps of a job as JSON and back (progress.h).
 */
#include "org/progress.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"

static const struct {
	const char *name, *word;
} states[] = {
    [PROGRESS_WAITING] = {"waiting", "Waiting"},
    [PROGRESS_RUNNING] = {"running", "Working on it"},
    [PROGRESS_DONE] = {"done", "Done"},
    [PROGRESS_FAILED] = {"failed", "Failed"},
    [PROGRESS_SKIPPED] = {"skipped", "Skipped"},
};
#define STATES (sizeof(states) / sizeof(states[0]))

const char *
progress_word(enum progress_state s)
{
	return states[s].word;
}

const char *
progress_state_name(enum progress_state s)
{
	return states[s].name;
}

static enum progress_state
state_of(const char *name)
{
	size_t i;

	for (i = 0; i < STATES; i++)
		if (name != NULL && strcmp(name, states[i].name) == 0)
			return (enum progress_state)i;
	return PROGRESS_WAITING;
}

void
progress_read(const json *detail, struct arena *a, struct progress *out)
{
	const json *list = json_get(detail, "steps"), *item;
	struct progress_step *s;
	size_t i, n = json_len(list);

	memset(out, 0, sizeof(*out));
	for (i = 0; i < n && out->count < PROGRESS_STEPS; i++) {
		item = json_at(list, i);
		s = &out->steps[out->count];
		s->key = json_get_text(item, "key", a);
		s->name = json_get_text(item, "name", a);
		if (s->key == NULL || s->name == NULL)
			continue;
		s->state = state_of(json_get_text(item, "state", a));
		s->sentence = json_get_text(item, "sentence", a);
		s->words = json_get_text(item, "words", a);
		s->since = json_get_int(item, "since", 0);
		out->count++;
	}
}

static void
put_texts(json *item, const char *sentence, const char *words)
{
	if (sentence != NULL)
		json_put_text(item, "sentence", sentence);
	if (words != NULL)
		json_put_text(item, "words", words);
}

void
progress_write(json *detail, const struct progress *p)
{
	json *list = json_array_new(), *item;
	const struct progress_step *s;
	size_t i;

	for (i = 0; i < p->count; i++) {
		s = &p->steps[i];
		item = json_object_new();
		json_put_text(item, "key", s->key);
		json_put_text(item, "name", s->name);
		json_put_text(item, "state", states[s->state].name);
		put_texts(item, s->sentence, s->words);
		if (s->since != 0)
			json_put_int(item, "since", s->since);
		json_add(list, item);
	}
	json_put(detail, "steps", list);
}

struct progress_step *
progress_find(struct progress *p, const char *key)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (strcmp(p->steps[i].key, key) == 0)
			return &p->steps[i];
	return NULL;
}

void
progress_add(struct progress *p, const char *key, const char *name)
{
	if (p->count == PROGRESS_STEPS)
		log_panic("progress: no room for the step %s", key);
	p->steps[p->count++] = (struct progress_step){.key = key, .name = name};
}

void
progress_set(json *detail, const char *key, enum progress_state state, const char *sentence,
    const char *words, int64_t now)
{
	struct arena *a = arena_new();
	struct progress p;
	struct progress_step *s;

	progress_read(detail, a, &p);
	s = progress_find(&p, key);
	if (s == NULL)
		log_panic("progress: there is no step %s", key);
	if (s->state != state || s->since == 0)
		s->since = now;
	s->state = state;
	s->sentence = sentence;
	s->words = words;
	progress_write(detail, &p);
	arena_free(a);
}

const struct progress_step *
progress_current(const struct progress *p)
{
	const struct progress_step *waits = NULL;
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->steps[i].state == PROGRESS_RUNNING)
			return &p->steps[i];
		if (p->steps[i].state == PROGRESS_WAITING && waits == NULL)
			waits = &p->steps[i];
	}
	return waits;
}
