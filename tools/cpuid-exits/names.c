// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of instruction sets and of their exit codes, as the kernel's own
 * tracepoints show them.
 */
#include <err.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static const struct exit_name *names_of(__u32 isa)
{
	static const struct exit_name no_names[] = { {} };

	switch (isa) {
	case KVM_EXIT_STATS_ISA_VMX:
		return vmx_names;
	case KVM_EXIT_STATS_ISA_SVM:
		return svm_names;
	default:
		return no_names;
	}
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

	for (names = names_of(isa); names->name; names++) {
		if (names->code == code)
			return names->name;
	}
	return NULL;
}

static int find_number(const char *text, __u32 *code)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (*end || errno || value > KVM_EXIT_STATS_CODE_OTHER) {
		warnx("'%s' is not an exit code", text);
		return -1;
	}
	*code = value;
	return 0;
}

/**
 * exit_find - find an exit code by its number, name, or begin of its name
 * @isa: EBX of the geometry, any value
 * @text: the number as in C, or the name in any case
 * @code: where to put it
 *
 * Return: 0, or -1 after saying on stderr that there is none, or more than one.
 */
int exit_find(__u32 isa, const char *text, __u32 *code)
{
	const struct exit_name *names, *found = NULL;

	if (*text >= '0' && *text <= '9')
		return find_number(text, code);
	if (!strcasecmp(text, exit_name(isa, KVM_EXIT_STATS_CODE_OTHER))) {
		*code = KVM_EXIT_STATS_CODE_OTHER;
		return 0;
	}
	for (names = names_of(isa); names->name; names++) {
		/* What no sub-leaf has. */
		if (names->code < 0 || names->code >= KVM_EXIT_STATS_CODE_OTHER)
			continue;
		if (!strcasecmp(names->name, text)) {
			*code = names->code;
			return 0;
		}
	}
	for (names = names_of(isa); *text && names->name; names++) {
		if (names->code < 0 || names->code >= KVM_EXIT_STATS_CODE_OTHER ||
		    strncasecmp(names->name, text, strlen(text)))
			continue;
		if (found && found->code != names->code) {
			warnx("'%s' may be %s or %s", text, found->name, names->name);
			return -1;
		}
		found = names;
	}
	if (!found) {
		warnx("unknown reason '%s'; cpuid-exits list tells them", text);
		return -1;
	}
	*code = found->code;
	return 0;
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
