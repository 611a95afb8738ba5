// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits compare: recordings side by side.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "commands.h"
#include "comparison.h"
#include "names.h"
#include "options.h"

#define DEFAULT_COLUMNS							\
	(COLUMN_BIT(COL_CODE) | COLUMN_BIT(COL_REASON) | COLUMN_BIT(COL_EXITS) | \
	 COLUMN_BIT(COL_DIFF) | COLUMN_BIT(COL_RATIO) | COLUMN_BIT(COL_RATE) |	\
	 COLUMN_BIT(COL_CYCLES))
#define COMPARE_COLUMNS							\
	(DEFAULT_COLUMNS | COLUMN_BIT(COL_ISA) | COLUMN_BIT(COL_CYCLES_DIFF) |	\
	 COLUMN_BIT(COL_CYCLES_RATIO) | COLUMN_BIT(COL_AWAY) |		\
	 COLUMN_BIT(COL_AWAY_DIFF) | COLUMN_BIT(COL_AWAY_RATIO) | COLUMNS_OF_LENGTHS)

/* Where all recordings have time away, people see that instead, and programs all. */
#define AWAY_COLUMNS							\
	(COLUMN_BIT(COL_AWAY) | COLUMN_BIT(COL_AWAY_RATIO) | COLUMN_BIT(COL_P99_NS))
#define NOT_AWAY_COLUMNS	(COLUMN_BIT(COL_RATE) | COLUMN_BIT(COL_CYCLES))

static const char *const normalize_names[] = {
	[NORMALIZE_NOT] = NULL,
	[NORMALIZE_TIME] = "time",
	[NORMALIZE_COMMAND] = "command",
	[NORMALIZE_EXITS] = "exits",
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits compare [options] <file> <file>...\n"
	       "\n"
	       "Show the exits in recordings side by side; the biggest change from the first\n"
	       "recording to another comes first.\n"
	       "\n"
	       "Options:\n"
	       "     --normalize <by>   compare exits, cycles and cycles away by\n"
	       "                          time      per second\n"
	       "                          command   per run of the command recorded\n"
	       "                          exits     per 1000 exits of the recording\n"
	       HELP_OF_FORMS
	       HELP_OF_RAW
	       HELP_OF_COLUMNS
	       HELP_OF_HELP);
	columns_help(COMPARE_COLUMNS);
}

static enum normalize parse_normalize(const char *text)
{
	enum normalize i;

	for (i = NORMALIZE_TIME; i <= NORMALIZE_EXITS; i++) {
		if (!strcmp(text, normalize_names[i]))
			return i;
	}
	errx(EXIT_FAILURE, "--normalize '%s' is not time, command or exits", text);
}

static void parse_options(struct output *output, struct comparison *comp, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "csv",	no_argument,		NULL, OPT_CSV },
		{ "help",	no_argument,		NULL, 'h' },
		{ "json",	no_argument,		NULL, 'J' },
		{ "noheadings",	no_argument,		NULL, 'n' },
		{ "normalize",	required_argument,	NULL, OPT_NORMALIZE },
		{ "output",	required_argument,	NULL, 'o' },
		{ "raw",	no_argument,		NULL, OPT_RAW },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	int opt;

	output->set = COMPARE_COLUMNS;
	output->defaults = DEFAULT_COLUMNS;
	output->help = print_help;
	while ((opt = getopt_long(argc, argv, "hJno:rV", long_options, NULL)) != -1) {
		if (opt == OPT_NORMALIZE)
			comp->normalize = parse_normalize(optarg);
		else
			output_option(output, opt);
	}
	if (argc - optind < 2)
		errx(EXIT_FAILURE, "compare: less than two recordings given");
	if (argc - optind > MAX_SIDES)
		errx(EXIT_FAILURE, "compare: more than %d recordings given", MAX_SIDES);
}

