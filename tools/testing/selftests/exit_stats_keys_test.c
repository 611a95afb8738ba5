// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys are exact: a guest does 16 of one thing, and just the keys of that grow, by just
 * that number.  The keys of a code add up to what the code has counted.
 *
 * As in exit_stats_test, a measurement is repeated until the host caused no exit in it,
 * and keys of what the host causes are not compared.
 */
#include <asm/kvm_para.h>

#include "exit_stats_test.h"
#include "exit_stats_nested.h"
#include "svm_util.h"
#include "vmx.h"

#define NR_TIMES	16
#define ATTEMPTS	25
#define NR_PLACES	STATS_NR_PLACES
#define OWN		EXIT_STATS_THIS_VCPU

/* Leaves without data that all find room, and more than have room. */
#define FIRST_LEAF	0x10000
#define FEW_LEAVES	300
#define MANY_LEAVES	2000
#define LEAF_TIMES	2

#define WAIT_CYCLES	BIT_ULL(24)

#define KEY_IN		BIT_ULL(19)
#define KEY_STRING	BIT_ULL(20)
#define KEY_PORT(port, bytes)	((port) | (bytes) << 16)
#define KEY_CR_LMSW	0x30
#define KEY_DR_READ	0x10
/* SVM has one code for reads and writes. */
#define KEY_MSR_WRITE	BIT_ULL(32)

#define UCALL_KEY	(KEY_PORT(0x1000, 1) | KEY_IN)
#define PIC1_MASK	0x21
#define PIC2_MASK	0xa1
#define MSR_MISC_ENABLE	0x1a0
#define MMIO_KEY	(MMIO_GVA >> 12)
#define L2_HYPERCALL	9
#define L2_CLOBBERS	"rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", \
			"r12", "r13", "r14", "r15", "memory", "cc"

static bool on_vmx;
static u32 cpuid_code, msr_write_code, io_code, host_codes[3], nr_host_codes;
static u64 msr_write_key;

struct expected_key {
	u32 code;
	u64 key;
	u32 times;
};

/**
 * struct key_case - something that a guest does, and the keys of its exits
 * @name: for the result
 * @setup: done once in the guest, before anything is measured; may be NULL
 * @act: what is done in the guest, @n times
 * @vmx: what that takes: for each time, so many exits with that key
 * @svm: likewise
 * @nested: needs a guest hypervisor
 */
struct key_case {
	const char *name;
	void (*setup)(void);
	void (*act)(u32 n);
	struct expected_key vmx[13], svm[13];
	bool nested;
};

struct place {
	bool used;
	u32 code;
	u64 key, exits, cycles, away;
};

struct sum {
	u32 code, keys;
	bool quiet;
	u64 exits, cycles, most_cycles, away, most_away;
	struct stats_record record;
	u64 code_away;
};

/* What the VMM has the guest do. */
enum { MEASURE, READ, SUMS, WAIT, LEAVES };

static struct {
	u32 what, leaves;
	const struct key_case *c;
} todo;

/* What the guest has seen of it. */
static struct {
	struct place before[NR_PLACES], after[NR_PLACES];
	bool quiet;
	struct sum sums[EXIT_STATS_NR_RECORDS];
	u32 nr_sums;
} seen;

static const u32 msrs[] = { MSR_KVM_WALL_CLOCK_NEW, MSR_KVM_SYSTEM_TIME_NEW, MSR_MISC_ENABLE };
static u64 misc_enable;
static u8 pic_masks[2];

static void setup_msrs(void)
{
	misc_enable = rdmsr(MSR_MISC_ENABLE);
}

static void act_read_msrs(u32 n)
{
	int i;

	TIMES(n)
		for (i = 0; i < ARRAY_SIZE(msrs); i++)
			rdmsr(msrs[i]);
}

static void act_write_msrs(u32 n)
{
	int i;

	TIMES(n)
		for (i = 0; i < ARRAY_SIZE(msrs); i++)
			wrmsr(msrs[i], msrs[i] == MSR_MISC_ENABLE ? misc_enable : 0);
}

static u8 guest_read_port(u16 port)
{
	u8 value;

	asm volatile("inb %%dx, %%al" : "=a"(value) : "d"(port));
	return value;
}

static void setup_ports(void)
{
	pic_masks[0] = guest_read_port(PIC1_MASK);
	pic_masks[1] = guest_read_port(PIC2_MASK);
}

static void act_ports(u32 n)
{
	TIMES(n) {
		guest_inb(PIC1_MASK);
		asm volatile("outb %%al, %%dx" : : "a"(pic_masks[0]), "d"(PIC1_MASK));
		guest_inb(PIC2_MASK);
		asm volatile("outb %%al, %%dx" : : "a"(pic_masks[1]), "d"(PIC2_MASK));
		guest_inb(STATS_PIO_PORT);
		guest_outb(STATS_PIO_PORT);
	}
}

