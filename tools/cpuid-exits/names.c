// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of instruction sets and of their exit codes, as the kernel's own
 * tracepoints show them.
 */
#include <stddef.h>
#include <stdio.h>
#include <strings.h>

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "names.h"

/*
 * SVM_EXIT_REASONS speaks of exceptions by names that <asm/svm.h> leaves to
 * the kernel.  The numbers are the architecture's vectors.
 */
enum {
	DE_VECTOR = 0,
	DB_VECTOR = 1,
	BP_VECTOR = 3,
	OF_VECTOR = 4,
	BR_VECTOR = 5,
	UD_VECTOR = 6,
	NM_VECTOR = 7,
	DF_VECTOR = 8,
	TS_VECTOR = 10,
	NP_VECTOR = 11,
	SS_VECTOR = 12,
	GP_VECTOR = 13,
	PF_VECTOR = 14,
	MF_VECTOR = 16,
	AC_VECTOR = 17,
	MC_VECTOR = 18,
	XM_VECTOR = 19,
};

/* Wide enough for the SVM codes past 0xffff and below 0, which no sub-leaf has. */
struct exit_name {
	long long code;
	const char *name;
};

static const struct exit_name vmx_names[] = { VMX_EXIT_REASONS, {} };
static const struct exit_name svm_names[] = { SVM_EXIT_REASONS, {} };

/**
 * isa_name - name what exit codes mean
 * @isa: EBX of the geometry, any value
 *
 * Return: a short name, "unknown" if there is none.
 */
const char *isa_name(__u32 isa)
{
	switch (isa) {
	case KVM_EXIT_STATS_ISA_VMX:
		return "VMX";
	case KVM_EXIT_STATS_ISA_SVM:
		return "SVM";
	default:
		return "unknown";
	}
}

/**
 * isa_find - find an instruction set by its name
 * @name: as isa_name() gives it, in any case
 *
 * Return: KVM_EXIT_STATS_ISA_*, 0 if there is none.
 */
__u32 isa_find(const char *name)
{
	if (!strcasecmp(name, "VMX"))
		return KVM_EXIT_STATS_ISA_VMX;
	if (!strcasecmp(name, "SVM"))
		return KVM_EXIT_STATS_ISA_SVM;
	return 0;
}

/**
 * exit_name - name an exit code
 * @isa: EBX of the geometry, any value
 * @code: the exit code, up to KVM_EXIT_STATS_CODE_OTHER
 *
 * Return: the name, NULL if the code has none.
 */
const char *exit_name(__u32 isa, __u32 code)
{
	const struct exit_name *names;

	if (code == KVM_EXIT_STATS_CODE_OTHER)
		return "OTHER";

	if (isa == KVM_EXIT_STATS_ISA_VMX)
		names = vmx_names;
	else if (isa == KVM_EXIT_STATS_ISA_SVM)
		names = svm_names;
	else
		return NULL;

	for (; names->name; names++) {
		if (names->code == code)
			return names->name;
	}
	return NULL;
}

/**
 * reason_name - name an exit code, or give its number if it has no name
 * @isa: EBX of the geometry, any value
 * @code: the exit code
 * @text: where to put it, REASON_SIZE bytes
 */
void reason_name(__u32 isa, __u32 code, char *text)
{
	const char *name = exit_name(isa, code);

	if (name)
		snprintf(text, REASON_SIZE, "%s", name);
	else
		snprintf(text, REASON_SIZE, "0x%x", code);
}
