// SPDX-License-Identifier: GPL-2.0-only
/*
 * What exit codes mean, one line each, in our own words: Intel SDM vol. 3,
 * app. C; AMD APM vol. 2, app. C.
 *
 * Codes that the headers this was built with don't name have a number here.
 */
#include <stddef.h>

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "meanings.h"

struct meaning {
	__u32 code;
	const char *text;
};

/* @vector: as of the architecture, for which <asm/svm.h> has no names. */
#define EXCEPTION(vector, text)		{ SVM_EXIT_EXCP_BASE + (vector), text }

static const struct meaning vmx_meanings[] = {
	{ EXIT_REASON_EXCEPTION_NMI, "an exception that KVM wants to see, or an NMI to the host" },
	{ EXIT_REASON_EXTERNAL_INTERRUPT, "an interrupt to the host came in" },
	{ EXIT_REASON_TRIPLE_FAULT,
	  "a fault while a double fault was delivered: guest shuts down" },
	{ EXIT_REASON_INIT_SIGNAL, "an INIT signal came in" },
	{ EXIT_REASON_SIPI_SIGNAL, "a start-up IPI came in while waiting for one" },
	{ 5, "an SMI came in right after an I/O instruction" },
	{ 6, "another SMI came in" },
	{ EXIT_REASON_INTERRUPT_WINDOW, "guest can take interrupts again: one is waiting for it" },
	{ EXIT_REASON_NMI_WINDOW, "guest can take NMIs again: one is waiting for it" },
	{ EXIT_REASON_TASK_SWITCH, "guest tried a hardware task switch" },
	{ EXIT_REASON_CPUID, "guest executed CPUID, as this program does" },
	{ 11, "guest executed GETSEC" },
	{ EXIT_REASON_HLT, "guest executed HLT: this vCPU is idle" },
	{ EXIT_REASON_INVD, "guest executed INVD" },
	{ EXIT_REASON_INVLPG, "guest executed INVLPG (with shadow paging)" },
	{ EXIT_REASON_RDPMC, "guest read a performance counter" },
	{ EXIT_REASON_RDTSC, "guest executed RDTSC" },
	{ 17, "guest executed RSM in system management mode" },
	{ EXIT_REASON_VMCALL, "guest made a hypercall" },
	{ EXIT_REASON_VMCLEAR, "guest hypervisor executed VMCLEAR" },
	{ EXIT_REASON_VMLAUNCH, "guest hypervisor executed VMLAUNCH" },
	{ EXIT_REASON_VMPTRLD, "guest hypervisor executed VMPTRLD" },
	{ EXIT_REASON_VMPTRST, "guest hypervisor executed VMPTRST" },
	{ EXIT_REASON_VMREAD, "guest hypervisor executed VMREAD" },
	{ EXIT_REASON_VMRESUME, "guest hypervisor executed VMRESUME" },
	{ EXIT_REASON_VMWRITE, "guest hypervisor executed VMWRITE" },
	{ EXIT_REASON_VMOFF, "guest hypervisor executed VMXOFF" },
	{ EXIT_REASON_VMON, "guest hypervisor executed VMXON" },
	{ EXIT_REASON_CR_ACCESS, "guest accessed a control register (CR3 with shadow paging)" },
	{ EXIT_REASON_DR_ACCESS, "guest accessed a debug register" },
	{ EXIT_REASON_IO_INSTRUCTION, "guest accessed an I/O port" },
	{ EXIT_REASON_MSR_READ, "guest read an MSR" },
	{ EXIT_REASON_MSR_WRITE, "guest wrote an MSR, such as its timer's deadline" },
	{ EXIT_REASON_INVALID_STATE, "VM entry failed: the guest's state is invalid" },
	{ EXIT_REASON_MSR_LOAD_FAIL, "VM entry failed: an MSR could not be loaded" },
	{ EXIT_REASON_MWAIT_INSTRUCTION, "guest executed MWAIT" },
	{ EXIT_REASON_MONITOR_TRAP_FLAG, "guest executed the one instruction it was let execute" },
	{ EXIT_REASON_MONITOR_INSTRUCTION, "guest executed MONITOR" },
	{ EXIT_REASON_PAUSE_INSTRUCTION,
	  "guest spun with PAUSE, likely on a lock of another vCPU" },
	{ EXIT_REASON_MCE_DURING_VMENTRY, "VM entry failed: a machine check came in" },
	{ EXIT_REASON_TPR_BELOW_THRESHOLD,
	  "guest lowered its task priority: an interrupt may get in" },
	{ EXIT_REASON_APIC_ACCESS, "guest accessed its local APIC's page" },
	{ EXIT_REASON_EOI_INDUCED, "guest ended an interrupt that the I/O APIC must hear of" },
	{ EXIT_REASON_GDTR_IDTR, "guest accessed GDTR or IDTR" },
	{ EXIT_REASON_LDTR_TR, "guest accessed LDTR or TR" },
	{ EXIT_REASON_EPT_VIOLATION,
	  "guest memory is not mapped, or not so: first touch, mostly" },
	{ EXIT_REASON_EPT_MISCONFIG, "guest accessed a device in memory (MMIO)" },
	{ EXIT_REASON_INVEPT, "guest hypervisor executed INVEPT" },
	{ EXIT_REASON_RDTSCP, "guest executed RDTSCP" },
	{ EXIT_REASON_PREEMPTION_TIMER, "the timer that KVM uses as the guest's ran out" },
	{ EXIT_REASON_INVVPID, "guest hypervisor executed INVVPID" },
	{ EXIT_REASON_WBINVD, "guest executed WBINVD or WBNOINVD" },
	{ EXIT_REASON_XSETBV, "guest executed XSETBV" },
	{ EXIT_REASON_APIC_WRITE, "guest wrote a local APIC register that KVM has to act on" },
	{ EXIT_REASON_RDRAND, "guest executed RDRAND" },
	{ EXIT_REASON_INVPCID, "guest executed INVPCID (with shadow paging)" },
	{ EXIT_REASON_VMFUNC, "guest executed VMFUNC" },
	{ EXIT_REASON_ENCLS, "guest executed ENCLS" },
	{ EXIT_REASON_RDSEED, "guest executed RDSEED" },
	{ EXIT_REASON_PML_FULL, "the log of pages that the guest wrote is full" },
	{ EXIT_REASON_XSAVES, "guest executed XSAVES" },
	{ EXIT_REASON_XRSTORS, "guest executed XRSTORS" },
	{ 65, "guest executed PCONFIG" },
	{ 66, "sub-page write permissions are missing or misconfigured" },
	{ EXIT_REASON_UMWAIT, "guest executed UMWAIT" },
	{ EXIT_REASON_TPAUSE, "guest executed TPAUSE" },
	{ 69, "guest executed LOADIWKEY" },
	{ 70, "guest executed ENCLV" },
	{ 72, "the PASID of an ENQCMD could not be translated" },
	{ 73, "the PASID of an ENQCMDS could not be translated" },
	{ EXIT_REASON_BUS_LOCK, "guest locked the bus" },
	{ EXIT_REASON_NOTIFY, "guest took no interrupt for too long" },
	{}
};

