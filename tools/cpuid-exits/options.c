// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options that most commands have, and arguments that most options have.
 * What is wrong with them ends the program, after saying so on stderr.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "clock.h"
#include "options.h"

static void set_form(struct output *output, enum form form)
{
	if (output->table.form != FORM_PLAIN && output->table.form != form)
		errx(EXIT_FAILURE, "--json, --csv and --raw exclude each other");
	output->table.form = form;
}

/**
 * output_option - take one of the options that most commands have
 * @output: changes
 * @opt: what getopt_long() returned and the command doesn't know itself
 */
void output_option(struct output *output, int opt)
{
	switch (opt) {
	case 'J':
		set_form(output, FORM_JSON);
		break;
	case OPT_CSV:
		set_form(output, FORM_CSV);
		break;
	case OPT_RAW:
	case 'r':
		set_form(output, FORM_RAW);
		break;
	case 'n':
		output->table.no_headings = true;
		break;
	case 'o':
		output->names = optarg;
		break;
	case 's':
		if (column_find(&output->table.sort, optarg, strlen(optarg), output->set))
			exit(EXIT_FAILURE);
		break;
	case OPT_ALL:
		output->table.all = true;
		break;
	case 'h':
		output->help();
		exit(EXIT_SUCCESS);
	case 'V':
		printf("cpuid-exits %s\n", CPUID_EXITS_VERSION);
		exit(EXIT_SUCCESS);
	default:
		/* getopt_long() has said why. */
		exit(EXIT_FAILURE);
	}
}

/* People get what fits on a line, programs all, and nothing less than without. */
static unsigned int default_columns(const struct output *output, __u32 features)
{
	unsigned int defaults = output->defaults;

	if (!(features & KVM_EXIT_STATS_F_AWAY))
		return defaults;
	if (output->table.form == FORM_PLAIN)
		defaults &= ~COLUMNS_OF_HANDLING;
	else
		defaults |= COLUMN_BIT(COL_AWAY);
	return defaults | (output->set & (COLUMN_BIT(COL_AWAY_SHARE) | COLUMNS_OF_LENGTHS));
}

/**
 * output_finish - choose the columns, when all options are known
 * @output: changes
 * @features: KVM_EXIT_STATS_F_* of what there is to show
 */
void output_finish(struct output *output, __u32 features)
{
	const unsigned int defaults = default_columns(output, features);

	columns_all(&output->table.columns, defaults);
	if (output->names &&
	    columns_select(&output->table.columns, output->names, output->set))
		exit(EXIT_FAILURE);
}

/**
 * output_features - tell what has to be read for what is to be shown
 * @output: changes as by output_finish(), which also checks it
 *
 * Return: KVM_EXIT_STATS_F_*.
 */
__u32 output_features(struct output *output)
{
	output_finish(output, KVM_EXIT_STATS_F_AWAY | KVM_EXIT_STATS_F_BUCKETS);
	return columns_features(&output->table.columns) |
	       column_info[output->table.sort].features;
}

/**
 * no_arguments - refuse what is left behind the options
 * @argc: of main()
 * @argv: of main(), after getopt_long()
 */
void no_arguments(int argc, char **argv)
{
	if (optind < argc)
		errx(EXIT_FAILURE, "unexpected argument '%s'", argv[optind]);
}

/**
 * parse_seconds - read a time
 * @text: seconds, maybe with a fraction
 * @what: what it is, for messages
 * @min_ns: the least that makes sense
 *
 * Return: nanoseconds.
 */
__u64 parse_seconds(const char *text, const char *what, __u64 min_ns)
{
	const double limit = 1e9;
	double value;
	char *end;

	/* No blanks, signs, "inf", "nan" or hexadecimal. */
	if (!*text || strspn(text, "0123456789.") != strlen(text))
		errx(EXIT_FAILURE, "%s '%s' is not a number of seconds", what, text);
	value = strtod(text, &end);
	if (*end || end == text)
		errx(EXIT_FAILURE, "%s '%s' is not a number of seconds", what, text);
	if (value * NS_PER_S < min_ns)
		errx(EXIT_FAILURE, "%s '%s' is less than %g s", what, text,
		     (double)min_ns / NS_PER_S);
	if (value > limit)
		errx(EXIT_FAILURE, "%s '%s' is more than %.0f s", what, text, limit);
	return value * NS_PER_S + 0.5;
}

/**
 * parse_count - read a number of times
 * @text: the number
 * @what: what it is, for messages
 *
 * Return: the number, at least 1.
 */
unsigned int parse_count(const char *text, const char *what)
{
	unsigned long value;

	errno = 0;
	value = strtoul(text, NULL, 10);
	if (!*text || strspn(text, "0123456789") != strlen(text) ||
	    errno || !value || value > INT_MAX)
		errx(EXIT_FAILURE, "%s '%s' is not a number from 1 to %d", what, text, INT_MAX);
	return value;
}
