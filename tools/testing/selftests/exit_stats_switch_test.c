// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's exit statistics are switched off and on while vCPUs run: each CPUID is
 * answered either by them or as on stock KVM, and counts go on where they were.
 *
 *	exit_stats_switch_test [SWITCHES]
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define NR_VCPUS	3
#define SWITCHES	4000
/* How often each vCPU is to see that it was switched. */
#define NR_CHANGES	50

static u32 cpuid_code, io_code;

static struct {
	struct stats_record cpuid, io;
	bool stock;
	u64 away, keyed;
} steps[5];

/* Stops at level 1, goes on at 0, then at 1, 2 and 3. */
static void guest_steps(void)
{
	const u32 home = EXIT_STATS_KEY_HOME(cpuid_code, EXIT_STATS_LEAF);
	u32 i;

	steps[0].cpuid = guest_record(EXIT_STATS_REASON + cpuid_code);
	steps[0].io = guest_record(EXIT_STATS_REASON + io_code);
	GUEST_SYNC(0);
	steps[1].stock = true;
	for (i = 0; i < 100; i++)
		steps[1].stock &= stats_regs_equal(guest_query(i), guest_stock_answer(i));
	GUEST_SYNC(0);
	steps[2].cpuid = guest_record(EXIT_STATS_REASON + cpuid_code);
	steps[2].io = guest_record(EXIT_STATS_REASON + io_code);
	GUEST_SYNC(0);
	for (i = 0; i < 2; i++)
		steps[3].away = guest_record(EXIT_STATS_AWAY + cpuid_code).cycles;
	GUEST_SYNC(0);
	/* The only key so far is that of the queries, so it is at its home. */
	for (i = 0; i < 2; i++)
		steps[4].keyed = guest_record(EXIT_STATS_THIS_VCPU |
					      (EXIT_STATS_KEY_RECORD + home)).exits;
	GUEST_SYNC(0);
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static struct kvm_vm *create(u32 nr_vcpus, void *guest_code, struct kvm_vcpu *vcpus[])
{
	struct kvm_vm *vm = stats_vm_create(nr_vcpus, 0, guest_code, vcpus);

	sync_global_to_guest(vm, cpuid_code);
	sync_global_to_guest(vm, io_code);
	return vm;
}

static void check_steps(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(1, guest_steps, &vcpu);

	step(vcpu);
	stats_set_level(0);
	step(vcpu);
	stats_set_level(1);
	step(vcpu);
	stats_set_level(2);
	step(vcpu);
	stats_set_level(3);
	step(vcpu);
	stats_set_level(1);
	sync_global_from_guest(vm, steps);
	kvm_vm_free(vm);

	stats_result(steps[1].stock, "switched off, the leaf answers as on stock KVM");
	/* Two queries and the stop came after the records were read. */
	stats_result(steps[2].cpuid.exits == steps[0].cpuid.exits + 2 &&
		     steps[2].io.exits == steps[0].io.exits + 1,
		     "switched on again, counts go on to the exit where they were");
	stats_result(steps[2].cpuid.cycles > steps[0].cpuid.cycles,
		     "switched on again, cycles go on");
	stats_result(steps[3].away, "switched from level 1 to 2, a vCPU has times away");
	stats_result(steps[4].keyed == 1, "switched from level 2 to 3, a vCPU has keys");
}

/*
 * The storm.  Each vCPU asks for a few sub-leaves in turn and checks what it is
 * answered.
 */
struct watch {
	u64 queries, on, off, changes, wrong;
	u32 wrong_index;
	struct stats_regs wrong_answer;
	struct stats_record last;
};

static struct watch watches[NR_VCPUS];
static bool storm_over;

/* Where the queries' own key is. */
static u32 guest_own_place(void)
{
	struct stats_regs r;
	u32 n;

	for (n = 0; n < EXIT_STATS_NR_KEYS; n++) {
		r = guest_query(EXIT_STATS_THIS_VCPU | (EXIT_STATS_KEY + n));
		if (r.eax == EXIT_STATS_LEAF && r.ebx == cpuid_code)
			break;
	}
	GUEST_ASSERT(n < EXIT_STATS_NR_KEYS);
	return n;
}

static void guest_watch(u32 id)
{
	const u32 own_cpuids = EXIT_STATS_THIS_VCPU | (EXIT_STATS_REASON + cpuid_code);
	const u32 place = guest_own_place();
	const u32 indexes[] = {
		EXIT_STATS_IDENTITY, EXIT_STATS_GEOMETRY, own_cpuids,
		EXIT_STATS_MAP - 1, /* undefined */
		EXIT_STATS_THIS_VCPU | (EXIT_STATS_KEY + place),
		EXIT_STATS_THIS_VCPU | (EXIT_STATS_KEY_RECORD + place),
	};
	const u32 with_away = EXIT_STATS_F_CYCLES | EXIT_STATS_F_AWAY | EXIT_STATS_F_BUCKETS;
	struct watch *w = &watches[id];
	struct stats_regs stock[ARRAY_SIZE(indexes)], geometry, r;
	struct stats_record last_key = {};
	struct stats_record record;
	bool ours, was_on = true;
	u64 cpuids;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(indexes); i++)
		stock[i] = guest_stock_answer(indexes[i]);
	geometry = guest_query(EXIT_STATS_GEOMETRY);
	w->last = guest_record(own_cpuids);
	/* How many CPUIDs this vCPU has executed: it can't have more exits. */
	cpuids = w->last.exits + 1;
	GUEST_SYNC(0);

	while (!READ_ONCE(storm_over)) {
		for (i = 0; i < ARRAY_SIZE(indexes); i++) {
			r = guest_query(indexes[i]);
			cpuids++;
			w->queries++;
			ours = !stats_regs_equal(r, stock[i]);
			w->on += ours;
			w->off += !ours;
			w->changes += ours != was_on;
			was_on = ours;
			if (!ours)
				continue;

			switch (i) {
			case 0:
				ours = stats_is_identity(r);
				break;
			case 1:
				ours = r.edx == EXIT_STATS_F_CYCLES || r.edx == with_away ||
				       r.edx == (with_away | EXIT_STATS_F_KEYS);
				r.edx = geometry.edx;
				ours &= stats_regs_equal(r, geometry);
				break;
			case 2:
				record = stats_record_of(r);
				ours = record.exits >= w->last.exits && record.exits < cpuids &&
				       record.cycles >= w->last.cycles;
				w->last = record;
				break;
			case 3:
				ours = stats_is_undefined(r);
				break;
			case 4:
				ours = stats_is_undefined(r) ||
				       (r.eax == EXIT_STATS_LEAF && r.ebx == cpuid_code &&
					!r.ecx && !r.edx);
				break;
			case 5:
				if (stats_is_undefined(r))
					break;
				record = stats_record_of(r);
				ours = record.exits >= last_key.exits && record.exits < cpuids &&
				       record.cycles >= last_key.cycles;
				last_key = record;
				break;
			}
			if (!ours && !w->wrong++) {
				w->wrong_index = indexes[i];
				w->wrong_answer = r;
			}
		}
	}
	GUEST_DONE();
}

