// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may read KVM's exit statistics: each setting of the host's administrator, against
 * guests whose VMM asked for them and others, in kernel and in user mode.
 *
 *	exit_stats_policy_test [SWITCHES]
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define KVM_FEATURES	0x40000001
#define FEATURE		BIT(KVM_FEATURE_EXIT_STATS)

#define NR_LEAVES	(EXIT_STATS_LEAF - EXIT_STATS_LEAF_FIRST + 1)

#define SWITCHES	1500
/* How often each guest is to see that it was switched. */
#define NR_CHANGES	20

#define MAX_LEVEL	3

static const struct setting {
	const char *guests, *user;
} settings[] = {
	{ "all", "Y" }, { "all", "N" }, { "asked", "Y" }, { "asked", "N" }, { "none", "Y" },
	{ "none", "N" },
};

static u32 cpuid_code;

/*
 * Guests of each kind.
 */
struct guest {
	const char *name;
	bool asked, user;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
};

static struct guest guests[] = {
	{ "a kernel whose VMM asked", true, false },
	{ "user mode whose VMM asked", true, true },
	{ "a kernel whose VMM didn't ask", false, false },
	{ "user mode whose VMM didn't ask", false, true },
};

/* What a guest saw: of how many leaves the answer was ours, and of how many stock KVM's. */
static struct {
	u32 ours, stock;
} seen;

/* An answer of the leaf, to something that no stock KVM answers in the same way. */
static struct stats_regs guest_ask(u32 leaf)
{
	return guest_leaf(leaf, leaf == EXIT_STATS_LEAF ? EXIT_STATS_IDENTITY : cpuid_code);
}

static bool guest_is_ours(u32 leaf, struct stats_regs r)
{
	/* A count of exits, and the cycles that this code or all codes took. */
	return leaf == EXIT_STATS_LEAF ? stats_is_identity(r) :
					 r.eax && (r.ebx || r.ecx) && !r.edx;
}

static void guest_look(void)
{
	struct stats_regs r;
	u32 leaf;

	guest_ask(EXIT_STATS_LEAF);
	for (;;) {
		seen.ours = 0;
		seen.stock = 0;
		for (leaf = EXIT_STATS_LEAF_FIRST; leaf <= EXIT_STATS_LEAF; leaf++) {
			r = guest_ask(leaf);
			if (stats_regs_equal(r, guest_stock_answer(leaf == EXIT_STATS_LEAF ?
							EXIT_STATS_IDENTITY : cpuid_code)))
				seen.stock++;
			else
				seen.ours += guest_is_ours(leaf, r);
		}
		GUEST_SYNC(0);
	}
}

/* Whether the VMM asks: the bit is there, as KVM_GET_SUPPORTED_CPUID has it. */
static void set_asked(struct kvm_vcpu *vcpu, bool asked)
{
	struct kvm_cpuid_entry2 *features = vcpu_get_cpuid_entry(vcpu, KVM_FEATURES);

	features->eax = asked ? features->eax | FEATURE : features->eax & ~FEATURE;
	vcpu_set_cpuid(vcpu);
}

static void create(struct guest *guest, void *code)
{
	guest->vm = stats_vm_create(1, 0, code, &guest->vcpu);
	sync_global_to_guest(guest->vm, cpuid_code);
	set_asked(guest->vcpu, guest->asked);
	if (guest->user)
		stats_enter_user_mode(guest->vcpu);
}

static void step(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
}

static bool may_read(const struct guest *guest, u32 level, const struct setting *s)
{
	if (!level || !strcmp(s->guests, "none"))
		return false;
	if (!strcmp(s->guests, "asked") && !guest->asked)
		return false;
	return !guest->user || !strcmp(s->user, "Y");
}

static bool sees_what_it_may(const struct guest *guest, u32 level, const struct setting *s)
{
	const u32 ours = may_read(guest, level, s) ? NR_LEAVES : 0;

	stats_set_policy(s->guests, s->user);
	stats_set_level(level);
	step(guest->vcpu);
	sync_global_from_guest(guest->vm, seen);
	if (seen.ours == ours && seen.stock == NR_LEAVES - ours)
		return true;
	stats_note("%s at level %u, guests=%s, user=%s: %u ours, %u stock KVM's, not %u ours",
		   guest->name, level, s->guests, s->user, seen.ours, seen.stock, ours);
	return false;
}

