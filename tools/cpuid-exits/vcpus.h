/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_VCPUS_H
#define CPUID_EXITS_VCPUS_H

#include "source.h"

int vcpus_walk(const struct source *source, cpu_fn fn, void *arg);

#endif /* CPUID_EXITS_VCPUS_H */
