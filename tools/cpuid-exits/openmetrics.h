/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CPUID_EXITS_OPENMETRICS_H
#define CPUID_EXITS_OPENMETRICS_H

#include <stdio.h>

#include "span.h"

void openmetrics_print(const struct span *spans, size_t nr, FILE *stream);

#endif /* CPUID_EXITS_OPENMETRICS_H */
