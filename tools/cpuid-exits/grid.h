/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_GRID_H
#define CPUID_EXITS_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "json.h"

/**
 * enum form - how to print
 * @FORM_PLAIN: for eyes
 * @FORM_RAW: fields for awk
 * @FORM_CSV: RFC 4180, but lines end as everywhere here
 * @FORM_JSON: JSON
 */
enum form {
	FORM_PLAIN,
	FORM_RAW,
	FORM_CSV,
	FORM_JSON,
};

/**
 * struct grid_column - a column
 * @name: its heading; in JSON, in small letters, the name of its members
 * @is_text: not numbers
 */
struct grid_column {
	char *name;
	bool is_text;
};

/**
 * struct grid_cell - a cell
 * @text: NULL if there is nothing to say
 * @color: as libsmartcols names them, or NULL
 */
struct grid_cell {
	char *text;
	const char *color;
};

/**
 * struct grid - a table of texts
 * @columns: the columns
 * @nr_columns: number of @columns
 * @cells: row after row
 * @nr_rows: number of rows
 */
struct grid {
	struct grid_column *columns;
	size_t nr_columns;
	struct grid_cell *cells;
	size_t nr_rows;
};

void grid_add_column(struct grid *grid, const char *name, bool is_text);
struct grid_cell *grid_add_row(struct grid *grid);
void grid_set(struct grid_cell *cell, const char *text);
int grid_print(const struct grid *grid, enum form form, bool no_headings, FILE *stream);
void grid_print_json(const struct grid *grid, const char *name, struct json *json);
void grid_free(struct grid *grid);

#endif /* CPUID_EXITS_GRID_H */
