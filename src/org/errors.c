/*
 * errors.c: what Bandwidth's error codes mean and who must act.
 *
 * Bandwidth's rule for the digits: 4 is the sender's fault or the receiver's,
 * and the same text has the same end; 5 is a server's, where 6 in the second
 * place means the carrier's and at most one retry; 9 leaves it open whether
 * the text was delivered.
 */
#include "org/errors.h"

#include <stddef.h>

/* Columns: code, name, class, meaning, who acts.  The order is that of the codes. */
#define P ERROR_CONTACT
#define O ERROR_OPT_OUT
#define S ERROR_SPAM
#define R ERROR_RETRY
#define C ERROR_SENDER
#define U ERROR_UNKNOWN

#define TEMPORARY "Bandwidth had a passing fault of its own. A later try can work."

static const struct error_code codes[] = {
    {4001, "service-not-allowed", C,
	"Bandwidth refused the message: the account, the number or the form of the message is "
	"not allowed to do this.",
	"admin", false},
    {4301, "malformed-invalid-encoding", C, "The text holds characters that Bandwidth can't send.",
	"texter", false},
    {4302, "malformed-invalid-from-number", C, "The number it was sent from is not valid.", "admin",
	false},
    {4303, "malformed-invalid-to-number", P,
	"This is not a valid telephone number. We won't text it again.", "nobody", false},
    {4350, "malformed-for-destination", P,
	"The message could not be passed on, mostly because the number is not valid. We won't "
	"text it again.",
	"nobody", false},
    {4360, "message-not-sent-expiration-date-passed", C,
	"Its deadline passed before Bandwidth could send it.", "texter", false},
    {4401, "rejected-routing-error", C,
	"Bandwidth found no way to the number, for example because both numbers are the same.",
	"admin", false},
    {4403, "rejected-forbidden-from-number", C,
	"The number it was sent from is not on the Bandwidth account, or texting is not "
	"switched on for it.",
	"admin", false},
    {4404, "rejected-forbidden-to-number", P,
	"This number is out of service or can't receive texts. We won't text it again.", "nobody",
	false},
    {4405, "rejected-unallocated-from-number", C,
	"The number it was sent from is not active in the carriers' lists.", "admin", false},
    {4406, "rejected-unallocated-to-number", P,
	"This number belongs to no carrier. We won't text it again.", "nobody", false},
    {4407, "rejected-account-not-defined-from-number", C,
	"The number it was sent from does not belong to this Bandwidth account.", "admin", false},
    {4408, "rejected-account-not-defined-to-number", P,
	"This number belongs to nobody who can receive texts. We won't text it again.", "nobody",
	false},
    {4409, "rejected-invalid-from-profile", P,
	"This number does not take pictures; a text without them can work.", "texter", false},
    {4410, "media-unavailable", C,
	"Bandwidth could not fetch the picture or file from its address.", "texter", false},
    {4411, "rejected-message-size-limit-exceeded", C,
	"The pictures or files are too large together.", "texter", false},
    {4412, "media-content-invalid", C, "This kind of picture or file can't be sent.", "texter",
	false},
    {4420, "rejected-carrier-does-not-exist", P,
	"There is no way to this number's carrier. We won't text it again.", "nobody", false},
    {4421, "rejected-forbidden-no-destination", C,
	"The Bandwidth account may not send to this destination.", "admin", false},
    {4431, "rejected-forbidden-shortcode", C,
	"The Bandwidth account may not send from this short code.", "admin", false},
    {4432, "rejected-forbidden-country", P,
	"The Bandwidth account may not text this country. We won't text this number again.",
	"nobody", false},
    {4433, "rejected-forbidden-tollfree", C,
	"The Bandwidth account may not send from toll-free numbers.", "admin", false},
    {4434, "rejected-forbidden-tollfree-for-recipient", P,
	"This toll-free number can't be texted. We won't text it again.", "nobody", false},
    {4435, "forbidden-too-many-recipients", C, "A group may have at most 10 people.", "texter",
	false},
    {4451, "rejected-wrong-user-id", C, "The account ID under Bandwidth Config does not fit.",
	"admin", false},
    {4452, "rejected-wrong-application-id", C,
	"The application ID under Bandwidth Config does not fit.", "admin", false},
    {4470, "rejected-spam-detected", S,
	"Bandwidth's filter took the text for spam. Change its wording before sending more.",
	"texter", false},
    {4475, "destination-rejected-due-to-user-opt-out", O,
	"This person asked not to be texted. We won't text them again.", "nobody", false},
    {4476, "blocked-unregistered", C, "The number it was sent from is on no 10DLC campaign.",
	"admin", false},
    {4481, "rejected-from-number-in-blacklist", C,
	"Bandwidth blocked the number it was sent from, mostly after complaints.", "admin", false},
    {4482, "rejected-to-number-in-blacklist", P,
	"This number is blocked from receiving texts. We won't text it again.", "nobody", false},
    {4492, "reject-emergency", P, "Emergency numbers can't be texted.", "nobody", false},
    {4493, "rejected-unauthorized", C, "The sender is not authorized to text through Bandwidth.",
	"admin", false},
    {4700, "invalid-service-type", P,
	"This number can't receive texts (often a landline). We won't text it again.", "nobody",
	false},
    {4701, "destination-service-unavailable", R,
	"The phone could not be reached or has no texting service.", "nobody", true},
    {4702, "destination-subscriber-unavailable", R,
	"The phone is switched off, out of reach or full. A later try can work.", "nobody", false},
    {4710, "media-unavailable", C, "The carrier could not fetch the picture or file.", "texter",
	false},
    {4711, "rejected-message-size-limit-exceeded", C,
	"The pictures or files are too large for the carrier.", "texter", false},
    {4712, "media-content-invalid", C, "The carrier does not take this kind of file.", "texter",
	false},
    {4720, "invalid-destination-address", P,
	"This number can't receive texts (often a landline). We won't text it again.", "nobody",
	false},
    {4721, "destination-tn-deactivated", P,
	"This number was given up by its owner. We won't text it again.", "nobody", false},
    {4730, "no-route-to-destination-carrier", R,
	"There was no way to the phone, for example because it is abroad.", "nobody", true},
    {4735, "too-many-recipients", C, "The group is too large for the carrier.", "texter", false},
    {4740, "invalid-source-address-address", C,
	"The carrier does not accept the number it was sent from.", "admin", false},
    {4750, "destination-rejected-message", U,
	"The carrier refused the text without saying why: no credit, texts barred, or taken "
	"for spam.",
	"texter", false},
    {4751, "destination-rejected-message-size-invalid", C,
	"The text is too long or too short for the carrier.", "texter", false},
    {4752, "destination-rejected-malformed", C,
	"The carrier could not read the text; it may be blank or too long.", "texter", false},
    {4753, "destination-rejected-handset", P,
	"The phone itself refused the text. We won't text it again.", "nobody", false},
    {4754, "unsupported-channel", C, "This kind of message can't be sent to this number.", "admin",
	false},
    {4770, "destination-spam-detected", S,
	"The carrier took the text for spam. Change its wording before sending more.", "texter",
	false},
    {4771, "rejected-shortened-url", S,
	"The carrier refuses shortened links. Use the full address or a domain of your own.",
	"texter", false},
    {4772, "rejected-tn-blocked", C,
	"The carrier blocks one of the two numbers; Bandwidth's support can say which.", "admin",
	false},
    {4773, "inactive-campaign", C,
	"The 10DLC campaign of the number it was sent from is not active.", "admin", false},
    {4774, "provisioning-issue", C,
	"The number it was sent from is not set up right with the carriers or its 10DLC "
	"campaign.",
	"admin", false},
    {4775, "destination-rejected-due-to-user-opt-out", O,
	"This person asked their carrier to stop our texts. We won't text them again.", "nobody",
	false},
    {4780, "volume-violation-tmo", R,
	"The day's limit for T-Mobile is reached. Tomorrow it can work.", "admin", false},
    {4781, "volume-violation-att", R,
	"We sent faster than AT&T allows. A later, slower try can work.", "admin", false},
    {4785, "volumetric-violation", R, "We sent more than the carrier allows. A later try can work.",
	"admin", false},
    {4790, "destination-rejected-sc-not-allowed", C,
	"This phone's carrier does not allow texts from short codes.", "admin", false},
    {4791, "destination-rejected-campaign-not-allowed", C,
	"The carrier does not allow the short code's campaign.", "admin", false},
    {4792, "destination-rejected-sc-not-provisioned", C,
	"The short code is not set up with this carrier.", "admin", false},
    {4793, "destination-rejected-sc-expired", C, "The short code has run out.", "admin", false},
    {4794, "destination-rejected-expired", U,
	"The carrier gave up on the text. It may have been delivered; don't send it again "
	"before checking.",
	"texter", false},
    {4795, "tfn-not-verified", C, "The toll-free number it was sent from is not verified yet.",
	"admin", false},
    {5100, "temporary-app-error", R, TEMPORARY, "nobody", false},
    {5101, "temporary-app-shutdown", R, TEMPORARY, "nobody", false},
    {5106, "impossible-to-route", R,
	"Bandwidth found no way to the carrier just then. A later try can work.", "nobody", false},
    {5111, "temporary-app-connection-closed", R, TEMPORARY, "nobody", false},
    {5201, "temporary-rout-error-retries-exceeded", R,
	"Bandwidth tried several times in vain. A later try can work.", "nobody", false},
    {5211, "temporary-app-busy", R, TEMPORARY, "nobody", false},
    {5220, "temporary-store-error", R, TEMPORARY, "nobody", false},
    {5229, "campaign-provisioning-error", C,
	"The number it was sent from is not set up right on its 10DLC campaign.", "admin", false},
    {5231, "discarded-concatenation-timeout", R,
	"Parts of the text went missing at Bandwidth. A later try can work.", "nobody", false},
    {5500, "message-send-failed", R, "Bandwidth could not send it. A later try can work.", "nobody",
	false},
    {5501, "message-send-failed", R, "Bandwidth could not reach the carrier. A later try can work.",
	"nobody", false},
    {5600, "destination-carrier-queue-full", R,
	"The carrier was overloaded. One more try can work.", "nobody", true},
    {5610, "submit_sm-or-submit_multi-failed", R, "The carrier had a fault. One more try can work.",
	"nobody", true},
    {5620, "destination-app-error", R,
	"The carrier had a fault, or blocks the number it was sent from because it is on no "
	"10DLC campaign.",
	"admin", true},
    {5630, "message-not-acknowledged", R, "The carrier did not accept it. One more try can work.",
	"nobody", true},
    {5650, "destination-failed", R, "The carrier had a fault. One more try can work.", "nobody",
	true},
    {5999, "unknown-error", R, "Bandwidth does not know why it failed. A later try can work.",
	"bandwidth", false},
    {9902, "delivery-receipt-expired", U,
	"The carrier never said what became of it. It may have been delivered; don't send it "
	"again before checking.",
	"texter", false},
    {9999, "unknown-error", U,
	"The carrier gave a reason that Bandwidth does not know. It may have been delivered; "
	"don't send it again before checking.",
	"bandwidth", false},
};

