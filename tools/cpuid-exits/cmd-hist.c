// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid-exits hist: how long the absences of one reason were.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "absences.h"
#include "commands.h"
#include "histogram.h"
#include "names.h"
#include "options.h"
#include "recording.h"
#include "xalloc.h"

#define HIST_FEATURES	(KVM_EXIT_STATS_F_AWAY | KVM_EXIT_STATS_F_BUCKETS)

struct hist_options {
	struct output output;
	const char *input;
	bool vcpus;
	const char *reason;
};

/**
 * struct hist - what is shown
 * @spans: of the VM or of each vCPU, and that for each part of a recording
 * @nr: number of @spans
 * @code: the reason
 * @is_chosen: nobody asked for this reason
 */
struct hist {
	struct span *spans;
	size_t nr;
	__u32 code;
	bool is_chosen;
};

static void print_help(void)
{
	printf("Usage:\n"
	       " cpuid-exits hist [options] [<code>|<name>]\n"
	       "\n"
	       "Draw how long this virtual machine was away for one reason, which may be named by\n"
	       "the begin of its name.  Without one it is the reason that most time was lost to,\n"
	       "but HLT.\n"
	       "\n"
	       "Options:\n"
	       "     --vcpus            show each vCPU on its own\n"
	       HELP_OF_FORMS
	       HELP_OF_RAW
	       " -n, --noheadings       don't print headings\n"
	       "     --input <file>     read such a dump or recording, not this processor;\n"
	       "                          - is stdin\n"
	       HELP_OF_HELP);
}

static void parse_options(struct hist_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "csv",	no_argument,		NULL, OPT_CSV },
		{ "help",	no_argument,		NULL, 'h' },
		{ "input",	required_argument,	NULL, OPT_INPUT },
		{ "json",	no_argument,		NULL, 'J' },
		{ "noheadings",	no_argument,		NULL, 'n' },
		{ "raw",	no_argument,		NULL, OPT_RAW },
		{ "vcpus",	no_argument,		NULL, OPT_VCPUS },
		{ "version",	no_argument,		NULL, 'V' },
		{}
	};
	int opt;

	options->output.help = print_help;
	while ((opt = getopt_long(argc, argv, "hJnrV", long_options, NULL)) != -1) {
		switch (opt) {
		case OPT_INPUT:
			options->input = optarg;
			break;
		case OPT_VCPUS:
			options->vcpus = true;
			break;
		default:
			output_option(&options->output, opt);
		}
	}
	if (optind < argc)
		options->reason = argv[optind++];
	no_arguments(argc, argv);
}

/* The reason that was asked for, or the one that most time was lost to. */
static int choose_code(struct hist *hist, const char *reason)
{
	const struct snapshot *counts = &hist->spans[0].counts;
	const __u32 hlt_code = snapshot_hlt_code(counts);
	struct span sum = {};
	__u64 most = 0;
	size_t i;
	int ret = 0;

	if (reason)
		return exit_find(counts->isa, reason, &hist->code);
	hist->is_chosen = true;
	for (i = 0; !ret && i < hist->nr; i++)
		ret = span_add(&sum, &hist->spans[i]);
	for (i = 0; !ret && i < sum.counts.nr; i++) {
		const struct exit_record *record = &sum.counts.records[i];

		if (record->code == hlt_code || record->away <= most)
			continue;
		most = record->away;
		hist->code = record->code;
	}
	span_free(&sum);
	if (!ret && !most) {
		warnx("no time was lost to any reason");
		ret = -1;
	}
	return ret;
}

static void print_heading(const struct hist *hist, const struct row *row)
{
	static const struct {
		const char *text;
		enum column column;
	} facts[] = {
		{ ", %s ns on average",		COL_MEAN_NS },
		{ ", half up to %s ns",		COL_P50_NS },
		{ ", 99 %% up to %s ns",	COL_P99_NS },
		{ ", all up to %s ns",		COL_MAX_NS },
		{}
	};
	const __u64 nr = absences_count(&row->record);
	char text[CELL_SIZE];
	size_t i;

	if (row_cell(row, COL_PART, true, text))
		printf(" Part %s", text);
	if (row_cell(row, COL_VCPU, true, text))
		printf(" vCPU %s", text);
	row_cell(row, COL_REASON, true, text);
	printf(" %s%s\n %llu absence%s", text,
	       hist->is_chosen ? ", the reason that most time was lost to" : "", nr,
	       nr == 1 ? "" : "s");
	for (i = 0; facts[i].text; i++) {
		if (row_cell(row, facts[i].column, true, text))
			printf(facts[i].text, text);
	}
	printf(nr ? "\n\n" : "\n");
}

