/* SPDX-License-Identifier: MIT */
/* Streams of a capture, and the covariance of a selection. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "cli/progress.h"
#include "cophase/calib.h"
#include "cophase/covariance.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* ---- streams ---- */

static cph_exit run_stream(const cph_input *input, cph_stream *stream,
                           const cph_stream_config *range, cph_block_task *task, void *context)
{
    const cph_cli *cli = input->cli;
    cph_error error = {.status = CPH_OK};
    cph_block block = {0};
    cph_status status = CPH_OK;
    cph_progress progress;
    bool reading = true;
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, cli->name, range->follow ? 0 : range->times);
    if (range->follow)
        cph_progress_follow(&progress, cli, input->header, range->start);
    progress.unit_bytes = (double)(range->elements * (range->channels > 0 ? range->channels : 1) *
                                   cph_type_size(input->header->type));
    while ((status = cph_stream_next(stream, &block, &error)) == CPH_OK && block.times > 0) {
        if (cph_interrupted()) {
            status = cph_fail(&error, CPH_ERR_INTERRUPTED, "interrupted");
        } else if ((status = task(context, &block, &error)) == CPH_OK) {
            cph_progress_update(&progress, block.start + block.times - range->start);
            continue;
        }
        reading = false;
        break;
    }
    cph_progress_end(&progress);
    if (status == CPH_OK)
        return CPH_EXIT_DONE;
    return reading ? cph_report_input(cli->name, &error) : cph_report(cli->name, &error);
}

cph_exit cph_input_little_memory(const cph_input *input, size_t needed)
{
    return cph_report_line(input->cli->name, CPH_EXIT_LIMIT,
                           "--max-memory %zu is too small for %s: expected more than %zu bytes",
                           input->cli->max_memory, input->cli->input, needed);
}

/* What is left for blocks where decompression takes its part: half at least, and all of a limit so
 * small that no chunk of a usual size fits beside them. */
static size_t stream_memory(const cph_input *input, size_t memory)
{
    enum { LITTLE = 1 << 20 };
    const size_t scratch = cph_data_scratch_bytes(input->data);
    return memory < LITTLE ? memory : memory - cph_size_min(scratch, memory / 2);
}

/* What was passed over since it was opened. */
static void tell_remark(const cph_input *input)
{
    const char *all = input->header->remark;
    const char *more = all + cph_size_min(input->remarked, strlen(all));
    more += strspn(more, "; ");
    if (more[0] != '\0' && !input->cli->quiet)
        (void)cph_report_line(input->cli->name, CPH_EXIT_DONE, "%s: %s", input->cli->input, more);
}

cph_exit cph_input_stream(const cph_input *input, const cph_stream_config *range, size_t reserved,
                          cph_block_task *task, void *context)
{
    if (reserved >= input->cli->max_memory)
        return cph_input_little_memory(input, reserved);
    cph_stream_config config = *range;
    config.until = input->until;
    config.max_memory = stream_memory(input, input->cli->max_memory - reserved);
    cph_stream *stream = NULL;
    cph_error error = {.status = CPH_OK};
    cph_status status = cph_stream_open(input->data, &config, &stream, &error);
    if (status == CPH_ERR_MEMORY)
        return cph_report_line(input->cli->name, CPH_EXIT_LIMIT, "%s", error.message);
    if (status != CPH_OK)
        return cph_report_input(input->cli->name, &error);
    cph_exit code = run_stream(input, stream, range, task, context);
    cph_stream_close(stream);
    if (range->follow)
        tell_remark(input);
    return code;
}

/* A task that sees what was recorded. */
typedef struct recorded {
    const cph_data_header *header;
    size_t elements;
    cph_block_task *task;
    void *context;
} recorded;

