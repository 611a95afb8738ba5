// SPDX-License-Identifier: GPL-2.0-only
/*
 * SVM: what a guest does, and the exits it takes.  Codes are exit codes (APM
 * vol. 2 app. C).
 */
#include "exit_stats_test.h"
#include "exit_stats_nested.h"
#include "svm_util.h"

#define NEEDS_NPT	"needs npt=1"
#define NEEDS_NO_NPT	"needs npt=0"

#define SVM_EXIT_EXCP(vector)	(SVM_EXIT_EXCP_BASE + (vector))

/* A hypervisor's exits leave it with GIF clear: no SMI comes. */
static void setup_smi(void)
{
	setup_no_svm();
	setup_x2apic();
}

static struct exit_case cases[] = {
	{
		.name = "nothing: only the queries themselves",
		.act = act_nothing,
	}, {
		.name = "CPUID",
		.act = act_cpuid,
		.exits = { { SVM_EXIT_CPUID, 1 } },
	}, {
		.name = "INVD",
		.act = act_invd,
		.exits = { { SVM_EXIT_INVD, 1 } },
	}, {
		.name = "WBINVD",
		.act = act_wbinvd,
		.exits = { { SVM_EXIT_WBINVD, 1 } },
	}, {
		.name = "VMMCALL",
		.act = act_vmmcall,
		.exits = { { SVM_EXIT_VMMCALL, 1 } },
	}, {
		.name = "port I/O that goes to the VMM, IN and OUT",
		.act = act_pio_to_vmm,
		.exits = { { SVM_EXIT_IOIO, 2 } },
	}, {
		.name = "port I/O that KVM handles",
		.act = act_pio_in_kernel,
		.exits = { { SVM_EXIT_IOIO, 1 } },
	}, {
		.name = "RDMSR",
		.act = act_rdmsr,
		.exits = { { SVM_EXIT_MSR, 1 } },
	}, {
		.name = "WRMSR",
		.act = act_wrmsr,
		.exits = { { SVM_EXIT_MSR, 1 } },
	}, {
		/* On the fast path, if the processor saves the next RIP. */
		.name = "WRMSR of the x2APIC ICR",
		.setup = setup_x2apic,
		.act = act_icr,
		.exits = { { SVM_EXIT_MSR, 1 } },
	}, {
		/* And the IPI, its delivery and the EOI. */
		.name = "HLT with an interrupt pending",
		.setup = setup_x2apic,
		.act = act_hlt,
		.exits = { { SVM_EXIT_HLT, 1 }, { SVM_EXIT_MSR, 2 }, { SVM_EXIT_VINTR, 1 } },
	}, {
		.name = "interrupt window",
		.setup = setup_x2apic,
		.act = act_irq_window,
		.exits = { { SVM_EXIT_VINTR, 1 }, { SVM_EXIT_MSR, 2 } },
	}, {
		.name = "NMI: the IRET at its end",
		.setup = setup_x2apic,
		.act = act_nmi,
		.exits = { { SVM_EXIT_IRET, 1 }, { SVM_EXIT_MSR, 1 } },
	}, {
		.name = "MOV to CR8 that lets a pending interrupt in",
		.setup = setup_x2apic,
		.act = act_cr8,
		.exits = { { SVM_EXIT_WRITE_CR8, 1 }, { SVM_EXIT_MSR, 2 }, { SVM_EXIT_VINTR, 1 } },
	}, {
		.name = "MOV to CR0, selective",
		.act = act_cr0,
		.exits = { { SVM_EXIT_CR0_SEL_WRITE, 1 } },
		.why_not = NEEDS_NPT,
	}, {
		.name = "MOV from and to CR0",
		.act = act_cr0,
		.exits = { { SVM_EXIT_READ_CR0, 1 }, { SVM_EXIT_WRITE_CR0, 1 } },
		.why_not = NEEDS_NO_NPT,
	}, {
		.name = "MOV from and to CR4",
		.act = act_cr4,
		.exits = { { SVM_EXIT_READ_CR4, 1 }, { SVM_EXIT_WRITE_CR4, 1 } },
	}, {
		.name = "MOV from and to CR3",
		.act = act_cr3,
		.exits = { { SVM_EXIT_READ_CR3, 1 }, { SVM_EXIT_WRITE_CR3, 1 } },
		.why_not = NEEDS_NO_NPT,
	}, {
		.name = "MOV from DR6",
		.act = act_dr_read,
		.exits = { { SVM_EXIT_READ_DR6, 1 }, { SVM_EXIT_CPUID, 1 } },
	}, {
		.name = "MOV to DR0",
		.act = act_dr_write,
		.exits = { { SVM_EXIT_WRITE_DR0, 1 }, { SVM_EXIT_CPUID, 1 } },
	}, {
		.name = "first touch of pages: nested page faults",
		.setup = setup_first_touch,
		.act = act_first_touch,
		.exits = { { SVM_EXIT_NPF, 1 } },
		.why_not = NEEDS_NPT,
	}, {
		.name = "MMIO reads: nested page faults",
		.act = act_mmio_read,
		.exits = { { SVM_EXIT_NPF, 1 } },
		.why_not = NEEDS_NPT,
	}, {
		.name = "MMIO writes: nested page faults",
		.act = act_mmio_write,
		.exits = { { SVM_EXIT_NPF, 1 } },
		.why_not = NEEDS_NPT,
	}, {
		.name = "first touch of pages: page faults of shadow paging",
		.setup = setup_first_touch,
		.act = act_first_touch,
		.exits = { { SVM_EXIT_EXCP(14), 1 } },
		.why_not = NEEDS_NO_NPT,
	}, {
		.name = "MMIO reads: page faults of shadow paging",
		.act = act_mmio_read,
		.exits = { { SVM_EXIT_EXCP(14), 1 } },
		.why_not = NEEDS_NO_NPT,
	}, {
		.name = "page faults of the guest's own",
		.act = act_page_fault,
		.exits = { { SVM_EXIT_EXCP(14), 1 } },
		.why_not = NEEDS_NO_NPT,
	}, {
		.name = "page faults of the guest's own, which don't exit",
		.act = act_page_fault,
		.why_not = NEEDS_NPT,
	}, {
		.name = "INVLPG",
		.act = act_invlpg,
		.exits = { { SVM_EXIT_INVLPG, 1 } },
		.why_not = NEEDS_NO_NPT,
	}, {
		.name = "#UD",
		.act = act_ud,
		.exits = { { SVM_EXIT_EXCP(6), 1 } },
	}, {
		.name = "#DB, single steps of the guest's own",
		.act = act_single_step,
		.exits = { { SVM_EXIT_EXCP(1), 1 } },
	}, {
		.name = "#BP, breakpoints of the VMM's",
		.act = act_int3,
		.exits = { { SVM_EXIT_EXCP(3), 1 } },
		.begin = begin_debug,
		.end = end_debug,
	}, {
		.name = "XSETBV",
		.setup = setup_xsave,
		.act = act_xsetbv,
		.exits = { { SVM_EXIT_XSETBV, 1 } },
	}, {
		.name = "RDPMC",
		.act = act_rdpmc,
		.exits = { { SVM_EXIT_RDPMC, 1 } },
	}, {
		.name = "MONITOR that the guest is not to have",
		.act = act_monitor,
		.exits = { { SVM_EXIT_MONITOR, 1 } },
		.begin = begin_no_mwait,
	}, {
		.name = "MWAIT that the guest is not to have",
		.act = act_mwait,
		.exits = { { SVM_EXIT_MWAIT, 1 } },
		.begin = begin_no_mwait,
	}, {
		.name = "a mixture",
		.act = act_mixture,
		.exits = {
			{ SVM_EXIT_CPUID, 5 },
			{ SVM_EXIT_MSR, 3 },
			{ SVM_EXIT_IOIO, 2 },
			{ SVM_EXIT_WBINVD, 1 },
		},
	}, {
		.name = "nested: VMLOAD",
		.setup = setup_svm_l2_vmmcall,
		.act = act_vmload,
		.exits = { { SVM_EXIT_VMLOAD, 1 } },
	}, {
		.name = "nested: VMSAVE",
		.act = act_vmsave,
		.exits = { { SVM_EXIT_VMSAVE, 1 } },
	}, {
		.name = "nested: CLGI and STGI",
		.act = act_clgi_stgi,
		.exits = { { SVM_EXIT_CLGI, 1 }, { SVM_EXIT_STGI, 1 } },
	}, {
		.name = "nested: INVLPGA",
		.act = act_invlpga,
		.exits = { { SVM_EXIT_INVLPGA, 1 } },
	}, {
		.name = "nested: SKINIT",
		.act = act_skinit,
		.exits = { { SVM_EXIT_SKINIT, 1 } },
	}, {
		/* The library loads and saves L2's further state around each VMRUN. */
		.name = "nested: VMRUN of an L2 that exits with VMMCALL",
		.setup = setup_svm_l2_vmmcall,
		.act = act_vmrun,
		.exits = {
			{ SVM_EXIT_VMLOAD, 1 },
			{ SVM_EXIT_VMRUN, 1 },
			{ SVM_EXIT_VMMCALL, 1 },
			{ SVM_EXIT_VMSAVE, 1 },
		},
	}, {
		.name = "nested: L2's CPUIDs are L1's to answer if L1 intercepts them",
		.setup = setup_svm_l2_cpuid,
		.act = act_vmrun_cpuid,
		.exits = {
			{ SVM_EXIT_VMLOAD, 1 },
			{ SVM_EXIT_VMRUN, 1 },
			{ SVM_EXIT_CPUID, 1 },
			{ SVM_EXIT_VMSAVE, 1 },
		},
	}, {
		.name = "nested: L2's CPUIDs see L1's leaf if L1 doesn't intercept them",
		.setup = setup_svm_l2_cpuid_vmmcall,
		.act = act_vmrun_cpuid_vmmcall,
		.exits = {
			{ SVM_EXIT_VMLOAD, 1 },
			{ SVM_EXIT_VMRUN, 1 },
			{ SVM_EXIT_CPUID, 1 },
			{ SVM_EXIT_VMMCALL, 1 },
			{ SVM_EXIT_VMSAVE, 1 },
		},
	}, {
		/* These two last, as the next case would have faults too. */
		.name = "SMI, and RSM",
		.setup = setup_smi,
		.act = act_smi,
		.exits = { { SVM_EXIT_RSM, 1 }, { SVM_EXIT_MSR, 1 } },
		.drops_pages = true,
	}, {
		/* KVM resets the vCPU.  With EFER.SVME, #GP would exit on the way. */
		.name = "shutdown, and the VMM that puts it right",
		.setup = setup_no_svm,
		.act = act_shutdown,
		.exits = { { SVM_EXIT_SHUTDOWN, 1 }, { SVM_EXIT_IOIO, 1 } },
		.drops_pages = true,
	},
	{}
};

