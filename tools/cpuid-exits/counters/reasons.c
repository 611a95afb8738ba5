// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exit codes there are: their names, those of the kernel's own tracepoints where it
 * has one, and what they mean, in our own words: Intel SDM vol. 3, app. C; AMD APM vol. 2,
 * app. C.
 *
 * They are all here, whichever headers this is built with; what those of a Debian 12
 * define is checked to be the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "counters/reasons.h"
#include "fail.h"

/* Newer than some headers. */
#define SVM_IDLE_HLT	0xa6

struct reason {
	__u32 code;
	const char *name;
	const char *meaning;
};

/* @code, if the header's @symbol is the same; else it doesn't compile. */
#define CHECKED(code, symbol)						\
	__builtin_choose_expr((code) == (symbol), code, (void)0)
#define VMX(code, name, meaning)					\
	{ CHECKED(code, EXIT_REASON_##name), #name, meaning }
#define SVM(code, symbol, name, meaning)				\
	{ CHECKED(code, SVM_EXIT_##symbol), name, meaning }

#define READ_DR(n)							\
	SVM(0x20 + (n), READ_DR##n, "read_dr" #n, "guest read DR" #n)
#define WRITE_DR(n)							\
	SVM(0x30 + (n), WRITE_DR##n, "write_dr" #n, "guest wrote DR" #n)
#define CR_TRAP(n)							\
	SVM(0x90 + (n), CR##n##_WRITE_TRAP, "write_cr" #n "_trap",	\
	    "guest has written CR" #n " (with SEV-ES)")

static const struct reason vmx_reasons[] = {
	VMX(0, EXCEPTION_NMI, "an exception that KVM wants to see, or an NMI to the host"),
	VMX(1, EXTERNAL_INTERRUPT, "an interrupt to the host came in"),
	VMX(2, TRIPLE_FAULT, "a fault while a double fault was delivered: guest shuts down"),
	VMX(3, INIT_SIGNAL, "an INIT signal came in"),
	VMX(4, SIPI_SIGNAL, "a start-up IPI came in while waiting for one"),
	{ 5, "SMI_IO", "an SMI came in right after an I/O instruction" },
	{ 6, "OTHER_SMI", "another SMI came in" },
	VMX(7, INTERRUPT_WINDOW, "guest can take interrupts again: one is waiting for it"),
	VMX(8, NMI_WINDOW, "guest can take NMIs again: one is waiting for it"),
	VMX(9, TASK_SWITCH, "guest tried a hardware task switch"),
	VMX(10, CPUID, "guest executed CPUID, as this program does"),
	{ 11, "GETSEC", "guest executed GETSEC" },
	VMX(12, HLT, "guest executed HLT: this vCPU is idle"),
	VMX(13, INVD, "guest executed INVD"),
	VMX(14, INVLPG, "guest executed INVLPG (with shadow paging)"),
	VMX(15, RDPMC, "guest read a performance counter"),
	VMX(16, RDTSC, "guest executed RDTSC"),
	{ 17, "RSM", "guest executed RSM in system management mode" },
	VMX(18, VMCALL, "guest made a hypercall"),
	VMX(19, VMCLEAR, "guest hypervisor executed VMCLEAR"),
	VMX(20, VMLAUNCH, "guest hypervisor executed VMLAUNCH"),
	VMX(21, VMPTRLD, "guest hypervisor executed VMPTRLD"),
	VMX(22, VMPTRST, "guest hypervisor executed VMPTRST"),
	VMX(23, VMREAD, "guest hypervisor executed VMREAD"),
	VMX(24, VMRESUME, "guest hypervisor executed VMRESUME"),
	VMX(25, VMWRITE, "guest hypervisor executed VMWRITE"),
	VMX(26, VMOFF, "guest hypervisor executed VMXOFF"),
	VMX(27, VMON, "guest hypervisor executed VMXON"),
	VMX(28, CR_ACCESS, "guest accessed a control register (CR3 with shadow paging)"),
	VMX(29, DR_ACCESS, "guest accessed a debug register"),
	VMX(30, IO_INSTRUCTION, "guest accessed an I/O port"),
	VMX(31, MSR_READ, "guest read an MSR"),
	VMX(32, MSR_WRITE, "guest wrote an MSR, such as its timer's deadline"),
	VMX(33, INVALID_STATE, "VM entry failed: the guest's state is invalid"),
	VMX(34, MSR_LOAD_FAIL, "VM entry failed: an MSR could not be loaded"),
	VMX(36, MWAIT_INSTRUCTION, "guest executed MWAIT"),
	VMX(37, MONITOR_TRAP_FLAG, "guest executed the one instruction it was let execute"),
	VMX(39, MONITOR_INSTRUCTION, "guest executed MONITOR"),
	VMX(40, PAUSE_INSTRUCTION, "guest spun with PAUSE, likely on a lock of another vCPU"),
	VMX(41, MCE_DURING_VMENTRY, "VM entry failed: a machine check came in"),
	VMX(43, TPR_BELOW_THRESHOLD, "guest lowered its task priority: an interrupt may get in"),
	VMX(44, APIC_ACCESS, "guest accessed its local APIC's page"),
	VMX(45, EOI_INDUCED, "guest ended an interrupt that the I/O APIC must hear of"),
	VMX(46, GDTR_IDTR, "guest accessed GDTR or IDTR"),
	VMX(47, LDTR_TR, "guest accessed LDTR or TR"),
	VMX(48, EPT_VIOLATION, "guest memory is not mapped, or not so: first touch, mostly"),
	VMX(49, EPT_MISCONFIG, "guest accessed a device in memory (MMIO)"),
	VMX(50, INVEPT, "guest hypervisor executed INVEPT"),
	VMX(51, RDTSCP, "guest executed RDTSCP"),
	VMX(52, PREEMPTION_TIMER, "the timer that KVM uses as the guest's ran out"),
	VMX(53, INVVPID, "guest hypervisor executed INVVPID"),
	VMX(54, WBINVD, "guest executed WBINVD or WBNOINVD"),
	VMX(55, XSETBV, "guest executed XSETBV"),
	VMX(56, APIC_WRITE, "guest wrote a local APIC register that KVM has to act on"),
	VMX(57, RDRAND, "guest executed RDRAND"),
	VMX(58, INVPCID, "guest executed INVPCID (with shadow paging)"),
	VMX(59, VMFUNC, "guest executed VMFUNC"),
	VMX(60, ENCLS, "guest executed ENCLS"),
	VMX(61, RDSEED, "guest executed RDSEED"),
	VMX(62, PML_FULL, "the log of pages that the guest wrote is full"),
	VMX(63, XSAVES, "guest executed XSAVES"),
	VMX(64, XRSTORS, "guest executed XRSTORS"),
	{ 65, "PCONFIG", "guest executed PCONFIG" },
	{ 66, "SPP_EVENT", "sub-page write permissions are missing or misconfigured" },
	VMX(67, UMWAIT, "guest executed UMWAIT"),
	VMX(68, TPAUSE, "guest executed TPAUSE"),
	{ 69, "LOADIWKEY", "guest executed LOADIWKEY" },
	{ 70, "ENCLV", "guest executed ENCLV" },
	{ 72, "ENQCMD_PASID", "the PASID of an ENQCMD could not be translated" },
	{ 73, "ENQCMDS_PASID", "the PASID of an ENQCMDS could not be translated" },
	VMX(74, BUS_LOCK, "guest locked the bus"),
	VMX(75, NOTIFY, "guest took no interrupt for too long"),
	{ 76, "SEAMCALL", "guest executed SEAMCALL" },
	{ 77, "TDCALL", "guest executed TDCALL" },
	{ 78, "RDMSRLIST", "guest read MSRs with RDMSRLIST" },
	{ 79, "WRMSRLIST", "guest wrote MSRs with WRMSRLIST" },
	{ 80, "URDMSR", "guest read an MSR with URDMSR" },
	{ 81, "UWRMSR", "guest wrote an MSR with UWRMSR" },
	{ 84, "MSR_READ_IMM", "guest read an MSR that the instruction names" },
	{ 85, "MSR_WRITE_IMM", "guest wrote an MSR that the instruction names" },
	{}
};

static const struct reason svm_reasons[] = {
	SVM(0x0, READ_CR0, "read_cr0", "guest read CR0"),
	SVM(0x2, READ_CR2, "read_cr2", "guest read CR2"),
	SVM(0x3, READ_CR3, "read_cr3", "guest read CR3 (with shadow paging)"),
	SVM(0x4, READ_CR4, "read_cr4", "guest read CR4"),
	SVM(0x8, READ_CR8, "read_cr8", "guest read CR8 (its task priority)"),
	SVM(0x10, WRITE_CR0, "write_cr0", "guest wrote CR0"),
	SVM(0x12, WRITE_CR2, "write_cr2", "guest wrote CR2"),
	SVM(0x13, WRITE_CR3, "write_cr3", "guest wrote CR3 (with shadow paging)"),
	SVM(0x14, WRITE_CR4, "write_cr4", "guest wrote CR4"),
	SVM(0x18, WRITE_CR8, "write_cr8", "guest wrote CR8 (its task priority)"),
	READ_DR(0), READ_DR(1), READ_DR(2), READ_DR(3),
	READ_DR(4), READ_DR(5), READ_DR(6), READ_DR(7),
	WRITE_DR(0), WRITE_DR(1), WRITE_DR(2), WRITE_DR(3),
	WRITE_DR(4), WRITE_DR(5), WRITE_DR(6), WRITE_DR(7),
	{ SVM_EXIT_EXCP_BASE + 0, "DE excp", "divide error in the guest" },
	{ SVM_EXIT_EXCP_BASE + 1, "DB excp", "debug exception in the guest" },
	{ SVM_EXIT_EXCP_BASE + 3, "BP excp", "breakpoint in the guest" },
	{ SVM_EXIT_EXCP_BASE + 4, "OF excp", "overflow trap in the guest" },
	{ SVM_EXIT_EXCP_BASE + 5, "BR excp", "bound range exceeded in the guest" },
	{ SVM_EXIT_EXCP_BASE + 6, "UD excp", "invalid opcode in the guest" },
	{ SVM_EXIT_EXCP_BASE + 7, "NM excp", "the guest's FPU is not available" },
	{ SVM_EXIT_EXCP_BASE + 8, "DF excp", "double fault in the guest" },
	{ SVM_EXIT_EXCP_BASE + 10, "TS excp", "invalid TSS in the guest" },
	{ SVM_EXIT_EXCP_BASE + 11, "NP excp", "segment not present in the guest" },
	{ SVM_EXIT_EXCP_BASE + 12, "SS excp", "stack fault in the guest" },
	{ SVM_EXIT_EXCP_BASE + 13, "GP excp", "general protection fault in the guest" },
	{ SVM_EXIT_EXCP_BASE + 14, "PF excp", "page fault in the guest (with shadow paging)" },
	{ SVM_EXIT_EXCP_BASE + 16, "MF excp", "x87 FPU error in the guest" },
	{ SVM_EXIT_EXCP_BASE + 17, "AC excp", "alignment check in the guest" },
	{ SVM_EXIT_EXCP_BASE + 18, "MC excp", "machine check" },
	{ SVM_EXIT_EXCP_BASE + 19, "XF excp", "SIMD FPU error in the guest" },
	{ SVM_EXIT_EXCP_BASE + 21, "CP excp", "control-flow protection fault in the guest" },
	SVM(0x60, INTR, "interrupt", "an interrupt to the host came in"),
	SVM(0x61, NMI, "nmi", "an NMI to the host came in"),
	SVM(0x62, SMI, "smi", "an SMI came in"),
	SVM(0x63, INIT, "init", "an INIT signal came in"),
	SVM(0x64, VINTR, "vintr", "guest can take interrupts again: one is waiting for it"),
	SVM(0x65, CR0_SEL_WRITE, "cr0_sel_write", "guest changed more of CR0 than TS and MP"),
	SVM(0x66, IDTR_READ, "read_idtr", "guest read IDTR"),
	SVM(0x67, GDTR_READ, "read_gdtr", "guest read GDTR"),
	SVM(0x68, LDTR_READ, "read_ldtr", "guest read LDTR"),
	SVM(0x69, TR_READ, "read_rt", "guest read TR"),
	SVM(0x6a, IDTR_WRITE, "write_idtr", "guest wrote IDTR"),
	SVM(0x6b, GDTR_WRITE, "write_gdtr", "guest wrote GDTR"),
	SVM(0x6c, LDTR_WRITE, "write_ldtr", "guest wrote LDTR"),
	SVM(0x6d, TR_WRITE, "write_rt", "guest wrote TR"),
	SVM(0x6e, RDTSC, "rdtsc", "guest executed RDTSC"),
	SVM(0x6f, RDPMC, "rdpmc", "guest read a performance counter"),
	SVM(0x70, PUSHF, "pushf", "guest executed PUSHF"),
	SVM(0x71, POPF, "popf", "guest executed POPF"),
	SVM(0x72, CPUID, "cpuid", "guest executed CPUID, as this program does"),
	SVM(0x73, RSM, "rsm", "guest executed RSM in system management mode"),
	SVM(0x74, IRET, "iret", "guest executed IRET: an NMI may wait for it"),
	SVM(0x75, SWINT, "swint", "guest executed INT n"),
	SVM(0x76, INVD, "invd", "guest executed INVD"),
	SVM(0x77, PAUSE, "pause", "guest spun with PAUSE, likely on a lock of another vCPU"),
	SVM(0x78, HLT, "hlt", "guest executed HLT: this vCPU is idle"),
	SVM(0x79, INVLPG, "invlpg", "guest executed INVLPG (with shadow paging)"),
	SVM(0x7a, INVLPGA, "invlpga", "guest hypervisor executed INVLPGA"),
	SVM(0x7b, IOIO, "io", "guest accessed an I/O port"),
	SVM(0x7c, MSR, "msr", "guest read or wrote an MSR, such as its timer's deadline"),
	SVM(0x7d, TASK_SWITCH, "task_switch", "guest tried a hardware task switch"),
	SVM(0x7e, FERR_FREEZE, "ferr_freeze", "guest's FPU waits for an interrupt, as of old"),
	SVM(0x7f, SHUTDOWN, "shutdown",
	    "a fault while a double fault was delivered: guest shuts down"),
	SVM(0x80, VMRUN, "vmrun", "guest hypervisor executed VMRUN"),
	SVM(0x81, VMMCALL, "hypercall", "guest made a hypercall"),
	SVM(0x82, VMLOAD, "vmload", "guest hypervisor executed VMLOAD"),
	SVM(0x83, VMSAVE, "vmsave", "guest hypervisor executed VMSAVE"),
	SVM(0x84, STGI, "stgi", "guest hypervisor executed STGI"),
	SVM(0x85, CLGI, "clgi", "guest hypervisor executed CLGI"),
	SVM(0x86, SKINIT, "skinit", "guest executed SKINIT"),
	SVM(0x87, RDTSCP, "rdtscp", "guest executed RDTSCP"),
	SVM(0x88, ICEBP, "icebp", "guest executed INT1"),
	SVM(0x89, WBINVD, "wbinvd", "guest executed WBINVD or WBNOINVD"),
	SVM(0x8a, MONITOR, "monitor", "guest executed MONITOR"),
	SVM(0x8b, MWAIT, "mwait", "guest executed MWAIT"),
	SVM(0x8c, MWAIT_COND, "mwait_cond", "guest executed MWAIT with the monitor armed"),
	SVM(0x8d, XSETBV, "xsetbv", "guest executed XSETBV"),
	SVM(0x8e, RDPRU, "rdpru", "guest executed RDPRU"),
	SVM(0x8f, EFER_WRITE_TRAP, "write_efer_trap", "guest has written EFER (with SEV-ES)"),
	CR_TRAP(0), CR_TRAP(1), CR_TRAP(2), CR_TRAP(3),
	CR_TRAP(4), CR_TRAP(5), CR_TRAP(6), CR_TRAP(7),
	CR_TRAP(8), CR_TRAP(9), CR_TRAP(10), CR_TRAP(11),
	CR_TRAP(12), CR_TRAP(13), CR_TRAP(14), CR_TRAP(15),
	{ 0xa0, "invlpgb", "guest executed INVLPGB" },
	{ 0xa1, "invlpgb_illegal", "guest executed an INVLPGB that is illegal for it" },
	SVM(0xa2, INVPCID, "invpcid", "guest executed INVPCID (with shadow paging)"),
	{ 0xa3, "mcommit", "guest executed MCOMMIT" },
	{ 0xa4, "tlbsync", "guest executed TLBSYNC" },
	{ 0xa5, "buslock", "guest locked the bus" },
	{ SVM_IDLE_HLT, "idle-halt",
	  "guest executed HLT with no interrupt pending: this vCPU is idle" },
	SVM(0x400, NPF, "npf",
	    "guest memory is not mapped, or not so: first touch or MMIO, mostly"),
	SVM(0x401, AVIC_INCOMPLETE_IPI, "avic_incomplete_ipi",
	    "guest sent an IPI that the hardware could not deliver"),
	SVM(0x402, AVIC_UNACCELERATED_ACCESS, "avic_unaccelerated_access",
	    "guest accessed a local APIC register that KVM has to act on"),
	SVM(0x403, VMGEXIT, "vmgexit", "guest asked for a service (with SEV-ES)"),
	{}
};

static const struct reason other = {
	EXIT_STATS_CODE_OTHER, "OTHER",
	"all that has no code of its own, such as a VM entry that failed",
};

static const struct reason no_reasons[] = { {} };

/* By EXIT_STATS_ISA_*. */
static const struct isa {
	const char *name;
	const struct reason *reasons;
	__u32 cpuid, idle, other_idle;
} isas[] = {
	{ "unknown", no_reasons, ~0U, ~0U, ~0U },
	[EXIT_STATS_ISA_VMX] = { "VMX", vmx_reasons, EXIT_REASON_CPUID, EXIT_REASON_HLT, ~0U },
	[EXIT_STATS_ISA_SVM] = { "SVM", svm_reasons, SVM_EXIT_CPUID, SVM_EXIT_HLT, SVM_IDLE_HLT },
};

#define NR_ISAS	(sizeof(isas) / sizeof(*isas))

static const struct isa *isa_of(__u32 isa)
{
	return &isas[isa < NR_ISAS ? isa : 0];
}

const char *isa_name(__u32 isa)
{
	return isa_of(isa)->name;
}

__u32 isa_find(const char *name)
{
	__u32 isa = NR_ISAS - 1;

	while (isa && strcasecmp(name, isas[isa].name))
		isa--;
	return isa;
}

static const struct reason *find(__u32 isa, __u32 code)
{
	const struct reason *reason;

	if (code == other.code)
		return &other;
	for (reason = isa_of(isa)->reasons; reason->name; reason++) {
		if (reason->code == code)
			return reason;
	}
	return NULL;
}

void reason_name(__u32 isa, __u32 code, char *text)
{
	const struct reason *reason = find(isa, code);

	if (reason)
		snprintf(text, REASON_SIZE, "%s", reason->name);
	else
		snprintf(text, REASON_SIZE, "0x%x", code);
}

const char *reason_meaning(__u32 isa, __u32 code)
{
	const struct reason *reason = find(isa, code);

	return reason ? reason->meaning : NULL;
}

bool reason_is_own(__u32 isa, __u32 code)
{
	return code == isa_of(isa)->cpuid;
}

bool reason_is_idle(__u32 isa, __u32 code)
{
	return code == isa_of(isa)->idle || code == isa_of(isa)->other_idle;
}

/* As in C. */
static int find_number(const char *text, __u32 *code)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (*end || errno || value > EXIT_STATS_CODE_OTHER)
		return fail("'%s' is not an exit code", text);
	*code = value;
	return 0;
}

int reason_find(__u32 isa, const char *text, __u32 *code)
{
	const struct reason *reason, *found = NULL, *second = NULL;
	const size_t len = strlen(text);

	if (*text >= '0' && *text <= '9')
		return find_number(text, code);
	if (!strcasecmp(text, other.name))
		found = &other;
	for (reason = isa_of(isa)->reasons; len && found != &other && reason->name; reason++) {
		if (strncasecmp(reason->name, text, len))
			continue;
		if (!reason->name[len]) {
			found = reason;
			second = NULL;
			break;
		}
		if (found && !second)
			second = reason;
		if (!found)
			found = reason;
	}
	if (second)
		return fail("'%s' may be %s or %s", text, found->name, second->name);
	if (!found)
		return fail("unknown reason '%s'; cpuid-exits list shows all", text);
	*code = found->code;
	return 0;
}
