// SPDX-License-Identifier: GPL-2.0
/*
 * places: prints at how many places of this vCPU's keys one has to look, to find that of
 * CPUID with the leaf of the exit statistics.
 */
#include <stdio.h>

#include <asm/svm.h>
#include <asm/vmx.h>

#include "leaf.h"

int main(void)
{
	const bool is_vmx = leaf(EXIT_STATS_GEOMETRY).ebx == EXIT_STATS_ISA_VMX;
	const __u32 code = is_vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	const __u32 home = EXIT_STATS_KEY_HOME(code, EXIT_STATS_LEAF);
	__u32 i;

	for (i = 0; i < EXIT_STATS_KEY_PROBES; i++) {
		const __u32 place = (home + i) % EXIT_STATS_NR_KEYS;
		const struct regs r = leaf(EXIT_STATS_THIS_VCPU | (EXIT_STATS_KEY + place));

		if (r.ebx == code && r.eax == EXIT_STATS_LEAF && !r.edx) {
			printf("%u\n", i + 1);
			return 0;
		}
	}
	return 1;
}