static void act_port_sizes(u32 n)
{
	u32 value = 0;

	TIMES(n) {
		asm volatile("inw %%dx, %%ax" : "+a"(value) : "d"(STATS_PIO_PORT));
		asm volatile("outw %%ax, %%dx" : : "a"(value), "d"(STATS_PIO_PORT));
		asm volatile("inl %%dx, %%eax" : "+a"(value) : "d"(STATS_PIO_PORT));
		asm volatile("outl %%eax, %%dx" : : "a"(value), "d"(STATS_PIO_PORT));
	}
}

static void act_port_strings(u32 n)
{
	static u8 buffer[2];
	u8 *p;

	TIMES(n) {
		p = buffer;
		asm volatile("outsb" : "+S"(p) : "d"(STATS_PIO_PORT) : "memory");
		p = buffer;
		asm volatile("insb" : "+D"(p) : "d"(STATS_PIO_PORT) : "memory");
	}
}

static void act_mmio_pages(u32 n)
{
	TIMES(n) {
		asm volatile("movl %0, (%1)" : : "r"(0), "r"(MMIO_GVA) : "memory");
		asm volatile("movl %0, (%1)" : : "r"(0), "r"(MMIO_GVA + 4096) : "memory");
		asm volatile("movl %0, (%1)" : : "r"(0), "r"(MMIO_GVA + 4096 + 8) : "memory");
	}
}

static void guest_key_leaf(u32 leaf)
{
	u32 eax, ebx, ecx, edx;

	__cpuid(leaf, 0, &eax, &ebx, &ecx, &edx);
}

static void act_leaves(u32 n)
{
	TIMES(n) {
		guest_key_leaf(0);
		guest_key_leaf(7);
		guest_key_leaf(0x80000008);
	}
}

static void act_hypervisor_leaves(u32 n)
{
	TIMES(n) {
		guest_key_leaf(0x400000ff);
		guest_key_leaf(0x40000100);
		guest_key_leaf(0x40001200);
		guest_key_leaf(0x4000ffff);
		guest_key_leaf(0x40010000);
	}
}

static void guest_hypercall(u64 nr)
{
	if (on_vmx)
		asm volatile("vmcall" : "+a"(nr) : "b"(0) : "memory");
	else
		asm volatile("vmmcall" : "+a"(nr) : "b"(0) : "memory");
}

/* One that does nothing, and two that there are not. */
static void act_hypercalls(u32 n)
{
	TIMES(n) {
		guest_hypercall(1);
		guest_hypercall(0x77);
		guest_hypercall(0x12345);
	}
}

/* CR0.MP, which matters to WAIT only. */
static void act_lmsw(u32 n)
{
	u64 cr0;

	TIMES(n) {
		asm volatile("smsw %0" : "=r"(cr0));
		asm volatile("lmsw %w0" : : "r"(cr0 ^ X86_CR0_MP) : "memory");
	}
}

/* Its own guest touches pages for the first time. */
static void l2_touch(void)
{
	for (;;) {
		act_first_touch(1);
		/* The guest hypervisor keeps no registers. */
		if (on_vmx)
			asm volatile("vmcall" : : "a"(L2_HYPERCALL) : L2_CLOBBERS);
		else
			asm volatile("vmmcall" : : "a"(L2_HYPERCALL) : L2_CLOBBERS);
	}
}

static void setup_l2_touch(void)
{
	if (on_vmx) {
		setup_vmxon();
		setup_l2(l2_touch);
	} else {
		setup_svm_l2(l2_touch);
		act_vmrun(1);
	}
}

static void act_l2_touch(u32 n)
{
	if (on_vmx)
		act_l2_spin(n);
	else
		act_svm_l2_spin(n);
}

