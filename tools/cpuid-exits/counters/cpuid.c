// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks CPUID: the processor's or a dump's.  A vCPU only answers for itself, so whoever
 * asks it has to run on it.  A hypervisor may keep the leaf from user mode: then root
 * has the kernel ask, with its cpuid devices.
 *
 * A dump is what "cpuid -r" prints:
 *
 *	CPU 0:
 *	   0x4fffffff 0x01: eax=0x00000001 ebx=0x454d564b ecx=0x... edx=0x...
 *
 * "CPU:" without a number heads answers of any CPU ("cpuid -1").  What keys are called where
 * it was made, this program adds:
 *
 *	# key 0x1e 0x903f8 0x3f8 serial8250 ttyS0, in 1 byte
 *
 * One run of cpuid answers one sub-leaf, so a file is usually many runs put
 * together.  Answers under equal CPU lines therefore belong together, wherever
 * they stand.  The same question answered twice is fine if the answers agree.
 * If they don't, the file holds samples of two times, there is no way to
 * tell which of the other answers goes with which, and it is refused.
 */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <asm/kvm_exit_stats.h>

#include "counters/cpuid.h"
#include "counters/lines.h"
#include "fail.h"
#include "xalloc.h"

/* Far more CPUs than Linux can have: the kernel refuses a set smaller than its own. */
#define NR_SETS		64

/* Where the kernel's cpuid devices are, a folder a CPU. */
#ifndef CPUID_DEVICES
#define CPUID_DEVICES	"/dev/cpu"
#endif

/* The device that was asked last.  It is asked from the first time on that it knew more. */
static struct {
	bool asked;
	int fd, cpu, error;
} device = { .fd = -1 };

static void add_answer(struct dump *dump, const struct dump_answer *answer)
{
	/* Room for as many again, whenever the number is a power of 2. */
	if (!(dump->nr & (dump->nr - 1)))
		dump->answers = xreallocarray(dump->answers, 2 * dump->nr + 1,
					      sizeof(*dump->answers));
	dump->answers[dump->nr++] = *answer;
}

/* "CPU:" or "CPU 12:"; changes @text. */
static bool parse_cpu(char *text, int *cpu)
{
	const size_t len = strlen(text);
	__u64 value;

	if (!strcmp(text, "CPU:")) {
		*cpu = DUMP_ANY_CPU;
		return true;
	}
	if (strncmp(text, "CPU ", 4) || text[len - 1] != ':')
		return false;
	text[len - 1] = '\0';
	if (parse_number(text + 4, 10, INT_MAX, &value))
		return false;
	*cpu = value;
	return true;
}

static bool parse_answer(const char *pos, struct dump_answer *answer)
{
	/* All 8 digits of a register are there, or the line was cut off. */
	const struct {
		const char *before;
		size_t min_digits;
		__u32 *value;
	} fields[] = {
		{ "0x", 8, &answer->leaf }, { " 0x", 1, &answer->subleaf },
		{ ": eax=0x", 8, &answer->regs.eax }, { " ebx=0x", 8, &answer->regs.ebx },
		{ " ecx=0x", 8, &answer->regs.ecx }, { " edx=0x", 8, &answer->regs.edx },
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const size_t len = strlen(fields[i].before);
		size_t digits;

		if (strncmp(pos, fields[i].before, len))
			return false;
		pos += len;
		digits = strspn(pos, "0123456789abcdefABCDEF");
		if (digits < fields[i].min_digits || digits > 8)
			return false;
		*fields[i].value = strtoul(pos, NULL, 16);
		pos += digits;
	}
	return !*pos;
}

static bool parse_name(struct dump *dump, const char *text)
{
	struct exit_count count = { .has_key = true };
	int len = 0;

	if (sscanf(text, "# key 0x%x 0x%llx %n", &count.code, &count.key, &len) != 2 || !len ||
	    !name_is_fine(text + len))
		return false;
	stpcpy(counters_add(&dump->names, &count)->name, text + len);
	return true;
}

static int load_lines(struct dump *dump, struct lines *lines)
{
	struct dump_answer answer = {};
	bool has_cpu = false;
	int ret;

	while ((ret = lines_next(lines, "\t\r")) > 0) {
		char *text = lines->text + strspn(lines->text, " \t");
		size_t len = strlen(text);

		while (len && strchr(" \t\r", text[len - 1]))
			text[--len] = '\0';
		if (!len)
			continue;
		answer.line = lines->nr;
		if (parse_cpu(text, &answer.cpu)) {
			has_cpu = true;
			continue;
		}
		if (parse_name(dump, text))
			continue;
		if (!parse_answer(text, &answer))
			return lines_bad(lines,
					 "neither a CPU line nor a leaf's registers as cpuid -r prints them");
		if (!has_cpu)
			return lines_bad(lines, "registers before any CPU line");
		/* A dump of the whole machine has many leaves; leaf 1 tells of a hypervisor. */
		if (answer.leaf == EXIT_STATS_LEAF || answer.leaf == 1)
			add_answer(dump, &answer);
	}
	return ret;
}

