/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_OPENMETRICS_H
#define CPUID_EXITS_OPENMETRICS_H

#include <stdio.h>

#include "counters/delta.h"

void openmetrics_print(const struct delta *deltas, size_t nr, FILE *stream);

#endif /* CPUID_EXITS_OPENMETRICS_H */