static const struct key_case cases[] = {
	{
		.name = "nothing: only the queries themselves",
		.act = act_nothing,
	}, {
		.name = "reads of three MSRs",
		.act = act_read_msrs,
		.vmx = {
			{ EXIT_REASON_MSR_READ, MSR_KVM_WALL_CLOCK_NEW, 1 },
			{ EXIT_REASON_MSR_READ, MSR_KVM_SYSTEM_TIME_NEW, 1 },
			{ EXIT_REASON_MSR_READ, MSR_MISC_ENABLE, 1 },
		},
		.svm = {
			{ SVM_EXIT_MSR, MSR_KVM_WALL_CLOCK_NEW, 1 },
			{ SVM_EXIT_MSR, MSR_KVM_SYSTEM_TIME_NEW, 1 },
			{ SVM_EXIT_MSR, MSR_MISC_ENABLE, 1 },
		},
	}, {
		.name = "writes of three MSRs",
		.setup = setup_msrs,
		.act = act_write_msrs,
		.vmx = {
			{ EXIT_REASON_MSR_WRITE, MSR_KVM_WALL_CLOCK_NEW, 1 },
			{ EXIT_REASON_MSR_WRITE, MSR_KVM_SYSTEM_TIME_NEW, 1 },
			{ EXIT_REASON_MSR_WRITE, MSR_MISC_ENABLE, 1 },
		},
		.svm = {
			{ SVM_EXIT_MSR, KEY_MSR_WRITE | MSR_KVM_WALL_CLOCK_NEW, 1 },
			{ SVM_EXIT_MSR, KEY_MSR_WRITE | MSR_KVM_SYSTEM_TIME_NEW, 1 },
			{ SVM_EXIT_MSR, KEY_MSR_WRITE | MSR_MISC_ENABLE, 1 },
		},
	}, {
		/* On the fast path, if there is one. */
		.name = "writes of the x2APIC ICR",
		.setup = setup_x2apic,
		.act = act_icr,
		.vmx = { { EXIT_REASON_MSR_WRITE, 0x830, 1 } },
		.svm = { { SVM_EXIT_MSR, KEY_MSR_WRITE | 0x830, 1 } },
	}, {
		.name = "three ports, in and out",
		.setup = setup_ports,
		.act = act_ports,
		.vmx = {
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(PIC1_MASK, 1) | KEY_IN, 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(PIC1_MASK, 1), 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(PIC2_MASK, 1) | KEY_IN, 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(PIC2_MASK, 1), 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(STATS_PIO_PORT, 1) | KEY_IN, 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(STATS_PIO_PORT, 1), 1 },
		},
		.svm = {
			{ SVM_EXIT_IOIO, KEY_PORT(PIC1_MASK, 1) | KEY_IN, 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(PIC1_MASK, 1), 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(PIC2_MASK, 1) | KEY_IN, 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(PIC2_MASK, 1), 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 1) | KEY_IN, 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 1), 1 },
		},
	}, {
		.name = "a port, 16 and 32 bits, in and out",
		.act = act_port_sizes,
		.vmx = {
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(STATS_PIO_PORT, 2) | KEY_IN, 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(STATS_PIO_PORT, 2), 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(STATS_PIO_PORT, 4) | KEY_IN, 1 },
			{ EXIT_REASON_IO_INSTRUCTION, KEY_PORT(STATS_PIO_PORT, 4), 1 },
		},
		.svm = {
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 2) | KEY_IN, 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 2), 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 4) | KEY_IN, 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 4), 1 },
		},
	}, {
		.name = "a port, string instructions",
		.act = act_port_strings,
		.vmx = {
			{ EXIT_REASON_IO_INSTRUCTION,
			  KEY_PORT(STATS_PIO_PORT, 1) | KEY_STRING, 1 },
			{ EXIT_REASON_IO_INSTRUCTION,
			  KEY_PORT(STATS_PIO_PORT, 1) | KEY_STRING | KEY_IN, 1 },
		},
		.svm = {
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 1) | KEY_STRING, 1 },
			{ SVM_EXIT_IOIO, KEY_PORT(STATS_PIO_PORT, 1) | KEY_STRING | KEY_IN, 1 },
		},
	}, {
		.name = "two pages of MMIO",
		.act = act_mmio_pages,
		.vmx = {
			{ EXIT_REASON_EPT_MISCONFIG, MMIO_KEY, 1 },
			{ EXIT_REASON_EPT_MISCONFIG, MMIO_KEY + 1, 2 },
		},
		.svm = {
			{ SVM_EXIT_NPF, MMIO_KEY, 1 },
			{ SVM_EXIT_NPF, MMIO_KEY + 1, 2 },
		},
	}, {
		.name = "first touch of pages, which are all one key",
		.setup = setup_first_touch,
		.act = act_first_touch,
		.vmx = { { EXIT_REASON_EPT_VIOLATION, EXIT_STATS_KEY_MEMORY, 1 } },
		.svm = { { SVM_EXIT_NPF, EXIT_STATS_KEY_MEMORY, 1 } },
	}, {
		.name = "three CPUID leaves",
		.act = act_leaves,
		.vmx = {
			{ EXIT_REASON_CPUID, 0, 1 },
			{ EXIT_REASON_CPUID, 7, 1 },
			{ EXIT_REASON_CPUID, 0x80000008, 1 },
		},
		.svm = {
			{ SVM_EXIT_CPUID, 0, 1 },
			{ SVM_EXIT_CPUID, 7, 1 },
			{ SVM_EXIT_CPUID, 0x80000008, 1 },
		},
	}, {
		.name = "CPUID leaves where a guest looks for hypervisors, which are one key",
		.act = act_hypervisor_leaves,
		.vmx = {
			{ EXIT_REASON_CPUID, 0x400000ff, 1 },
			{ EXIT_REASON_CPUID, EXIT_STATS_KEY_HYPERVISORS, 3 },
			{ EXIT_REASON_CPUID, 0x40010000, 1 },
		},
		.svm = {
			{ SVM_EXIT_CPUID, 0x400000ff, 1 },
			{ SVM_EXIT_CPUID, EXIT_STATS_KEY_HYPERVISORS, 3 },
			{ SVM_EXIT_CPUID, 0x40010000, 1 },
		},
	}, {
		.name = "three hypercalls",
		.act = act_hypercalls,
		.vmx = {
			{ EXIT_REASON_VMCALL, 1, 1 },
			{ EXIT_REASON_VMCALL, 0x77, 1 },
			{ EXIT_REASON_VMCALL, 0x12345, 1 },
		},
		.svm = {
			{ SVM_EXIT_VMMCALL, 1, 1 },
			{ SVM_EXIT_VMMCALL, 0x77, 1 },
			{ SVM_EXIT_VMMCALL, 0x12345, 1 },
		},
	}, {
		.name = "MOV to CR0; SVM has codes for it",
		.act = act_cr0,
		.vmx = { { EXIT_REASON_CR_ACCESS, 0, 1 } },
	}, {
		.name = "MOV to CR4; SVM has codes for it",
		.act = act_cr4,
		.vmx = { { EXIT_REASON_CR_ACCESS, 4, 1 } },
	}, {
		.name = "LMSW; SVM has a code for it",
		.act = act_lmsw,
		.vmx = { { EXIT_REASON_CR_ACCESS, KEY_CR_LMSW, 1 } },
	}, {
		.name = "MOV from DR6; SVM has a code for it",
		.act = act_dr_read,
		.vmx = {
			{ EXIT_REASON_DR_ACCESS, KEY_DR_READ | 6, 1 },
			{ EXIT_REASON_CPUID, 0, 1 },
		},
		.svm = { { SVM_EXIT_CPUID, 0, 1 } },
	}, {
		.name = "MOV to DR0; SVM has a code for it",
		.act = act_dr_write,
		.vmx = {
			{ EXIT_REASON_DR_ACCESS, 0, 1 },
			{ EXIT_REASON_CPUID, 0, 1 },
		},
		.svm = { { SVM_EXIT_CPUID, 0, 1 } },
	}, {
		.name = "#UD; SVM has a code for it",
		.act = act_ud,
		.vmx = { { EXIT_REASON_EXCEPTION_NMI, 6, 1 } },
	}, {
		.name = "#DB; SVM has a code for it",
		.act = act_single_step,
		.vmx = { { EXIT_REASON_EXCEPTION_NMI, 1, 1 } },
	}, {
		.name = "what has no keys",
		.act = act_wbinvd,
	}, {
		.name = "nested: a guest's guest has others' keys of pages, its own of hypercalls",
		.setup = setup_l2_touch,
		.act = act_l2_touch,
		.vmx = {
			{ EXIT_REASON_EPT_VIOLATION, EXIT_STATS_KEY_OTHERS, 1 },
			{ EXIT_REASON_VMCALL, L2_HYPERCALL, 1 },
		},
		.svm = {
			{ SVM_EXIT_NPF, EXIT_STATS_KEY_OTHERS, 1 },
			{ SVM_EXIT_VMMCALL, L2_HYPERCALL, 1 },
		},
		.nested = true,
	},
};

