/*
 * contact.c: what is stored of a contact.
 */
#include "org/contact.h"

const struct field contact_fields[] = {
    FIELD(struct contact, FIELD_INT, org),
    FIELD(struct contact, FIELD_TEXT, number),
    FIELD(struct contact, FIELD_TEXT, user_number),
    FIELD(struct contact, FIELD_INT, sticky_since),
    FIELD(struct contact, FIELD_BOOL, opted_out),
    FIELD(struct contact, FIELD_TEXT, opt_out_cause),
    FIELD(struct contact, FIELD_TEXT, opt_out_detail),
    FIELD(struct contact, FIELD_INT, opt_out_at),
    FIELD(struct contact, FIELD_INT, opt_out_said),
    FIELD(struct contact, FIELD_INT, started),
    FIELD(struct contact, FIELD_BOOL, held),
    FIELD(struct contact, FIELD_TEXT, held_why),
    FIELD(struct contact, FIELD_INT, held_at),
    FIELD(struct contact, FIELD_TEXT, carrier),
    FIELD(struct contact, FIELD_INT, last_error),
    FIELD(struct contact, FIELD_INT, last_error_at),
    FIELD(struct contact, FIELD_INT, last_in),
    FIELD(struct contact, FIELD_INT, last_out),
    FIELD(struct contact, FIELD_INT, stop_confirmed),
    FIELD(struct contact, FIELD_INT, help_answered),
    FIELD(struct contact, FIELD_TEXT, moved_from),
    FIELD(struct contact, FIELD_INT, moved_at),
    FIELD_END,
};
