// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM exit statistics: the keys, which say what the exits of one code were about.
 *
 * An exit isn't counted in its key's place when it is handled, but when the next one
 * begins: by what its code has counted meanwhile.  So keys cost nothing where exits
 * end, and always add up to the code's own counts.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hash.h>
#include <linux/kvm_host.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include <asm/tsc.h>

#include "exit_keys.h"
#include "exit_stats.h"
#include "kvm_cache_regs.h"

#define NR_PLACES	(EXIT_STATS_NR_KEYS + EXIT_STATS_NR_RECORDS)

/* Places that are looked at before a key is one of the others'. */
#define NR_PROBES	8

/* The id of a place is the index of its code + 1, and the key. */
#define ID_SHIFT	48
#define ID_KEY		GENMASK_ULL(ID_SHIFT - 1, 0)

DEFINE_STATIC_KEY_FALSE(kvm_exit_keys_key);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_keys_key);

/**
 * kvm_exit_keys_alloc - have a table for keys
 * @vcpu: a vCPU in its VM's list, which may run already
 *
 * A vCPU for which there is no memory counts exits, but no keys.
 *
 * Context: may sleep.
 */
void kvm_exit_keys_alloc(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_keys *keys;

	if (READ_ONCE(vcpu->arch.exit_stats.keys))
		return;
	keys = kvzalloc_obj(*keys, GFP_KERNEL_ACCOUNT);
	if (keys && cmpxchg(&vcpu->arch.exit_stats.keys, NULL, keys))
		kvfree(keys);
}

/**
 * kvm_exit_keys_free - free what kvm_exit_keys_alloc() allocated, if it did
 * @vcpu: a vCPU that never runs again and that no query can reach any more
 */
void kvm_exit_keys_free(struct kvm_vcpu *vcpu)
{
	kvfree(vcpu->arch.exit_stats.keys);
}

/**
 * kvm_exit_keys_forget - forget the key that the latest exit noted
 * @vcpu: any vCPU, while keys are off
 *
 * Until they are on again its code may count other exits.
 */
void kvm_exit_keys_forget(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_keys *keys = READ_ONCE(vcpu->arch.exit_stats.keys);

	if (keys)
		WRITE_ONCE(keys->place, NULL);
}

/**
 * kvm_exit_keys_page - the key of a fault
 * @vcpu: the vCPU that exited
 * @gpa: the guest physical address
 * @mmio: KVM has found before that there is no memory
 *
 * Context: the thread of @vcpu, in a read-side critical section of kvm->srcu.
 * Return: the key.
 */
u64 kvm_exit_keys_page(struct kvm_vcpu *vcpu, u64 gpa, bool mmio)
{
	const gfn_t gfn = gpa_to_gfn(gpa);

	/* A nested guest's addresses are not the VM's. */
	if (is_guest_mode(vcpu))
		return EXIT_STATS_KEY_OTHERS;
	if (!mmio && kvm_vcpu_is_visible_gfn(vcpu, gfn))
		return EXIT_STATS_KEY_MEMORY;
	return gfn;
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_keys_page);

/* The place of @key among the exits whose code has @index: never none. */
static struct kvm_exit_key *kvm_exit_keys_find(struct kvm_exit_keys *keys, u32 index, u64 key)
{
	u64 id = (u64)(index + 1) << ID_SHIFT;
	u32 first = hash_64(id | key, ilog2(EXIT_STATS_NR_KEYS));
	struct kvm_exit_key *place;
	u32 i;

	if (likely(key != EXIT_STATS_KEY_OTHERS)) {
		for (i = first; i < first + NR_PROBES; i++) {
			place = &keys->places[i % EXIT_STATS_NR_KEYS];
			if (place->id == (id | key))
				return place;
			if (!place->id)
				goto take;
		}
		key = EXIT_STATS_KEY_OTHERS;
	}
	place = &keys->places[EXIT_STATS_NR_KEYS + index];
take:
	WRITE_ONCE(place->id, id | key);
	/* Nobody sees counts without their key. */
	smp_wmb();
	return place;
}

/* Count the latest exit, which nothing can add to any more, in its place. */
static void kvm_exit_keys_count(struct kvm_vcpu *vcpu, struct kvm_exit_keys *keys,
				const struct kvm_exit_away *away)
{
	struct kvm_exit_key *place = READ_ONCE(keys->place);
	const u32 index = vcpu->arch.exit_stats.index;

	if (!place)
		return;

	/* As in kvm_exit_stats_end(): one writer, and no cycles without an exit. */
	data_race(place->exits += vcpu->stat.exits_by_code[index] - keys->exits);
	smp_wmb();
	data_race(place->cycles += vcpu->stat.exit_cycles_by_code[index] - keys->cycles);
	if (away)
		data_race(place->away += away->total[index] - keys->away);
}

