// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMX: what a guest does, and the exits it takes.  Codes are basic exit
 * reasons (SDM vol. 3 app. C).
 */
#include "exit_stats_test.h"
#include "exit_stats_nested.h"
#include "vmx.h"

#define NEEDS_EPT	"needs ept=1"
#define NEEDS_NO_EPT	"needs ept=0"

static struct exit_case cases[] = {
	{
		.name = "nothing: only the queries themselves",
		.act = act_nothing,
	}, {
		.name = "CPUID",
		.act = act_cpuid,
		.exits = { { EXIT_REASON_CPUID, 1 } },
	}, {
		.name = "INVD",
		.act = act_invd,
		.exits = { { EXIT_REASON_INVD, 1 } },
	}, {
		.name = "WBINVD",
		.act = act_wbinvd,
		.exits = { { EXIT_REASON_WBINVD, 1 } },
	}, {
		.name = "VMCALL",
		.act = act_vmcall,
		.exits = { { EXIT_REASON_VMCALL, 1 } },
	}, {
		.name = "port I/O that goes to the VMM, IN and OUT",
		.act = act_pio_to_vmm,
		.exits = { { EXIT_REASON_IO_INSTRUCTION, 2 } },
	}, {
		.name = "port I/O that KVM handles",
		.act = act_pio_in_kernel,
		.exits = { { EXIT_REASON_IO_INSTRUCTION, 1 } },
	}, {
		.name = "RDMSR",
		.act = act_rdmsr,
		.exits = { { EXIT_REASON_MSR_READ, 1 } },
	}, {
		.name = "WRMSR",
		.act = act_wrmsr,
		.exits = { { EXIT_REASON_MSR_WRITE, 1 } },
	}, {
		.name = "WRMSR of the x2APIC ICR, on the fast path",
		.setup = setup_x2apic,
		.act = act_icr,
		.exits = { { EXIT_REASON_MSR_WRITE, 1 } },
	}, {
		.name = "WRMSR of the TSC deadline, on the fast path into the guest",
		.setup = setup_tsc_deadline,
		.act = act_tsc_deadline,
		.exits = { { EXIT_REASON_MSR_WRITE, 1 } },
	}, {
		/* And the IPI; without APICv also its delivery and the EOI. */
		.name = "HLT with an interrupt pending",
		.setup = setup_x2apic,
		.act = act_hlt,
		.exits = {
			{ EXIT_REASON_HLT, 1 },
			{ EXIT_REASON_MSR_WRITE, 2 },
			{ EXIT_REASON_INTERRUPT_WINDOW, 1 },
		},
	}, {
		.name = "interrupt window",
		.setup = setup_x2apic,
		.act = act_irq_window,
		.exits = { { EXIT_REASON_INTERRUPT_WINDOW, 1 }, { EXIT_REASON_MSR_WRITE, 2 } },
	}, {
		.name = "NMI window: an NMI that waits for the end of another",
		.setup = setup_x2apic,
		.act = act_nmi_window,
		.exits = { { EXIT_REASON_NMI_WINDOW, 1 }, { EXIT_REASON_MSR_WRITE, 2 } },
	}, {
		.name = "MOV to CR8 that lets a pending interrupt in",
		.setup = setup_x2apic,
		.act = act_cr8,
		.exits = {
			{ EXIT_REASON_TPR_BELOW_THRESHOLD, 1 },
			{ EXIT_REASON_MSR_WRITE, 2 },
			{ EXIT_REASON_INTERRUPT_WINDOW, 1 },
		},
	}, {
		.name = "MOV to CR0",
		.act = act_cr0,
		.exits = { { EXIT_REASON_CR_ACCESS, 1 } },
	}, {
		.name = "MOV to CR4",
		.act = act_cr4,
		.exits = { { EXIT_REASON_CR_ACCESS, 1 } },
	}, {
		.name = "MOV from and to CR3",
		.act = act_cr3,
		.exits = { { EXIT_REASON_CR_ACCESS, 2 } },
		.why_not = NEEDS_NO_EPT,
	}, {
		.name = "MOV from DR6",
		.act = act_dr_read,
		.exits = { { EXIT_REASON_DR_ACCESS, 1 }, { EXIT_REASON_CPUID, 1 } },
	}, {
		.name = "MOV to DR0",
		.act = act_dr_write,
		.exits = { { EXIT_REASON_DR_ACCESS, 1 }, { EXIT_REASON_CPUID, 1 } },
	}, {
		.name = "first touch of pages: EPT violations",
		.setup = setup_first_touch,
		.act = act_first_touch,
		.exits = { { EXIT_REASON_EPT_VIOLATION, 1 } },
		.why_not = NEEDS_EPT,
	}, {
		.name = "MMIO reads: EPT misconfigurations",
		.act = act_mmio_read,
		.exits = { { EXIT_REASON_EPT_MISCONFIG, 1 } },
		.why_not = NEEDS_EPT,
	}, {
		.name = "MMIO writes: EPT misconfigurations",
		.act = act_mmio_write,
		.exits = { { EXIT_REASON_EPT_MISCONFIG, 1 } },
		.why_not = NEEDS_EPT,
	}, {
		.name = "first touch of pages: page faults of shadow paging",
		.setup = setup_first_touch,
		.act = act_first_touch,
		.exits = { { EXIT_REASON_EXCEPTION_NMI, 1 } },
		.why_not = NEEDS_NO_EPT,
	}, {
		.name = "MMIO reads: page faults of shadow paging",
		.act = act_mmio_read,
		.exits = { { EXIT_REASON_EXCEPTION_NMI, 1 } },
		.why_not = NEEDS_NO_EPT,
	}, {
		.name = "page faults of the guest's own",
		.act = act_page_fault,
		.exits = { { EXIT_REASON_EXCEPTION_NMI, 1 } },
		.why_not = NEEDS_NO_EPT,
	}, {
		.name = "page faults of the guest's own, which don't exit",
		.act = act_page_fault,
		.why_not = NEEDS_EPT,
	}, {
		.name = "INVLPG",
		.act = act_invlpg,
		.exits = { { EXIT_REASON_INVLPG, 1 } },
		.why_not = NEEDS_NO_EPT,
	}, {
		.name = "INVPCID",
		.act = act_invpcid,
		.exits = { { EXIT_REASON_INVPCID, 1 } },
		.why_not = NEEDS_NO_EPT,
	}, {
		.name = "#UD",
		.act = act_ud,
		.exits = { { EXIT_REASON_EXCEPTION_NMI, 1 } },
	}, {
		.name = "#DB, single steps of the guest's own",
		.act = act_single_step,
		.exits = { { EXIT_REASON_EXCEPTION_NMI, 1 } },
	}, {
		.name = "#BP, breakpoints of the VMM's",
		.act = act_int3,
		.exits = { { EXIT_REASON_EXCEPTION_NMI, 1 } },
		.begin = begin_debug,
		.end = end_debug,
	}, {
		.name = "XSETBV",
		.setup = setup_xsave,
		.act = act_xsetbv,
		.exits = { { EXIT_REASON_XSETBV, 1 } },
	}, {
		.name = "RDPMC",
		.act = act_rdpmc,
		.exits = { { EXIT_REASON_RDPMC, 1 } },
	}, {
		.name = "RDRAND that the guest is not to have",
		.act = act_rdrand,
		.exits = { { EXIT_REASON_RDRAND, 1 } },
	}, {
		.name = "RDSEED that the guest is not to have",
		.act = act_rdseed,
		.exits = { { EXIT_REASON_RDSEED, 1 } },
	}, {
		.name = "MONITOR that the guest is not to have",
		.act = act_monitor,
		.exits = { { EXIT_REASON_MONITOR_INSTRUCTION, 1 } },
		.begin = begin_no_mwait,
	}, {
		.name = "MWAIT that the guest is not to have",
		.act = act_mwait,
		.exits = { { EXIT_REASON_MWAIT_INSTRUCTION, 1 } },
		.begin = begin_no_mwait,
	}, {
		.name = "triple fault, and the VMM that puts it right",
		.act = act_shutdown,
		.exits = { { EXIT_REASON_TRIPLE_FAULT, 1 }, { EXIT_REASON_IO_INSTRUCTION, 1 } },
	}, {
		.name = "a mixture",
		.act = act_mixture,
		.exits = {
			{ EXIT_REASON_CPUID, 5 },
			{ EXIT_REASON_MSR_READ, 3 },
			{ EXIT_REASON_IO_INSTRUCTION, 2 },
			{ EXIT_REASON_WBINVD, 1 },
		},
	}, {
		.name = "nested: VMXOFF and VMXON",
		.setup = setup_vmxon,
		.act = act_vmxoff_vmxon,
		.exits = { { EXIT_REASON_VMOFF, 1 }, { EXIT_REASON_VMON, 1 } },
	}, {
		.name = "nested: VMCLEAR",
		.act = act_vmclear,
		.exits = { { EXIT_REASON_VMCLEAR, 1 } },
	}, {
		.name = "nested: VMPTRLD",
		.setup = setup_vmptrld,
		.act = act_vmptrld,
		.exits = { { EXIT_REASON_VMPTRLD, 1 } },
	}, {
		.name = "nested: VMPTRST",
		.act = act_vmptrst,
		.exits = { { EXIT_REASON_VMPTRST, 1 } },
	}, {
		.name = "nested: VMREAD of a field that isn't shadowed",
		.act = act_vmread,
		.exits = { { EXIT_REASON_VMREAD, 1 } },
	}, {
		.name = "nested: VMWRITE of a field that isn't shadowed",
		.act = act_vmwrite,
		.exits = { { EXIT_REASON_VMWRITE, 1 } },
	}, {
		.name = "nested: INVEPT",
		.act = act_invept,
		.exits = { { EXIT_REASON_INVEPT, 1 } },
	}, {
		.name = "nested: INVVPID",
		.act = act_invvpid,
		.exits = { { EXIT_REASON_INVVPID, 1 } },
	}, {
		.name = "nested: VMLAUNCH that fails",
		.setup = setup_no_vmcs,
		.act = act_vmlaunch_fails,
		.exits = { { EXIT_REASON_VMLAUNCH, 1 } },
	}, {
		.name = "nested: VMRESUME that fails",
		.act = act_vmresume_fails,
		.exits = { { EXIT_REASON_VMRESUME, 1 } },
	}, {
		/* The library writes HOST_RSP and HOST_RIP before each entry. */
		.name = "nested: VMLAUNCH of an L2 that exits with VMCALL",
		.setup = setup_l2_vmcall,
		.act = act_vmlaunch,
		.exits = {
			{ EXIT_REASON_VMCLEAR, 1 },
			{ EXIT_REASON_VMPTRLD, 1 },
			{ EXIT_REASON_VMWRITE, 2 },
			{ EXIT_REASON_VMLAUNCH, 1 },
			{ EXIT_REASON_VMCALL, 1 },
		},
	}, {
		.name = "nested: VMRESUME of an L2 that exits with VMCALL",
		.setup = setup_l2_vmcall,
		.act = act_vmresume,
		.exits = {
			{ EXIT_REASON_VMWRITE, 2 },
			{ EXIT_REASON_VMRESUME, 1 },
			{ EXIT_REASON_VMCALL, 1 },
		},
	}, {
		.name = "nested: L2's CPUIDs are L1's to answer, and count in L1's VM",
		.setup = setup_l2_cpuid,
		.act = act_vmresume,
		.exits = {
			{ EXIT_REASON_VMWRITE, 2 },
			{ EXIT_REASON_VMRESUME, 1 },
			{ EXIT_REASON_CPUID, 1 },
		},
	}, {
		.name = "SGDT with UMIP emulated",
		.setup = setup_umip,
		.act = act_sgdt,
		.exits = { { EXIT_REASON_GDTR_IDTR, 1 } },
	}, {
		.name = "SLDT with UMIP emulated",
		.setup = setup_umip,
		.act = act_sldt,
		.exits = { { EXIT_REASON_LDTR_TR, 1 } },
	}, {
		/* Last, as the next case would have faults too.  RSM is a #UD to VMX. */
		.name = "SMI, and RSM",
		.setup = setup_x2apic,
		.act = act_smi,
		.exits = { { EXIT_REASON_EXCEPTION_NMI, 1 }, { EXIT_REASON_MSR_WRITE, 1 } },
		.drops_pages = true,
		.why_not = NEEDS_EPT,
	},
	{}
};

