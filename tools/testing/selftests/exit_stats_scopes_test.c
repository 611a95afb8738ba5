// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's exit statistics of one vCPU, of the VM, and KVM's binary statistics agree, in
 * each class: two vCPUs do unlike things.  A code that has no record of its own is in
 * EXIT_STATS_CODE_OTHER's.
 */
#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define NR		EXIT_STATS_NR_RECORDS
#define PAIRS		(EXIT_STATS_NR_BUCKETS / 2)
/* Exits between two readings that the host may cause. */
#define HOST_EXITS	4
/* More of them, or their loss would pass for that. */
#define FAILURES	7

/* What only the first vCPU does, only the second, and both. */
enum { FIRST, SECOND, BOTH, NR_CODES };

static u32 codes[NR_CODES];
static const u32 times_of[2] = { 5, 7 };
static const u32 cycles_of[2] = { 1 << 22, 1 << 23 };

/* All that one scope answers. */
struct view {
	struct stats_record reason[NR_CODES], away[NR_CODES];
	struct stats_record pairs[NR_CODES][PAIRS];
	bool mapped[NR_CODES];
	struct stats_record total;
};

static struct view narrow[2], low[2], wide;
static struct stats_table table[2];
static struct stats_regs geometry, epoch[2];

static bool guest_mapped(u32 scope, u32 code)
{
	const struct stats_regs r = guest_query(scope | (EXIT_STATS_MAP +
							 code / EXIT_STATS_MAP_CODES));
	const u32 map[4] = { r.eax, r.ebx, r.ecx, r.edx };

	return map[code % EXIT_STATS_MAP_CODES / 32] >> (code % 32) & 1;
}

static void guest_look(u32 scope, struct view *view)
{
	const u32 buckets = EXIT_STATS_BUCKETS;
	u32 i, p;

	for (i = 0; i < NR_CODES; i++) {
		view->reason[i] = guest_record(scope | (EXIT_STATS_REASON + codes[i]));
		view->away[i] = guest_record(scope | (EXIT_STATS_AWAY + codes[i]));
		for (p = 0; p < PAIRS; p++)
			view->pairs[i][p] = guest_record((scope | buckets) + codes[i] +
							 (p << EXIT_STATS_PAIR_SHIFT));
		view->mapped[i] = guest_mapped(scope, codes[i]);
	}
	view->total = guest_record(scope | EXIT_STATS_TOTALS);
}

static void guest_scopes(u32 id)
{
	table[id].nr = guest_nr_codes();
	geometry = guest_query(EXIT_STATS_GEOMETRY);
	epoch[id] = guest_query(EXIT_STATS_EPOCH);
	/* Touch what is going to be written, and go where it is going to stop. */
	guest_read_table(&table[id], EXIT_STATS_THIS_VCPU);
	guest_look(EXIT_STATS_THIS_VCPU_LOW, &low[id]);
	guest_look(EXIT_STATS_THIS_VCPU, &narrow[id]);
	guest_look(0, &wide);
	GUEST_SYNC(0);
	TIMES(times_of[id]) {
		if (id == 0)
			asm volatile("wbinvd" : : : "memory");
		else
			rdmsr(MSR_IA32_APICBASE);
	}
	guest_wait(cycles_of[id]);
	guest_read_table(&table[id], EXIT_STATS_THIS_VCPU);
	guest_look(EXIT_STATS_THIS_VCPU_LOW, &low[id]);
	guest_look(EXIT_STATS_THIS_VCPU, &narrow[id]);
	guest_look(0, &wide);
	GUEST_SYNC(0);
}

static bool is_zero(struct stats_record r)
{
	return !r.exits && !r.cycles;
}

static bool is_sum(struct stats_record a, struct stats_record b, struct stats_record sum)
{
	return a.exits + b.exits == sum.exits && a.cycles + b.cycles == sum.cycles;
}

static void check_fixed(void)
{
	const u32 max = stats_vmx() ? EXIT_STATS_LOW_CODES - 1 :
			EXIT_STATS_HIGH_CODE + EXIT_STATS_HIGH_CODES - 1;
	const u32 isa = stats_vmx() ? EXIT_STATS_ISA_VMX : EXIT_STATS_ISA_SVM;

	stats_note("highest code %#x, ISA %u, %u kHz, features %#x", geometry.eax, geometry.ebx,
		   geometry.ecx, geometry.edx);
	stats_result(geometry.eax == max && geometry.ebx == isa && geometry.ecx > 1000 &&
		     geometry.edx == (EXIT_STATS_F_CYCLES | EXIT_STATS_F_AWAY |
				      EXIT_STATS_F_BUCKETS),
		     "geometry is the host's at level 2");
	stats_result(epoch[0].eax == epoch[1].eax && epoch[0].edx == epoch[1].edx &&
		     epoch[0].ebx == 0 && epoch[1].ebx == 1 &&
		     epoch[0].ecx == 2 && epoch[1].ecx == 2,
		     "both vCPUs have their own ids, and the VM's epoch and number of vCPUs");
}