static const struct meaning svm_meanings[] = {
	{ SVM_EXIT_READ_CR0, "guest read CR0" },
	{ SVM_EXIT_READ_CR2, "guest read CR2" },
	{ SVM_EXIT_READ_CR3, "guest read CR3 (with shadow paging)" },
	{ SVM_EXIT_READ_CR4, "guest read CR4" },
	{ SVM_EXIT_READ_CR8, "guest read CR8 (its task priority)" },
	{ SVM_EXIT_WRITE_CR0, "guest wrote CR0" },
	{ SVM_EXIT_WRITE_CR2, "guest wrote CR2" },
	{ SVM_EXIT_WRITE_CR3, "guest wrote CR3 (with shadow paging)" },
	{ SVM_EXIT_WRITE_CR4, "guest wrote CR4" },
	{ SVM_EXIT_WRITE_CR8, "guest wrote CR8 (its task priority)" },
	{ SVM_EXIT_READ_DR0, "guest read DR0" },
	{ SVM_EXIT_READ_DR1, "guest read DR1" },
	{ SVM_EXIT_READ_DR2, "guest read DR2" },
	{ SVM_EXIT_READ_DR3, "guest read DR3" },
	{ SVM_EXIT_READ_DR4, "guest read DR4" },
	{ SVM_EXIT_READ_DR5, "guest read DR5" },
	{ SVM_EXIT_READ_DR6, "guest read DR6" },
	{ SVM_EXIT_READ_DR7, "guest read DR7" },
	{ SVM_EXIT_WRITE_DR0, "guest wrote DR0" },
	{ SVM_EXIT_WRITE_DR1, "guest wrote DR1" },
	{ SVM_EXIT_WRITE_DR2, "guest wrote DR2" },
	{ SVM_EXIT_WRITE_DR3, "guest wrote DR3" },
	{ SVM_EXIT_WRITE_DR4, "guest wrote DR4" },
	{ SVM_EXIT_WRITE_DR5, "guest wrote DR5" },
	{ SVM_EXIT_WRITE_DR6, "guest wrote DR6" },
	{ SVM_EXIT_WRITE_DR7, "guest wrote DR7" },
	EXCEPTION(0, "divide error in the guest"),
	EXCEPTION(1, "debug exception in the guest"),
	EXCEPTION(3, "breakpoint in the guest"),
	EXCEPTION(4, "overflow trap in the guest"),
	EXCEPTION(5, "bound range exceeded in the guest"),
	EXCEPTION(6, "invalid opcode in the guest"),
	EXCEPTION(7, "the guest's FPU is not available"),
	EXCEPTION(8, "double fault in the guest"),
	EXCEPTION(10, "invalid TSS in the guest"),
	EXCEPTION(11, "segment not present in the guest"),
	EXCEPTION(12, "stack fault in the guest"),
	EXCEPTION(13, "general protection fault in the guest"),
	EXCEPTION(14, "page fault in the guest (with shadow paging)"),
	EXCEPTION(16, "x87 FPU error in the guest"),
	EXCEPTION(17, "alignment check in the guest"),
	EXCEPTION(18, "machine check"),
	EXCEPTION(19, "SIMD FPU error in the guest"),
	EXCEPTION(21, "control-flow protection fault in the guest"),
	{ SVM_EXIT_INTR, "an interrupt to the host came in" },
	{ SVM_EXIT_NMI, "an NMI to the host came in" },
	{ SVM_EXIT_SMI, "an SMI came in" },
	{ SVM_EXIT_INIT, "an INIT signal came in" },
	{ SVM_EXIT_VINTR, "guest can take interrupts again: one is waiting for it" },
	{ SVM_EXIT_CR0_SEL_WRITE, "guest changed more of CR0 than TS and MP" },
	{ SVM_EXIT_IDTR_READ, "guest read IDTR" },
	{ SVM_EXIT_GDTR_READ, "guest read GDTR" },
	{ SVM_EXIT_LDTR_READ, "guest read LDTR" },
	{ SVM_EXIT_TR_READ, "guest read TR" },
	{ SVM_EXIT_IDTR_WRITE, "guest wrote IDTR" },
	{ SVM_EXIT_GDTR_WRITE, "guest wrote GDTR" },
	{ SVM_EXIT_LDTR_WRITE, "guest wrote LDTR" },
	{ SVM_EXIT_TR_WRITE, "guest wrote TR" },
	{ SVM_EXIT_RDTSC, "guest executed RDTSC" },
	{ SVM_EXIT_RDPMC, "guest read a performance counter" },
	{ SVM_EXIT_PUSHF, "guest executed PUSHF" },
	{ SVM_EXIT_POPF, "guest executed POPF" },
	{ SVM_EXIT_CPUID, "guest executed CPUID, as this program does" },
	{ SVM_EXIT_RSM, "guest executed RSM in system management mode" },
	{ SVM_EXIT_IRET, "guest executed IRET: an NMI may wait for it" },
	{ SVM_EXIT_SWINT, "guest executed INT n" },
	{ SVM_EXIT_INVD, "guest executed INVD" },
	{ SVM_EXIT_PAUSE, "guest spun with PAUSE, likely on a lock of another vCPU" },
	{ SVM_EXIT_HLT, "guest executed HLT: this vCPU is idle" },
	{ SVM_EXIT_INVLPG, "guest executed INVLPG (with shadow paging)" },
	{ SVM_EXIT_INVLPGA, "guest hypervisor executed INVLPGA" },
	{ SVM_EXIT_IOIO, "guest accessed an I/O port" },
	{ SVM_EXIT_MSR, "guest read or wrote an MSR, such as its timer's deadline" },
	{ SVM_EXIT_TASK_SWITCH, "guest tried a hardware task switch" },
	{ SVM_EXIT_FERR_FREEZE, "guest's FPU waits for an interrupt, as of old" },
	{ SVM_EXIT_SHUTDOWN, "a fault while a double fault was delivered: guest shuts down" },
	{ SVM_EXIT_VMRUN, "guest hypervisor executed VMRUN" },
	{ SVM_EXIT_VMMCALL, "guest made a hypercall" },
	{ SVM_EXIT_VMLOAD, "guest hypervisor executed VMLOAD" },
	{ SVM_EXIT_VMSAVE, "guest hypervisor executed VMSAVE" },
	{ SVM_EXIT_STGI, "guest hypervisor executed STGI" },
	{ SVM_EXIT_CLGI, "guest hypervisor executed CLGI" },
	{ SVM_EXIT_SKINIT, "guest executed SKINIT" },
	{ SVM_EXIT_RDTSCP, "guest executed RDTSCP" },
	{ SVM_EXIT_ICEBP, "guest executed INT1" },
	{ SVM_EXIT_WBINVD, "guest executed WBINVD or WBNOINVD" },
	{ SVM_EXIT_MONITOR, "guest executed MONITOR" },
	{ SVM_EXIT_MWAIT, "guest executed MWAIT" },
	{ SVM_EXIT_MWAIT_COND, "guest executed MWAIT with the monitor armed" },
	{ SVM_EXIT_XSETBV, "guest executed XSETBV" },
	{ SVM_EXIT_RDPRU, "guest executed RDPRU" },
	{ SVM_EXIT_EFER_WRITE_TRAP, "guest has written EFER (with SEV-ES)" },
	{ SVM_EXIT_CR0_WRITE_TRAP, "guest has written CR0 (with SEV-ES)" },
	{ SVM_EXIT_CR4_WRITE_TRAP, "guest has written CR4 (with SEV-ES)" },
	{ SVM_EXIT_CR8_WRITE_TRAP, "guest has written CR8 (with SEV-ES)" },
	{ 0xa0, "guest executed INVLPGB" },
	{ 0xa1, "guest executed an INVLPGB that is illegal for it" },
	{ SVM_EXIT_INVPCID, "guest executed INVPCID (with shadow paging)" },
	{ 0xa3, "guest executed MCOMMIT" },
	{ 0xa4, "guest executed TLBSYNC" },
	{ SVM_EXIT_NPF, "guest memory is not mapped, or not so: first touch or MMIO, mostly" },
	{ SVM_EXIT_AVIC_INCOMPLETE_IPI, "guest sent an IPI that the hardware could not deliver" },
	{ SVM_EXIT_AVIC_UNACCELERATED_ACCESS,
	  "guest accessed a local APIC register that KVM has to act on" },
	{ SVM_EXIT_VMGEXIT, "guest asked for a service (with SEV-ES)" },
	{}
};

/**
 * exit_meaning - tell what an exit code means
 * @isa: EBX of the geometry, any value
 * @code: the exit code
 *
 * Return: one line, NULL if it isn't known.
 */
const char *exit_meaning(__u32 isa, __u32 code)
{
	const struct meaning *meaning;

	if (code == KVM_EXIT_STATS_CODE_OTHER)
		return "all that has no code of its own, such as a VM entry that failed";

	if (isa == KVM_EXIT_STATS_ISA_VMX)
		meaning = vmx_meanings;
	else if (isa == KVM_EXIT_STATS_ISA_SVM)
		meaning = svm_meanings;
	else
		return NULL;

	for (; meaning->text; meaning++) {
		if (meaning->code == code)
			return meaning->text;
	}
	return NULL;
}
