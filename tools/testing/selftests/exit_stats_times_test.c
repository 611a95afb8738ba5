// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times in KVM's exit statistics are right, from above and from below.
 *
 * The guest has the VMM wait, which gives bounds of the absence: it is no shorter than
 * the wait, and no longer than what the guest sees pass.  Where both are in one bucket,
 * that is the absence's.  Where the host came in between they may not be: the wait is
 * repeated.
 *
 *	exit_stats_times_test [long]	with a wait longer than all buckets, 2^33 cycles
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "apic.h"
#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define ATTEMPTS	50
/* Of what a shared machine disturbs. */
#define WAITS		200
#define PAIRS		(EXIT_STATS_NR_BUCKETS / 2)
/* vCPUs that never run, for a query that takes long to add them up. */
#define IDLE_VCPUS	63
#define QUERIES		4
/* One of them, to which an interrupt is sent. */
#define OTHER_VCPU	1ull
#define VECTOR		0x80

static u32 io_code;

struct guest_away {
	u64 longest, total;
	u64 buckets[EXIT_STATS_NR_BUCKETS];
};

/* Exits whose handling is timed; the first one is what the others are compared with. */
enum { SHORT, MSR, LONG, FAST, NR_HANDLED };

/* What the guest is told, and what it saw. */
static struct {
	u64 cycles[3];
	u64 passed[NR_HANDLED];
	struct guest_away before, after;
	struct stats_record record[NR_HANDLED], away[NR_HANDLED];
} seen;

static u32 log2_of(u64 n)
{
	return 63 - __builtin_clzll(n);
}

/* The last one has all longer ones too. */
static u32 bucket_of(u64 cycles)
{
	const u32 n = log2_of(cycles);

	return n < EXIT_STATS_NR_BUCKETS ? n : EXIT_STATS_NR_BUCKETS - 1;
}

static void guest_read_away(u32 code, struct guest_away *away)
{
	const u32 index = EXIT_STATS_THIS_VCPU | code;
	struct stats_record r = guest_record(EXIT_STATS_AWAY + index);
	u32 p;

	away->longest = r.exits;
	away->total = r.cycles;
	for (p = 0; p < PAIRS; p++) {
		r = guest_record(EXIT_STATS_BUCKETS + (p << EXIT_STATS_PAIR_SHIFT) + index);
		away->buckets[2 * p] = r.exits;
		away->buckets[2 * p + 1] = r.cycles;
	}
}

static void guest_one_wait(void)
{
	for (;;) {
		guest_read_away(io_code, &seen.before);
		seen.passed[0] = guest_wait(seen.cycles[0]);
		guest_read_away(io_code, &seen.after);
		GUEST_SYNC(0);
	}
}

/* There is no other port access before the answer is read. */
static void guest_three_waits(void)
{
	int i;

	for (i = 0; i < 3; i++)
		seen.passed[i] = guest_wait(seen.cycles[i]);
	guest_read_away(io_code, &seen.after);
	GUEST_SYNC(0);
}

static struct kvm_vm *create(u32 nr_vcpus, void *guest_code, struct kvm_vcpu *vcpus[])
{
	struct kvm_vm *vm = stats_vm_create(nr_vcpus, 0, guest_code, vcpus);

	sync_global_to_guest(vm, io_code);
	return vm;
}

static void run_waits(struct kvm_vcpu *vcpu, u64 first, u64 second, u64 third)
{
	struct ucall uc;

	seen.cycles[0] = first;
	seen.cycles[1] = second;
	seen.cycles[2] = third;
	sync_global_to_guest(vcpu->vm, seen);
	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
	sync_global_from_guest(vcpu->vm, seen);
}

/* What passes beside a wait, if nothing comes in between. */
static u64 least_besides(struct kvm_vcpu *vcpu)
{
	u64 least = ~0ull;
	int i;

	for (i = 0; i < ATTEMPTS; i++) {
		run_waits(vcpu, 0, 0, 0);
		if (seen.passed[0] < least)
			least = seen.passed[0];
	}
	return least;
}