/* The first vCPU stopped, by one exit more of the code that both have. */
static void check_reasons(void)
{
	struct stats_record rest;

	stats_result(narrow[0].reason[FIRST].exits == times_of[0] &&
		     narrow[1].reason[SECOND].exits == times_of[1] &&
		     is_zero(narrow[0].reason[SECOND]) && is_zero(narrow[1].reason[FIRST]),
		     "narrow: a reason is the vCPU's own");
	rest.exits = wide.reason[BOTH].exits - narrow[0].reason[BOTH].exits -
		     narrow[1].reason[BOTH].exits;
	rest.cycles = wide.reason[BOTH].cycles - narrow[0].reason[BOTH].cycles -
		      narrow[1].reason[BOTH].cycles;
	stats_result(is_sum(narrow[0].reason[FIRST], narrow[1].reason[FIRST], wide.reason[FIRST]) &&
		     is_sum(narrow[0].reason[SECOND], narrow[1].reason[SECOND],
			    wide.reason[SECOND]) &&
		     rest.exits == 1 && (s64)rest.cycles > 0,
		     "wide: a reason is the sum of both vCPUs'");
}

/* None of the codes is that of the queries. */
static void check_low(void)
{
	bool same = true;
	u32 id;

	for (id = 0; id < 2; id++) {
		same &= low[id].total.exits && low[id].total.exits < narrow[id].total.exits;
		same &= !memcmp(&low[id], &narrow[id], offsetof(struct view, total));
	}
	stats_result(same, "narrow with bit 30: all as with bit 31");
}

static void check_maps(void)
{
	stats_result(narrow[0].mapped[FIRST] && !narrow[0].mapped[SECOND] &&
		     narrow[0].mapped[BOTH] && !narrow[1].mapped[FIRST] &&
		     narrow[1].mapped[SECOND] && narrow[1].mapped[BOTH],
		     "narrow: a map has the vCPU's own codes");
	stats_result(wide.mapped[FIRST] && wide.mapped[SECOND] && wide.mapped[BOTH],
		     "wide: a map has the codes of both vCPUs");
}

static void check_away(void)
{
	bool own = true, sums = true, longest = true, buckets = true, own_buckets = true;
	u64 a, b;
	u32 i, p;

	for (i = 0; i < NR_CODES; i++) {
		a = narrow[0].away[i].exits;
		b = narrow[1].away[i].exits;
		sums &= narrow[0].away[i].cycles + narrow[1].away[i].cycles == wide.away[i].cycles;
		longest &= wide.away[i].exits == (a > b ? a : b);
		for (p = 0; p < PAIRS; p++)
			buckets &= is_sum(narrow[0].pairs[i][p], narrow[1].pairs[i][p],
					  wide.pairs[i][p]);
	}
	own &= is_zero(narrow[0].away[SECOND]) && is_zero(narrow[1].away[FIRST]);
	own &= !is_zero(narrow[0].away[FIRST]) && !is_zero(narrow[1].away[SECOND]);
	own &= narrow[0].away[BOTH].exits >= cycles_of[0];
	own &= narrow[1].away[BOTH].exits >= cycles_of[1];
	for (a = 0, b = 0, p = 0; p < PAIRS; p++) {
		own_buckets &= is_zero(narrow[0].pairs[SECOND][p]);
		own_buckets &= is_zero(narrow[1].pairs[FIRST][p]);
		a += narrow[0].pairs[FIRST][p].exits + narrow[0].pairs[FIRST][p].cycles;
		b += narrow[1].pairs[SECOND][p].exits + narrow[1].pairs[SECOND][p].cycles;
	}
	own_buckets &= a == times_of[0] && b == times_of[1];
	stats_note("longest %lu and %lu, wide %lu", (unsigned long)narrow[0].away[BOTH].exits,
		   (unsigned long)narrow[1].away[BOTH].exits, (unsigned long)wide.away[BOTH].exits);
	stats_result(own, "narrow: time away is the vCPU's own");
	stats_result(sums, "wide: time away is the sum of both vCPUs'");
	stats_result(longest, "wide: the longest absence is the longer of both vCPUs'");
	stats_result(own_buckets, "narrow: buckets are the vCPU's own, and add up to its exits");
	stats_result(buckets, "wide: buckets are the sums of both vCPUs'");
}

static bool is_or_little_more(u64 n, u64 expected)
{
	return n >= expected && n <= expected + HOST_EXITS;
}

