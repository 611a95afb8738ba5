// SPDX-License-Identifier: GPL-2.0-only
/*
 * A processor that answers CPUID from the dump named in $FAKE_CPUID.
 *
 * What the dump lacks is answered with zeros, as on AMD.  A dump of numbered
 * CPUs is asked for the CPU that runs this thread.  With $FAKE_CPUID_MOVES the
 * VM gets another epoch each time it is asked for.  At the end, stderr is told
 * how often CPUID was executed.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>

#include "dump.h"
#include "fake-cpuid.h"

static struct dump dump;
static unsigned int executed;

__attribute__((destructor))
static void finish(void)
{
	fprintf(stderr, "%u CPUIDs\n", executed);
	dump_free(&dump);
}

void fake_cpuid(unsigned int leaf, unsigned int subleaf, unsigned int regs[4])
{
	const struct dump_answer *answer;

	if (!executed && dump_load(&dump, getenv("FAKE_CPUID")))
		abort();

	answer = dump_find(&dump, dump.first_cpu == DUMP_ANY_CPU ? DUMP_ANY_CPU : sched_getcpu(),
			   leaf, subleaf);
	memset(regs, 0, 4 * sizeof(*regs));
	if (answer)
		memcpy(regs, &answer->regs, sizeof(answer->regs));
	if (leaf == KVM_EXIT_STATS_LEAF && subleaf == KVM_EXIT_STATS_EPOCH &&
	    getenv("FAKE_CPUID_MOVES"))
		regs[0] += executed;
	executed++;
}
