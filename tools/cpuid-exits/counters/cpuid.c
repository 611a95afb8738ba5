// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks CPUID: the processor's or a dump's.  A vCPU only answers for itself, so whoever
 * asks it has to run on it.
 */
#include <cpuid.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>

#include "counters/cpuid.h"
#include "fail.h"
#include "xalloc.h"

/* Far more CPUs than Linux can have: the kernel refuses a set smaller than its own. */
#define NR_SETS		64

int source_ask(struct source *source, __u32 leaf, __u32 subleaf, struct cpuid_regs *regs)
{
	source->asked++;
	if (source->dump) {
		const struct dump_answer *found;

		found = dump_find(source->dump, source->cpu, leaf, subleaf);
		if (!found)
			return -1;
		*regs = found->regs;
	} else {
		__cpuid_count(leaf, subleaf, regs->eax, regs->ebx, regs->ecx, regs->edx);
	}
	if (source->log) {
		const struct dump_answer answer = {
			.cpu = source->cpu,
			.leaf = leaf,
			.subleaf = subleaf,
			.regs = *regs,
		};

		dump_add(source->log, &answer);
	}
	return 0;
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

	if (source->dump)
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