static u64 guest_key_away(u32 n)
{
	return guest_record(OWN | (EXIT_STATS_KEY_AWAY + n)).cycles;
}

static void guest_read_keys(struct place *places)
{
	struct stats_record record;
	struct stats_regs r;
	u32 n, map[4] = {};

	for (n = 0; n < NR_PLACES; n++) {
		if (n % EXIT_STATS_MAP_CODES == 0) {
			r = guest_query(OWN | (EXIT_STATS_KEY_MAP + n / EXIT_STATS_MAP_CODES));
			map[0] = r.eax;
			map[1] = r.ebx;
			map[2] = r.ecx;
			map[3] = r.edx;
		}
		places[n] = (struct place) {};
		if (!(map[n % EXIT_STATS_MAP_CODES / 32] >> (n % 32) & 1))
			continue;
		r = guest_query(OWN | (EXIT_STATS_KEY + n));
		record = guest_record(OWN | (EXIT_STATS_KEY_RECORD + n));
		places[n] = (struct place) {
			.used = true,
			.code = r.ebx,
			.key = (u64)r.edx << 32 | r.eax,
			.exits = record.exits,
			.cycles = record.cycles,
			.away = guest_key_away(n),
		};
	}
}

/* Exits so far that the host caused. */
static u64 guest_host_exits(void)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < nr_host_codes; i++)
		sum += guest_own_exits(host_codes[i]);
	return sum;
}

