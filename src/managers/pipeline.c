/*
 * pipeline.c: the table of service managers, which of them are on, and how
 * they are run.
 *
 * To add one: write its file, then put it into the table at the place where
 * it is to run.
 */
#include "managers/pipeline.h"

#include <string.h>

#include "base/buf.h"
#include "managers/numpicker_basic.h"
#include "managers/sticky_sender.h"

/* In the order in which they run. */
static const struct service_manager *const table[] = {
    &sticky_sender,
    &numpicker_basic,
};
#define TABLE (sizeof table / sizeof table[0])
_Static_assert(TABLE < PIPELINE_MAX, "the pipeline must have room for all managers");

/* Those that the service "bandwidth" cannot do without. */
static const struct service_manager *const bandwidth_needs[] = {
    &sticky_sender,
    &numpicker_basic,
};
#define NEEDS (sizeof bandwidth_needs / sizeof bandwidth_needs[0])

const struct service_manager *
pipeline_at(size_t i)
{
	return i < TABLE ? table[i] : NULL;
}

/* ---- reading SERVICE_MANAGERS -------------------------------------------- */

/* What reading has found so far. */
struct reading {
	bool on[TABLE];
	size_t next;	 /* place in the table behind the last name */
	bool misordered; /* a name came after one that runs later */
	bool faulty;
	struct buf *problems;
};

static size_t
place_of(const char *name, size_t n)
{
	size_t i = 0;

	while (i < TABLE && (strlen(table[i]->name) != n || memcmp(table[i]->name, name, n) != 0))
		i++;
	return i;
}

/* Appends the names that are on, in the order of the table; all of them if on is NULL. */
static void
add_names(struct buf *b, const bool *on)
{
	const char *comma = "";
	size_t i;

	for (i = 0; i < TABLE; i++) {
		if (on != NULL && !on[i])
			continue;
		buf_addf(b, "%s%s", comma, table[i]->name);
		comma = ",";
	}
}

static void
unknown_name(struct reading *rd, const char *name, size_t n)
{
	rd->faulty = true;
	if (n == 0) {
		buf_adds(rd->problems, "SERVICE_MANAGERS has a comma with no name beside it. "
				       "Take the comma out.\n");
		return;
	}
	buf_adds(rd->problems, "SERVICE_MANAGERS names \"");
	buf_add(rd->problems, name, n < 64 ? n : 64);
	buf_adds(rd->problems, "\", which is not a service manager. The known ones are: ");
	add_names(rd->problems, NULL);
	buf_adds(rd->problems, ".\n");
}

static void
read_name(struct reading *rd, const char *name, size_t n)
{
	size_t i = place_of(name, n);

	if (i == TABLE) {
		unknown_name(rd, name, n);
		return;
	}
	if (rd->on[i]) {
		rd->faulty = true;
		buf_addf(rd->problems, "SERVICE_MANAGERS names %s twice. Name it once.\n",
		    table[i]->name);
		return;
	}
	rd->on[i] = true;
	if (i < rd->next)
		rd->misordered = true;
	else
		rd->next = i + 1;
}

static void
read_names(struct reading *rd, const char *s)
{
	const char *end;
	size_t n;

	if (s[strspn(s, " \t")] == '\0')
		return;
	for (;; s = end + 1) {
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		end = s + n;
		while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
			n--;
		read_name(rd, s, n);
		if (*end == '\0')
			return;
	}
}

/* Turns on what the service needs; names what was missing. */
static bool
add_needed(struct reading *rd, const char *service)
{
	bool missing = false;
	size_t i, at;

	if (service != NULL && strcmp(service, "bandwidth") != 0)
		return false;
	for (i = 0; i < NEEDS; i++) {
		at = place_of(bandwidth_needs[i]->name, strlen(bandwidth_needs[i]->name));
		if (rd->on[at])
			continue;
		buf_addf(rd->problems,
		    "SERVICE_MANAGERS lacks %s, without which the service bandwidth does not "
		    "work. ",
		    bandwidth_needs[i]->name);
		rd->on[at] = true;
		missing = true;
	}
	return missing;
}

static void
right_line(struct reading *rd)
{
	rd->faulty = true;
	buf_adds(rd->problems, "Write: SERVICE_MANAGERS=");
	add_names(rd->problems, rd->on);
	buf_addc(rd->problems, '\n');
}

int
pipeline_read(const char *service_managers, const char *default_service, struct pipeline *p,
    struct buf *problems)
{
	static const struct pipeline none;
	struct reading rd = {.problems = problems};
	bool missing;
	size_t i, n = 0;

	read_names(&rd, service_managers == NULL ? "" : service_managers);
	missing = add_needed(&rd, default_service);
	if (rd.misordered) {
		buf_adds(problems, "SERVICE_MANAGERS names the managers in another order than "
				   "they run in. ");
	}
	if (rd.misordered || missing)
		right_line(&rd);
	*p = none;
	for (i = 0; i < TABLE; i++) {
		if (rd.on[i])
			p->on[n++] = table[i];
	}
	return rd.faulty ? -1 : 0;
}

/* ---- running ---------------------------------------------------------------- */

enum result
pipeline_message_send(const struct pipeline *p, struct tx *tx, struct draft *d)
{
	const struct service_manager *const *m;
	const char *decided;
	enum result r;

	for (m = p->on; *m != NULL && d->error == NULL && d->wait == NULL; m++) {
		if ((*m)->on_message_send == NULL)
			continue;
		decided = d->user_number;
		r = (*m)->on_message_send(tx, d);
		if (r != OK)
			return r;
		if (decided != NULL)
			d->user_number = decided;
		else if (d->user_number != NULL)
			d->decided_by = (*m)->name;
	}
	return OK;
}

/* Runs one kind of hook, found at its place in the struct, for all that have it. */
#define RUN_ALL(p, hook, tx, report)                      \
	do {                                              \
		const struct service_manager *const *m_;  \
		enum result r_;                           \
                                                          \
		for (m_ = (p)->on; *m_ != NULL; m_++) {   \
			if ((*m_)->hook == NULL)          \
				continue;                 \
			r_ = (*m_)->hook((tx), (report)); \
			if (r_ != OK)                     \
				return r_;                \
		}                                         \
		return OK;                                \
	} while (0)

enum result
pipeline_message_claimed(const struct pipeline *p, struct tx *tx, struct report *report)
{
	RUN_ALL(p, on_message_claimed, tx, report);
}

enum result
pipeline_message_sent(const struct pipeline *p, struct tx *tx, struct report *report)
{
	RUN_ALL(p, on_message_sent, tx, report);
}

enum result
pipeline_delivery_report(const struct pipeline *p, struct tx *tx, struct report *report)
{
	RUN_ALL(p, on_delivery_report, tx, report);
}

enum result
pipeline_incoming_message(const struct pipeline *p, struct tx *tx, struct report *report)
{
	RUN_ALL(p, on_incoming_message, tx, report);
}

enum result
pipeline_fully_configured(const struct pipeline *p, struct tx *tx, const struct organization *org)
{
	RUN_ALL(p, on_fully_configured, tx, org);
}
