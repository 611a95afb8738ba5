// SPDX-License-Identifier: GPL-2.0-only
/*
 * The leaves of KVM's exit statistics that have no sub-leaves, whose ECX is an exit code:
 * they agree with the leaf that has, and say which codes there are.
 */
#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

/* Past all codes that there are. */
#define NR_CODES	0x500

/* What the vCPUs do, and one of them only. */
static const u32 times_of[2] = { 5, 7 };

static u32 wbinvd_code;
static bool vmx;

static struct {
	struct stats_regs cycles, exits, exits2, reason;
} codes[NR_CODES];

/* In the order in which they are asked for. */
static struct {
	struct stats_record before;
	struct stats_regs cycles, exits, exits2;
	struct stats_record after, reason;
} bracket;

static const u32 beyond[] = {
	0xffff, 0x10000, 0x80000000, 0x80000010, 0xf0000000, 0xfffffffe, 0xffffffff,
};

static struct stats_regs beyond_answers[ARRAY_SIZE(beyond)][3];

/* The first vCPU only acts; the other one asks. */
static void guest_code(u32 id)
{
	u32 i, leaf;

	/* Touch what is going to be written. */
	memset(codes, 1, sizeof(codes));
	memset(&bracket, 1, sizeof(bracket));
	TIMES(times_of[id])
		asm volatile("wbinvd" : : : "memory");
	GUEST_SYNC(0);

	bracket.before = guest_record(EXIT_STATS_TOTALS);
	bracket.cycles = guest_leaf(EXIT_STATS_LEAF_CYCLES, wbinvd_code);
	bracket.exits = guest_leaf(EXIT_STATS_LEAF_EXITS, wbinvd_code);
	bracket.exits2 = guest_leaf(EXIT_STATS_LEAF_EXITS2, wbinvd_code);
	bracket.after = guest_record(EXIT_STATS_TOTALS);
	bracket.reason = guest_record(EXIT_STATS_REASON + wbinvd_code);
	GUEST_SYNC(0);

	for (i = 0; i < NR_CODES; i++) {
		codes[i].reason = guest_query(EXIT_STATS_REASON + i);
		codes[i].cycles = guest_leaf(EXIT_STATS_LEAF_CYCLES, i);
		codes[i].exits = guest_leaf(EXIT_STATS_LEAF_EXITS, i);
		codes[i].exits2 = guest_leaf(EXIT_STATS_LEAF_EXITS2, i);
	}
	for (i = 0; i < ARRAY_SIZE(beyond); i++)
		for (leaf = EXIT_STATS_LEAF_FIRST; leaf < EXIT_STATS_LEAF; leaf++)
			beyond_answers[i][leaf - EXIT_STATS_LEAF_FIRST] =
				guest_leaf(leaf, beyond[i]);
	GUEST_SYNC(0);
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static u64 cycles_in(struct stats_regs r)
{
	return (u64)r.ebx << 32 | r.ecx;
}

static bool is_zero(struct stats_regs r)
{
	return !r.eax && !r.ebx && !r.ecx && !r.edx;
}

/*
 * What the manuals define: SDM vol. 3 app. C, APM vol. 2 app. C.  Later than those is
 * what a KVM may know all the same: RDMSR and WRMSRNS with an immediate operand.
 */
static bool is_defined(u32 code)
{
	if (vmx)
		return code <= 77 && code != 35 && code != 38 && code != 42 && code != 65;
	return code <= 0xa6 || (code >= 0x400 && code <= 0x403);
}

static bool is_late(u32 code)
{
	return vmx && (code == 84 || code == 85);
}

/* Codes that KVM handles, and defined ones that it doesn't, whichever version it is. */
static const u32 vmx_handled[] = { 0, 1, 2, 7, 10, 12, 18, 28, 30, 31, 32, 48, 49, 52, 54, 55 };
static const u32 vmx_unhandled[] = { 3, 4, 5, 6, 11, 16, 17, 33, 34, 63, 64, 66, 67, 68 };
static const u32 svm_handled[] = { 0, 0x10, 0x40 + 14, 0x60, 0x72, 0x78, 0x7b, 0x7c, 0x7f,
				   0x80, 0x81, 0x89, 0x8d, 0x400 };
static const u32 svm_unhandled[] = { 1, 0x1f, 0x40, 0x5f, 0x63, 0x6a, 0x6e, 0x70, 0x71, 0x75,
				     0x7e, 0x88, 0xa0, 0xa3 };

static bool all_handled(const u32 *list, u32 nr, bool handled)
{
	bool ok = true;
	u32 i;

	for (i = 0; i < nr; i++) {
		/* All cycles are not 0, nor are all exits. */
		if (!cycles_in(codes[list[i]].exits) == !handled &&
		    !codes[list[i]].cycles.eax == !handled)
			continue;
		ok = false;
		stats_note("code %#x: %08x %08x %08x %08x", list[i], codes[list[i]].exits.eax,
			   codes[list[i]].exits.ebx, codes[list[i]].exits.ecx,
			   codes[list[i]].exits.edx);
	}
	return ok;
}

static void check_codes(void)
{
	const u32 cpuid_code = vmx ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	bool undefined = true, others = true, same = true;
	struct stats_record reason;
	u32 i, leaf, handled = 0;

	for (i = 0; i < NR_CODES; i++) {
		if (!is_defined(i) && !(is_late(i) && !stats_is_undefined(codes[i].exits))) {
			undefined &= stats_is_undefined(codes[i].cycles) &&
				     stats_is_undefined(codes[i].exits) &&
				     stats_is_undefined(codes[i].exits2);
			continue;
		}
		others &= !codes[i].cycles.edx && !codes[i].exits.edx && !codes[i].exits2.edx;
		/* Not handled: nothing in any of them. */
		if (is_zero(codes[i].exits)) {
			others &= is_zero(codes[i].cycles) && is_zero(codes[i].exits2);
			continue;
		}
		handled++;
		others &= codes[i].cycles.eax && cycles_in(codes[i].exits) &&
			  cycles_in(codes[i].exits2);
		/* The host's interrupts go on, and so do the queries. */
		reason = stats_record_of(codes[i].reason);
		if (i == cpuid_code) {
			same &= codes[i].exits.eax == reason.exits + 2;
			same &= codes[i].exits2.eax == reason.exits + 3;
			same &= cycles_in(codes[i].cycles) > reason.cycles;
			continue;
		}
		same &= codes[i].exits.eax >= reason.exits &&
			codes[i].exits2.eax >= codes[i].exits.eax &&
			codes[i].exits2.eax <= reason.exits + 2 &&
			cycles_in(codes[i].cycles) >= reason.cycles;
	}
	for (i = 0; i < ARRAY_SIZE(beyond); i++)
		for (leaf = 0; leaf < 3; leaf++)
			undefined &= stats_is_undefined(beyond_answers[i][leaf]);

	stats_note("%u codes are handled", handled);
	stats_result(undefined, "codes that the manual doesn't define are undefined");
	stats_result(others, "of all others all three leaves say the same");
	stats_result(same, "exits and cycles of a code are the leaf's with sub-leaves");
	stats_result(vmx ? all_handled(vmx_handled, ARRAY_SIZE(vmx_handled), true) :
			   all_handled(svm_handled, ARRAY_SIZE(svm_handled), true),
		     "codes that KVM handles have answers");
	stats_result(vmx ? all_handled(vmx_unhandled, ARRAY_SIZE(vmx_unhandled), false) :
			   all_handled(svm_unhandled, ARRAY_SIZE(svm_unhandled), false),
		     "defined codes that it doesn't handle answer zeros");
}

/* Each query is an exit that the next one sees; the host's interrupts are a few more. */
static bool grows(u64 from, u64 to)
{
	return to >= from + 1 && to <= from + 4;
}

static void check_bracket(void)
{
	const u32 all = times_of[0] + times_of[1];

	stats_note("all exits %lu, %u, %lu", (unsigned long)bracket.before.exits,
		   bracket.cycles.eax, (unsigned long)bracket.after.exits);
	stats_result(bracket.exits.eax == all && bracket.exits2.eax == all &&
		     bracket.reason.exits == all, "exits of a code are those of all vCPUs");
	stats_result(grows(bracket.before.exits, bracket.cycles.eax) &&
		     grows(bracket.cycles.eax + 2, bracket.after.exits),
		     "all exits are the leaf's total");
	stats_result(cycles_in(bracket.cycles) == bracket.reason.cycles,
		     "cycles of a code are those of all vCPUs");
	stats_result(cycles_in(bracket.exits) > bracket.before.cycles &&
		     cycles_in(bracket.exits2) > cycles_in(bracket.exits) &&
		     cycles_in(bracket.exits2) < bracket.after.cycles,
		     "all cycles are the leaf's total");
}

int main(void)
{
	struct kvm_vcpu *vcpus[2];
	struct kvm_vm *vm;

	vmx = stats_vmx();
	wbinvd_code = vmx ? EXIT_REASON_WBINVD : SVM_EXIT_WBINVD;

	stats_begin();
	vm = stats_vm_create(2, 0, guest_code, vcpus);
	vcpu_args_set(vcpus[0], 1, 0ul);
	vcpu_args_set(vcpus[1], 1, 1ul);
	sync_global_to_guest(vm, wbinvd_code);
	step(vcpus[0]);
	step(vcpus[1]);
	step(vcpus[1]);
	step(vcpus[1]);
	sync_global_from_guest(vm, codes);
	sync_global_from_guest(vm, bracket);
	sync_global_from_guest(vm, beyond_answers);
	check_bracket();
	check_codes();
	kvm_vm_free(vm);
	stats_end();
}
