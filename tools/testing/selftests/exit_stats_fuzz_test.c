// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any sub-leaf of KVM's exit statistics, asked for in kernel mode and in user
 * mode, is answered as docs/abi.md defines it.
 *
 *	exit_stats_fuzz_test [QUERIES]	in each mode and at each level
 */
#include "exit_stats_lib.h"
#include "svm_util.h"
#include "vmx.h"

#define QUERIES		250000

#define BUCKETS_END	(EXIT_STATS_BUCKETS + \
			 (EXIT_STATS_NR_BUCKETS / 2 << EXIT_STATS_PAIR_SHIFT))
#define OTHER_MAP	(EXIT_STATS_CODE_OTHER / EXIT_STATS_MAP_CODES)

/* What the guest found; the records and maps that it saw last are in it. */
static struct {
	u64 queries, undefined, records, maps, aways, keys;
	u32 seed, nr;
	struct stats_regs geometry, epoch;
	struct stats_record total, record[STATS_MAX_CODES + 1];
	struct stats_record away[STATS_MAX_CODES + 1];
	u32 map[STATS_MAX_CODES / EXIT_STATS_MAP_CODES + 2][4];
	struct stats_regs key[STATS_NR_PLACES];
	struct stats_record key_record[STATS_NR_PLACES];
	u64 key_away[STATS_NR_PLACES];
	u32 key_map[STATS_NR_KEY_MAPS][4];
	bool wrong;
	u32 wrong_index;
	struct stats_regs wrong_answer;
} fuzz;

static u32 guest_random(void)
{
	/* Marsaglia's xorshift. */
	fuzz.seed ^= fuzz.seed << 13;
	fuzz.seed ^= fuzz.seed >> 17;
	fuzz.seed ^= fuzz.seed << 5;
	return fuzz.seed;
}

/* Any value, or one that is defined, or one next to where answers change. */
static u32 guest_random_index(void)
{
	const u32 edges[] = {
		0, EXIT_STATS_CODE_OTHER, OTHER_MAP, fuzz.nr - 1,
		(fuzz.nr - 1) / EXIT_STATS_MAP_CODES, 0x100, 0x400, 0x8000,
		STATS_NR_PLACES, STATS_NR_KEY_MAPS,
	};
	const u32 how = guest_random();
	u32 index = guest_random();

	switch (how % 12) {
	case 0:
	case 1:
		return index;
	case 2:
	case 3:
		index = EXIT_STATS_REASON + index % (fuzz.nr + 2);
		break;
	case 4:
		index = EXIT_STATS_MAP +
			(how & 0x100 ? index % 16 : OTHER_MAP - 1 + index % 3);
		break;
	case 5:
		index = EXIT_STATS_TOTALS + index % 8;
		break;
	case 6:
		index = EXIT_STATS_AWAY + index % (fuzz.nr + 2);
		break;
	case 7:
		/* And the classes next to the buckets. */
		index = EXIT_STATS_BUCKETS - (1 << 16) +
			(how / 16 % 18 << 16) + index % (fuzz.nr + 2);
		break;
	case 8:
	case 9:
		index = EXIT_STATS_KEY + (how / 16 % 4 << 16) +
			index % (how & 0x100 ? STATS_NR_PLACES + 2 : STATS_NR_KEY_MAPS + 2);
		break;
	default:
		/* In classes 0 to 7 and, now and then, in one further up. */
		index = (edges[how / 8 % ARRAY_SIZE(edges)] + index % 8 - 4) &
			EXIT_STATS_INDEX_MASK;
		index |= (how / 64 % 8) << 16;
		if (!(how / 256 % 8))
			index |= how & EXIT_STATS_CLASS_MASK;
	}
	if (how & 0x80000000)
		index |= EXIT_STATS_THIS_VCPU;
	if ((how & 0x60000000) == 0x60000000)
		index |= EXIT_STATS_THIS_VCPU_LOW;
	return index;
}

/* A record never goes back, and has no cycles without exits. */
static bool guest_check_record(struct stats_regs r, struct stats_record *last)
{
	const struct stats_record new = stats_record_of(r);
	const bool ok = new.exits >= last->exits && new.cycles >= last->cycles &&
			!new.exits == !new.cycles;

	fuzz.records++;
	*last = new;
	return ok;
}

/* A bit is set for good, and only for one of @nr codes or places, or for OTHER. */
static bool guest_check_map(struct stats_regs r, u32 n, u32 nr, u32 last[4])
{
	const u32 new[4] = { r.eax, r.ebx, r.ecx, r.edx };
	u32 i, each;
	bool ok = true;

	for (i = 0; i < EXIT_STATS_MAP_CODES; i++) {
		each = n * EXIT_STATS_MAP_CODES + i;
		if (each >= nr && each != EXIT_STATS_CODE_OTHER)
			ok &= !(new[i / 32] & (1u << (i % 32)));
	}
	for (i = 0; i < 4; i++) {
		ok &= (new[i] & last[i]) == last[i];
		last[i] = new[i];
	}
	return ok;
}

