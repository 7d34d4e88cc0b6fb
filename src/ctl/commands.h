/*
 * commands.h: the functions behind the table of main.c, a file for each subject.
 */
#ifndef SPOKE_COMMANDS_H
#define SPOKE_COMMANDS_H

struct ctl;

int cmd_check(struct ctl *); /* check.c */

int cmd_init(struct ctl *); /* install.c */
int cmd_dump(struct ctl *);
int cmd_recover(struct ctl *);
int cmd_moved(struct ctl *);

int cmd_backup(struct ctl *); /* keep.c */
int cmd_restore(struct ctl *);
int cmd_verify(struct ctl *);

int cmd_org_add(struct ctl *); /* orgs.c */
int cmd_org_list(struct ctl *);
int cmd_callback_password(struct ctl *);
int cmd_pause(struct ctl *);
int cmd_resume(struct ctl *);

int cmd_settings_show(struct ctl *); /* settings.c */
int cmd_settings_set(struct ctl *);

int cmd_provision(struct ctl *); /* provision.c */
int cmd_repair_application(struct ctl *);

int cmd_user_add(struct ctl *); /* people.c */
int cmd_user_list(struct ctl *);
int cmd_user_remove(struct ctl *);
int cmd_audit(struct ctl *);

int cmd_token_add(struct ctl *); /* tokens.c */
int cmd_token_list(struct ctl *);
int cmd_token_revoke(struct ctl *);

int cmd_send(struct ctl *); /* texts.c */
int cmd_messages(struct ctl *);
int cmd_message(struct ctl *);

int cmd_queue(struct ctl *); /* queue.c */

int cmd_cancel(struct ctl *); /* decide.c */
int cmd_decide(struct ctl *);

int cmd_forget(struct ctl *); /* forget.c */

int cmd_events(struct ctl *); /* inbox.c */
int cmd_tray(struct ctl *);
int cmd_tray_done(struct ctl *);
int cmd_optout_list(struct ctl *);
int cmd_optout_add(struct ctl *);
int cmd_optout_remove(struct ctl *);
int cmd_contact_release(struct ctl *);

int cmd_numbers_list(struct ctl *); /* numbers.c */
int cmd_numbers_add(struct ctl *);
int cmd_numbers_remove(struct ctl *);
int cmd_numbers_drain(struct ctl *);
int cmd_numbers_picker(struct ctl *);

int cmd_numbers_sync(struct ctl *); /* numbers_jobs.c */
int cmd_numbers_search(struct ctl *);
int cmd_numbers_jobs(struct ctl *);
int cmd_numbers_job(struct ctl *);

int cmd_numbers_buy(struct ctl *); /* numbers_buy.c */
int cmd_numbers_release(struct ctl *);
int cmd_numbers_keep(struct ctl *);

#endif