static cph_status each_run(void *context, const cph_block *block, cph_error *error)
{
    const recorded *r = context;
    const size_t row = r->elements * cph_type_size(r->header->type);
    cph_status status = CPH_OK;
    for (size_t t = 0, run = 0; status == CPH_OK && t < block->times; t += run) {
        bool lost = false;
        const char *const samples = (const char *)block->samples + t * row;
        run = cph_data_run(r->header, samples, block->times - t, r->elements, &lost);
        const cph_block part = {.samples = samples, .start = block->start + t, .times = run};
        if (!lost)
            status = r->task(r->context, &part, error);
    }
    return status;
}

cph_exit cph_input_stream_recorded(const cph_input *input, const cph_stream_config *range,
                                   size_t reserved, cph_block_task *task, void *context)
{
    const cph_data_header *h = input->header;
    const size_t axis = h->kind == CPH_KIND_BEAMS ? h->beams : h->axis_elements;
    recorded r = {.header = h,
                  .elements = range->element != NULL ? range->elements : axis,
                  .task = task,
                  .context = context};
    return cph_input_stream(input, range, reserved, each_run, &r);
}

cph_status cph_check_unbroken(const char *path, const cph_data_header *header, size_t start,
                              size_t times, const char *what, cph_error *error)
{
    if (times == 0)
        return CPH_OK;
    const uint64_t first = cph_data_global(header, start);
    const uint64_t lost = cph_data_global(header, start + times - 1) - first - (times - 1);
    if (lost == 0)
        return CPH_OK;
    size_t whole = 0; /* samples before the first loss */
    while (cph_data_global(header, start + whole) - first == whole)
        whole++;
    return cph_fail(error, CPH_ERR_MISSING,
                    "%s: %llu times were lost, the first after %zu samples; %s needs samples "
                    "without a gap: choose some by --start and --duration",
                    path, (unsigned long long)lost, whole, what);
}

/* ---- dumps ---- */

size_t cph_input_dumps(const cph_input *input)
{
    return input->header->kind == CPH_KIND_CAPTURE ? 1 : input->header->times;
}

cph_exit cph_input_check_indices(const cph_input *input, size_t dump, size_t channel)
{
    const cph_cli *const cli = input->cli;
    const cph_exit code =
        cph_report_index(cli->name, "--time", dump, cli->input, cph_input_dumps(input));
    return code != CPH_EXIT_DONE ? code
                                 : cph_report_index(cli->name, "--channel", channel, cli->input,
                                                    input->header->channels);
}

cph_exit cph_input_check_look(const cph_input *input, size_t dump, size_t channel)
{
    const cph_exit code = cph_input_check_indices(input, dump, channel);
    if (code != CPH_EXIT_DONE || input->header->channel_freq_hz[channel] > 0.0)
        return code;
    return cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                           "%s: channel %zu is at %g Hz, where directions make no phases; expected "
                           "one above 0 Hz (--channel)",
                           input->cli->input, channel, input->header->channel_freq_hz[channel]);
}

void cph_dump_free(cph_dump *dump)
{
    free(dump->r);
    free(dump->power);
    free(dump->level);
    *dump = (cph_dump){.held = dump->held};
}

/* Room for N elements; the level only for captures. */
static bool reserve(cph_dump *dump, size_t elements, bool level)
{
    if (dump->r != NULL && dump->elements == elements && (dump->level != NULL) == level)
        return true;
    size_t entries = 0;
    cph_dump_free(dump);
    if (!cph_size_mul(elements, elements, &entries) || entries == 0)
        return false;
    dump->elements = elements;
    dump->r = calloc(entries, sizeof *dump->r);
    dump->power = calloc(elements, sizeof *dump->power);
    dump->level = level ? calloc(elements, sizeof *dump->level) : NULL;
    return dump->r != NULL && dump->power != NULL && (!level || dump->level != NULL);
}

/* A matrix with one triangle, or in the other convention below the diagonal than above it, is none.
 * Correlators round both halves for themselves: 1e-3 of the entry, 1e-6 of the largest. */