static int compare_questions(const void *one, const void *two)
{
	const struct dump_answer *a = one, *b = two;

	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? -1 : 1;
	return a->subleaf < b->subleaf ? -1 : a->subleaf > b->subleaf;
}

static int compare_lines(const void *one, const void *two)
{
	const struct dump_answer *a = one, *b = two;

	return compare_questions(a, b) ?: a->line < b->line ? -1 : a->line > b->line;
}

static int check_conflicts(const struct dump *dump)
{
	size_t i;

	for (i = 1; i < dump->nr; i++) {
		const struct dump_answer *a = &dump->answers[i - 1];
		const struct dump_answer *b = &dump->answers[i];

		/* Other leaves may differ: leaf 1 has the APIC id of whichever CPU. */
		if (b->leaf != EXIT_STATS_LEAF || compare_questions(a, b) ||
		    !memcmp(&a->regs, &b->regs, sizeof(a->regs)))
			continue;
		return fail("%s:%lu: sub-leaf 0x%02x has another answer in line %lu", dump->name,
			    b->line, b->subleaf, a->line);
	}
	return 0;
}

int dump_load(struct dump *dump, FILE *stream, const char *name)
{
	struct lines lines = { .stream = stream, .name = name };
	int ret;
	size_t i;

	*dump = (struct dump) { .name = name, .first_cpu = DUMP_ANY_CPU };
	ret = load_lines(dump, &lines);
	free(lines.text);
	if (ret || !dump->nr)
		return ret;
	for (i = 0; i < dump->nr; i++) {
		if (dump->answers[i].leaf == EXIT_STATS_LEAF) {
			dump->first_cpu = dump->answers[i].cpu;
			break;
		}
	}
	qsort(dump->answers, dump->nr, sizeof(*dump->answers), compare_lines);
	return check_conflicts(dump);
}

const struct dump_answer *dump_find(const struct dump *dump, int cpu, __u32 leaf, __u32 subleaf)
{
	const struct dump_answer key = { .cpu = cpu, .leaf = leaf, .subleaf = subleaf };

	if (!dump->nr)
		return NULL;
	return bsearch(&key, dump->answers, dump->nr, sizeof(key), compare_questions);
}

void dump_write(const struct dump *dump, FILE *stream)
{
	size_t i;

	for (i = 0; i < dump->nr; i++) {
		const struct dump_answer *answer = &dump->answers[i];
		const struct cpuid_regs *regs = &answer->regs;

		if (!i || answer->cpu != dump->answers[i - 1].cpu) {
			if (answer->cpu == DUMP_ANY_CPU)
				fprintf(stream, "CPU:\n");
			else
				fprintf(stream, "CPU %d:\n", answer->cpu);
		}
		fprintf(stream, "   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n",
			answer->leaf, answer->subleaf, regs->eax, regs->ebx, regs->ecx, regs->edx);
	}
	for (i = 0; i < dump->names.nr; i++)
		fprintf(stream, "# key 0x%x 0x%llx %s\n", dump->names.counts[i].code,
			dump->names.counts[i].key, dump->names.counts[i].name);
}

void dump_free(struct dump *dump)
{
	free(dump->answers);
	counters_free(&dump->names);
	*dump = (struct dump) {};
}

static bool is_identity(const struct cpuid_regs *regs)
{
	return regs->ebx == EXIT_STATS_SIGNATURE_EBX && regs->ecx == EXIT_STATS_SIGNATURE_ECX &&
	       regs->edx == EXIT_STATS_SIGNATURE_EDX;
}

/* Have the kernel execute CPUID; -1 with errno. */
static int ask_device(int cpu, __u32 leaf, __u32 subleaf, struct cpuid_regs *regs)
{
	char path[64];
	ssize_t len;

	if (cpu == DUMP_ANY_CPU)
		cpu = sched_getcpu();
	if (device.fd < 0 || device.cpu != cpu) {
		if (device.fd >= 0)
			close(device.fd);
		snprintf(path, sizeof(path), CPUID_DEVICES "/%d/cpuid", cpu);
		device.fd = open(path, O_RDONLY | O_CLOEXEC);
		device.cpu = cpu;
		if (device.fd < 0)
			return -1;
	}

	/* The sub-leaf is the upper half of the offset, which has a sign. */
	if (subleaf & EXIT_STATS_THIS_VCPU)
		subleaf ^= EXIT_STATS_THIS_VCPU | EXIT_STATS_THIS_VCPU_LOW;
	len = pread(device.fd, regs, sizeof(*regs), (off_t)subleaf << 32 | leaf);
	if (len == sizeof(*regs))
		return 0;
	if (len >= 0)
		errno = EIO;
	return -1;
}

