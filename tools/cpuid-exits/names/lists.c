// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names that are the same in every guest.
 */
#include <stddef.h>

#include <asm/kvm_exit_stats.h>

#include "names/names.h"

#define ONE(number, name)	{ number, 0, name }
#define ALL(first, last, name)	{ first, last, name }

/* As the manuals call them, without IA32_ (Intel SDM vol. 4; AMD APM vol. 2, app. A). */
const struct number_name msr_names[] = {
	ONE(0x10, "TIME_STAMP_COUNTER"), ONE(0x11, "KVM_WALL_CLOCK"), ONE(0x12, "KVM_SYSTEM_TIME"),
	ONE(0x17, "PLATFORM_ID"), ONE(0x1b, "APIC_BASE"), ONE(0x34, "SMI_COUNT"),
	ONE(0x3a, "FEATURE_CONTROL"), ONE(0x3b, "TSC_ADJUST"), ONE(0x48, "SPEC_CTRL"),
	ONE(0x49, "PRED_CMD"), ONE(0x79, "BIOS_UPDT_TRIG"), ONE(0x8b, "BIOS_SIGN_ID"),
	ALL(0xc1, 0xc8, "PMC"), ONE(0xce, "PLATFORM_INFO"), ONE(0xe7, "MPERF"), ONE(0xe8, "APERF"),
	ONE(0xfe, "MTRRCAP"), ONE(0x10a, "ARCH_CAPABILITIES"), ONE(0x10b, "FLUSH_CMD"),
	ONE(0x122, "TSX_CTRL"), ONE(0x140, "MISC_FEATURES_ENABLES"), ONE(0x174, "SYSENTER_CS"),
	ONE(0x175, "SYSENTER_ESP"), ONE(0x176, "SYSENTER_EIP"), ONE(0x179, "MCG_CAP"),
	ONE(0x17a, "MCG_STATUS"), ALL(0x186, 0x18d, "PERFEVTSEL"), ONE(0x198, "PERF_STATUS"),
	ONE(0x199, "PERF_CTL"), ONE(0x19c, "THERM_STATUS"), ONE(0x1a0, "MISC_ENABLE"),
	ONE(0x1b0, "ENERGY_PERF_BIAS"), ONE(0x1c4, "XFD"), ONE(0x1c5, "XFD_ERR"),
	ONE(0x1d9, "DEBUGCTL"), ALL(0x200, 0x21f, "MTRR_PHYS"), ALL(0x250, 0x26f, "MTRR_FIX"),
	ONE(0x277, "PAT"), ONE(0x2ff, "MTRR_DEF_TYPE"), ALL(0x309, 0x30c, "FIXED_CTR"),
	ONE(0x345, "PERF_CAPABILITIES"), ONE(0x38d, "FIXED_CTR_CTRL"),
	ONE(0x38e, "PERF_GLOBAL_STATUS"), ONE(0x38f, "PERF_GLOBAL_CTRL"),
	ONE(0x390, "PERF_GLOBAL_OVF_CTRL"), ONE(0x3f1, "PEBS_ENABLE"), ALL(0x400, 0x47f, "MC"),
	ALL(0x480, 0x491, "VMX"), ONE(0x600, "DS_AREA"), ONE(0x606, "RAPL_POWER_UNIT"),
	ONE(0x611, "PKG_ENERGY_STATUS"), ONE(0x6a0, "U_CET"), ONE(0x6a2, "S_CET"),
	ONE(0x6e0, "TSC_DEADLINE"), ONE(0xda0, "XSS"), ONE(0x40000000, "HV_GUEST_OS_ID"),
	ONE(0x40000001, "HV_HYPERCALL"), ONE(0x40000020, "HV_TIME_REF_COUNT"),
	ONE(0x40000070, "HV_EOI"), ONE(0x40000071, "HV_ICR"), ONE(0x40000084, "HV_EOM"),
	ALL(0x400000b0, 0x400000b7, "HV_STIMER"), ONE(0x4b564d00, "KVM_WALL_CLOCK_NEW"),
	ONE(0x4b564d01, "KVM_SYSTEM_TIME_NEW"), ONE(0x4b564d02, "KVM_ASYNC_PF_EN"),
	ONE(0x4b564d03, "KVM_STEAL_TIME"), ONE(0x4b564d04, "KVM_PV_EOI_EN"),
	ONE(0x4b564d05, "KVM_POLL_CONTROL"), ONE(0x4b564d06, "KVM_ASYNC_PF_INT"),
	ONE(0x4b564d07, "KVM_ASYNC_PF_ACK"), ONE(0xc0000080, "EFER"), ONE(0xc0000081, "STAR"),
	ONE(0xc0000082, "LSTAR"), ONE(0xc0000083, "CSTAR"), ONE(0xc0000084, "FMASK"),
	ONE(0xc0000100, "FS_BASE"), ONE(0xc0000101, "GS_BASE"), ONE(0xc0000102, "KERNEL_GS_BASE"),
	ONE(0xc0000103, "TSC_AUX"), ONE(0xc0000104, "TSC_RATIO"),
	ALL(0xc0010000, 0xc0010003, "PERF_CTL"), ALL(0xc0010004, 0xc0010007, "PERF_CTR"),
	ONE(0xc0010010, "SYSCFG"), ONE(0xc0010015, "HWCR"), ONE(0xc0010055, "INT_PENDING"),
	ONE(0xc0010114, "VM_CR"), ONE(0xc0010117, "VM_HSAVE_PA"),
	ONE(0xc001011f, "VIRT_SPEC_CTRL"), ALL(0xc0010200, 0xc001020b, "PERF_CTL/CTR"),
	ONE(0xc0011029, "DE_CFG"),
	{}
};

