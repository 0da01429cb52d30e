/* SPDX-License-Identifier: MIT */
#include "cophase/dispatch.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/cpu.h"
#include "kernels/core/kernels.h"

enum {
#define CPH_TIER(token, value) tier_##token = CPH_ISA_##value,
    CPH_ISA_LIST(CPH_TIER)
#undef CPH_TIER
};

static const struct tier {
    const char *name;
    bool built;
} tiers[CPH_ISA_COUNT] = {
#define CPH_TIER(token, value) [CPH_ISA_##value] = {#token, CPH_IF_##token(true ||) false},
    CPH_ISA_LIST(CPH_TIER)
#undef CPH_TIER
};

static const struct kernel {
    const char *name, *summary;
    cph_any_fn *variant[CPH_ISA_COUNT];
} kernels[CPH_KERNEL_ROWS] = {
#define CPH_ENTRY(k, set) CPH_IF_##set([tier_##set] = (cph_any_fn *)cph_##k##_##set, )
#define CPH_KERNEL(k, type, sets, summary)                                                         \
    [CPH_KERNEL_##k] = {#k, summary, {CPH_EACH_SET(CPH_ENTRY, k, sets)}},
#include "kernels/kernels.def"
#undef CPH_KERNEL
#undef CPH_ENTRY
};

/* One bit per tier that kernels are taken from; 0 until the first successful call decides. It is
 * the only state: kernels are looked up in constant tables, so there is nothing to fill in. */
static atomic_uint decided;

static unsigned machine_tiers(void)
{
    unsigned mask = cph_cpu_tiers();
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (!tiers[isa].built)
            mask &= ~(1u << isa);
    return mask;
}

static cph_isa highest(unsigned mask)
{
    unsigned isa = CPH_ISA_COUNT - 1;
    while (isa > 0 && !(mask >> isa & 1u))
        isa--;
    return (cph_isa)isa;
}

/* The tiers up to the one that `name` asks for, of those in `available`; 0 if there is none. */
static unsigned tiers_named(const char *name, unsigned available)
{
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (strcmp(name, tiers[isa].name) == 0)
            return available >> isa & 1u ? available & ((2u << isa) - 1) : 0;
    return 0;
}

static const char *wanted(const char *name)
{
    if (name == NULL || *name == '\0')
        name = getenv("COPHASE_ISA");
    return name == NULL ? "" : name;
}

/* Makes `mask` the decision unless there is one; returns the one that holds. */
static unsigned decide(unsigned mask)
{
    unsigned none = 0;
    return atomic_compare_exchange_strong(&decided, &none, mask) ? mask : none;
}

static unsigned decision(void)
{
    const unsigned mask = atomic_load_explicit(&decided, memory_order_relaxed);
    if (mask != 0)
        return mask;
    const unsigned available = machine_tiers();
    const unsigned named = tiers_named(wanted(NULL), available);
    return decide(named != 0 ? named : available);
}

static cph_status unsupported(const char *name, unsigned available, cph_error *error)
{
    if (error == NULL)
        return CPH_ERR_UNSUPPORTED;
    error->status = CPH_ERR_UNSUPPORTED;
    int used = snprintf(error->message, sizeof error->message,
                        "instruction set '%.60s' is not available; there is:", name);
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (available >> isa & 1u)
            used += snprintf(error->message + used, sizeof error->message - (size_t)used, " %s",
                             tiers[isa].name);
    return CPH_ERR_UNSUPPORTED;
}

static cph_status decided_already(const char *name, unsigned mask, cph_error *error)
{
    if (error != NULL) {
        error->status = CPH_ERR_ARGUMENT;
        snprintf(error->message, sizeof error->message,
                 "instruction set '%.60s' comes too late: '%s' is in use", name,
                 tiers[highest(mask)].name);
    }
    return CPH_ERR_ARGUMENT;
}

cph_status cph_dispatch_init(const char *name, cph_error *error)
{
    const char *const tier = wanted(name);
    if (*tier == '\0') {
        (void)decision();
        return CPH_OK;
    }
    const unsigned available = machine_tiers(), mask = tiers_named(tier, available);
    if (mask == 0)
        return unsupported(tier, available, error);
    const unsigned holds = decide(mask);
    return holds == mask ? CPH_OK : decided_already(tier, holds, error);
}

cph_isa cph_dispatch_isa(void)
{
    return highest(decision());
}

const char *cph_isa_name(cph_isa isa)
{
    return (unsigned)isa < CPH_ISA_COUNT ? tiers[isa].name : NULL;
}

bool cph_isa_available(cph_isa isa)
{
    return (unsigned)isa < CPH_ISA_COUNT && (machine_tiers() >> isa & 1u) != 0;
}

static cph_isa bound_tier(const struct kernel *kernel)
{
    unsigned mask = decision();
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (kernel->variant[isa] == NULL)
            mask &= ~(1u << isa);
    return highest(mask);
}

cph_any_fn *cph_kernel_bound(enum cph_kernel_index kernel)
{
    const struct kernel *const row = &kernels[kernel];
    cph_any_fn *const variant = row->variant[bound_tier(row)];
    return variant;
}

cph_any_fn *cph_kernel_variant(enum cph_kernel_index kernel, cph_isa isa)
{
    return cph_isa_available(isa) ? kernels[kernel].variant[isa] : NULL;
}

size_t cph_kernel_count(void)
{
    return CPH_KERNEL_ROWS;
}

cph_status cph_kernel_describe(size_t index, cph_kernel_info *info)
{
    if (index >= CPH_KERNEL_ROWS || info == NULL)
        return CPH_ERR_ARGUMENT;
    const struct kernel *const kernel = &kernels[index];
    *info = (cph_kernel_info){.name = kernel->name, .summary = kernel->summary};
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        info->has[isa] = kernel->variant[isa] != NULL;
    info->bound = bound_tier(kernel);
    return CPH_OK;
}