/* After a total comes its own query, and after the last one the stop. */
static void check_totals(struct kvm_vcpu *vcpus[])
{
	const u64 first = stats_binary_exits(&vcpus[0], 1);
	const u64 second = stats_binary_exits(&vcpus[1], 1);
	/* Queries of wide's, from the narrow total's on, and the stop. */
	const u64 later = NR_CODES * (3 + PAIRS) + 3;

	stats_note("narrow total %lu of %lu, wide %lu of %lu",
		   (unsigned long)narrow[1].total.exits, (unsigned long)second,
		   (unsigned long)wide.total.exits, (unsigned long)(first + second));
	stats_result(is_or_little_more(second, narrow[1].total.exits + later) &&
		     narrow[1].total.cycles < wide.total.cycles,
		     "narrow: totals are the vCPU's own");
	stats_result(is_or_little_more(first + second, wide.total.exits + 2),
		     "wide: totals are the sum of both vCPUs'");
}

/*
 * Codes that didn't go on since they were read have the very same numbers in the
 * binary statistics; those of the queries, of the stop and of the host have more.
 */
static void check_binary(struct kvm_vcpu *vcpus[])
{
	static u64 exits[2][NR], cycles[2][NR];
	const u32 cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	const u32 irq_code = stats_vmx() ? EXIT_REASON_EXTERNAL_INTERRUPT : SVM_EXIT_INTR;
	const u32 timer_code = stats_vmx() ? EXIT_REASON_PREEMPTION_TIMER : irq_code;
	bool same = true, sums = true, by_code = true;
	u32 id, i, code, index;
	struct stats_record r;

	for (id = 0; id < 2; id++) {
		stats_binary(vcpus[id], "exits_by_code", exits[id], NR);
		stats_binary(vcpus[id], "exit_cycles_by_code", cycles[id], NR);
		sums &= stats_sum_is_exact(vcpus[id]);

		for (i = 0; i <= table[id].nr; i++) {
			code = stats_code_of(&table[id], i);
			index = stats_index_of(code);
			r = table[id].record[i];
			/* They count as OTHER, and answer zeros. */
			if (index == NR - 1 && code != EXIT_STATS_CODE_OTHER) {
				same &= is_zero(r);
				continue;
			}
			if (code == cpuid_code || code == irq_code || code == timer_code) {
				same &= r.exits <= exits[id][index];
				same &= r.cycles <= cycles[id][index];
				continue;
			}
			if (code == codes[BOTH]) {
				same &= r.exits + 1 == exits[id][index];
				continue;
			}
			if (r.exits != exits[id][index] || r.cycles != cycles[id][index]) {
				same = false;
				stats_note("vCPU %u, code %#x: %lu, %lu; binary %lu, %lu", id, code,
					   (unsigned long)r.exits, (unsigned long)r.cycles,
					   (unsigned long)exits[id][index],
					   (unsigned long)cycles[id][index]);
			}
		}
	}
	for (i = FIRST; i <= SECOND; i++) {
		index = stats_index_of(codes[i]);
		by_code &= exits[0][index] + exits[1][index] == wide.reason[i].exits;
		by_code &= cycles[0][index] + cycles[1][index] == wide.reason[i].cycles;
	}
	stats_result(same, "exits_by_code and exit_cycles_by_code are the leaf's, code by code");
	stats_result(sums, "exits_by_code adds up to exits");
	stats_result(by_code, "both vCPUs' exits_by_code and exit_cycles_by_code are the VM's");
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static void check_two_vcpus(void)
{
	struct kvm_vcpu *vcpus[2];
	struct kvm_vm *vm = stats_vm_create(2, 0, guest_scopes, vcpus);
	u64 i;

	sync_global_to_guest(vm, codes);
	for (i = 0; i < 2; i++) {
		vcpu_args_set(vcpus[i], 1, i);
		step(vcpus[i]);
		step(vcpus[i]);
	}
	sync_global_from_guest(vm, narrow);
	sync_global_from_guest(vm, low);
	sync_global_from_guest(vm, wide);
	sync_global_from_guest(vm, table);
	sync_global_from_guest(vm, geometry);
	sync_global_from_guest(vm, epoch);
	check_fixed();
	check_reasons();
	check_low();
	check_maps();
	check_away();
	check_totals(vcpus);
	check_binary(vcpus);
	kvm_vm_free(vm);
}

/*
 * OTHER: a VM entry that fails.
 */
static struct {
	struct stats_record narrow, wide, away, total;
	struct stats_regs map, wide_map, between, high;
	u64 absences;
} other[2];

static void guest_other(void)
{
	const u32 own = EXIT_STATS_THIS_VCPU, code = EXIT_STATS_CODE_OTHER;
	struct stats_record r;
	u32 i, p;

	for (i = 0; i < 2; i++) {
		other[i].narrow = guest_record(own | (EXIT_STATS_REASON + code));
		other[i].wide = guest_record(EXIT_STATS_REASON + code);
		other[i].map = guest_query(own | (EXIT_STATS_MAP +
						  code / EXIT_STATS_MAP_CODES));
		other[i].wide_map = guest_query(EXIT_STATS_MAP +
						code / EXIT_STATS_MAP_CODES);
		other[i].away = guest_record(own | (EXIT_STATS_AWAY + code));
		for (p = 0; p < PAIRS; p++) {
			r = guest_record(own | (EXIT_STATS_BUCKETS + code +
						(p << EXIT_STATS_PAIR_SHIFT)));
			other[i].absences += r.exits + r.cycles;
		}
		/* Codes that count as it have no answer of their own. */
		other[i].between = guest_query(EXIT_STATS_REASON + EXIT_STATS_LOW_CODES);
		other[i].high = guest_query(EXIT_STATS_REASON + EXIT_STATS_HIGH_CODE - 1);
		other[i].total = guest_record(own | EXIT_STATS_TOTALS);
		GUEST_SYNC(0);
	}
}

static bool is_map_of_other(struct stats_regs r, bool set)
{
	return !r.eax && !r.ebx && !r.ecx && r.edx == (set ? 0x80000000u : 0);
}

/* VMRUN doesn't enter 64-bit code that is 32-bit code too. */
static const char *fail_entries(struct kvm_vcpu *vcpu)
{
	struct kvm_sregs good, bad;
	struct kvm_regs regs;
	int i;

	if (stats_vmx())
		return "VMX has a code for it";
	vcpu_run_complete_io(vcpu);
	vcpu_regs_get(vcpu, &regs);
	vcpu_sregs_get(vcpu, &good);
	bad = good;
	bad.cs.db = 1;
	for (i = 0; i < FAILURES; i++) {
		if (_vcpu_sregs_set(vcpu, &bad))
			return "this KVM refuses such a CS";
		_vcpu_run(vcpu);
		if (vcpu->run->exit_reason != KVM_EXIT_FAIL_ENTRY)
			return "this processor enters with such a CS";
	}
	/* All of them: QEMU leaves the host's. */
	vcpu_sregs_set(vcpu, &good);
	vcpu_regs_set(vcpu, &regs);
	return NULL;
}

static void check_other(void)
{
	const char *name = "a VM entry that fails has code 0xffff";
	const struct stats_regs none = {};
	static u64 exits[NR];
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = stats_vm_create(1, 0, guest_other, &vcpu);
	const char *why_not;

	step(vcpu);
	why_not = fail_entries(vcpu);
	if (why_not) {
		stats_skip(name, why_not);
		kvm_vm_free(vm);
		return;
	}
	step(vcpu);
	sync_global_from_guest(vm, other);
	stats_binary(vcpu, "exits_by_code", exits, NR);

	stats_result(is_zero(other[0].narrow) && is_zero(other[0].wide) &&
		     other[1].narrow.exits == FAILURES && other[1].narrow.cycles &&
		     is_sum(other[1].narrow, other[0].narrow, other[1].wide) &&
		     exits[NR - 1] == FAILURES, "%s", name);
	stats_result(is_map_of_other(other[0].map, false) && is_map_of_other(other[1].map, true) &&
		     is_map_of_other(other[0].wide_map, false) &&
		     is_map_of_other(other[1].wide_map, true),
		     "map 511 has code 0xffff, and nothing else");
	stats_result(is_zero(other[0].away) && !other[0].absences &&
		     other[1].absences == FAILURES &&
		     other[1].away.cycles >= other[1].narrow.cycles,
		     "time away and buckets have code 0xffff");
	stats_result(stats_regs_equal(other[1].between, none) &&
		     stats_regs_equal(other[1].high, none),
		     "codes without a record answer zeros, not code 0xffff's");
	stats_result(is_or_little_more(stats_binary_exits(&vcpu, 1), other[1].total.exits + 2),
		     "totals have code 0xffff");
	kvm_vm_free(vm);
}

int main(void)
{
	codes[FIRST] = stats_vmx() ? EXIT_REASON_WBINVD : SVM_EXIT_WBINVD;
	codes[SECOND] = stats_vmx() ? EXIT_REASON_MSR_READ : SVM_EXIT_MSR;
	codes[BOTH] = stats_vmx() ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO;

	stats_begin();
	stats_set_level(2);
	check_two_vcpus();
	check_other();
	stats_set_level(1);
	stats_end();
}
