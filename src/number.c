/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

#define DIGITS "0123456789"

bool number_parse(const char *text, unsigned long min, unsigned long max, unsigned long *number)
{
	if (!text[0] || text[strspn(text, DIGITS)])
		return false;
	errno = 0;
	*number = strtoul(text, NULL, 10);
	return !errno && *number >= min && *number <= max;
}

bool number_parse_decimal(const char *text, double min, double max, double *number)
{
	size_t whole = strspn(text, DIGITS), fraction = 0;

	if (text[whole] == '.')
		fraction = strspn(text + whole + 1, DIGITS);
	if (!whole || (text[whole] && (!fraction || text[whole + 1 + fraction])))
		return false;
	errno = 0;
	*number = strtod(text, NULL);
	return !errno && *number >= min && *number <= max;
}