static void guest_measure(const struct key_case *c)
{
	u64 host;
	u32 i;

	seen.quiet = false;
	if (c->setup)
		c->setup();
	c->act(2);
	for (i = 0; i < ATTEMPTS && !seen.quiet; i++) {
		guest_read_keys(seen.before);
		host = guest_host_exits();
		c->act(NR_TIMES);
		seen.quiet = guest_host_exits() == host;
		guest_read_keys(seen.after);
	}
}

/*
 * Between two looks at the code's record, which are the same if nothing came in
 * between.  CPUID's changes with each query, but only the leaf's own key does: that is
 * looked at before and after the record.
 */
static void guest_sum(struct sum *sum)
{
	struct stats_record r, own = {};
	u32 n, i, own_place = NR_PLACES;
	u64 away;

	for (i = 0; i < ATTEMPTS && !sum->quiet; i++) {
		*sum = (struct sum) { .code = sum->code };
		r = guest_record(OWN | (EXIT_STATS_REASON + sum->code));
		away = guest_record(OWN | (EXIT_STATS_AWAY + sum->code)).cycles;
		for (n = 0; n < NR_PLACES; n++) {
			if (!seen.after[n].used || seen.after[n].code != sum->code)
				continue;
			sum->keys++;
			if (sum->code == cpuid_code && seen.after[n].key == EXIT_STATS_LEAF) {
				own_place = n;
				continue;
			}
			own = guest_record(OWN | (EXIT_STATS_KEY_RECORD + n));
			sum->exits += own.exits;
			sum->cycles += own.cycles;
			sum->away += guest_key_away(n);
		}
		sum->most_cycles = sum->cycles;
		sum->most_away = sum->away;
		if (sum->code == cpuid_code) {
			sum->away += guest_key_away(own_place);
			sum->code_away = guest_record(OWN | (EXIT_STATS_AWAY + sum->code)).cycles;
			sum->most_away += guest_key_away(own_place);
			own = guest_record(OWN | (EXIT_STATS_KEY_RECORD + own_place));
			sum->record = guest_record(OWN | (EXIT_STATS_REASON + sum->code));
			/* The query of the key's own record. */
			sum->exits += own.exits + 1;
			sum->cycles += own.cycles;
			own = guest_record(OWN | (EXIT_STATS_KEY_RECORD + own_place));
			sum->most_cycles += own.cycles;
			sum->quiet = true;
		} else {
			sum->record = guest_record(OWN | (EXIT_STATS_REASON + sum->code));
			sum->code_away = guest_record(OWN | (EXIT_STATS_AWAY + sum->code)).cycles;
			sum->quiet = r.exits == sum->record.exits &&
				     r.cycles == sum->record.cycles && away == sum->code_away;
		}
	}
}

/* Of each code that has a key */
static void guest_sums(void)
{
	u32 n, i;

	guest_read_keys(seen.after);
	seen.nr_sums = 0;
	for (n = 0; n < NR_PLACES; n++) {
		if (!seen.after[n].used)
			continue;
		for (i = 0; i < seen.nr_sums; i++)
			if (seen.sums[i].code == seen.after[n].code)
				break;
		if (i < seen.nr_sums)
			continue;
		seen.sums[i] = (struct sum) { .code = seen.after[n].code };
		seen.nr_sums++;
	}
	for (i = 0; i < seen.nr_sums; i++)
		guest_sum(&seen.sums[i]);
}

static void guest_leaves(u32 leaves)
{
	u32 i;

	guest_read_keys(seen.before);
	TIMES(LEAF_TIMES)
		for (i = 0; i < leaves; i++)
			guest_key_leaf(FIRST_LEAF + i);
	guest_read_keys(seen.after);
}