static int ask_processor(struct source *source, __u32 leaf, __u32 subleaf,
			 struct cpuid_regs *regs)
{
	struct cpuid_regs known;

	if (!device.asked) {
		__cpuid_count(leaf, subleaf, regs->eax, regs->ebx, regs->ecx, regs->edx);
		if (leaf != EXIT_STATS_LEAF || subleaf != EXIT_STATS_IDENTITY ||
		    is_identity(regs))
			return 0;
	}

	device.error = ask_device(source->cpu, leaf, subleaf, &known) ? errno : 0;
	if (device.error)
		return !device.asked ? 0 :
		       source_bad(source, "cannot read the cpuid device of CPU %d: %s",
				  device.cpu, strerror(device.error));
	if (!device.asked) {
		source->asked++;
		if (!is_identity(&known))
			return 0;
		device.asked = true;
	}
	*regs = known;
	return 0;
}

const char *source_why_absent(const struct source *source)
{
	if (source->dump)
		return "";
	switch (device.error) {
	case 0:
		return ": it has none, or its policy keeps them from this guest";
	case EACCES:
	case EPERM:
		return ", to user mode at least: try as root";
	default:
		return ", to user mode at least: try 'modprobe cpuid'";
	}
}

int source_ask(struct source *source, __u32 leaf, __u32 subleaf, struct cpuid_regs *regs)
{
	struct dump_answer answer = { .cpu = source->cpu, .leaf = leaf, .subleaf = subleaf };
	const struct dump_answer *found = &answer;

	source->asked++;
	if (source->dump)
		found = dump_find(source->dump, source->cpu, leaf, subleaf);
	else if (ask_processor(source, leaf, subleaf, &answer.regs))
		return -1;
	if (!found)
		return -1;
	*regs = found->regs;
	if (source->log)
		add_answer(source->log, found);
	return 0;
}

/* Those with an answer of our leaf, or any, to say what is missing. */
static int *dump_cpus(const struct dump *dump, size_t *nr)
{
	int *cpus = xreallocarray(NULL, dump->nr + 1, sizeof(*cpus));
	size_t i;

	*nr = 0;
	for (i = 0; i < dump->nr; i++) {
		const struct dump_answer *answer = &dump->answers[i];

		if (answer->leaf == EXIT_STATS_LEAF && (!*nr || cpus[*nr - 1] != answer->cpu))
			cpus[(*nr)++] = answer->cpu;
	}
	if (!*nr)
		cpus[(*nr)++] = DUMP_ANY_CPU;
	return cpus;
}

int *source_cpus(const struct source *source, size_t *nr)
{
	cpu_set_t allowed[NR_SETS];
	int *cpus, cpu;

	if (source->dump)
		return dump_cpus(source->dump, nr);
	if (sched_getaffinity(0, sizeof(allowed), allowed)) {
		warn("cannot get the CPU affinity");
		return NULL;
	}
	cpus = xreallocarray(NULL, CPU_COUNT_S(sizeof(allowed), allowed), sizeof(*cpus));
	*nr = 0;
	for (cpu = 0; cpu < NR_SETS * CPU_SETSIZE; cpu++) {
		if (CPU_ISSET_S(cpu, sizeof(allowed), allowed))
			cpus[(*nr)++] = cpu;
	}
	return cpus;
}

int source_run_on(const struct source *source, const int *cpus, size_t nr)
{
	cpu_set_t set[NR_SETS] = {};
	size_t i;

	/* A device is one CPU's, whoever reads it; what was pinned before is unpinned. */
	if (source->dump || (device.asked && nr == 1))
		return 0;
	for (i = 0; i < nr; i++)
		CPU_SET_S(cpus[i], sizeof(set), set);
	return sched_setaffinity(0, CPU_ALLOC_SIZE(cpus[nr - 1] + 1), set);
}

int source_bad(const struct source *source, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!source->dump)
		return fail("%s", text);
	if (source->cpu == DUMP_ANY_CPU)
		return fail("%s: %s", source->dump->name, text);
	return fail("%s: CPU %d: %s", source->dump->name, source->cpu, text);
}
