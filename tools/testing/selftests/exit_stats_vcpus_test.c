// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's exit statistics of a VM whose many vCPUs all exit and all query the
 * whole VM's at once.
 */
#include <pthread.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define NR_VCPUS	12
#define ROUNDS		2000
#define ATTEMPTS	25

static u32 cpuid_code, wbinvd_code;

/* What each vCPU saw: the VM's records, and how many it read. */
static struct vcpu_view {
	struct stats_record last[STATS_MAX_CODES + 1], total;
	u64 wrong;
	u32 wrong_code;
} views[NR_VCPUS];

static struct {
	struct stats_record cpuid, wbinvd, total;
	u64 own_cpuid, own_wbinvd;
} sums;

static bool forward(struct stats_record *last, struct stats_record new)
{
	const bool ok = new.exits >= last->exits && new.cycles >= last->cycles &&
			!new.exits == !new.cycles;

	*last = new;
	return ok;
}

/* Three queries and an exit of another kind each round. */
static void guest_load(u32 id)
{
	const u32 nr = guest_nr_codes();
	struct vcpu_view *v = &views[id];
	const u32 map = EXIT_STATS_MAP;
	u32 i, code;

	for (i = 0; i < ROUNDS; i++) {
		/* All codes in turn, each vCPU beginning with another. */
		code = (i + id * nr / NR_VCPUS) % nr;
		if (!forward(&v->last[code], guest_record(EXIT_STATS_REASON + code)) ||
		    !forward(&v->total, guest_record(EXIT_STATS_TOTALS))) {
			v->wrong++;
			v->wrong_code = code;
		}
		guest_query(map + i % (nr / EXIT_STATS_MAP_CODES + 1));
		asm volatile("wbinvd");
	}
	GUEST_SYNC(0);

	/* All have done their part.  The first one sums up, and stops each time. */
	sums.own_cpuid = guest_own_exits(cpuid_code);
	sums.own_wbinvd = guest_own_exits(wbinvd_code);
	sums.cpuid = guest_record(EXIT_STATS_REASON + cpuid_code);
	sums.wbinvd = guest_record(EXIT_STATS_REASON + wbinvd_code);
	for (;;) {
		sums.total = guest_record(EXIT_STATS_TOTALS);
		GUEST_SYNC(0);
	}
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static void *step_thread(void *vcpu)
{
	step(vcpu);
	return NULL;
}

/*
 * The VM's total, then a stop: one exit for each.  If the next total is two
 * more then the host caused none in between.
 */
static bool totals_match(struct kvm_vm *vm, struct kvm_vcpu *vcpus[])
{
	u64 total, binary;
	int i;

	for (i = 0; i < ATTEMPTS; i++) {
		binary = stats_binary_exits(vcpus, NR_VCPUS);
		sync_global_from_guest(vm, sums);
		total = sums.total.exits;
		step(vcpus[0]);
		sync_global_from_guest(vm, sums);
		if (sums.total.exits == total + 2)
			break;
	}
	if (binary != total + 2)
		stats_note("total %lu, binary statistics %lu", (unsigned long)total,
			   (unsigned long)binary);
	return i < ATTEMPTS && binary == total + 2;
}

static void check_vcpus(void)
{
	/* Each vCPU's queries; its wbinvds are as many as rounds. */
	const u64 queries = 3ull * ROUNDS + 1;
	struct kvm_vcpu *vcpus[NR_VCPUS];
	pthread_t threads[NR_VCPUS];
	u64 wrong = 0;
	struct kvm_vm *vm;
	int i;

	vm = stats_vm_create(NR_VCPUS, 0, guest_load, vcpus);
	sync_global_to_guest(vm, cpuid_code);
	sync_global_to_guest(vm, wbinvd_code);
	for (i = 0; i < NR_VCPUS; i++) {
		vcpu_args_set(vcpus[i], 1, (u64)i);
		pthread_create(&threads[i], NULL, step_thread, vcpus[i]);
	}
	for (i = 0; i < NR_VCPUS; i++)
		pthread_join(threads[i], NULL);

	sync_global_from_guest(vm, views);
	for (i = 0; i < NR_VCPUS; i++) {
		if (views[i].wrong)
			stats_note("vCPU %d saw %lu records go back, last of code %#x", i,
				   (unsigned long)views[i].wrong, views[i].wrong_code);
		wrong += views[i].wrong;
	}
	stats_result(!wrong, "%u vCPUs query the VM while all exit: nothing goes back", NR_VCPUS);

	step(vcpus[0]);
	sync_global_from_guest(vm, sums);
	/* Of the summing itself, two queries came before that of CPUID's record. */
	stats_result(sums.own_cpuid == queries && sums.own_wbinvd == ROUNDS &&
		     sums.cpuid.exits == NR_VCPUS * queries + 2 &&
		     sums.wbinvd.exits == NR_VCPUS * ROUNDS,
		     "%u vCPUs: each code's sum is exact", NR_VCPUS);
	stats_result(totals_match(vm, vcpus),
		     "%u vCPUs: the total is that of KVM's binary statistics", NR_VCPUS);
	kvm_vm_free(vm);
}

int main(void)
{
	cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	wbinvd_code = stats_vmx() ? EXIT_REASON_WBINVD : SVM_EXIT_WBINVD;

	stats_begin();
	check_vcpus();
	stats_end();
}