/**
 * kvm_exit_keys_begin - KVM begins to handle an exit: note its key
 * @vcpu: the vCPU that exited
 * @code: as for kvm_exit_stats_begin(), which comes next
 * @key: the key, or KVM_EXIT_NO_KEY
 *
 * Context: the thread of @vcpu.
 */
void kvm_exit_keys_begin(struct kvm_vcpu *vcpu, u32 code, u64 key)
{
	const struct kvm_exit_away *away = READ_ONCE(vcpu->arch.exit_stats.away);
	struct kvm_exit_keys *keys = READ_ONCE(vcpu->arch.exit_stats.keys);
	const u32 index = kvm_exit_stats_index(code);

	if (unlikely(!keys))
		return;

	kvm_exit_keys_count(vcpu, keys, away);
	if (key == KVM_EXIT_NO_KEY) {
		WRITE_ONCE(keys->place, NULL);
		return;
	}
	keys->exits = vcpu->stat.exits_by_code[index];
	keys->cycles = vcpu->stat.exit_cycles_by_code[index];
	keys->away = away ? away->total[index] : 0;
	WRITE_ONCE(keys->place, kvm_exit_keys_find(keys, index, key));
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_keys_begin);

static u32 kvm_exit_keys_code(u64 id)
{
	const u32 index = (id >> ID_SHIFT) - 1;

	if (index < EXIT_STATS_LOW_CODES)
		return index;
	if (index < EXIT_STATS_NR_RECORDS - 1)
		return EXIT_STATS_HIGH_CODE + index - EXIT_STATS_LOW_CODES;
	return EXIT_STATS_CODE_OTHER;
}

/* Set in @map the places from @first on that are used. */
static void kvm_exit_keys_map(const struct kvm_exit_keys *keys, u32 first, u32 map[4])
{
	u32 bit;

	for (bit = 0; bit < EXIT_STATS_MAP_CODES && first + bit < NR_PLACES; bit++) {
		const u32 n = array_index_nospec(first + bit, NR_PLACES);

		if (READ_ONCE(keys->places[n].id))
			map[bit / 32] |= 1u << (bit % 32);
	}
}

static void kvm_exit_keys_place(const struct kvm_exit_key *place, u32 class, u32 regs[4])
{
	u64 edx_eax = 0, ebx_ecx = 0, id;

	switch (class) {
	case EXIT_STATS_KEY:
		id = READ_ONCE(place->id);
		if (!id)
			break;
		edx_eax = id & ID_KEY;
		ebx_ecx = (u64)kvm_exit_keys_code(id) << 32;
		break;
	case EXIT_STATS_KEY_RECORD:
		ebx_ecx = READ_ONCE(place->cycles);
		edx_eax = READ_ONCE(place->exits);
		break;
	case EXIT_STATS_KEY_AWAY:
		ebx_ecx = READ_ONCE(place->away);
		break;
	}
	regs[0] = lower_32_bits(edx_eax);
	regs[1] = upper_32_bits(ebx_ecx);
	regs[2] = lower_32_bits(ebx_ecx);
	regs[3] = upper_32_bits(edx_eax);
}

/**
 * kvm_exit_keys_answer - answer a sub-leaf that is about keys
 * @vcpu: the vCPU that executes CPUID
 * @ecx: the sub-leaf, any value
 * @regs: EAX, EBX, ECX, EDX, which are 0
 *
 * A guest sees the keys of the vCPU that asks only.
 *
 * Return: false if it's not one of these, or not defined.
 */
bool kvm_exit_keys_answer(struct kvm_vcpu *vcpu, u32 ecx, u32 regs[4])
{
	const struct kvm_exit_keys *keys = READ_ONCE(vcpu->arch.exit_stats.keys);
	const u32 class = ecx & EXIT_STATS_CLASS_MASK;
	u32 n = ecx & EXIT_STATS_INDEX_MASK;

	if (!(ecx & EXIT_STATS_THIS_VCPU) || !kvm_exit_keys_on() || check_tsc_unstable())
		return false;

	switch (class) {
	case EXIT_STATS_KEY:
	case EXIT_STATS_KEY_RECORD:
	case EXIT_STATS_KEY_AWAY:
		if (n >= NR_PLACES)
			return false;
		/* No load beyond the table, not even in speculation. */
		n = array_index_nospec(n, NR_PLACES);
		if (keys)
			kvm_exit_keys_place(&keys->places[n], class, regs);
		return true;
	case EXIT_STATS_KEY_MAP:
		if (n >= DIV_ROUND_UP(NR_PLACES, EXIT_STATS_MAP_CODES))
			return false;
		n = array_index_nospec(n, DIV_ROUND_UP(NR_PLACES, EXIT_STATS_MAP_CODES));
		if (keys)
			kvm_exit_keys_map(keys, n * EXIT_STATS_MAP_CODES, regs);
		return true;
	}
	return false;
}