static int draw(const struct hist *hist, const struct row *rows, bool no_headings)
{
	size_t i;

	for (i = 0; i < hist->nr; i++) {
		if (i)
			putchar('\n');
		print_heading(hist, &rows[i]);
		if (absences_count(&rows[i].record) && histogram_draw(&rows[i], no_headings))
			return -1;
	}
	return 0;
}

static int print(const struct hist *hist, const struct table_options *table)
{
	struct row *rows = xreallocarray(NULL, hist->nr, sizeof(*rows));
	struct json json = { .stream = stdout };
	size_t i;
	int ret = 0;

	for (i = 0; i < hist->nr; i++)
		rows[i] = histogram_row(&hist->spans[i], hist->code);
	if (table->form == FORM_PLAIN) {
		ret = draw(hist, rows, table->no_headings);
	} else if (table->form == FORM_JSON) {
		json_open(&json, NULL);
		histogram_print_json(rows, hist->nr, &json);
		json_close(&json);
	} else {
		ret = histogram_print(rows, hist->nr, table);
	}
	free(rows);
	return ret;
}

static int show(struct hist *hist, const struct hist_options *options)
{
	if (choose_code(hist, options->reason))
		return -1;
	return print(hist, &options->output.table);
}

/* Of a dump, or of this processor if that is NULL. */
static int show_counters(const struct hist_options *options, const struct dump *dump)
{
	struct source source = {
		.dump = dump,
		.cpu = dump ? dump->first_cpu : DUMP_ANY_CPU,
		.features = HIST_FEATURES,
	};
	struct reading reading;
	struct hist hist = {};
	int ret = -1;

	if (reading_take(&reading, &source, options->vcpus))
		return -1;
	if (reading.snaps[0].features & KVM_EXIT_STATS_F_BUCKETS) {
		spans_whole(&hist.spans, &hist.nr, &reading);
		ret = show(&hist, options);
		spans_free(hist.spans, hist.nr);
	} else {
		source_warn(&source,
			    "the hypervisor does not measure time away (exit_stats is below 2)");
	}
	reading_free(&reading);
	return ret;
}

static int show_dump(const struct hist_options *options)
{
	struct dump dump;
	int ret = dump_load(&dump, options->input);

	if (!ret)
		ret = show_counters(options, &dump);
	dump_free(&dump);
	return ret;
}

/* Parts in which time away was not measured are left out. */
static int show_recorded(const struct hist_options *options, const struct recording *rec)
{
	struct hist hist = {};
	bool has_spans = false;
	size_t part, i;
	int ret = -1;

	for (part = 0; part < rec->nr; part++) {
		for (i = 0; i < rec->parts[part].nr; i++) {
			const struct span *span = &rec->parts[part].spans[i];

			has_spans = true;
			if (!(span->counts.features & KVM_EXIT_STATS_F_BUCKETS))
				continue;
			hist.spans = xreallocarray(hist.spans, hist.nr + 1, sizeof(*hist.spans));
			hist.spans[hist.nr] = *span;
			/* Of one part only, it goes without saying. */
			if (rec->nr == 1)
				hist.spans[hist.nr].part = 0;
			hist.nr++;
		}
	}
	for (i = 1; i < hist.nr; i++) {
		if (hist.spans[i].counts.isa == hist.spans[0].counts.isa)
			continue;
		warnx("%s: its parts are not of the same instruction set", rec->path);
		goto out;
	}
	if (!has_spans)
		warnx("%s: less than two samples", rec->path);
	else if (!hist.nr)
		warnx("%s: the hypervisor did not measure time away (exit_stats was below 2)",
		      rec->path);
	else
		ret = show(&hist, options);
out:
	free(hist.spans);
	return ret;
}

static int show_recording(const struct hist_options *options)
{
	struct recording rec;
	int ret;

	if (options->vcpus)
		errx(EXIT_FAILURE, "--vcpus is not for recordings, which have vCPUs or not");
	ret = recording_load(&rec, options->input, 0, ~0ULL);
	if (!ret)
		ret = show_recorded(options, &rec);
	recording_free(&rec);
	return ret;
}

/* A recording begins with a comment, which a dump never has. */
static bool is_recording(const char *path)
{
	FILE *stream = strcmp(path, "-") ? fopen(path, "r") : stdin;
	int first;

	if (!stream)
		return false;
	first = getc(stream);
	if (stream != stdin)
		fclose(stream);
	else if (first != EOF)
		ungetc(first, stream);
	return first == '#';
}

/**
 * cmd_hist - how long the absences of one reason were
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the program's status.
 */
int cmd_hist(int argc, char **argv)
{
	struct hist_options options = {};
	int ret;

	parse_options(&options, argc, argv);
	if (!options.input)
		ret = show_counters(&options, NULL);
	else if (is_recording(options.input))
		ret = show_recording(&options);
	else
		ret = show_dump(&options);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