static void guest_main(void)
{
	/* Touch what is going to be written. */
	guest_read_keys(seen.before);
	guest_read_keys(seen.after);
	memset(seen.sums, 0, sizeof(seen.sums));
	for (;;) {
		switch (todo.what) {
		case MEASURE:
			guest_measure(todo.c);
			break;
		case READ:
			guest_read_keys(seen.after);
			break;
		case SUMS:
			guest_sums();
			break;
		case WAIT:
			guest_wait(0);
			guest_read_keys(seen.before);
			guest_wait(WAIT_CYCLES);
			guest_outb(STATS_PIO_PORT);
			guest_read_keys(seen.after);
			break;
		case LEAVES:
			guest_leaves(todo.leaves);
			break;
		}
		GUEST_SYNC(0);
	}
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static void run_guest_once(struct kvm_vcpu *vcpu)
{
	sync_global_to_guest(vcpu->vm, todo);
	step(vcpu);
	sync_global_from_guest(vcpu->vm, seen);
}

static bool host_causes(u32 code)
{
	int i;

	for (i = 0; i < nr_host_codes; i++)
		if (host_codes[i] == code)
			return true;
	return false;
}

static const struct place *find(const struct place *places, u32 code, u64 key)
{
	u32 n;

	for (n = 0; n < NR_PLACES; n++)
		if (places[n].used && places[n].code == code && places[n].key == key)
			return &places[n];
	return NULL;
}

static bool is_others_place(const struct place *p)
{
	const u32 n = p - seen.after;

	return n == EXIT_STATS_NR_KEYS + stats_index_of(p->code);
}

static bool is_near_home(const struct place *p)
{
	const u32 n = p - seen.after;

	return (n - EXIT_STATS_KEY_HOME(p->code, p->key)) % EXIT_STATS_NR_KEYS <
	       EXIT_STATS_KEY_PROBES;
}

static bool check_place(const struct key_case *c, const struct place *before,
			const struct place *after, u32 *found)
{
	const struct expected_key *keys = on_vmx ? c->vmx : c->svm;
	const u64 grown = after->exits - before->exits;
	u64 expected = 0;
	bool ok = true;
	int i;

	/* A place is one key's for good, and others are at the place of their code. */
	if (before->used)
		ok &= before->code == after->code && before->key == after->key;
	ok &= (after->key == EXIT_STATS_KEY_OTHERS) == is_others_place(after);
	ok &= is_others_place(after) || is_near_home(after);
	for (i = 0; i < ARRAY_SIZE(c->vmx); i++) {
		if (keys[i].times && keys[i].code == after->code && keys[i].key == after->key) {
			expected += keys[i].times * NR_TIMES;
			(*found)++;
		}
	}
	if (!(after->code == cpuid_code && after->key == EXIT_STATS_LEAF) &&
	    !host_causes(after->code))
		ok &= grown == expected;
	/* Each exit takes time to handle, and is away for longer. */
	ok &= !grown == (after->cycles == before->cycles);
	ok &= after->away - before->away >= after->cycles - before->cycles;
	if (!ok)
		stats_note("code %#x, key %#llx: %lu exits, expected %lu; %lu cycles, away %lu",
			   after->code, (unsigned long long)after->key, (unsigned long)grown,
			   (unsigned long)expected, (unsigned long)(after->cycles - before->cycles),
			   (unsigned long)(after->away - before->away));
	return ok;
}

static void check_case(struct kvm_vcpu *vcpu, const struct key_case *c, const char *when)
{
	const struct expected_key *keys = on_vmx ? c->vmx : c->svm;
	u32 n, found = 0, expected = 0;
	bool ok = true;

	if (c->nested && !stats_vendor_param("nested")) {
		stats_skip(c->name, "needs nested=1");
		return;
	}
	todo.what = MEASURE;
	todo.c = c;
	run_guest_once(vcpu);
	for (n = 0; n < NR_PLACES; n++)
		if (seen.after[n].used)
			ok &= check_place(c, &seen.before[n], &seen.after[n], &found);
		else
			ok &= !seen.before[n].used;
	for (n = 0; n < ARRAY_SIZE(c->vmx); n++)
		expected += !!keys[n].times;
	if (found != expected)
		stats_note("%u of %u keys are there", found, expected);
	if (!seen.quiet)
		stats_note("the host interrupted each attempt");
	stats_result(ok && seen.quiet && found == expected, "exact%s: %s", when, c->name);
}

static void check_sums(struct kvm_vcpu *vcpu, const char *when)
{
	bool exits = true, cycles = true, away = true;
	const struct sum *s;
	u32 i;

	todo.what = SUMS;
	run_guest_once(vcpu);
	for (i = 0; i < seen.nr_sums; i++) {
		s = &seen.sums[i];
		exits &= s->quiet && s->exits == s->record.exits;
		cycles &= s->cycles <= s->record.cycles && s->record.cycles <= s->most_cycles;
		away &= s->away <= s->code_away && s->code_away <= s->most_away;
		stats_note("%#x: %u keys, %lu of %lu exits, %lu of %lu cycles, %lu of %lu away",
			   s->code, s->keys, (unsigned long)s->exits,
			   (unsigned long)s->record.exits, (unsigned long)s->cycles,
			   (unsigned long)s->record.cycles, (unsigned long)s->away,
			   (unsigned long)s->code_away);
	}
	/* Not for want of codes */
	exits &= seen.nr_sums >= (on_vmx ? 10 : 5);
	stats_result(exits, "the exits of a code's keys are the code's%s", when);
	stats_result(cycles, "the cycles of a code's keys are the code's%s", when);
	stats_result(away, "the time away of a code's keys is the code's%s", when);
}

/* The VMM waits at one port, not at the other. */
static void check_wait(struct kvm_vcpu *vcpu)
{
	const struct place *before, *after;

	todo.what = WAIT;
	run_guest_once(vcpu);
	before = find(seen.before, io_code, KEY_PORT(STATS_WAIT_PORT, 4));
	after = find(seen.after, io_code, KEY_PORT(STATS_WAIT_PORT, 4));
	stats_result(before && after && after->exits == before->exits + 1 &&
		     after->away >= before->away + WAIT_CYCLES,
		     "what the VMM waits at a port is time away of that port's key");
}

static u64 exits_of_leaves(const struct place *places)
{
	u64 sum = 0;
	u32 n;

	for (n = 0; n < NR_PLACES; n++)
		if (places[n].used && places[n].code == cpuid_code &&
		    places[n].key != EXIT_STATS_LEAF)
			sum += places[n].exits;
	return sum;
}

static void check_room(struct kvm_vcpu *vcpu, u32 leaves, bool room)
{
	const struct place *others;
	u32 i, own = 0, full = 0;
	u64 grown;

	todo.what = LEAVES;
	todo.leaves = leaves;
	run_guest_once(vcpu);
	others = find(seen.after, cpuid_code, EXIT_STATS_KEY_OTHERS);
	grown = exits_of_leaves(seen.after) - exits_of_leaves(seen.before);
	for (i = 0; i < leaves; i++)
		own += !!find(seen.after, cpuid_code, FIRST_LEAF + i);
	for (i = 0; i < EXIT_STATS_NR_KEYS; i++)
		full += seen.after[i].used;
	stats_note("%u leaves, %u have a place, %lu exits of others; %u places used", leaves, own,
		   (unsigned long)(others ? others->exits : 0), full);
	if (room) {
		stats_result(own == leaves && !others && grown == leaves * LEAF_TIMES,
			     "%u more keys find room", leaves);
		return;
	}
	stats_result(own < leaves && own > EXIT_STATS_NR_KEYS / 2 && others &&
		     is_others_place(others) && full > EXIT_STATS_NR_KEYS * 9 / 10,
		     "of %u keys, those that find no room are others", leaves);
	stats_result(others && grown == (u64)leaves * LEAF_TIMES &&
		     others->exits == (u64)(leaves - own) * LEAF_TIMES,
		     "others have each exit of keys that found no room");
}

static struct kvm_vm *create(u32 nr_vcpus, void *guest_code, struct kvm_vcpu *vcpus[])
{
	struct kvm_vm *vm = stats_vm_create(nr_vcpus, FRESH_PAGES, guest_code, vcpus);

	sync_global_to_guest(vm, on_vmx);
	sync_global_to_guest(vm, cpuid_code);
	sync_global_to_guest(vm, msr_write_code);
	sync_global_to_guest(vm, io_code);
	sync_global_to_guest(vm, host_codes);
	sync_global_to_guest(vm, nr_host_codes);
	return vm;
}

static void check_cases(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(1, guest_main, &vcpu);
	int i;

	actions_prepare(vm);
	interrupts_prepare(vcpu);
	virt_pg_map(vm, MMIO_GVA + 4096, MMIO_GVA + 4096);
	if (stats_vendor_param("nested"))
		nested_prepare(vcpu);

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_case(vcpu, &cases[i], "");
	check_wait(vcpu);
	check_sums(vcpu, "");
	check_room(vcpu, FEW_LEAVES, true);
	check_room(vcpu, MANY_LEAVES, false);
	check_sums(vcpu, ", with others");
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (!cases[i].nested)
			check_case(vcpu, &cases[i], ", the table full");
	kvm_vm_free(vm);
}

/* Two vCPUs write unlike MSRs. */
static struct place places_of[2][NR_PLACES];
static const u32 times_of[2] = { 5, 7 };

static void guest_vcpus(u32 id)
{
	guest_read_keys(places_of[id]);
	GUEST_SYNC(0);
	TIMES(times_of[id])
		wrmsr(msrs[id], 0);
	GUEST_SYNC(0);
	guest_read_keys(places_of[id]);
	GUEST_SYNC(0);
}

static void check_vcpus(void)
{
	const struct place *own, *other;
	struct kvm_vcpu *vcpus[2];
	struct kvm_vm *vm = create(2, guest_vcpus, vcpus);
	bool ok = true;
	u64 i, n;

	for (i = 0; i < 2; i++)
		vcpu_args_set(vcpus[i], 1, i);
	for (n = 0; n < 3; n++)
		for (i = 0; i < 2; i++)
			step(vcpus[i]);
	sync_global_from_guest(vm, places_of);
	kvm_vm_free(vm);
	for (i = 0; i < 2; i++) {
		own = find(places_of[i], msr_write_code, msr_write_key | msrs[i]);
		other = find(places_of[i], msr_write_code, msr_write_key | msrs[1 - i]);
		ok &= own && own->exits == times_of[i] && !other;
	}
	stats_result(ok, "a vCPU's keys are its own");
}

/* What the guest saw at level 3, at level 2 and again at level 3. */
static struct {
	struct place on[NR_PLACES], again[NR_PLACES];
	u32 features[3];
	bool wide, past, free, off;
} levels;

static const u32 classes[] = {
	EXIT_STATS_KEY, EXIT_STATS_KEY_RECORD, EXIT_STATS_KEY_AWAY, EXIT_STATS_KEY_MAP,
};

static void guest_write_msr(void)
{
	TIMES(NR_TIMES)
		wrmsr(MSR_KVM_WALL_CLOCK_NEW, 0);
}

static void guest_levels(void)
{
	const struct stats_regs zero = {};
	u32 i, end;

	guest_read_keys(levels.again);
	levels.wide = true;
	levels.past = true;
	levels.free = true;
	levels.off = true;
	levels.features[0] = guest_query(EXIT_STATS_GEOMETRY).edx;
	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		end = classes[i] == EXIT_STATS_KEY_MAP ? STATS_NR_KEY_MAPS : NR_PLACES;
		levels.wide &= stats_is_undefined(guest_query(classes[i])) &&
			       !stats_is_undefined(guest_query(OWN | classes[i]));
		levels.past &= !stats_is_undefined(guest_query(OWN | (classes[i] + end - 1))) &&
			       stats_is_undefined(guest_query(OWN | (classes[i] + end))) &&
			       stats_is_undefined(guest_query(OWN | classes[i] | 0xffff));
	}
	guest_write_msr();
	guest_read_keys(levels.on);
	for (i = 0; i < NR_PLACES; i++)
		if (!levels.on[i].used)
			levels.free &=
				stats_regs_equal(guest_query(OWN | (EXIT_STATS_KEY + i)), zero) &&
				stats_regs_equal(guest_query(OWN | (EXIT_STATS_KEY_RECORD + i)),
						 zero) &&
				stats_regs_equal(guest_query(OWN | (EXIT_STATS_KEY_AWAY + i)),
						 zero);
	GUEST_SYNC(0);
	levels.features[1] = guest_query(EXIT_STATS_GEOMETRY).edx;
	for (i = 0; i < ARRAY_SIZE(classes); i++)
		levels.off &= stats_is_undefined(guest_query(OWN | classes[i]));
	guest_write_msr();
	GUEST_SYNC(0);
	levels.features[2] = guest_query(EXIT_STATS_GEOMETRY).edx;
	guest_write_msr();
	guest_read_keys(levels.again);
	GUEST_SYNC(0);
}