static bool is_hermitian(const cph_dump *dump, bool diagonal, size_t at[2])
{
    const size_t n = dump->elements;
    double largest = 0;
    for (size_t i = 0; i < n * n; i++) {
        const double size = hypot(dump->r[i].re, dump->r[i].im);
        largest = isfinite(size) ? fmax(largest, size) : largest;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + (diagonal ? 0 : 1); j < n; j++) {
            const cph_c64 a = dump->r[i * n + j], b = dump->r[j * n + i];
            const double apart = hypot(a.re - b.re, a.im + b.im);
            if (apart > 1e-3 * hypot(a.re, a.im) + 1e-6 * largest && isfinite(apart)) {
                at[0] = i;
                at[1] = j;
                return false;
            }
        }
    return true;
}

static cph_exit read_dump(const cph_input *input, const cph_selection *selection, size_t time,
                          size_t channel, cph_dump *dump)
{
    const cph_data_header *header = input->header;
    const size_t n = selection->elements;
    cph_error error = {.status = CPH_OK};
    if (cph_data_read_covariance(input->data, time, channel, selection->index, n, dump->r,
                                 &error) != CPH_OK)
        return cph_report_input(input->cli->name, &error);
    size_t at[2];
    if (!is_hermitian(dump, header->has_diagonal, at))
        return cph_report_line(
            input->cli->name, CPH_EXIT_INPUT,
            "%s: covariance of dump %zu, channel %zu: is not Hermitian at inputs "
            "%zu, %zu; expected both triangles, one the conjugate of the other",
            input->cli->input, time, channel, selection->index[at[0]], selection->index[at[1]]);
    for (size_t i = 0; i < n; i++)
        dump->power[i] = header->has_diagonal ? dump->r[i * n + i].re : NAN;
    dump->has_diagonal = header->has_diagonal;
    dump->samples = header->n_samples > 0 ? header->n_samples : 0;
    dump->time_unix_s = header->time_unix_s != NULL ? header->time_unix_s[time] : NAN;
    return CPH_EXIT_DONE;
}

/* ---- integration ---- */

typedef struct integrator {
    cph_type type;
    cph_covariance_plan *plan;
    cph_covariance_sums *sums;
    void *workspace;
    cph_dump *dump;
} integrator;

static cph_status integrate_block(void *context, const cph_block *block, cph_error *error)
{
    const integrator *in = context;
    const size_t n = in->dump->elements;
    cph_status status =
        cph_covariance_add(in->plan, in->workspace, block->samples, n, block->times, in->sums);
    if (status == CPH_OK)
        status = cph_level_add(in->type, n, block->times, block->samples, n, in->dump->level);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "covariance: %s", cph_status_name(status));
}

static cph_status integrator_start(const cph_input *input, integrator *in, size_t *bytes)
{
    const cph_covariance_config config = {
        .elements = in->dump->elements, .type = in->type, .exec = &input->cli->exec};
    cph_status status = cph_covariance_create(&config, &in->plan);
    if (status != CPH_OK)
        return status;
    const size_t sums = cph_covariance_sums_size(in->plan);
    const size_t workspace = cph_covariance_workspace_size(in->plan);
    void *memory = NULL;
    if (posix_memalign(&memory, 64, sums) != 0)
        return CPH_ERR_MEMORY;
    in->sums = memory;
    if (posix_memalign(&in->workspace, 64, workspace + 1) != 0)
        return CPH_ERR_MEMORY;
    *bytes = sums + workspace + in->dump->elements * in->dump->elements * sizeof(cph_c64);
    return cph_covariance_reset(in->plan, in->sums);
}

static void integrator_end(integrator *in)
{
    cph_covariance_destroy(in->plan);
    free(in->sums);
    free(in->workspace);
}

