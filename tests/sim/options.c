/*
 * options.c: the command line, as a configuration object.
 *
 * Every option becomes a member of the object that /_sim/config takes too,
 * so that both do the same.  Contracts in options.h.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "util.h"

static const char help[] =
"usage: bandwidth-sim [options]\n"
"Plays Bandwidth's messaging and Numbers APIs on 127.0.0.1 until SIGTERM.\n"
"\n"
"  --port N                    0 or absent: any free port\n"
"  --port-file FILE            write the port there\n"
"  --account ID                default 9900000\n"
"  --application GUID          repeatable; later --callback-* belong to it\n"
"  --callback-url URL --callback-user U --callback-password-file F\n"
"  --callback-types A,B        message-delivered,message-failed by default\n"
"  --client-id ID --client-secret S    OAuth2 client\n"
"  --api-user U --api-password P       API user (Basic)\n"
"  --number +1...              repeatable; +19195550100-+19195550199: range\n"
"  --site ID --location ID     the numbers are there, the application assigned\n"
"  --receipt-delay-ms N        from sending to the delivery receipt\n"
"  --rate N --capacity N       segments a second and queue of the account\n"
"  --set NAME=NUMBER           any setting of /_sim/config\n"
"  --config FILE               a JSON object as /_sim/config takes it\n"
"\n"
"By hand (not with --set magic=0): the text \"fail 4720\" fails with that\n"
"code, so does a message to +1999555NNNN with code NNNN; \"no receipt\" gets\n"
"none.  tests/sim/README tells the rest.\n";

enum {
	O_HELP = 1, O_PORT, O_PORT_FILE, O_ACCOUNT, O_APPLICATION, O_URL,
	O_USER, O_PASSWORD_FILE, O_TYPES, O_ID, O_SECRET, O_API_USER,
	O_API_PASSWORD, O_NUMBER, O_DELAY, O_RATE, O_CAPACITY, O_SET, O_CONFIG,
	O_SITE, O_LOCATION
};

static const struct option longs[] = {
	{ "help", no_argument, NULL, O_HELP },
	{ "port", required_argument, NULL, O_PORT },
	{ "port-file", required_argument, NULL, O_PORT_FILE },
	{ "account", required_argument, NULL, O_ACCOUNT },
	{ "application", required_argument, NULL, O_APPLICATION },
	{ "callback-url", required_argument, NULL, O_URL },
	{ "callback-user", required_argument, NULL, O_USER },
	{ "callback-password-file", required_argument, NULL, O_PASSWORD_FILE },
	{ "callback-types", required_argument, NULL, O_TYPES },
	{ "client-id", required_argument, NULL, O_ID },
	{ "client-secret", required_argument, NULL, O_SECRET },
	{ "api-user", required_argument, NULL, O_API_USER },
	{ "api-password", required_argument, NULL, O_API_PASSWORD },
	{ "number", required_argument, NULL, O_NUMBER },
	{ "receipt-delay-ms", required_argument, NULL, O_DELAY },
	{ "rate", required_argument, NULL, O_RATE },
	{ "capacity", required_argument, NULL, O_CAPACITY },
	{ "set", required_argument, NULL, O_SET },
	{ "config", required_argument, NULL, O_CONFIG },
	{ "site", required_argument, NULL, O_SITE },
	{ "location", required_argument, NULL, O_LOCATION },
	{ NULL, 0, NULL, 0 }
};

/* The parts under construction. */
struct work {
	struct options *o;
	const char *account_id;
	json_object *account, *client, *user, *settings;
	json_object *applications, *application, *numbers;
	json_object *site, *location;
};

static int
complain(const char *what, const char *value)
{
	fprintf(stderr, "bandwidth-sim: %s: %s; see --help\n", what, value);
	return -1;
}

static json_object *
member_of(json_object *list)
{
	json_object *o = json_object_new_object();

	json_object_array_add(list, o);
	return o;
}

/* The member as an object in an array of its own kind, made when needed. */
static json_object *
only(struct work *w, json_object **where, const char *kind)
{
	json_object *list;

	if (*where != NULL)
		return *where;
	list = json_object_new_array();
	json_object_object_add(w->o->config, kind, list);
	*where = member_of(list);
	return *where;
}

static int
put_number(json_object *o, const char *key, const char *value)
{
	char *end;
	double d = strtod(value, &end);

	if (end == value || *end != '\0')
		return complain(key, value);
	json_object_object_add(o, key, json_object_new_double(d));
	return 0;
}

static int
put_setting(struct work *w, char *pair)
{
	char *value = strchr(pair, '=');

	if (value == NULL)
		return complain("--set", pair);
	*value++ = '\0';
	return put_number(w->settings, pair, value);
}

/* Reads a whole small file; owned, or NULL after a complaint. */
static char *
slurp(const char *path)
{
	struct buf b = { 0 };
	char block[4096], why[80];
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL) {
		complain(path, error_text(errno, why, sizeof(why)));
		return NULL;
	}
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&b, block, n);
	fclose(f);
	return buf_take(&b);
}

static int
put_password(struct work *w, const char *path)
{
	char *s = slurp(path);

	if (s == NULL)
		return -1;
	s[strcspn(s, "\r\n")] = '\0';
	put_text(w->application, "callback_password", s);
	free(s);
	return 0;
}

static void
put_types(struct work *w, char *types)
{
	json_object *list = json_object_new_array();
	char *save = NULL, *p;

	for (p = strtok_r(types, ",", &save); p != NULL;
	    p = strtok_r(NULL, ",", &save))
		json_object_array_add(list, json_object_new_string(p));
	json_object_object_add(w->application, "callback_types", list);
}