static u64 grown(u32 code, u64 key)
{
	const struct place *on = find(levels.on, code, key);
	const struct place *again = find(levels.again, code, key);

	return (again ? again->exits : 0) - (on ? on->exits : 0);
}

static void check_levels(void)
{
	const u32 with = EXIT_STATS_F_CYCLES | EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS |
			 EXIT_STATS_F_KEYS;
	const struct place *on;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(1, guest_levels, &vcpu);

	step(vcpu);
	stats_set_level(2);
	step(vcpu);
	stats_set_level(3);
	step(vcpu);
	sync_global_from_guest(vm, levels);
	kvm_vm_free(vm);

	stats_result(levels.wide, "keys are defined for the vCPU that asks only");
	stats_result(levels.past, "what comes after the last place and map is undefined");
	stats_result(levels.free, "a free place answers zeros");
	stats_result(levels.off, "keys are undefined at level 2");
	stats_result(levels.features[0] == with && levels.features[2] == with &&
		     levels.features[1] == (with & ~EXIT_STATS_F_KEYS),
		     "the feature bit is set at level 3");
	on = find(levels.on, msr_write_code, msr_write_key | MSR_KVM_WALL_CLOCK_NEW);
	stats_result(on && on->exits == NR_TIMES &&
		     grown(msr_write_code, msr_write_key | MSR_KVM_WALL_CLOCK_NEW) == NR_TIMES,
		     "keys go on where they were, without what level 2 counted");
	/* The first stop was begun at level 3 and ended at level 2, the second vice versa. */
	stats_result(grown(io_code, UCALL_KEY) == 0,
		     "an exit during which the level changes has no key");
}

int main(void)
{
	on_vmx = stats_vmx();
	cpuid_code = on_vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	io_code = on_vmx ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO;
	msr_write_code = on_vmx ? EXIT_REASON_MSR_WRITE : SVM_EXIT_MSR;
	msr_write_key = on_vmx ? 0 : KEY_MSR_WRITE;
	if (on_vmx) {
		host_codes[nr_host_codes++] = EXIT_REASON_EXTERNAL_INTERRUPT;
		host_codes[nr_host_codes++] = EXIT_REASON_PREEMPTION_TIMER;
	} else {
		host_codes[nr_host_codes++] = SVM_EXIT_INTR;
		host_codes[nr_host_codes++] = SVM_EXIT_NMI;
		host_codes[nr_host_codes++] = SVM_EXIT_SMI;
	}

	stats_begin();
	stats_set_level(3);
	check_cases();
	check_vcpus();
	check_levels();
	stats_set_level(1);
	stats_end();
}