static bool all_have_away(const struct comparison *comp)
{
	size_t i;

	for (i = 0; i < comp->nr; i++) {
		if (!(comp->sides[i].sum.counts.features & KVM_EXIT_STATS_F_AWAY))
			return false;
	}
	return true;
}

/* All exits of a recording; the vCPUs of a part had the same time. */
static int sum_up(struct side *side)
{
	const struct recording *rec = &side->rec;
	const struct snapshot *sum = &side->sum.counts;
	size_t part, i;

	for (part = 0; part < rec->nr; part++) {
		for (i = 0; i < rec->parts[part].nr; i++) {
			struct span span = rec->parts[part].spans[i];

			if (side->sum.runs && span.counts.isa != sum->isa) {
				warnx("%s:%lu: this part is not of the first one's instruction set",
				      rec->path, rec->parts[part].first);
				return -1;
			}
			if (side->sum.runs && span.counts.tsc_khz != sum->tsc_khz)
				warnx("%s:%lu: cycles are longer or shorter from here on",
				      rec->path, rec->parts[part].first);
			if (i)
				span.elapsed_ns = 0;
			if (span_add(&side->sum, &span))
				return -1;
		}
	}
	if (side->sum.runs)
		return 0;
	warnx("%s: less than two samples", rec->path);
	return -1;
}

static int set_divisor(struct side *side, enum normalize normalize)
{
	const struct recording *rec = &side->rec;

	side->divisor = 1;
	switch (normalize) {
	case NORMALIZE_NOT:
		break;
	case NORMALIZE_TIME:
		side->divisor = (long double)side->sum.elapsed_ns / NS_PER_S;
		break;
	case NORMALIZE_COMMAND:
		if (!rec->command) {
			warnx("%s: no command was recorded", rec->path);
			return -1;
		}
		if (!rec->end) {
			warnx("%s: the end of the command was not recorded", rec->path);
			return -1;
		}
		break;
	case NORMALIZE_EXITS:
		if (!side->sum.counts.total.exits) {
			warnx("%s: no exits were recorded", rec->path);
			return -1;
		}
		side->divisor = side->sum.counts.total.exits / 1000.0L;
		break;
	}
	return 0;
}

static int load(struct side *side, const char *path, enum normalize normalize)
{
	if (recording_load(&side->rec, path, 0, ~0ULL))
		return -1;
	return sum_up(side) || set_divisor(side, normalize) ? -1 : 0;
}

static bool differ(const char *a, const char *b)
{
	return strcmp(a ?: "", b ?: "");
}

/* What makes numbers hard to compare.  Returns whether the ISAs differ. */
static bool tell_differences(const struct comparison *comp)
{
	const struct side *first = &comp->sides[0];
	bool isas_differ = false;
	size_t i;

	for (i = 1; i < comp->nr; i++) {
		const struct side *side = &comp->sides[i];
		const struct snapshot *a = &first->sum.counts, *b = &side->sum.counts;

		if (a->isa != b->isa) {
			warnx("%s is of %s, %s of %s: their codes and reasons are not the same",
			      first->rec.path, isa_name(a->isa), side->rec.path, isa_name(b->isa));
			isas_differ = true;
		}
		if (a->tsc_khz != b->tsc_khz)
			warnx("%s has a TSC of %u kHz, %s of %u kHz: their cycles differ in length",
			      first->rec.path, a->tsc_khz, side->rec.path, b->tsc_khz);
		if (differ(first->rec.tool, side->rec.tool) || first->rec.abi != side->rec.abi)
			warnx("%s was made by %s (ABI %u), %s by %s (ABI %u)",
			      first->rec.path, first->rec.tool ?: "an unknown tool", first->rec.abi,
			      side->rec.path, side->rec.tool ?: "an unknown tool", side->rec.abi);
	}
	return isas_differ;
}