/* Each setting against each guest, two times, so that each follows upon another. */
static void check_guests(void)
{
	u32 i, n, level;
	bool ok;

	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		create(&guests[i], guest_look);
		/* So that there is something to tell. */
		step(guests[i].vcpu);
		ok = true;
		for (n = 0; n < 2 * ARRAY_SIZE(settings); n++) {
			for (level = 0; level <= MAX_LEVEL; level++)
				ok &= sees_what_it_may(&guests[i], level,
						       &settings[n % ARRAY_SIZE(settings)]);
		}
		stats_result(ok, "%s sees the leaves with these settings and no others",
			     guests[i].name);
		stats_set_level(1);
		stats_set_policy("all", "Y");
		kvm_vm_free(guests[i].vm);
	}
}

/* The VMM's last word counts, whether or not it enforces what it says. */
static void check_taken_back(void)
{
	struct guest guest = { .asked = true };
	u32 asked, enforced, ours[2][2];

	stats_set_policy("asked", "Y");
	for (enforced = 0; enforced < 2; enforced++) {
		for (asked = 0; asked < 2; asked++) {
			guest.asked = !asked;
			create(&guest, guest_look);
			if (enforced)
				vcpu_enable_cap(guest.vcpu, KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 1);
			set_asked(guest.vcpu, asked);
			step(guest.vcpu);
			sync_global_from_guest(guest.vm, seen);
			ours[enforced][asked] = seen.ours;
			kvm_vm_free(guest.vm);
		}
	}
	stats_set_policy("all", "Y");
	stats_result(!ours[0][0] && ours[0][1] == NR_LEAVES, "the last KVM_SET_CPUID2 counts");
	stats_result(!ours[1][0] && ours[1][1] == NR_LEAVES,
		     "so it does if the VMM enforces the features that it gave");
}

/* An entry of the VMM's for one leaf hides all four. */
static void check_hidden(void)
{
	struct kvm_cpuid2 *old, *cpuid;
	struct guest guest = { .asked = true };
	u32 leaf, hidden = 0;

	for (leaf = EXIT_STATS_LEAF_FIRST - 1; leaf <= EXIT_STATS_LEAF + 1; leaf++) {
		create(&guest, guest_look);
		old = guest.vcpu->cpuid;
		cpuid = allocate_kvm_cpuid2(old->nent + 1);
		memcpy(cpuid->entries, old->entries, old->nent * sizeof(old->entries[0]));
		/* For a sub-leaf that the guest doesn't ask for. */
		cpuid->entries[old->nent] = (struct kvm_cpuid_entry2) {
			.function = leaf,
			.index = 0x1234,
			.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
		};
		guest.vcpu->cpuid = cpuid;
		vcpu_set_cpuid(guest.vcpu);
		free(old);
		step(guest.vcpu);
		sync_global_from_guest(guest.vm, seen);
		if (!seen.ours)
			hidden |= BIT(leaf - EXIT_STATS_LEAF_FIRST + 1);
		kvm_vm_free(guest.vm);
	}
	stats_note("hidden by an entry, from the leaf before ours on: %#x", hidden);
	stats_result(hidden == 0x1e, "an entry of the VMM's for one of the leaves hides all");
}

/*
 * The VMM.
 */
static struct kvm_cpuid2 *supported_cpuid(void)
{
	struct kvm_cpuid2 *cpuid = allocate_kvm_cpuid2(256);
	int fd = open("/dev/kvm", O_RDWR);

	TEST_ASSERT(fd >= 0 && !ioctl(fd, KVM_GET_SUPPORTED_CPUID, cpuid),
		    "KVM_GET_SUPPORTED_CPUID failed");
	close(fd);
	return cpuid;
}