/* Whether the host has a feature that it needn't show to guests. */
static bool host_has(u32 leaf, int reg, int bit)
{
	u32 r[4];

	__cpuid(leaf, 0, &r[0], &r[1], &r[2], &r[3]);
	return r[reg] & (1u << bit);
}

/**
 * vmx_cases - the cases, as they are on this host
 */
struct exit_case *vmx_cases(void)
{
	const char *wrong_paging = stats_vendor_param("ept") ? NEEDS_NO_EPT : NEEDS_EPT;
	const bool apicv = stats_vendor_param("enable_apicv");
	const bool nested = stats_vendor_param("nested");
	struct exit_case *c;

	for (c = cases; c->name; c++) {
		if (c->why_not && strcmp(c->why_not, wrong_paging))
			c->why_not = NULL;
		if (!nested && !strncmp(c->name, "nested", 6))
			c->why_not = "needs nested=1";
		if (apicv && c->act == act_hlt) {
			c->exits[1].times = 1;
			c->exits[2].times = 0;
		}
		if (apicv && (c->act == act_irq_window || c->act == act_cr8))
			c->why_not = "needs enable_apicv=0";
		if (c->act == act_invpcid && !host_has(7, 1, 10))
			c->why_not = "the processor has no INVPCID";
		if (c->act == act_nmi_window && !stats_vendor_param("vnmi"))
			c->why_not = "needs vnmi=1";
		if (c->act == act_smi && !kvm_has_cap(KVM_CAP_X86_SMM))
			c->why_not = "needs a KVM with SMM";
		if (c->act == act_rdrand && !host_has(1, 2, 30))
			c->why_not = "the processor has no RDRAND";
		if (c->act == act_rdseed && !host_has(7, 1, 18))
			c->why_not = "the processor has no RDSEED";
		if ((c->act == act_sgdt || c->act == act_sldt) &&
		    (host_has(7, 2, 2) || !kvm_cpu_has(X86_FEATURE_UMIP)))
			c->why_not = "KVM doesn't emulate UMIP here";
	}
	return cases;
}
