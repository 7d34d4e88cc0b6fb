/*
 * setup_callbacks.c: the steps about how Bandwidth reaches this installation: the
 * application, its callbacks, its location, and this installation's address
 * (setup_rules.h).
 *
 * What Bandwidth has is compared with the BASE_URL and SESSION_SECRET of now, so that a
 * change of these shows at once.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "texting/setup_rules.h"

/* A call so recent proves that the address can be reached from outside. */
#define RECENT CLOCK_DAY

static const char repair[] = "Repair the application at Bandwidth.";

static void
to_repair(struct setup_result *out, const char *sentence)
{
	setup_wrong(out, sentence, repair, NULL);
	out->repair = true;
}

/* ---- the application ---------------------------------------------------------------------- */

void
setup_application(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	const char *id = c->in->config->org.application_id;

	if (id == NULL || *id == '\0')
		setup_wrong(out, "The application ID has not been entered.",
		    "Enter it under Advanced, or save the credentials so that it is made.",
		    "settings#applicationId");
	else if (!setup_answered(c, out, &f->application, "the application"))
		return;
	else if (!setup_yes(&f->application))
		setup_wrong(out,
		    arena_fmt(c->arena, "Bandwidth knows no application %s in this account%s.", id,
			f->app_type != NULL ? " that is for messaging" : ""),
		    "Compare the application ID with Bandwidth's console (App, Applications) and "
		    "enter it again.",
		    "settings#applicationId");
	else
		setup_fine(out, f->app_name != NULL
				    ? arena_fmt(c->arena, "It is there: %s.", f->app_name)
				    : "It is there.");
}

/* Is it the callback URL below one of the addresses that were ours before? */
static bool
previous_url(const struct setup_case *c, const char *url)
{
	const struct settings *s = c->in->settings;
	size_t i;

	for (i = 0; i < s->base_url_previous_count; i++)
		if (setup_is(url, callback_url(c->arena, s->base_url_previous[i].text,
				      (uint32_t)c->in->config->org.id)))
			return true;
	return false;
}

static void
judge_url(const struct setup_case *c, struct setup_result *out, const char *url, const char *what)
{
	const char *ours = c->in->config->callback_url;

	if (!setup_rests_on(c, out, SETUP_APPLICATION))
		return;
	if (url == NULL || *url == '\0')
		to_repair(
		    out, arena_fmt(c->arena,
			     "The application has no callback URL for %s, so none arrive.", what));
	else if (strcmp(url, ours) == 0)
		setup_fine(out, arena_fmt(c->arena, "Bandwidth calls %s.", ours));
	else if (previous_url(c, url))
		to_repair(out, arena_fmt(c->arena,
				   "Bandwidth still calls the previous address, %s, instead of %s.",
				   url, ours));
	else
		to_repair(out, arena_fmt(c->arena,
				   "Bandwidth calls %s instead of %s, so %s do not arrive here.",
				   url, ours, what));
}

void
setup_callback_in(const struct setup_case *c, struct setup_result *out)
{
	judge_url(c, out, c->facts->in_url, "replies");
}

void
setup_callback_out(const struct setup_case *c, struct setup_result *out)
{
	judge_url(c, out, c->facts->out_url, "delivery reports");
}

void
setup_callback_user(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	bool in = setup_is(f->in_user, CALLBACK_USER),
	     outgoing = setup_is(f->out_user, CALLBACK_USER);
	const char *found = in ? f->out_user : f->in_user;

	if (!setup_rests_on(c, out, SETUP_APPLICATION))
		return;
	if (in && outgoing)
		setup_fine(out, "It is " CALLBACK_USER ", for both directions.");
	else
		to_repair(
		    out, arena_fmt(c->arena,
			     "For %s, the application has %s%s%s, so those calls are turned away.",
			     in		? "delivery reports"
			     : outgoing ? "replies"
					: "replies and delivery reports",
			     found == NULL ? "no callback user ID" : "the callback user ID \"",
			     found == NULL ? "" : found,
			     found == NULL ? "" : "\" instead of " CALLBACK_USER));
}

/*
 * Bandwidth never shows a password that it has.  What is known: which one it used last, and
 * which one was set from here.
 */