/* But for the initial APIC id, which is that of whichever CPU. */
static bool same_cpuid(struct kvm_cpuid2 *a, struct kvm_cpuid2 *b, u32 feature)
{
	struct kvm_cpuid_entry2 x, y;
	bool same = a->nent == b->nent;
	u32 i;

	for (i = 0; same && i < a->nent; i++) {
		x = a->entries[i];
		y = b->entries[i];
		if (x.function == KVM_FEATURES)
			x.eax ^= feature;
		if (x.function == 1)
			x.ebx = y.ebx;
		if (x.function == 0xb || x.function == 0x1f || x.function == 0x8000001e)
			continue;
		same = x.function == y.function && x.index == y.index && x.flags == y.flags &&
		       x.eax == y.eax && x.ebx == y.ebx && x.ecx == y.ecx && x.edx == y.edx;
	}
	return same;
}

static void check_supported(void)
{
	struct kvm_cpuid2 *off, *cpuid;
	bool ok = true, without = true;
	u32 n, level;

	stats_set_level(0);
	off = supported_cpuid();
	for (n = 0; n < off->nent; n++)
		without &= off->entries[n].function != KVM_FEATURES ||
			   !(off->entries[n].eax & FEATURE);
	stats_result(without, "switched off, KVM_GET_SUPPORTED_CPUID hasn't the bit");

	for (n = 0; n < ARRAY_SIZE(settings) * (MAX_LEVEL + 1); n++) {
		const struct setting *setting = &settings[n / (MAX_LEVEL + 1)];

		level = n % (MAX_LEVEL + 1);
		stats_set_policy(setting->guests, setting->user);
		stats_set_level(level);
		cpuid = supported_cpuid();
		if (!same_cpuid(cpuid, off,
				level && strcmp(setting->guests, "none") ? FEATURE : 0)) {
			ok = false;
			stats_note("at level %u, guests=%s, user=%s it is wrong", level,
				   setting->guests, setting->user);
		}
		free(cpuid);
	}
	free(off);
	stats_set_level(1);
	stats_set_policy("all", "Y");
	stats_result(ok, "it has the bit while a guest may read, and differs in nothing else");
}

/*
 * The parameters.
 */
static bool param_is(const char *name, const char *value)
{
	char path[128], now[16] = "";
	int fd;

	snprintf(path, sizeof(path), STATS_SWITCH "_%s", name);
	fd = open(path, O_RDONLY);
	TEST_ASSERT(fd >= 0 && read(fd, now, sizeof(now) - 1) > 0, "can't read %s", path);
	close(fd);
	now[strcspn(now, "\n")] = '\0';
	return !strcmp(now, value);
}

static bool refuses(const char *name, const char *value)
{
	char path[128];
	bool refused;
	int fd;

	snprintf(path, sizeof(path), STATS_SWITCH "_%s", name);
	fd = open(path, O_WRONLY);
	refused = dprintf(fd, "%s\n", value) < 0 && errno == EINVAL;
	close(fd);
	return refused;
}

static void check_params(void)
{
	bool kept = true, refused = true;
	u32 n;

	for (n = 0; n < ARRAY_SIZE(settings); n++) {
		stats_set_policy(settings[n].guests, settings[n].user);
		refused &= refuses("guests", "") && refuses("guests", "some") &&
			   refuses("guests", "al") && refuses("guests", "asked none") &&
			   refuses("guests", "0") && refuses("user", "x");
		kept &= param_is("guests", settings[n].guests) &&
			param_is("user", settings[n].user);
	}
	stats_set_policy("all", "Y");
	stats_result(kept, "the parameters read as they were written");
	stats_result(refused, "what isn't a setting is refused");
}

/* Somebody without privilege on the host. */
static void check_host_user(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setuid(65534))
			_exit(2);
		_exit(open(STATS_SWITCH "_guests", O_WRONLY) >= 0 ||
		      open(STATS_SWITCH "_user", O_WRONLY) >= 0);
	}
	waitpid(pid, &status, 0);
	stats_result(WIFEXITED(status) && !WEXITSTATUS(status),
		     "only the host's root can write the parameters");
}

/*
 * The storm: settings are switched while guests of each kind ask.
 */
static struct {
	u64 ours, stock, wrong, changes;
	bool over;
} watch;