/* Offset in the APIC page, of 16 bytes each; of MSR 0x800 and following in x2APIC mode. */
const struct number_name apic_names[] = {
	ONE(0x02, "APICID"), ONE(0x03, "VERSION"), ONE(0x08, "TPR"), ONE(0x09, "APR"),
	ONE(0x0a, "PPR"), ONE(0x0b, "EOI"), ONE(0x0d, "LDR"), ONE(0x0e, "DFR"), ONE(0x0f, "SIVR"),
	ALL(0x10, 0x17, "ISR"), ALL(0x18, 0x1f, "TMR"), ALL(0x20, 0x27, "IRR"), ONE(0x28, "ESR"),
	ONE(0x2f, "LVT_CMCI"), ONE(0x30, "ICR"), ONE(0x31, "ICR2"), ONE(0x32, "LVT_TIMER"),
	ONE(0x33, "LVT_THERMAL"), ONE(0x34, "LVT_PMI"), ONE(0x35, "LVT_LINT0"),
	ONE(0x36, "LVT_LINT1"), ONE(0x37, "LVT_ERROR"), ONE(0x38, "INIT_COUNT"),
	ONE(0x39, "CUR_COUNT"), ONE(0x3e, "DIV_CONF"), ONE(0x3f, "SELF_IPI"),
	{}
};

/* Where a PC has them, named as Linux's drivers are. */
const struct number_name port_names[] = {
	ALL(0x20, 0x21, "pic1"), ALL(0x40, 0x43, "i8253 timer"), ONE(0x60, "i8042 keyboard"),
	ONE(0x61, "PC speaker and NMI status"), ONE(0x64, "i8042 keyboard"),
	ALL(0x70, 0x71, "rtc_cmos"), ONE(0x80, "I/O delay"), ONE(0x92, "A20 gate"),
	ALL(0xa0, 0xa1, "pic2"), ALL(0x170, 0x177, "ata_piix secondary"),
	ALL(0x1f0, 0x1f7, "ata_piix primary"), ALL(0x2e8, 0x2ef, "serial8250 ttyS3"),
	ALL(0x2f8, 0x2ff, "serial8250 ttyS1"), ALL(0x3b0, 0x3df, "VGA"),
	ALL(0x3e8, 0x3ef, "serial8250 ttyS2"), ALL(0x3f0, 0x3f5, "floppy"),
	ALL(0x3f8, 0x3ff, "serial8250 ttyS0"), ONE(0x402, "QEMU debug console"),
	ALL(0x4d0, 0x4d1, "pic ELCR"), ALL(0x510, 0x51b, "QEMU fw_cfg"),
	ALL(0xcf8, 0xcff, "PCI configuration"),
	{}
};

