/*
 * handlers.h: one function for each thing that can be asked for; the route table
 * (responder/routes.c) says
 * who may, with which body, and has checked it before a handler runs.
 */
#ifndef SPOKE_HANDLERS_H
#define SPOKE_HANDLERS_H

#include "http/request.h"
#include "http/response.h"
#include "texting/app.h"

/*
 * A handler commits and leaves the flush to serve.c, which makes durable whatever the handler wrote
 * or read before a byte of the answer goes out: one wait for the disk for each request.
 */
typedef void (*handler_fn)(const struct app *, struct request *, struct response *);

/* callback.c: POST /bandwidth/{org} */
void handle_callback(const struct app *, struct request *, struct response *);

/* messages_api.c: POST /api/orgs/{org}/messages */
void handle_message_create(const struct app *, struct request *, struct response *);
/* GET */
void handle_message_list(const struct app *, struct request *, struct response *);
/* GET …/{item} */
void handle_message_get(const struct app *, struct request *, struct response *);
/* DELETE …/{item} */
void handle_message_delete(const struct app *, struct request *, struct response *);

/* queue_api.c: GET /api/orgs/{org}/queue */
void handle_queue(const struct app *, struct request *, struct response *);

/* media.c: GET /api/orgs/{org}/messages/{item}/media/{place}, and the same below /admin/{org} */
void handle_media(const struct app *, struct request *, struct response *);

/* sign_in.c: GET /login */
void handle_sign_in_form(const struct app *, struct request *, struct response *);
/* POST /login */
void handle_sign_in(const struct app *, struct request *, struct response *);
/* POST /logout */
void handle_sign_out(const struct app *, struct request *, struct response *);

/* home.c: GET /admin: organizations of the user (one: straight to it); GET / redirects there */
void handle_home(const struct app *, struct request *, struct response *);

/* settings.c: GET /admin/{org}/settings */
void handle_settings(const struct app *, struct request *, struct response *);
/* POST */
void handle_settings_save(const struct app *, struct request *, struct response *);

/* check.c: GET /admin/{org}/check: "Check my setup" */
void handle_check(const struct app *, struct request *, struct response *);
/* POST: do=check|repair|text */
void handle_check_action(const struct app *, struct request *, struct response *);

/* messages_page.c: GET /admin/{org}/messages */
void handle_messages_page(const struct app *, struct request *, struct response *);
/* POST /admin/{org}/messages: send one text */
void handle_messages_send(const struct app *, struct request *, struct response *);
/* GET /admin/{org}/messages/{item} */
void handle_message_page(const struct app *, struct request *, struct response *);
/* POST …/{item}: action=cancel|send|was-sent|give-up */
void handle_message_action(const struct app *, struct request *, struct response *);
/* forget.c: GET /admin/{org}/forget?contact=…: a person asks to be forgotten */
void handle_forget(const struct app *, struct request *, struct response *);
/* POST: asks for the password, and queues the job */
void handle_forget_action(const struct app *, struct request *, struct response *);
/* look.c: GET /admin/{org}/look: "Needs a look" */
void handle_look(const struct app *, struct request *, struct response *);
/* POST …/look: done, opt-out, release of a contact */
void handle_look_action(const struct app *, struct request *, struct response *);
/* held.c: GET /admin/{org}/held: held texts by reason, one decision about all of a reason */
void handle_held(const struct app *, struct request *, struct response *);
/* POST …/held: do=send|give-up */
void handle_held_action(const struct app *, struct request *, struct response *);
/* numbers.c: GET /admin/{org}/numbers */
void handle_numbers(const struct app *, struct request *, struct response *);
/* numbers_change.c: POST …/numbers: do=sync|drain|resume|add|take-off|picker|ask-release|
 * release|cancel-release */
void handle_numbers_change(const struct app *, struct request *, struct response *);
/* numbers_buy.c: GET /admin/{org}/buy */
void handle_buy(const struct app *, struct request *, struct response *);
/* POST …/buy: do=search|ask|order */
void handle_buy_change(const struct app *, struct request *, struct response *);
/* job_page.c: GET /admin/{org}/jobs/{item} */
void handle_job(const struct app *, struct request *, struct response *);
/* data.c: GET /admin/{org}/data: backup, and a store that was moved */
void handle_data(const struct app *, struct request *, struct response *);
/* POST: do=backup|moved */
void handle_data_action(const struct app *, struct request *, struct response *);
/* pause.c: POST /admin/{org}/pause: do=pause|resume|cancel-all */
void handle_pause(const struct app *, struct request *, struct response *);

/* health.c: GET /healthz */
void handle_health(const struct app *, struct request *, struct response *);
/* static.c: GET /static/{item} */
void handle_static(const struct app *, struct request *, struct response *);

#endif