/* The sub-leaves that don't have bit 31's narrow form. */
static bool guest_check_fixed(u32 index, struct stats_regs r, bool *known)
{
	*known = true;
	switch (index) {
	case EXIT_STATS_IDENTITY:
		return stats_is_identity(r);
	case EXIT_STATS_GEOMETRY:
		return stats_regs_equal(r, fuzz.geometry);
	case EXIT_STATS_EPOCH:
		return stats_regs_equal(r, fuzz.epoch);
	}
	*known = false;
	return false;
}

/* Time away: the longest absence and the total only grow, and fit each other. */
static bool guest_check_away(struct stats_regs r, struct stats_record *last)
{
	const struct stats_record new = stats_record_of(r);
	const bool ok = new.exits >= last->exits && new.cycles >= last->cycles &&
			new.exits <= new.cycles;

	fuzz.aways++;
	*last = new;
	return ok;
}

/* Two buckets: there can't be more absences than CPUIDs and a few other exits. */
static bool guest_check_buckets(struct stats_regs r)
{
	const struct stats_record pair = stats_record_of(r);

	fuzz.aways++;
	return pair.exits + pair.cycles < 10 * (fuzz.queries + 10000);
}

/* A place has one key for good, which may be 0; others are at the end. */
static bool guest_check_key(struct stats_regs r, u32 n)
{
	const u64 key = (u64)r.edx << 32 | r.eax;
	struct stats_regs *last = &fuzz.key[n];
	const struct stats_regs zero = {};
	bool ok;

	ok = stats_regs_equal(*last, zero) || stats_regs_equal(*last, r);
	*last = r;
	if (stats_regs_equal(r, zero))
		return ok;
	ok &= !r.ecx && r.edx <= 0xffff && (r.ebx < fuzz.nr || r.ebx == EXIT_STATS_CODE_OTHER);
	return ok && (key == EXIT_STATS_KEY_OTHERS) == (n >= EXIT_STATS_NR_KEYS);
}

static bool guest_check_key_away(struct stats_regs r, u64 *last)
{
	const struct stats_record new = stats_record_of(r);
	const bool ok = !new.exits && new.cycles >= *last;

	*last = new.cycles;
	return ok;
}

/* Keys, if they are defined. */
static bool guest_check_keys(u32 index, struct stats_regs r, bool *known)
{
	const u32 class = index & EXIT_STATS_CLASS_MASK;
	const u32 n = index & EXIT_STATS_INDEX_MASK;

	*known = false;
	if (!(index & EXIT_STATS_THIS_VCPU) || !(fuzz.geometry.edx & EXIT_STATS_F_KEYS) ||
	    class < EXIT_STATS_KEY || class > EXIT_STATS_KEY_MAP ||
	    n >= (class == EXIT_STATS_KEY_MAP ? STATS_NR_KEY_MAPS : STATS_NR_PLACES))
		return false;

	*known = true;
	fuzz.keys++;
	switch (class) {
	case EXIT_STATS_KEY:
		return guest_check_key(r, n);
	case EXIT_STATS_KEY_RECORD:
		return guest_check_record(r, &fuzz.key_record[n]);
	case EXIT_STATS_KEY_AWAY:
		return guest_check_key_away(r, &fuzz.key_away[n]);
	default:
		return guest_check_map(r, n, STATS_NR_PLACES, fuzz.key_map[n]);
	}
}

static bool guest_check_one_bit(u32 index, struct stats_regs r)
{
	const u32 wide = index & ~EXIT_STATS_THIS_VCPU;
	const u32 class = wide & EXIT_STATS_CLASS_MASK;
	u32 n = index & EXIT_STATS_INDEX_MASK;
	bool known, ok;

	ok = guest_check_fixed(index, r, &known);
	if (known)
		return ok;
	ok = guest_check_keys(index, r, &known);
	if (known)
		return ok;
	if (wide == EXIT_STATS_TOTALS)
		return guest_check_record(r, &fuzz.total);

	if (class == EXIT_STATS_MAP) {
		const u32 place = n == OTHER_MAP ? ARRAY_SIZE(fuzz.map) - 1 : n;

		if (n <= (fuzz.nr - 1) / EXIT_STATS_MAP_CODES || n == OTHER_MAP) {
			fuzz.maps++;
			return guest_check_map(r, n, fuzz.nr, fuzz.map[place]);
		}
	} else if (n < fuzz.nr || n == EXIT_STATS_CODE_OTHER) {
		if (n == EXIT_STATS_CODE_OTHER)
			n = fuzz.nr;
		if (class == EXIT_STATS_REASON)
			return guest_check_record(r, &fuzz.record[n]);
		if (class == EXIT_STATS_AWAY &&
		    fuzz.geometry.edx & EXIT_STATS_F_AWAY)
			return guest_check_away(r, &fuzz.away[n]);
		if (class >= EXIT_STATS_BUCKETS && class < BUCKETS_END &&
		    fuzz.geometry.edx & EXIT_STATS_F_BUCKETS)
			return guest_check_buckets(r);
	}

	fuzz.undefined++;
	return stats_is_undefined(r);
}