static void print_legend(const struct comparison *comp)
{
	size_t i;

	for (i = 0; i < comp->nr; i++) {
		const struct side *side = &comp->sides[i];

		printf(" %c  %s: %s, %.6Lf s on %u CPU%s, %llu exits by own queries", 'A' + (int)i,
		       side->rec.path, isa_name(side->sum.counts.isa),
		       (long double)side->sum.elapsed_ns / NS_PER_S, side->sum.cpus,
		       side->sum.cpus == 1 ? "" : "s", side->sum.counts.own);
		if (side->rec.command)
			printf(": %s", side->rec.command);
		putchar('\n');
	}
	putchar('\n');
}

static void print_json(const struct comparison *comp, const struct table_options *table)
{
	struct json json = { .stream = stdout };
	struct grid exits = {}, totals = {};
	size_t i;

	json_open(&json, NULL);
	json_string(&json, "normalize", normalize_names[comp->normalize]);
	json_array_open(&json, "recordings");
	for (i = 0; i < comp->nr; i++) {
		const struct side *side = &comp->sides[i];
		const char letter[] = { 'a' + (int)i, '\0' };

		json_open(&json, NULL);
		json_string(&json, "recording", letter);
		json_string(&json, "file", side->rec.path);
		json_string(&json, "tool", side->rec.tool);
		json_string(&json, "command", side->rec.command);
		json_string(&json, "isa", isa_name(side->sum.counts.isa));
		json_number(&json, "tsc-khz", "%u", side->sum.counts.tsc_khz);
		json_number(&json, "seconds", "%.6Lf",
			    (long double)side->sum.elapsed_ns / NS_PER_S);
		json_number(&json, "cpus", "%u", side->sum.cpus);
		json_number(&json, "own-exits", "%llu", side->sum.counts.own);
		json_close(&json);
	}
	json_array_close(&json);

	comparison_table(comp, &table->columns, FORM_JSON, &exits, &totals);
	grid_print_json(&exits, "exits", &json);
	grid_print_json(&totals, "totals", &json);
	grid_free(&exits);
	grid_free(&totals);
	json_close(&json);
}

static int print(const struct comparison *comp, const struct table_options *table)
{
	struct grid rows = {}, totals = {};
	size_t i;
	int ret;

	if (table->form == FORM_JSON) {
		print_json(comp, table);
		return 0;
	}
	if (table->form == FORM_PLAIN)
		print_legend(comp);
	comparison_table(comp, &table->columns, table->form, &rows,
			 table->form == FORM_PLAIN ? &rows : &totals);
	ret = grid_print(&rows, table->form, table->no_headings, stdout);
	for (i = 0; !ret && table->form == FORM_PLAIN && i < comp->nr; i++) {
		if (table_footer(&comp->sides[i].sum, &table->columns, stdout))
			break;
	}
	grid_free(&rows);
	grid_free(&totals);
	return ret;
}

/**
 * cmd_compare - recordings side by side
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status.
 */
int cmd_compare(int argc, char **argv)
{
	struct comparison comp = {};
	struct output output = {};
	int ret = 0;
	size_t i;

	parse_options(&output, &comp, argc, argv);
	for (; !ret && optind < argc; optind++)
		ret = load(&comp.sides[comp.nr++], argv[optind], comp.normalize);
	if (!ret) {
		if (tell_differences(&comp))
			output.defaults |= COLUMN_BIT(COL_ISA);
		/* It would be there twice. */
		if (comp.normalize == NORMALIZE_TIME)
			output.defaults &= ~COLUMN_BIT(COL_RATE);
		if (all_have_away(&comp)) {
			output.defaults |= AWAY_COLUMNS;
			if (output.table.form == FORM_PLAIN)
				output.defaults &= ~NOT_AWAY_COLUMNS;
			else
				output.defaults |= COLUMNS_OF_LENGTHS;
		}
		output_finish(&output, 0);
		ret = print(&comp, &output.table);
	}

	for (i = 0; i < comp.nr; i++) {
		span_free(&comp.sides[i].sum);
		recording_free(&comp.sides[i].rec);
	}
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