static void guest_watch(void)
{
	struct stats_regs stock[NR_LEAVES], r;
	bool was_ours = true, ours;
	u32 leaf;

	for (leaf = EXIT_STATS_LEAF_FIRST; leaf <= EXIT_STATS_LEAF; leaf++)
		stock[leaf - EXIT_STATS_LEAF_FIRST] =
			guest_stock_answer(leaf == EXIT_STATS_LEAF ? EXIT_STATS_IDENTITY :
								     cpuid_code);
	guest_ask(EXIT_STATS_LEAF);
	GUEST_SYNC(0);
	for (;;) {
		while (!READ_ONCE(watch.over)) {
			for (leaf = EXIT_STATS_LEAF_FIRST; leaf <= EXIT_STATS_LEAF; leaf++) {
				r = guest_ask(leaf);
				ours = guest_is_ours(leaf, r);
				watch.ours += ours;
				watch.changes += ours != was_ours;
				was_ours = ours;
				if (ours)
					continue;
				watch.stock++;
				watch.wrong += !stats_regs_equal(r, stock[leaf -
								 EXIT_STATS_LEAF_FIRST]);
			}
		}
		GUEST_SYNC(0);
	}
}

static void *watch_thread(void *vcpu)
{
	step(vcpu);
	return NULL;
}

/* What is fixed in a storm, or NULL; and which guests then see nothing but stock KVM. */
struct storm {
	const char *name, *guests, *user;
	u32 shut_out;
};

static const struct storm storms[] = {
	{ "all settings", NULL, NULL, 0 },
	{ "guests and level, without user mode", NULL, "N", BIT(1) | BIT(3) },
	{ "user mode and level, for those that asked", "asked", NULL, BIT(2) | BIT(3) },
};

static bool all_seen(u32 shut_out)
{
	typeof(watch) *w;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		w = addr_gva2hva(guests[i].vm, (u64)&watch);
		if (READ_ONCE(w->changes) < (shut_out & BIT(i) ? 0 : NR_CHANGES) ||
		    !READ_ONCE(w->stock))
			return false;
	}
	return true;
}

static void check_storm(const struct storm *storm, u32 switches)
{
	pthread_t threads[ARRAY_SIZE(guests)];
	bool ok = true;
	u32 i, n;

	stats_set_policy(storm->guests ?: "all", storm->user ?: "Y");
	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		memset(&watch, 0, sizeof(watch));
		sync_global_to_guest(guests[i].vm, watch);
		pthread_create(&threads[i], NULL, watch_thread, guests[i].vcpu);
	}
	for (n = 0; n < switches || (n < 100 * switches && !all_seen(storm->shut_out)); n++) {
		stats_set_policy(storm->guests ?: settings[n % ARRAY_SIZE(settings)].guests,
				 storm->user ?: settings[n % ARRAY_SIZE(settings)].user);
		/* This one takes long. */
		if (n % 16 == 0)
			stats_set_level(n / 16 % 3);
		sched_yield();
	}
	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		typeof(watch) *w = addr_gva2hva(guests[i].vm, (u64)&watch);

		WRITE_ONCE(w->over, true);
	}
	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		pthread_join(threads[i], NULL);
		sync_global_from_guest(guests[i].vm, watch);
		stats_note("%s: %lu ours, %lu stock KVM's, %lu changes, %lu wrong", guests[i].name,
			   (unsigned long)watch.ours, (unsigned long)watch.stock,
			   (unsigned long)watch.changes, (unsigned long)watch.wrong);
		ok &= !watch.wrong && watch.stock;
		if (storm->shut_out & BIT(i))
			ok &= !watch.ours;
		else
			ok &= watch.changes >= NR_CHANGES;
	}
	stats_set_level(1);
	stats_set_policy("all", "Y");
	stats_result(ok, "%u switches of %s while guests ask", switches, storm->name);
}

static void check_storms(u32 switches)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		create(&guests[i], guest_watch);
		step(guests[i].vcpu);
	}
	for (i = 0; i < ARRAY_SIZE(storms); i++)
		check_storm(&storms[i], switches);
	for (i = 0; i < ARRAY_SIZE(guests); i++)
		kvm_vm_free(guests[i].vm);
}

int main(int argc, char *argv[])
{
	const u32 switches = argc > 1 ? strtoul(argv[1], NULL, 0) : SWITCHES;

	cpuid_code = stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID;

	stats_begin();
	check_params();
	check_host_user();
	check_supported();
	check_guests();
	check_taken_back();
	check_hidden();
	check_storms(switches);
	stats_end();
}