/*
 * There is one vCPU, so that bit 31 doesn't change an answer where it may be
 * set: what was seen with and without it is one sequence.  Bit 30 is its other form.
 */
static bool guest_check(u32 index, struct stats_regs r)
{
	const u32 both = EXIT_STATS_THIS_VCPU | EXIT_STATS_THIS_VCPU_LOW;

	if ((index & both) == both)
		return ++fuzz.undefined && stats_is_undefined(r);
	return guest_check_one_bit(index & EXIT_STATS_THIS_VCPU_LOW ? index ^ both : index, r);
}

static void guest_fuzz(u64 queries, u64 in_user_mode)
{
	struct stats_regs r;
	u32 index;

	GUEST_ASSERT(((get_cs() & 3) == 3) == in_user_mode);
	fuzz.geometry = guest_query(EXIT_STATS_GEOMETRY);
	fuzz.epoch = guest_query(EXIT_STATS_EPOCH);
	fuzz.nr = fuzz.geometry.eax + 1;
	fuzz.seed = 0x2545f491 + in_user_mode;
	GUEST_ASSERT(fuzz.nr <= STATS_MAX_CODES);

	for (fuzz.queries = 0; fuzz.queries < queries; fuzz.queries++) {
		index = guest_random_index();
		r = guest_query(index);
		if (!guest_check(index, r)) {
			fuzz.wrong = true;
			fuzz.wrong_index = index;
			fuzz.wrong_answer = r;
			break;
		}
	}
	GUEST_SYNC(0);
}

static void check_mode(u64 queries, bool user_mode, u32 level)
{
	const char *mode = user_mode ? "user" : "kernel";
	u64 cpuid_exits = 0;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = stats_vm_create(1, 0, guest_fuzz, &vcpu);
	struct ucall uc;

	vcpu_args_set(vcpu, 2, queries, (u64)user_mode);
	if (user_mode)
		stats_enter_user_mode(vcpu);
	TEST_ASSERT(stats_run(vcpu, &uc) == UCALL_SYNC, "the guest is done too early");
	sync_global_from_guest(vm, fuzz);
	kvm_vm_free(vm);

	cpuid_exits = fuzz.record[stats_vmx() ? EXIT_REASON_CPUID : SVM_EXIT_CPUID].exits;
	stats_note("%s mode: %lu queries: %lu records, %lu maps, %lu away, %lu keys, %lu undefined",
		   mode, (unsigned long)fuzz.queries, (unsigned long)fuzz.records,
		   (unsigned long)fuzz.maps, (unsigned long)fuzz.aways,
		   (unsigned long)fuzz.keys, (unsigned long)fuzz.undefined);
	if (fuzz.wrong)
		stats_note("%#x answered %08x %08x %08x %08x", fuzz.wrong_index,
			   fuzz.wrong_answer.eax, fuzz.wrong_answer.ebx,
			   fuzz.wrong_answer.ecx, fuzz.wrong_answer.edx);
	/* Each kind was asked for often, and the guest did see its own queries. */
	stats_result(!fuzz.wrong && fuzz.queries == queries && cpuid_exits > queries / 2 &&
		     fuzz.undefined > queries / 10 && fuzz.records > queries / 10 &&
		     fuzz.maps > queries / 100 && !fuzz.aways == (level < 2) &&
		     (level < 3 ? !fuzz.keys : fuzz.keys > queries / 20),
		     "level %u: %lu sub-leaves from %s mode are answered as they are defined",
		     level, (unsigned long)queries, mode);
}

int main(int argc, char *argv[])
{
	const u64 queries = argc > 1 ? strtoul(argv[1], NULL, 0) : QUERIES;
	u32 level;

	stats_begin();
	for (level = 1; level <= 3; level++) {
		stats_set_level(level);
		check_mode(queries, false, level);
		check_mode(queries, true, level);
	}
	stats_set_level(1);
	stats_end();
}
