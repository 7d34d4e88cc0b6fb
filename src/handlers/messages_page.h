/*
 * messages_page.h: the page of messages between its parts: messages_page.c reads and chooses,
 * message_list.c
 * writes the list and the conversation, message_send.c the form and what it posts.
 */
#ifndef SPOKE_MESSAGES_PAGE_H
#define SPOKE_MESSAGES_PAGE_H

#include "handlers/message_parts.h"
#include "store/jobs.h"
#include "store/messages.h"
#include "texting/forecast.h"

#define PAGE_MESSAGES 30

struct messages_page {
	const struct app *app;
	struct request *req;
	struct frame frame;

	/* What was asked for. */
	struct message_filter filter;
	const char *direction, *state;	/* as in the query, or NULL */
	const char *contact;		/* E.164, or NULL: a conversation */
	/* cursors of the newer pages, newest first, separated by "." */
	const char *was;

	/* What was found, newest first. */
	struct message *list;
	size_t count;
	const char *next;
	struct forecast queue;		/* of a list in which waiting texts belong */
	struct contact person;		/* of a conversation */
	bool person_known;
	struct job forget;		/* is removing all this, when goes is set */
	bool goes;

	/* The form. */
	const char *to, *text;
	const char *to_fault, *text_fault;
};

/* message_list.c */
void messages_tabs(const struct messages_page *, struct buf *);
void messages_list_part(const struct messages_page *, struct buf *);
void messages_talk(const struct messages_page *, struct buf *);
void messages_older(const struct messages_page *, struct buf *);
void messages_newer(const struct messages_page *, struct buf *);
/* This page's own address with its filter, without cursors: "messages?state=held". */
const char *messages_here(const struct messages_page *);

/* message_send.c: the form in a page of its own (New text), or below a conversation. */
void messages_new(struct messages_page *, struct response *);
void messages_form(const struct messages_page *, struct buf *, bool reply);

#endif
