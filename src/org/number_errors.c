/*
 * number_errors.c: the table of number_errors.h.
 */
#include "org/number_errors.h"

#include <stddef.h>

static const struct {
	int code;
	const char *advice;
} codes[] = {
    {1003,
	"This account wants a billing address for a sub-account. Enter it under Bandwidth Config "
	"and save again."},
    {1006,
	"Bandwidth refuses the size of a page of its list. Tell whoever runs this installation."},
    {5005, "Somebody else took the number meanwhile. Search again and choose another one."},
    {5007, "The account may not order so many numbers. Order fewer, or ask Bandwidth for a higher "
	   "limit."},
    {5012, "Bandwidth has locked the account for orders. Ask Bandwidth's support why."},
    {5016,
	"Bandwidth does not know the sub-account. Correct the sub-account ID, or leave it empty to "
	"have one made, and save again."},
    {5017, "Only a part of the order could be filled. Order the rest elsewhere."},
    {5018, "There are no such numbers just now. Search for another area code."},
    {5019, "Bandwidth is still working on it. It is asked again by itself."},
    {5020, "The sub-account has no default location. Set up at Bandwidth again: a location is made "
	   "then."},
    {5022, "No sub-account was named. Set up at Bandwidth first, then order again."},
    {5023,
	"The location does not belong to the sub-account. Correct one of the two IDs, or leave the "
	"location ID empty to have one made, and save again."},
    {5052, "Bandwidth refuses our name for the order. Tell whoever runs this installation."},
    {5076, "The number is not this account's. Synchronize the numbers with Bandwidth."},
    {5520, "The number is on back-order. It is asked for again by itself."},
    {5521, "The number is on back-order. It is asked for again by itself."},
    {5522, "Numbers of this kind cannot be put on back-order. Search for others."},
    {12112, "Bandwidth wants the address written differently. Enter it under Bandwidth Config as "
	    "Bandwidth recommends it, and save again."},
    {13609,
	"Messaging over HTTP is not enabled for this account, and only Bandwidth can enable it. "
	"Ask Bandwidth's support to enable HTTP messaging for the account, then set up again."},
    {13629,
	"Bandwidth does not know the application. Correct the application ID, or leave it empty to "
	"have one made, and save again."},
};

const char *
number_error_advice(int code)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].code == code)
			return codes[i].advice;
	return NULL;
}

const char *
number_status_advice(int status)
{
	switch (status) {
	case 401:
		return "Bandwidth does not accept the credentials here. Check client ID and client secret, "
		       "and save them again.";
	case 403:
		return "The credentials lack a role for this, or the account lacks the feature. In "
		       "Bandwidth's account pages, under API Credentials, give them the roles for "
		       "messaging and numbers; then set up again.";
	case 404:
		return "Bandwidth does not know it. Check the IDs under Bandwidth Config, Advanced.";
	case 409:
		return "Bandwidth has something of that name already. Look for it in Bandwidth's account "
		       "pages, and enter its ID here.";
	case 429:
		return "Bandwidth is asked too much just now. It is asked again by itself.";
	default:
		return status >= 500 ? "Bandwidth has trouble of its own. Try again later." : NULL;
	}
}
