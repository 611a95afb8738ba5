// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks CPUID: the processor's or a dump's.
 */
#include <cpuid.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>

#include "source.h"

/**
 * source_ask - get the answer to one CPUID
 * @source: whom to ask
 * @leaf: EAX in
 * @subleaf: ECX in
 * @regs: where to put the answer
 *
 * Return: 0, or -1 if the dump has no such answer.  Says nothing then: what it
 * means is for the caller to know.
 */
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

/**
 * source_warn - say on stderr what is wrong with the answers
 * @source: who gave them; a dump is named
 * @format: of printf(), without a newline
 */
void source_warn(const struct source *source, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	if (!source->dump)
		warnx("%s", text);
	else if (source->cpu == DUMP_ANY_CPU)
		warnx("%s: %s", source->dump->name, text);
	else
		warnx("%s: CPU %d: %s", source->dump->name, source->cpu, text);
}
