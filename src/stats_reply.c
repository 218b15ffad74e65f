/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "stats_fields.h"
#include "stats_reply.h"

/* Takes `resp`, which may be NULL for lack of memory, as everything here. */
static struct stats_answer answer(int errnum, json_t *resp)
{
	json_t *object = json_pack("{s:i, s:{s:o}}", "errno", errnum, "args", "resp", resp);
	struct stats_answer answer = { 0 };

	if (object)
		answer.text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(object);
	if (!answer.text)
		return answer;
	answer.len = strlen(answer.text);
	answer.text[answer.len++] = '\n'; /* where the 0 was */
	return answer;
}

/* A reason with half a letter of somebody else's in it is no text. */
struct stats_answer stats_reply_error(int errnum, const char *why)
{
	return answer(errnum, json_string(why) ?: json_string(strerror(errnum)));
}

static struct stats_answer reply_stats(const json_t *args, stats_read_fn read, void *client)
{
	const char *target = json_string_value(json_object_get(args, "target"));
	struct monitor_view view;
	char why[256];
	int err;

	if (target && strcmp(target, "top"))
		return stats_reply_error(EINVAL, "unknown target: there is only top");
	err = read(client, &view, why, sizeof(why));
	return err ? stats_reply_error(-err, why) : answer(0, stats_fields(&view));
}

/* Arguments are texts, whether they mean anything to us or not. */
static bool valid_args(json_t *args)
{
	const char *key;
	json_t *value;

	if (args && !json_is_object(args))
		return false;
	json_object_foreach(args, key, value)
	{
		if (!json_is_string(value))
			return false;
	}
	return true;
}

static struct stats_answer reply(const json_t *request, stats_read_fn read, void *client)
{
	const char *req = json_string_value(json_object_get(request, "req"));
	json_t *args = json_object_get(request, "args");

	if (!req)
		return stats_reply_error(EINVAL, "no request: an object with a text req is wanted");
	if (!valid_args(args))
		return stats_reply_error(EINVAL, "args is not an object of texts");
	if (!strcmp(req, "stats"))
		return reply_stats(args, read, client);
	if (!strcmp(req, "stats_meta"))
		return answer(0, stats_fields_meta());
	return stats_reply_error(EINVAL, "unknown request: there are stats and stats_meta");
}

struct stats_answer stats_reply(const char *line, size_t len, stats_read_fn read, void *client)
{
	json_error_t error;
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	struct stats_answer answer;

	if (!request)
		return stats_reply_error(EINVAL, error.text);
	answer = reply(request, read, client);
	json_decref(request);
	return answer;
}