static void *watch_thread(void *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_DONE, "the guest doesn't end");
	return NULL;
}

static bool changes_seen(const struct watch *w)
{
	int i;

	for (i = 0; i < NR_VCPUS; i++)
		if (READ_ONCE(w[i].changes) < NR_CHANGES)
			return false;
	return true;
}

static void check_storm(u32 switches)
{
	struct kvm_vcpu *vcpus[NR_VCPUS];
	struct kvm_vm *vm;
	struct watch *w;
	pthread_t threads[NR_VCPUS];
	/* Each level after each other one. */
	static const u32 levels[] = { 0, 1, 0, 2, 0, 3, 1, 2, 1, 3, 2, 3 };
	u64 wrong = 0, queries = 0;
	bool seen;
	u32 i, n;

	/* The guest looks for its key. */
	stats_set_level(3);
	vm = create(NR_VCPUS, guest_watch, vcpus);
	w = addr_gva2hva(vm, (u64)watches);
	for (i = 0; i < NR_VCPUS; i++) {
		vcpu_args_set(vcpus[i], 1, (u64)i);
		step(vcpus[i]);
	}
	for (i = 0; i < NR_VCPUS; i++)
		pthread_create(&threads[i], NULL, watch_thread, vcpus[i]);
	for (n = 0; n < switches || (n < 100 * switches && !changes_seen(w)); n++) {
		stats_set_level(levels[n % ARRAY_SIZE(levels)]);
		sched_yield();
	}
	stats_set_level(1);
	storm_over = true;
	sync_global_to_guest(vm, storm_over);
	for (i = 0; i < NR_VCPUS; i++)
		pthread_join(threads[i], NULL);

	seen = changes_seen(w);
	for (i = 0; i < NR_VCPUS; i++) {
		stats_note("vCPU %u: %lu queries, %lu on, %lu off, %lu changes", i,
			   (unsigned long)w[i].queries, (unsigned long)w[i].on,
			   (unsigned long)w[i].off, (unsigned long)w[i].changes);
		if (w[i].wrong)
			stats_note("vCPU %u: %lu wrong, first: %#x %08x %08x %08x %08x", i,
				   (unsigned long)w[i].wrong, w[i].wrong_index,
				   w[i].wrong_answer.eax, w[i].wrong_answer.ebx,
				   w[i].wrong_answer.ecx, w[i].wrong_answer.edx);
		wrong += w[i].wrong;
		queries += w[i].queries;
	}
	stats_note("%u switches, %lu queries", n, (unsigned long)queries);
	stats_result(n >= switches && seen, "%u switches and more while vCPUs run", switches);
	stats_result(!wrong && queries,
		     "each answer is the leaf's or stock KVM's, and none goes back");
	kvm_vm_free(vm);
}

/* What isn't a level is refused, and changes nothing. */
static void check_bad_levels(void)
{
	static const char * const bad[] = { "4", "-1", "4294967297", "x", "" };
	bool refused = true;
	char level = 0;
	int i, fd;

	/* Each is a line: nothing at all would not be written. */
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fd = open(STATS_SWITCH, O_WRONLY);
		refused &= dprintf(fd, "%s\n", bad[i]) < 0 && errno == EINVAL;
		close(fd);
	}
	fd = open(STATS_SWITCH, O_RDONLY);
	refused &= read(fd, &level, 1) == 1 && level == '1';
	close(fd);
	stats_result(refused, "what isn't a level is refused");
}

int main(int argc, char *argv[])
{
	const u32 switches = argc > 1 ? strtoul(argv[1], NULL, 0) : SWITCHES;

	cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;
	io_code = stats_vmx() ? EXIT_REASON_IO_INSTRUCTION : SVM_EXIT_IOIO;

	stats_begin();
	check_bad_levels();
	check_steps();
	check_storm(switches);
	stats_end();
}