/* One number, or first-last. */
static int
put_numbers(struct work *w, char *s)
{
	json_object *o = member_of(w->numbers);
	char *dash = strchr(s, '-');
	long long first, last;

	if (dash == NULL) {
		put_text(o, "number", s);
		return 0;
	}
	*dash++ = '\0';
	if (*s != '+' || *dash != '+' ||
	    parse_ll(s + 1, 1, 999999999999999, &first) != 0 ||
	    parse_ll(dash + 1, first, first + 99999, &last) != 0)
		return complain("--number", dash);
	put_text(o, "first", s);
	put_int(o, "count", last - first + 1);
	return 0;
}

/* A file of configuration: its members are added as they are. */
static int
put_config(struct work *w, const char *path)
{
	char *s = slurp(path);
	const char *why = "";
	json_object *o;

	if (s == NULL)
		return -1;
	o = json_read(s, strlen(s), &why);
	free(s);
	if (!json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		return complain(path, "not a JSON object");
	}
	json_object_object_add(w->o->config, "file", o);
	return 0;
}

static int
put_port(struct work *w, const char *s)
{
	long long n;

	if (parse_ll(s, 0, 65535, &n) != 0)
		return complain("--port", s);
	w->o->port = (int)n;
	return 0;
}

static int
one_option(struct work *w, int c, char *arg)
{
	switch (c) {
	case O_PORT:
		return put_port(w, arg);
	case O_PORT_FILE:
		w->o->port_file = arg;
		return 0;
	case O_ACCOUNT:
		w->account_id = arg;
		return 0;
	case O_APPLICATION:
		if (json_get(w->application, "id") != NULL)
			w->application = member_of(w->applications);
		put_text(w->application, "id", arg);
		return 0;
	case O_URL:
		put_text(w->application, "callback_url", arg);
		return 0;
	case O_USER:
		put_text(w->application, "callback_user", arg);
		return 0;
	case O_PASSWORD_FILE:
		return put_password(w, arg);
	case O_TYPES:
		put_types(w, arg);
		return 0;
	case O_ID:
		put_text(only(w, &w->client, "clients"), "id", arg);
		return 0;
	case O_SECRET:
		put_text(only(w, &w->client, "clients"), "secret", arg);
		return 0;
	case O_API_USER:
		put_text(only(w, &w->user, "users"), "user", arg);
		return 0;
	case O_API_PASSWORD:
		put_text(only(w, &w->user, "users"), "password", arg);
		return 0;
	case O_NUMBER:
		return put_numbers(w, arg);
	case O_SITE:
		put_text(only(w, &w->site, "sites"), "id", arg);
		return 0;
	case O_LOCATION:
		put_text(only(w, &w->location, "locations"), "id", arg);
		return 0;
	case O_DELAY:
		return put_number(w->settings, "receipt_delay_ms", arg);
	case O_RATE:
		return put_number(w->account, "rate", arg);
	case O_CAPACITY:
		return put_number(w->account, "capacity", arg);
	case O_SET:
		return put_setting(w, arg);
	default:
		return put_config(w, arg);
	}
}

static void
begin(struct work *w, struct options *o)
{
	memset(w, 0, sizeof(*w));
	memset(o, 0, sizeof(*o));
	w->o = o;
	w->account_id = "9900000";
	o->config = json_object_new_object();
	w->settings = json_object_new_object();
	json_object_object_add(o->config, "settings", w->settings);
	only(w, &w->account, "accounts");
	only(w, &w->application, "applications");
	w->applications = json_get(o->config, "applications");
	w->numbers = json_object_new_array();
	json_object_object_add(o->config, "numbers", w->numbers);
}

/* Puts the numbers on the location and a campaign, and the application there. */
static void
settle(struct work *w)
{
	const char *id = json_text(w->location, "id", NULL);
	json_object *number;
	size_t i;

	if (w->site != NULL)
		put_text(w->site, "account", w->account_id);
	if (id == NULL)
		return;
	put_text(w->location, "account", w->account_id);
	put_text(w->location, "site", json_text(w->site, "id", NULL));
	put_text(w->location, "application", json_text(
	    json_object_array_get_idx(w->applications, 0), "id", NULL));
	for (i = 0; i < json_object_array_length(w->numbers); i++) {
		number = json_object_array_get_idx(w->numbers, i);
		put_text(number, "location", id);
		put_text(number, "campaign", "CSIM001");
	}
}

/* Everything given on the command line belongs to the one account. */
static void
finish(struct work *w)
{
	json_object *list, *all[2] = { w->client, w->user };
	size_t i;

	put_text(w->account, "id", w->account_id);
	for (i = 0; i < 2; i++) {
		if (all[i] == NULL)
			continue;
		list = json_object_new_array();
		json_object_array_add(list,
		    json_object_new_string(w->account_id));
		json_object_object_add(all[i], "accounts", list);
	}
	for (i = 0; i < json_object_array_length(w->numbers); i++)
		put_text(json_object_array_get_idx(w->numbers, i), "account",
		    w->account_id);
	for (i = 0; i < json_object_array_length(w->applications); i++)
		put_text(json_object_array_get_idx(w->applications, i),
		    "account", w->account_id);
	settle(w);
	if (json_get(w->application, "id") == NULL)
		json_object_object_del(w->o->config, "applications");
}

int
options_read(struct options *o, int argc, char **argv)
{
	struct work w;
	int c;

	begin(&w, o);
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == O_HELP) {
			fputs(help, stdout);
			return 1;
		}
		if (c == '?' || one_option(&w, c, optarg) != 0)
			return 3;
	}
	if (optind < argc) {
		complain("unexpected", argv[optind]);
		return 3;
	}
	finish(&w);
	return 0;
}

void
options_free(struct options *o)
{
	json_object_put(o->config);
}