void
setup_callback_password(const struct setup_case *c, struct setup_result *out)
{
	const struct callback_mark *m = &c->in->config->marks;
	char today[CALLBACK_PRINT];
	bool used, set;

	callback_print(c->in->settings, (uint32_t)c->in->config->org.id, today);
	used = setup_is(m->accepted_print, today);
	set = setup_is(m->set_print, today) &&
	      setup_is(m->set_app, c->in->config->org.application_id) && m->set > m->refused;
	if (m->refused > m->accepted && m->refused > m->set &&
	    setup_is(m->refused_why, CALLBACK_WRONG))
		to_repair(out,
		    "The last call came with a wrong callback user ID or password and was turned away.");
	else if (set && m->set >= m->accepted)
		setup_fine(out, "It was set from here, and no call has come since.");
	else if (m->accepted > 0 && m->previous == m->accepted)
		to_repair(out,
		    "Bandwidth still uses a previous password: it works only as long as "
		    "BASE_URL_PREVIOUS and SESSION_SECRET_PREVIOUS stay in the settings.");
	else if (used)
		setup_fine(out, "The last call came with the right one.");
	else if (m->accepted > 0 && m->accepted_print != NULL)
		to_repair(out,
		    "BASE_URL or SESSION_SECRET was changed since Bandwidth called last, so the "
		    "password that it has does not fit any more.");
	else
		setup_unknown(out,
		    "Bandwidth does not show the password that it has, and has not called yet.",
		    "Text one of your numbers: when the text arrives here, the password is right.");
}

void
setup_assigned(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	const char *id = c->in->config->org.application_id;
	static const char nothing[] =
	    "Without this Bandwidth accepts every text and delivers none.";

	if (!setup_rests_on(c, out, SETUP_LOCATION) || !setup_rests_on(c, out, SETUP_APPLICATION) ||
	    !setup_answered(c, out, &f->assigned, "the location's application"))
		return;
	if (setup_yes(&f->assigned) && setup_is(f->assigned_app, id)) {
		setup_fine(out, "The location uses this application.");
		return;
	}
	setup_wrong(out,
	    f->assigned_app == NULL
		? arena_fmt(c->arena, "No application is assigned to the location. %s", nothing)
		: arena_fmt(c->arena, "The location uses another application, %s. %s",
		      f->assigned_app, nothing),
	    "Save the credentials again: then it is assigned. Or do it at Bandwidth: the location, "
	    "Messaging, Application.",
	    "settings#config");
}

/* ---- this installation's address ----------------------------------------------------------- */

#define WEB_SERVER "Look at the web server's settings (README, Mounting it under a web server)."
#define CERTIFICATE "Renew or replace the certificate of the web server."

static const struct {
	const char *kind;
	const char *sentence; /* behind "Calling https://… " */
	const char *action;
	bool connection; /* perhaps only from here; a call from Bandwidth says more */
} addresses[] = {
    {ADDRESS_OTHER_DATA,
	"is answered by another installation of this program, with other data (another DATA_DIR).",
	"Stop the other one, or let the address lead here.", false},
    {ADDRESS_STRANGER, "is answered by something else than this program.",
	"Let the web server pass this address to the program. " WEB_SERVER, false},
    {ADDRESS_HIDDEN,
	"works, but the web server hides the Authorization header from the program, so every "
	"callback is refused.",
	"Apache: add \"CGIPassAuth On\" for the program's folder. " WEB_SERVER, false},
    {ADDRESS_PASSWORD,
	"is refused by the program itself: it runs with another SESSION_SECRET or BASE_URL than "
	"these settings.",
	"Restart the web server, so that it reads the settings again.", false},
    {ADDRESS_GUARDED, "is refused by the web server, before the program is asked.",
	"Take the password or access rule away from this address in the web server.", false},
    {ADDRESS_REDIRECT, "leads elsewhere, which Bandwidth does not follow.",
	"Set BASE_URL to the address that it leads to, or take the redirect away.", false},
    {ADDRESS_ABSENT, "finds nothing there.",
	"Let the web server pass this address to the program. " WEB_SERVER, false},
    {ADDRESS_ERROR, "gets an error.",
	"Look into the web server's error log, and run: spokectl check", false},
    {ADDRESS_NAME, "fails: the host name is not known.",
	"Compare BASE_URL with your domain's DNS records.", true},
    {ADDRESS_CONNECTION, "fails: nobody answers there.",
	"See whether the web server runs and whether a firewall is in between.", true},
    {ADDRESS_TIME, "fails: no answer came in time.",
	"See whether the web server is overloaded, and whether a firewall is in between.", true},
    {ADDRESS_CERTIFICATE, "fails: its certificate is not one that Bandwidth would trust.",
	CERTIFICATE " It must come from a public authority, with its chain.", false},
    {ADDRESS_EXPIRED, "fails: its certificate has expired.", CERTIFICATE, false},
    {ADDRESS_HOST, "fails: its certificate is for another host name.",
	"Get a certificate for the host name in BASE_URL, or correct BASE_URL.", false},
    {ADDRESS_TLS, "fails: no encrypted connection came about.",
	"See whether the web server speaks https on this port.", true},
    {ADDRESS_FAULT, "fails.", "Look into the web server's error log.", true},
};