const struct number_name page_names[] = {
	ONE(EXIT_STATS_KEY_MEMORY, "memory"), ALL(0xa0, 0xbf, "VGA"), ONE(0xfec00, "I/O APIC"),
	ONE(0xfed00, "HPET"), ALL(0xfed40, 0xfed44, "TPM"), ONE(0xfee00, "local APIC"),
	{}
};

const struct number_name leaf_names[] = {
	ONE(0x0, "vendor"), ONE(0x1, "version and features"), ONE(0x2, "cache descriptors"),
	ONE(0x4, "caches"), ONE(0x5, "MONITOR/MWAIT"), ONE(0x6, "power management"),
	ONE(0x7, "features"), ONE(0xa, "performance monitoring"), ONE(0xb, "topology"),
	ONE(0xd, "XSAVE"), ONE(0x15, "TSC frequency"), ONE(0x16, "processor frequency"),
	ONE(0x1f, "topology"), ONE(0x40000000, "hypervisor"),
	ONE(0x40000001, "hypervisor features"), ONE(EXIT_STATS_LEAF, "exit statistics"),
	ONE(EXIT_STATS_KEY_HYPERVISORS, "other hypervisors"),
	ONE(0x80000000, "highest extended leaf"), ONE(0x80000001, "extended features"),
	ALL(0x80000002, 0x80000004, "processor name"), ALL(0x80000005, 0x80000006, "caches"),
	ONE(0x80000008, "address sizes"), ONE(0x8000001d, "caches"), ONE(0x8000001e, "topology"),
	{}
};

/* KVM_HC_* */
const struct number_name hypercall_names[] = {
	ONE(1, "VAPIC_POLL_IRQ"), ONE(2, "MMU_OP"), ONE(3, "FEATURES"), ONE(5, "KICK_CPU"),
	ONE(9, "CLOCK_PAIRING"), ONE(10, "SEND_IPI"), ONE(11, "SCHED_YIELD"),
	ONE(12, "MAP_GPA_RANGE"),
	{}
};

const struct number_name exception_names[] = {
	ONE(0, "#DE"), ONE(1, "#DB"), ONE(2, "NMI"), ONE(3, "#BP"), ONE(4, "#OF"), ONE(5, "#BR"),
	ONE(6, "#UD"), ONE(7, "#NM"), ONE(8, "#DF"), ONE(10, "#TS"), ONE(11, "#NP"),
	ONE(12, "#SS"), ONE(13, "#GP"), ONE(14, "#PF"), ONE(16, "#MF"), ONE(17, "#AC"),
	ONE(18, "#MC"), ONE(19, "#XM"), ONE(20, "#VE"), ONE(21, "#CP"),
	{}
};

/* The host is Linux: its arch/x86/include/asm/irq_vectors.h. */
const struct number_name host_vector_names[] = {
	ALL(0x30, 0x3f, "ISA device"), ONE(0xec, "local timer"), ONE(0xed, "Hyper-V timer"),
	ALL(0xf0, 0xf2, "posted interrupt"), ONE(0xf3, "hypervisor callback"),
	ONE(0xf6, "IRQ work"), ONE(0xf7, "platform IPI"), ONE(0xf8, "reboot"),
	ONE(0xf9, "threshold"), ONE(0xfa, "thermal"), ALL(0xfb, 0xfc, "function call"),
	ONE(0xfd, "reschedule"), ONE(0xfe, "APIC error"), ONE(0xff, "spurious"),
	{}
};
