/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers from the command line: the whole text has to be one, of digits, within the bounds. */
#ifndef SCX_TOPO_NUMBER_H
#define SCX_TOPO_NUMBER_H

#include <stdbool.h>

bool number_parse(const char *text, unsigned long min, unsigned long max, unsigned long *number);

/* With a decimal point or without: "2", "0.5"; no sign, no exponent. */
bool number_parse_decimal(const char *text, double min, double max, double *number);

#endif
