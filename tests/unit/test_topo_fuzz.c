/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Damaged files: each is refused with a reason, or loads as a topology in which everything holds.
 * SEED=n repeats one run, ROUNDS=n makes it longer. Run from the top of the repository.
 */
#include "invariants.h"
#include "tree.h"

#define FIXTURES "tests/fixtures/topologies/"

static unsigned long number_from(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

static size_t read_fixture(const char *name, char *text, size_t size)
{
	char path[256];
	FILE *in;
	size_t length;

	snprintf(path, sizeof(path), FIXTURES "%s", name);
	in = fopen(path, "r");
	assert_non_null(in);
	length = fread(text, 1, size - 1, in);
	assert_true(length < size - 1);
	text[length] = '\0';
	fclose(in);
	return length;
}

/* A place just behind a random quotation mark, where values begin and end. */
static size_t quoted(const char *text, size_t length)
{
	const char *quote = strchr(text + random() % length, '"');

	return quote ? (size_t)(quote + 1 - text) : 0;
}

static void change_digit(char *text, size_t length)
{
	size_t at = quoted(text, length);

	for (int i = random() % 12; i > 0 && text[at]; i--)
		at++;
	if (isxdigit((unsigned char)text[at]))
		text[at] = "0123456789abcdef"[random() % 16];
}

static void change_byte(char *text, size_t length)
{
	text[random() % length] = ' ' + random() % 95;
}

/* Copies a piece over another: lines get lost, come twice, or begin in the middle of others. */
static void copy_piece(char *text, size_t length)
{
	size_t size = random() % (length / 8), from = random() % (length - size);

	memmove(text + random() % (length - size), text + from, size);
}

static void cut(char *text, size_t length)
{
	text[random() % length] = '\0';
}

static void damage(char *text, size_t length)
{
	static void (*const ways[])(char *, size_t) = { change_digit, change_digit, change_digit,
							change_byte,  copy_piece,   cut };

	for (int i = 1 + random() % 4; i > 0 && (length = strlen(text)) > 64; i--)
		ways[random() % (sizeof(ways) / sizeof(ways[0]))](text, length);
}

static void damaged_files(void **state)
{
	static const char *const names[] = { "01-disallowed.xml", "02-intel-arl-225u-lpe.xml",
					     "04-arm-gb10-two-llc.xml",
					     "12-x86-offline-cpu0-node0.xml" };
	unsigned long seed = number_from("SEED", 1), rounds = number_from("ROUNDS", 60);
	char *text = calloc(1, 1 << 17), reason[512], path[128];
	int loaded = 0;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	snprintf(path, sizeof(path), "%s/damaged.xml", tree.root);
	for (unsigned long round = 0; round < rounds; round++) {
		struct topo_source source = { .type = TOPO_XML, .arg = path };
		struct topo *topo;

		print_message("SEED=%lu\n", seed + round);
		srandom(seed + round);
		damage(text, read_fixture(names[random() % 4], text, 1 << 17));
		tree_write(&tree, "damaged.xml", text);
		if (topo_load(&source, &topo, reason, sizeof(reason)) < 0) {
			assert_int_not_equal(reason[0], '\0');
			assert_null(strchr(reason, '\n'));
			continue;
		}
		check_invariants(topo);
		topo_free(topo);
		loaded++;
	}
	/* Not all of the damage is seen by hwloc: that is what is tested here. */
	assert_in_range(loaded, rounds / 10, rounds);
	tree_remove(&tree);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