static cph_status finish(const cph_input *input, const integrator *in, size_t start, size_t times)
{
    const cph_data_header *header = input->header;
    const double scale = header->scale;
    cph_dump *dump = in->dump;
    const double recorded_times = (double)dump->level[0].count;
    if (!(recorded_times > 0.0))
        return CPH_ERR_MISSING;
    for (size_t i = 0; i < dump->elements; i++) {
        const cph_level *level = &dump->level[i];
        uint64_t finite = level->count - level->not_finite;
        dump->power[i] = finite > 0 ? scale * scale * level->power / (double)finite : NAN;
    }
    dump->has_diagonal = true;
    dump->samples = cph_data_independent(header, recorded_times);
    dump->time_unix_s = cph_data_middle(header, start, times);
    return cph_covariance_get(in->plan, in->sums, scale * scale / recorded_times, dump->r,
                              dump->elements);
}

cph_exit cph_input_integrate(const cph_input *input, const cph_selection *selection, size_t start,
                             size_t times, size_t channel, cph_dump *result)
{
    const char *name = input->cli->name;
    if (!reserve(result, selection->elements, true))
        return cph_report_memory(name);
    memset(result->level, 0, result->elements * sizeof *result->level);
    result->freq_hz = input->header->channel_freq_hz[channel];
    const cph_stream_config range = {.start = start,
                                     .times = times,
                                     .channel = channel,
                                     .element = selection->index,
                                     .elements = selection->elements};
    integrator in = {.type = input->header->type, .dump = result};
    size_t bytes = 0;
    cph_status status = integrator_start(input, &in, &bytes);
    cph_exit code = CPH_EXIT_DONE;
    if (status == CPH_OK && !cph_size_add(bytes, result->held, &bytes))
        status = CPH_ERR_OVERFLOW;
    if (status == CPH_OK)
        code = cph_input_stream_recorded(input, &range, bytes, integrate_block, &in);
    if (status == CPH_OK && code == CPH_EXIT_DONE)
        status = finish(input, &in, start, times);
    integrator_end(&in);
    if (status == CPH_ERR_MISSING)
        return cph_report_line(name, CPH_EXIT_INPUT,
                               "%s: none of the samples %zu to %zu was recorded", input->cli->input,
                               start, start + times - 1);
    if (status != CPH_OK)
        return cph_report_line(name, cph_exit_of(status), "%s: covariance: %s", input->cli->input,
                               cph_status_name(status));
    return code;
}

cph_exit cph_input_covariance(const cph_input *input, const cph_selection *selection, size_t dump,
                              size_t channel, cph_dump *result)
{
    if (input->header->kind == CPH_KIND_CAPTURE)
        return cph_input_integrate(input, selection, input->start, input->times, channel, result);
    if (!reserve(result, selection->elements, false))
        return cph_report_memory(input->cli->name);
    result->freq_hz = input->header->channel_freq_hz[channel];
    return read_dump(input, selection, dump, channel, result);
}

static cph_exit judge(const cph_input *input, const cph_dump *dump, cph_status status,
                      unsigned char *flag)
{
    const cph_health_limits limits = cph_health_defaults();
    if (status == CPH_OK)
        status = cph_health_check(dump->elements, dump->power, dump->level, &limits, flag);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(input->cli->name, cph_exit_of(status),
                                              "%s: health of elements: %s", input->cli->input,
                                              cph_status_name(status));
}

cph_exit cph_input_health(const cph_input *input, const cph_dump *dump, unsigned char *flag)
{
    const size_t n = dump->elements;
    return judge(input, dump, cph_health_finite(n, dump->r, n, dump->has_diagonal, flag), flag);
}

cph_exit cph_input_health_gaps(const cph_input *input, const cph_dump *dump, unsigned char *flag)
{
    const size_t n = dump->elements;
    for (size_t p = 0; p < n; p++) {
        bool alone = true;
        for (size_t q = 0; alone && q < n; q++)
            alone = q == p || !cph_c64_finite(dump->r[p * n + q]);
        if (flag[p] == CPH_FLAG_NONE &&
            (alone || (dump->has_diagonal && !cph_c64_finite(dump->r[p * n + p]))))
            flag[p] = CPH_FLAG_NOT_FINITE;
    }
    return judge(input, dump, CPH_OK, flag);
}