/* ---- codes that are not in the table ------------------------------------------- */

static const struct error_code no_code = {0, "no-code", U,
    "Bandwidth gave no reason. It may have been delivered; don't send it again before "
    "checking.",
    "bandwidth", false};
static const struct error_code refused_by_bandwidth = {0, "unknown-4", C,
    "Bandwidth refused it for a reason that we don't know. The same text would be refused "
    "again.",
    "admin", false};
static const struct error_code refused_by_carrier = {0, "unknown-47", C,
    "The carrier refused it for a reason that we don't know. The same text would be refused "
    "again.",
    "admin", false};
static const struct error_code bandwidth_fault = {0, "unknown-5", R,
    "Bandwidth had a fault that we don't know. A later try can work.", "bandwidth", false};
static const struct error_code carrier_fault = {0, "unknown-56", R,
    "The carrier had a fault that we don't know. One more try can work.", "nobody", true};
static const struct error_code open_end = {0, "unknown-9", U,
    "Nobody knows what became of it. It may have been delivered; don't send it again before "
    "checking.",
    "bandwidth", false};

static const struct error_code *
by_digits(int code)
{
	if (code >= 4000 && code <= 4999)
		return code / 100 == 47 ? &refused_by_carrier : &refused_by_bandwidth;
	if (code >= 5000 && code <= 5999)
		return code / 100 == 56 ? &carrier_fault : &bandwidth_fault;
	if (code >= 9000 && code <= 9999)
		return &open_end;
	return &no_code;
}

const struct error_code *
error_find(int code)
{
	size_t low = 0, high = sizeof codes / sizeof codes[0], middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (codes[middle].code == code)
			return &codes[middle];
		if (codes[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return by_digits(code);
}
