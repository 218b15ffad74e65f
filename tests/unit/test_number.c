/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of the command line are read strictly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/number.h"

static void test_whole(void **state)
{
	static const char *const bad[] = {
		"", "-1", "+1", "1 ", " 1", "1x", "0x1", "1.0", "101", "0", "99999999999999999999"
	};
	unsigned long number;
	size_t i;

	(void)state;
	assert_true(number_parse("1", 1, 100, &number));
	assert_int_equal(number, 1);
	assert_true(number_parse("100", 1, 100, &number));
	assert_int_equal(number, 100);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(number_parse(bad[i], 1, 100, &number));
}

static void test_decimal(void **state)
{
	static const char *const bad[] = { "",	  ".",	 ".5",	"1.",  "-1",   "1e3",  "nan",
					   "inf", "0.4", "2.6", "1,5", "1.5s", "1.5.1" };
	double number;
	size_t i;

	(void)state;
	assert_true(number_parse_decimal("0.5", 0.5, 2.5, &number));
	assert_true(number == 0.5);
	assert_true(number_parse_decimal("2", 0.5, 2.5, &number));
	assert_true(number == 2);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(number_parse_decimal(bad[i], 0.5, 2.5, &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