static void
judge_call(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	const struct callback_mark *m = &c->in->config->marks;
	const char *words = f->address_words != NULL ? f->address_words : "";
	const char *sentence;
	size_t i;

	for (i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		if (setup_is(f->address, addresses[i].kind))
			break;
	if (i == sizeof addresses / sizeof addresses[0]) {
		setup_unknown(
		    out, "A newer version of this program looked at the address.", "Check now.");
		return;
	}
	sentence = arena_fmt(c->arena, "Calling %s %s%s%s%s", f->address_url, addresses[i].sentence,
	    *words != '\0' ? " (" : "", words, *words != '\0' ? ")" : "");
	/* Some networks do not let a machine call its own public address. */
	if (addresses[i].connection && m->previous != m->accepted &&
	    c->in->now - m->accepted < RECENT)
		setup_unknown(out,
		    arena_fmt(c->arena,
			"%s From outside it works: Bandwidth got through within "
			"the last day.",
			sentence),
		    NULL);
	else
		setup_wrong(out, sentence, addresses[i].action, NULL);
}

void
setup_address(const struct setup_case *c, struct setup_result *out)
{
	const struct settings *s = c->in->settings;
	const struct setup_facts *f = c->facts;

	if (!s->base_url.https && !(s->rehearsal && s->base_url.loopback))
		setup_wrong(out,
		    arena_fmt(c->arena,
			"BASE_URL is %s: Bandwidth calls only public https addresses.",
			s->base_url.text),
		    "Set BASE_URL to the public https address, or use a tunnel (README).", NULL);
	else if (f->address != NULL && !setup_is(f->address_url, c->in->config->callback_url))
		setup_unknown(out, "BASE_URL was changed since this was looked at.", "Check now.");
	else if (setup_is(f->address, ADDRESS_OURS))
		setup_fine(out,
		    arena_fmt(c->arena,
			"%s answers, with the Authorization header let through, in %" PRId64 " ms.",
			f->address_url, f->address_took));
	else if (f->address != NULL)
		judge_call(c, out);
	else if (c->in->asked != 0) {
		out->state = SETUP_ASKING;
		out->sentence = "Calling it as Bandwidth would.";
	} else
		setup_unknown(out, "It has not been called from here yet.", "Check now.");
}

void
setup_last_callback(const struct setup_case *c, struct setup_result *out)
{
	const struct callback_mark *m = &c->in->config->marks;

	if (m->refused > m->accepted && setup_is(m->refused_why, CALLBACK_WRONG) &&
	    c->before[SETUP_CALLBACK_PASSWORD].state == SETUP_WRONG)
		(void)setup_rests_on(c, out, SETUP_CALLBACK_PASSWORD);
	else if (m->refused > m->accepted && c->before[SETUP_ADDRESS].state == SETUP_WRONG)
		(void)setup_rests_on(c, out, SETUP_ADDRESS);
	else if (m->refused > m->accepted)
		setup_wrong(out,
		    arena_fmt(c->arena, "The last call was turned away, %s: %s.",
			setup_ago(c, m->refused),
			m->refused_why != NULL ? m->refused_why : "no reason was noted"),
		    "Mend what is wrong among the callback steps; Bandwidth repeats the call for a day.",
		    "settings#callbacks");
	else if (m->accepted > 0)
		setup_fine(out, arena_fmt(c->arena, "The last one was taken %s (%s).",
				    setup_ago(c, m->accepted),
				    m->accepted_what != NULL ? m->accepted_what : "no type"));
	else
		setup_unknown(
		    out, "None has come yet.", "Send yourself a test text below, and answer it.");
}
