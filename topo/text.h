/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for people: lines filled word by word up to 100 columns, CPU lists, sizes. */
#ifndef SCX_TOPO_TEXT_H
#define SCX_TOPO_TEXT_H

#include <hwloc.h>
#include <stdbool.h>
#include <stdio.h>

#define TEXT_COLUMNS 100

/* SGR codes of a terminal; STYLE_KIND + i is that of the i-th kind from the most powerful one. */
enum text_style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_KIND };

struct text {
	FILE *out;
	bool color;
	int column;    /* of the line being filled, 0: none has begun */
	int gap;       /* 1: one more space is to come before the next word */
	int indent;    /* of the lines that continue it */
	int lines;     /* of the paragraph */
	int max_lines; /* the rest of it is left out and "..." written; 0: no limit */
};

/* Begins a paragraph at column `indent`, continued at column `hanging`. */
void text_begin(struct text *text, int indent, int hanging);

/* Adds words that stay together, after one space; overlong ones are cut. */
__attribute__((format(printf, 3, 4))) void text_word(struct text *text, enum text_style style,
						     const char *format, ...);

/* Widens the space before the next word. */
void text_gap(struct text *text);

/* Fills with spaces up to a column. */
void text_tab(struct text *text, int column);
void text_end(struct text *text);

/*
 * "0-7,192-199"; three or more at equal steps as "0-76:4". Cut with "..." where the room of at
 * least 16 bytes ends.
 */
void text_cpulist(char *buffer, size_t size, hwloc_const_bitmap_t cpus);

/* "1.25 MiB"; "" for 0, which means unknown. */
void text_size(char *buffer, size_t size, unsigned long long bytes);

/* A name that came with the topology, without anything that could steer a terminal. */
void text_name(char *buffer, size_t size, const char *name);

#endif