static void check_bucket(struct kvm_vcpu *vcpu, u64 cycles, u32 length, const char *edge)
{
	const u32 bucket = bucket_of(cycles);
	u64 grown, expected, total;
	bool known = false, right = true;
	u32 i;

	for (i = 0; i < WAITS && !known; i++) {
		run_waits(vcpu, cycles, 0, 0);
		known = bucket_of(seen.passed[0]) == bucket;
	}
	/* The stop before the wait is an absence too, which ended before it was read. */
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++) {
		grown = seen.after.buckets[i] - seen.before.buckets[i];
		expected = i == bucket;
		if (grown != expected) {
			right = false;
			stats_note("bucket %u: %lu, expected %lu", i, (unsigned long)grown,
				   (unsigned long)expected);
		}
	}
	total = seen.after.total - seen.before.total;
	if (total < cycles || total > seen.passed[0] || !known || !right)
		stats_note("waited %lu, away %lu, passed %lu", (unsigned long)cycles,
			   (unsigned long)total, (unsigned long)seen.passed[0]);
	stats_result(known && right, "length %u, %s edge: a wait is in its bucket and in no other",
		     length, edge);
	stats_result(total >= cycles && total <= seen.passed[0],
		     "length %u, %s edge: the total grows by no less, and by no more than passes",
		     length, edge);
}

static u64 check_buckets(bool longer)
{
	static const u32 further[] = { 0, 1, 2 };
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(1, guest_one_wait, &vcpu);
	u64 besides = least_besides(vcpu);
	u32 i, bucket;

	stats_note("%lu cycles pass besides a wait", (unsigned long)besides);
	for (i = 0; i < ARRAY_SIZE(further); i++) {
		bucket = log2_of(besides) + 3 + further[i];
		check_bucket(vcpu, 1ull << bucket, i, "lower");
		check_bucket(vcpu, (2ull << bucket) - 3 * besides, i, "upper");
	}
	if (longer)
		check_bucket(vcpu, 1ull << (EXIT_STATS_NR_BUCKETS + 1), i, "no upper");
	kvm_vm_free(vm);
	return besides;
}

/* A VM for each attempt: its longest wait must be one that is known. */
static void check_longest(u64 besides)
{
	const u32 cycles = 8 * besides;
	u64 most = 0;
	bool known = false;
	int i, j;

	for (i = 0; i < ATTEMPTS && !known; i++) {
		struct kvm_vcpu *vcpu;
		struct kvm_vm *vm = create(1, guest_three_waits, &vcpu);

		run_waits(vcpu, cycles, 3 * cycles, cycles);
		most = 0;
		for (j = 0; j < 3; j++)
			if (seen.passed[j] > most)
				most = seen.passed[j];
		known = most < 4 * cycles;
		kvm_vm_free(vm);
	}
	stats_note("waited %u, %u, %u; longest %lu, at most %lu passed", cycles, 3 * cycles, cycles,
		   (unsigned long)seen.after.longest, (unsigned long)most);
	stats_result(known && seen.after.longest >= 3 * cycles && seen.after.longest <= most,
		     "the longest of three waits is the second");
}

/*
 * What passes at level 1 isn't time away at level 2: not what a vCPU noted before.
 */
#define SWITCHED_CYCLES		BIT(26)

static void guest_switched(void)
{
	u64 start;

	guest_read_away(io_code, &seen.before);
	GUEST_SYNC(0);
	start = rdtsc();
	while (rdtsc() - start < SWITCHED_CYCLES)
		cpu_relax();
	GUEST_SYNC(0);
	guest_read_away(io_code, &seen.after);
	GUEST_SYNC(0);
}

static void check_switched(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(1, guest_switched, &vcpu);

	run_waits(vcpu, 0, 0, 0);
	stats_set_level(1);
	run_waits(vcpu, 0, 0, 0);
	stats_set_level(2);
	run_waits(vcpu, 0, 0, 0);
	stats_note("%lu cycles at level 1: time away grows by %lu", SWITCHED_CYCLES,
		   (unsigned long)(seen.after.total - seen.before.total));
	stats_result(seen.after.total - seen.before.total < SWITCHED_CYCLES,
		     "what passes at level 1 isn't time away");
	kvm_vm_free(vm);
}

/*
 * A TSC that is set back while a vCPU is away, by more than the absence lasts: there is
 * no telling how long it was.  It counts as one, and adds nothing.
 */
#define TSC_ADD			"/sys/module/exit_stats_tsc/parameters/add"
#define TSC_ADD_IN_WBINVD	"/sys/module/exit_stats_tsc/parameters/in_wbinvd"
#define SET_BACK		((s64)BIT_ULL(24))

static bool write_cycles(const char *path, s64 cycles)
{
	int fd = open(path, O_WRONLY);
	bool ok = fd >= 0 && dprintf(fd, "%lld\n", (long long)cycles) > 0;

	close(fd);
	return ok;
}

static void add_to_tsc(s64 cycles)
{
	TEST_ASSERT(write_cycles(TSC_ADD, cycles), "can't write %s", TSC_ADD);
}

