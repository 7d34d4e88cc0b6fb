/*
 * csrf.c: the two checks against requests made by other sites.
 */
#include "responder/csrf.h"

#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/settings.h"
#include "http/environment.h"
#include "http/request.h"

bool
csrf_same_origin(const struct environment *env, const struct settings *settings)
{
	const char *ours = settings->base_url.origin;
	if (env->origin != NULL && env->origin[0] != '\0')
		return strcasecmp(env->origin, ours) == 0;
	size_t n = strlen(ours);
	if (env->referer == NULL || strncasecmp(env->referer, ours, n) != 0)
		return false;
	return strchr("/?#", env->referer[n]) != NULL;
}

bool
csrf_token_right(const struct request *request)
{
	const char *given = form_get(&request->form, "csrf");
	if (given == NULL || request->session == NULL || request->session->csrf == NULL)
		return false;
	const char *right = request->session->csrf;
	return right[0] != '\0' && crypto_equal(given, strlen(given), right, strlen(right));
}
