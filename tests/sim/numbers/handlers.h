/*
 * handlers.h: one handler for each thing that can be asked for.
 *
 * numbers.c's table names them; the files beside it have them.  Lock held.
 */
#ifndef SIM_NUMBERS_HANDLERS_H
#define SIM_NUMBERS_HANDLERS_H

#include "numbers/numbers.h"

/* sites.c */
void sites_list(struct request *);
void sites_create(struct request *);
void sites_get(struct request *);

/* locations.c */
void locations_list(struct request *);
void locations_create(struct request *);
void locations_get(struct request *);
void locations_put(struct request *);

/* features.c */
void sms_get(struct request *);
void sms_post(struct request *);
void sms_put(struct request *);
void sms_delete(struct request *);
void mms_get(struct request *);
void mms_post(struct request *);
void mms_put(struct request *);
void mms_delete(struct request *);

/* assign.c */
void settings_get(struct request *);
void settings_put(struct request *);
void applications_locations(struct request *);

/* applications.c */
void applications_list(struct request *);
void applications_create(struct request *);
void applications_get(struct request *);
void applications_put(struct request *);
void applications_patch(struct request *);
void applications_delete(struct request *);

/* tns.c */
void tns_of_location(struct request *);
void tns_total(struct request *);
void tns_of_account(struct request *);
void tns_in_service(struct request *);
void tns_one_in_service(struct request *);
void tns_details(struct request *);

/* search.c */
void search_numbers(struct request *);

/* orders.c */
void orders_create(struct request *);

/* orders_show.c */
void orders_list(struct request *);
void orders_get(struct request *);
void orders_put(struct request *);
void orders_tns(struct request *);
void disconnects_list(struct request *);
void options_list(struct request *);

/* disconnects.c */
void disconnects_create(struct request *);
void disconnects_get(struct request *);

/* options_order.c */
void options_create(struct request *);
void options_get(struct request *);

/* vetting.c */
void vetting_tendlc(struct request *);
void vetting_tendlc_list(struct request *);
void vetting_toll_free(struct request *);

/* The location of arg[0] and arg[1], or NULL after an answer; locations.c */
struct location *request_peer(struct request *);

/* The site of arg[0], or NULL after an answer; sites.c */
struct site *request_site(struct request *);

#endif