static void guest_set_back(void)
{
	guest_read_away(io_code, &seen.before);
	GUEST_SYNC(0);
	guest_read_away(io_code, &seen.after);
	GUEST_SYNC(0);
}

static void check_set_back(void)
{
	const char *name = "a TSC that is set back adds no time away, and no longest";
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	u64 absences = 0, start;
	bool went_back;
	u32 i;

	if (access(TSC_ADD, F_OK)) {
		stats_skip(name, "nothing sets this host's TSC");
		return;
	}
	vm = create(1, guest_set_back, &vcpu);
	run_waits(vcpu, 0, 0, 0);
	start = rdtsc();
	add_to_tsc(-SET_BACK);
	went_back = rdtsc() < start;
	run_waits(vcpu, 0, 0, 0);
	if (went_back)
		add_to_tsc(SET_BACK);
	kvm_vm_free(vm);
	if (!went_back) {
		stats_skip(name, "this host's TSC can't be set");
		return;
	}
	for (i = 0; i < EXIT_STATS_NR_BUCKETS; i++)
		absences += seen.after.buckets[i] - seen.before.buckets[i];
	stats_note("time away %lu and %lu, longest %lu and %lu, %lu absence in between",
		   (unsigned long)seen.before.total, (unsigned long)seen.after.total,
		   (unsigned long)seen.before.longest, (unsigned long)seen.after.longest,
		   (unsigned long)absences);
	stats_result(seen.after.total == seen.before.total &&
		     seen.after.longest == seen.before.longest, "%s", name);
	stats_result(absences == 1 &&
		     seen.after.buckets[0] == seen.before.buckets[0] + 1,
		     "a TSC that is set back leaves an absence in bucket 0");
}

/* The same while KVM handles an exit. */
static u32 wbinvd_code;

static void guest_set_back_in_handler(void)
{
	seen.record[0] = guest_record(EXIT_STATS_THIS_VCPU | (EXIT_STATS_REASON + wbinvd_code));
	asm volatile("wbinvd" : : : "memory");
	seen.record[1] = guest_record(EXIT_STATS_THIS_VCPU | (EXIT_STATS_REASON + wbinvd_code));
	GUEST_SYNC(0);
}

static void check_set_back_in_handler(void)
{
	const char *name = "a TSC that is set back while an exit is handled adds no cycles";
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	bool went_back;
	u64 start;

	if (!write_cycles(TSC_ADD_IN_WBINVD, -SET_BACK)) {
		stats_skip(name, "nothing sets this host's TSC in a handler");
		return;
	}
	wbinvd_code = stats_vmx() ? EXIT_REASON_WBINVD : SVM_EXIT_WBINVD;
	vm = create(1, guest_set_back_in_handler, &vcpu);
	sync_global_to_guest(vm, wbinvd_code);
	start = rdtsc();
	run_waits(vcpu, 0, 0, 0);
	went_back = rdtsc() < start;
	write_cycles(TSC_ADD_IN_WBINVD, 0);
	kvm_vm_free(vm);
	if (!went_back) {
		stats_skip(name, "this host's TSC can't be set");
		return;
	}
	add_to_tsc(SET_BACK);
	stats_note("%lu exits of %lu cycles before, %lu of %lu after",
		   (unsigned long)seen.record[0].exits, (unsigned long)seen.record[0].cycles,
		   (unsigned long)seen.record[1].exits, (unsigned long)seen.record[1].cycles);
	stats_result(seen.record[1].exits == seen.record[0].exits + 1 &&
		     seen.record[1].cycles == seen.record[0].cycles, "%s", name);
}

/*
 * Handling: of the time away, what is left besides the handler is about the same for
 * all short ones that KVM handles itself, and little of a long one.  A handler whose
 * cycles get lost leaves more.
 *
 * A write to the x2APIC's ICR is handled on the fast path, so earlier than others: less
 * is left besides, though it ends where they do.
 */
static u32 handled_codes[NR_HANDLED];

