/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_VCPUS_H
#define CPUID_EXITS_VCPUS_H

#include "snapshot.h"

int vcpus_read(struct snapshot **snaps, size_t *nr, struct source *source);

#endif /* CPUID_EXITS_VCPUS_H */
