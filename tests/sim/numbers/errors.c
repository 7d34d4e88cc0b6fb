/*
 * errors.c: error codes of the Numbers API and the shapes they come in.
 *
 * Codes and texts are those of Bandwidth's page on errors (2023) and of the
 * examples in its OpenAPI file.  Contracts in errors.h.
 */
#include "numbers/errors.h"

#include <stdlib.h>
#include <string.h>

static const struct { int code, status; const char *text; } errors[] = {
	{ 1003, 400, "%s is required" },
	{ 1006, 400, "The page size is out of range: %s" },
	{ 4000, 400, "Please verify that your Area Code search input "
	    "parameters are correct." },
	{ 4001, 400, "Please verify that your Rate Center search input "
	    "parameters are correct." },
	{ 4002, 400, "Please verify that your NPA, NPA-NXX, or NPA-NXX-X "
	    "search input parameters are correct." },
	{ 4003, 400, "Please verify that your Toll Free Vanity search input "
	    "parameters are correct." },
	{ 4004, 400, "Please verify that your Toll Free Wild Card search "
	    "input parameters are correct." },
	{ 4005, 400, "Please verify that your City search input parameters "
	    "are correct." },
	{ 4006, 400, "Please verify that your State search input parameters "
	    "are correct." },
	{ 4007, 400, "Please verify that your Zip Code search input "
	    "parameters are correct." },
	{ 4008, 400, "Please verify that your LATA search input parameters "
	    "are correct." },
	{ 4010, 400, "One of more required search parameters are null or "
	    "empty, please refer to the api documentation" },
	{ 4018, 400, "Please verify that your PAGE search input parameter is "
	    "correct." },
	{ 4020, 400, "Please verify that your orderBy search query parameter "
	    "is correct. Valid values are: fullNumber,npaNxxx,npaNxx,"
	    "areaCode" },
	{ 5001, 400, "Invalid input telephone number list" },
	{ 5002, 400, "%s" },
	{ 5005, 400, "Telephone Number Unavailable" },
	{ 5006, 400, "TelephoneNumber Disconnect Error" },
	{ 5007, 400, "Exceeded Maximum Ordering Capacity" },
	{ 5009, 400, "The quantity specified %s is invalid." },
	{ 5012, 400, "The account is locked and the operation is not "
	    "permissible" },
	{ 5016, 400, "The SiteId submitted is invalid." },
	{ 5017, 400, "Only a partial quantity of the total telephone numbers "
	    "ordered could be fulfilled" },
	{ 5018, 400, "The entire quantity of telephone numbers ordered is "
	    "unavailable" },
	{ 5019, 400, "Order is pending. Please check the status of your order "
	    "later." },
	{ 5020, 400, "No default SIP peer is set on the account and site. "
	    "Please create one then resubmit your request." },
	{ 5022, 400, "SiteId is a required field." },
	{ 5023, 400, "SIP peer submitted is invalid." },
	{ 5052, 400, "Customer order ID is invalid. Only alphanumeric values, "
	    "dashes and spaces are allowed. Max length is 40 characters." },
	{ 5060, 400, "Only Backordered order can be closed." },
	{ 5061, 404, "Order ID is invalid." },
	{ 5070, 400, "Telephone number is invalid." },
	{ 5074, 400, "Telephone number is not in service." },
	{ 5076, 400, "Number does not belong to this account." },
	{ 5087, 400, "The input order type is not a valid entry." },
	{ 5093, 400, "Order cannot contain duplicate telephone numbers" },
	{ 5113, 400, "Sms '%s' is invalid. Valid values are: ON, OFF, "
	    "SystemDefault" },
	{ 5115, 400, "At least one of the TN option attributes must be "
	    "applied for %s" },
	{ 5132, 400, "SMS attribute should be 'ON' for provisioning A2P" },
	{ 5138, 400, "Action value is invalid. Valid values are: 'unchanged', "
	    "'systemDefault', 'off', 'asSpecified'." },
	{ 5166, 400, "Sip Peer doesn't have Sms feature." },
	{ 5198, 400, "AreaCodeSearchAndOrderType requires both AreaCode and "
	    "Quantity values." },
	{ 5199, 400, "TollFreeVanitySearchAndOrderType requires both "
	    "TollFreeVanity and Quantity values." },
	{ 5215, 400, "The quantity specified in the order is not valid or "
	    "exceeds the maximum value of 5000" },
	{ 5217, 400, "The PartialAllowed value submitted is invalid." },
	{ 5224, 400, "The search criteria '%s' cannot be empty" },
	{ 5520, 400, "Order backordered - awaiting additional numbers" },
	{ 5521, 400, "Order Backordered - no numbers allocated, awaiting "
	    "available inventory to completely fulfill order" },
	{ 5522, 400, "Backorders are not compatible with Specific TN, NPANXX, "
	    "NPANXXX, TollFree Vanity or Local Vanity orders" },
	{ 12016, 404, "Site '%s' does not exist" },
	{ 12024, 400, "Region with state '%s' and country 'US' does not "
	    "exist" },
	{ 12112, 409, "The verifiable address closest to the submitted access "
	    "is included below. Please use that street address or another "
	    "valid street address in your next request" },
	{ 12113, 400, "The provided street address could not be verified. "
	    "Please submit a valid street address." },
	{ 13522, 400, "IsDefaultPeer cannot be false right now. The account "
	    "requires at least one Default Sip Peer" },
	{ 13563, 404, "Sip Peer %s does not exist" },
	{ 13606, 400, "Messaging feature may have only one protocol "
	    "assigned." },
	{ 13609, 400, "Can't create sip peer http protocol sms feature "
	    "without account level http settings." },
	{ 13629, 404, "Application with id '%s' not found" },
	{ 13673, 400, "Can not disable SMS feature on Sip Peer because it has "
	    "telephone numbers with messaging enabled." },
};
#define ERRORS (sizeof(errors) / sizeof(errors[0]))

static size_t
find(int code)
{
	size_t i = 0;

	while (i < ERRORS && errors[i].code != code)
		i++;
	return i;
}

char *
error_description(int code, const char *what)
{
	size_t i = find(code);
	const char *text = i < ERRORS ? errors[i].text : "Error";
	const char *gap = strstr(text, "%s");
	struct buf b = { 0 };

	buf_add(&b, text, gap == NULL ? strlen(text) : (size_t)(gap - text));
	if (gap != NULL) {
		buf_str(&b, what == NULL ? "" : what);
		buf_str(&b, gap + 2);
	}
	return buf_take(&b);
}

int
error_status(int code)
{
	size_t i = find(code);

	return i < ERRORS ? errors[i].status : 400;
}

/* The pair of code and text under the names that the shape has for them. */
static void
write_pair(struct buf *b, const char *in, const char *name, int code,
    const char *text)
{
	xml_open(b, in);
	if (code != 0)
		xml_int(b, name, code);
	xml_leaf(b, "Description", text);
	xml_close(b, in);
}

void
error_write(struct buf *b, const struct resource *way, int code,
    const char *text)
{
	xml_head(b);
	xml_open(b, way->wrapper);
	if (way->shape == SHAPE_LIST) {
		xml_open(b, "ErrorList");
		write_pair(b, "Error", "Code", code, text);
		xml_close(b, "ErrorList");
	} else if (way->shape == SHAPE_SEARCH) {
		write_pair(b, "Error", "Code", code, text);
	} else {
		write_pair(b, "ResponseStatus", "ErrorCode", code, text);
	}
	xml_close(b, way->wrapper);
}