static void guest_handled(void)
{
	const u32 own = EXIT_STATS_THIS_VCPU;
	struct stats_record r;
	u32 what, i, j;

	for (what = SHORT; what < NR_HANDLED; what++) {
		for (j = 0; j < 2; j++) {
			r = guest_record(own | (EXIT_STATS_REASON + handled_codes[what]));
			seen.record[what].cycles = r.cycles - seen.record[what].cycles;
			seen.record[what].exits = r.exits - seen.record[what].exits;
			r = guest_record(own | (EXIT_STATS_AWAY + handled_codes[what]));
			seen.away[what].cycles = r.cycles - seen.away[what].cycles;
			if (j)
				break;
			seen.passed[what] = rdtsc();
			for (i = 0; i < QUERIES; i++) {
				if (what == SHORT)
					asm volatile("wbinvd" : : : "memory");
				else if (what == MSR)
					rdmsr(MSR_IA32_APICBASE);
				else if (what == FAST)
					x2apic_write_reg(APIC_ICR, OTHER_VCPU << 32 |
							 APIC_DEST_PHYSICAL | VECTOR);
				else
					guest_query(EXIT_STATS_TOTALS);
			}
			seen.passed[what] = rdtsc() - seen.passed[what];
		}
	}
	GUEST_SYNC(0);
}

static void guest_handled_again(void)
{
	x2apic_enable();
	for (;;) {
		memset(seen.record, 0, sizeof(seen.record));
		memset(seen.away, 0, sizeof(seen.away));
		guest_handled();
	}
}

static void check_handled(void)
{
	static const char * const names[] = {
		"WBINVD", "RDMSR", "CPUID that adds up 64 vCPUs", "WRMSR of the x2APIC ICR",
	};
	u64 besides[NR_HANDLED], handled[NR_HANDLED] = {}, passed[NR_HANDLED] = {};
	u64 least[NR_HANDLED] = { ~0ull, ~0ull, ~0ull, ~0ull };
	struct kvm_vcpu *vcpus[1 + IDLE_VCPUS];
	u64 allowed;
	struct kvm_vm *vm;
	bool within = true;
	u32 i, what;

	handled_codes[SHORT] = stats_vmx() ? EXIT_REASON_WBINVD : SVM_EXIT_WBINVD;
	handled_codes[MSR] = stats_vmx() ? EXIT_REASON_MSR_READ : SVM_EXIT_MSR;
	handled_codes[LONG] = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	handled_codes[FAST] = stats_vmx() ? EXIT_REASON_MSR_WRITE : SVM_EXIT_MSR;
	vm = create(1 + IDLE_VCPUS, guest_handled_again, vcpus);
	sync_global_to_guest(vm, handled_codes);
	for (i = 0; i < ATTEMPTS; i++) {
		run_waits(vcpus[0], 0, 0, 0);
		for (what = SHORT; what < NR_HANDLED; what++) {
			within &= seen.record[what].cycles && seen.passed[what];
			/* Of CPUID, not the same ones are in all three. */
			if (what != LONG)
				within &= seen.record[what].cycles <= seen.away[what].cycles &&
					  seen.away[what].cycles <= seen.passed[what];
			besides[what] = seen.passed[what] - seen.record[what].cycles;
			if ((s64)besides[what] < 0 || besides[what] >= least[what])
				continue;
			least[what] = besides[what];
			handled[what] = seen.record[what].cycles;
			passed[what] = seen.passed[what];
		}
	}
	for (what = SHORT; what < NR_HANDLED; what++)
		stats_note("%u times %s: %lu cycles passed, %lu handled", QUERIES, names[what],
			   (unsigned long)passed[what], (unsigned long)handled[what]);
	stats_result(within, "handling takes some cycles, and no more than its time away");
	stats_result(handled[LONG] > 65536ull * QUERIES,
		     "%s takes more than 65,536 cycles each time", names[LONG]);
	for (what = MSR; what <= LONG; what++) {
		/* While a long one is handled, work of the host's comes up that KVM does later. */
		allowed = 2 * least[SHORT];
		if (allowed < passed[what] / 8)
			allowed = passed[what] / 8;
		stats_note("%s: %lu cycles besides handling, at most %lu", names[what],
			   (unsigned long)least[what], (unsigned long)allowed);
		stats_result(least[what] <= allowed,
			     "%s: besides handling no more than twice what %s takes, or an eighth",
			     names[what], names[SHORT]);
	}
	allowed = least[SHORT] + least[SHORT] / 8;
	stats_note("%s: %lu cycles besides handling, at most %lu", names[FAST],
		   (unsigned long)least[FAST], (unsigned long)allowed);
	stats_result(least[FAST] <= allowed, "%s: besides handling no more than what %s takes",
		     names[FAST], names[SHORT]);
	kvm_vm_free(vm);
}

int main(int argc, char *argv[])
{
	u64 besides;

	io_code = stats_vmx() ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO;

	stats_begin();
	stats_set_level(2);
	besides = check_buckets(argc > 1);
	check_longest(besides);
	check_switched();
	check_handled();
	check_set_back();
	check_set_back_in_handler();
	stats_set_level(1);
	stats_end();
}
