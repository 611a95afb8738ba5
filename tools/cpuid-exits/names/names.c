// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of keys: what the register, port, page, leaf or vector is to this guest.
 */
#include <stdio.h>
#include <string.h>

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "names/names.h"

/* Newer than some headers. */
#define VMX_MSR_READ_IMM	84
#define VMX_MSR_WRITE_IMM	85

#define MSR_X2APIC		0x800
#define NR_APIC_REGISTERS	0x40

enum kind {
	LISTED,		/* a number, that a list may have */
	APIC,
	MSR,
	MSR_ACCESS,	/* and whether it was written */
	PORT,
	PAGE,
	CR,
	DR,
	HOST_VECTOR,
};

static const struct {
	__u32 isa, code;
	enum kind kind;
	const struct number_name *names;
} kinds[] = {
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_EXCEPTION_NMI, LISTED, exception_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_EXTERNAL_INTERRUPT, HOST_VECTOR, host_vector_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_CPUID, LISTED, leaf_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_VMCALL, LISTED, hypercall_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_CR_ACCESS, CR, NULL },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_DR_ACCESS, DR, NULL },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_IO_INSTRUCTION, PORT, port_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_MSR_READ, MSR, msr_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_MSR_WRITE, MSR, msr_names },
	{ EXIT_STATS_ISA_VMX, VMX_MSR_READ_IMM, MSR, msr_names },
	{ EXIT_STATS_ISA_VMX, VMX_MSR_WRITE_IMM, MSR, msr_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_APIC_ACCESS, APIC, apic_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_APIC_WRITE, APIC, apic_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_EPT_VIOLATION, PAGE, page_names },
	{ EXIT_STATS_ISA_VMX, EXIT_REASON_EPT_MISCONFIG, PAGE, page_names },
	{ EXIT_STATS_ISA_SVM, SVM_EXIT_CPUID, LISTED, leaf_names },
	{ EXIT_STATS_ISA_SVM, SVM_EXIT_IOIO, PORT, port_names },
	{ EXIT_STATS_ISA_SVM, SVM_EXIT_MSR, MSR_ACCESS, msr_names },
	{ EXIT_STATS_ISA_SVM, SVM_EXIT_VMMCALL, LISTED, hypercall_names },
	{ EXIT_STATS_ISA_SVM, SVM_EXIT_NPF, PAGE, page_names },
	{ EXIT_STATS_ISA_SVM, SVM_EXIT_AVIC_UNACCELERATED_ACCESS, APIC, apic_names },
	{}
};

static const char *look_up(const struct number_name *names, __u64 number)
{
	for (; names && names->name; names++) {
		if (number == names->first || (names->first < number && number <= names->last))
			return names->name;
	}
	return NULL;
}

/* Of a number, what is known of it, and a text behind; pages that are known need no number. */
void name_key(__u32 isa, __u32 code, __u64 key, bool is_here, char *name)
{
	static const char *const accesses[] = { "write", "read", "CLTS", "LMSW" };
	char text[32] = "", behind[32] = "";
	bool has_number = true;
	__u64 number = key, offset = 0;
	const char *known;
	size_t i = 0;

	while (kinds[i].isa && (kinds[i].isa != isa || kinds[i].code != code))
		i++;
	known = look_up(kinds[i].names, key);
	switch (kinds[i].kind) {
	case LISTED:
		break;
	case APIC:
		known = look_up(apic_names, key >> 4);
		break;
	case MSR:
	case MSR_ACCESS:
		if (kinds[i].kind == MSR_ACCESS)
			sprintf(behind, ", %s", key >> 32 & 1 ? "write" : "read");
		number = (__u32)key;
		known = look_up(msr_names, number);
		if (known || number < MSR_X2APIC || number >= MSR_X2APIC + NR_APIC_REGISTERS)
			break;
		known = look_up(apic_names, number - MSR_X2APIC);
		stpcpy(stpcpy(text, "X2APIC_"), known ?: "");
		known = known ? text : NULL;
		break;
	case PORT:
		number = key & 0xffff;
		known = look_up(port_names, number);
		if (!known && is_here)
			known = device_at(number, 1, true, &offset);
		sprintf(behind, ", %s %llu byte%s%s", key >> 19 & 1 ? "in" : "out", key >> 16 & 7,
			(key >> 16 & 7) == 1 ? "" : "s", key >> 20 & 1 ? ", string" : "");
		break;
	case PAGE:
		number = key << 12;
		if (!known && is_here)
			known = device_at(number, 1 << 12, false, &offset);
		if (offset)
			sprintf(behind, " + 0x%llx", offset);
		has_number = !known;
		break;
	case CR:
		known = text;
		sprintf(text, "CR%llu, %s", key & 0xf, accesses[key >> 4 & 3]);
		has_number = false;
		break;
	case DR:
		known = text;
		sprintf(text, "DR%llu, %s", key & 7, accesses[key >> 4 & 1]);
		has_number = false;
		break;
	case HOST_VECTOR:
		/* The guest's own vectors are others. */
		known = known ?: "device";
		stpcpy(behind, " of the host");
		break;
	}
	if (key == EXIT_STATS_KEY_OTHERS)
		stpcpy(name, "others");
	else if (has_number)
		snprintf(name, KEY_NAME_SIZE, "0x%llx%s%.40s%s", number, known ? " " : "",
			 known ?: "", behind);
	else
		snprintf(name, KEY_NAME_SIZE, "%.48s%s", known, behind);
	/* A network interface may be called almost anything. */
	for (; *name; name++) {
		if (!name_is_fine((const char[]) { *name, '\0' }))
			*name = '?';
	}
}

bool name_is_fine(const char *name)
{
	const char *c = name;

	while (*c >= ' ' && *c <= '~' && *c != '"' && *c != '\\')
		c++;
	return !*c && c - name < KEY_NAME_SIZE;
}