/* Whether the processor is QEMU's, which gets a few intercepts wrong. */
static bool is_tcg(void)
{
	char signature[12];
	u32 eax;

	cpuid(0x40000000, &eax, (u32 *)signature, (u32 *)signature + 1, (u32 *)signature + 2);
	return !memcmp(signature, "TCGTCGTCGTCG", sizeof(signature));
}

/* Bochs says that it is a processor of AMD's without a hypervisor; its BIOS doesn't. */
static bool is_bochs(void)
{
	char version[16] = "";
	FILE *f = fopen("/sys/class/dmi/id/bios_version", "r");

	if (!f)
		return false;
	if (!fgets(version, sizeof(version), f))
		version[0] = 0;
	fclose(f);
	return !strncmp(version, "Bochs", 5);
}

/**
 * svm_cases - the cases, as they are on this host
 */
struct exit_case *svm_cases(void)
{
	const char *wrong_paging = stats_vendor_param("npt") ? NEEDS_NO_NPT : NEEDS_NPT;
	const bool nested = stats_vendor_param("nested");
	const bool vgif = stats_vendor_param("vgif");
	const bool vls = stats_vendor_param("vls");
	const bool tcg = is_tcg(), bochs = is_bochs();
	struct exit_case *c;
	int i;

	for (c = cases; c->name; c++) {
		if (c->why_not && strcmp(c->why_not, wrong_paging))
			c->why_not = NULL;
		if (!nested && !strncmp(c->name, "nested", 6))
			c->why_not = "needs nested=1";
		if (tcg && c->act == act_invd)
			c->why_not = "QEMU's TCG says WBINVD for it";
		if (tcg && (c->act == act_int3 || c->act == act_xsetbv))
			c->why_not = "QEMU's TCG doesn't intercept it";
		if (c->act == act_smi && !kvm_has_cap(KVM_CAP_X86_SMM))
			c->why_not = "needs a KVM with SMM";
		if (bochs && c->act == act_shutdown)
			c->why_not = "Bochs itself ends";
		if (bochs && c->act == act_smi)
			c->exits[0].code = SVM_EXIT_EXCP(6);
		/* What the processor virtualizes doesn't exit. */
		for (i = 0; i < ARRAY_SIZE(c->exits); i++) {
			switch (c->exits[i].code) {
			case SVM_EXIT_CLGI:
			case SVM_EXIT_STGI:
				if (vgif)
					c->exits[i].times = 0;
				break;
			case SVM_EXIT_VMLOAD:
			case SVM_EXIT_VMSAVE:
				if (vls)
					c->exits[i].times = 0;
			}
		}
	}
	return cases;
}
