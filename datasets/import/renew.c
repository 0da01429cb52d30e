/* SPDX-License-Identifier: MIT */
/* RENEW and Agora, the recordings of Rice's massive-MIMO base stations, read in place: slots of
 * frames [frame, cell, slot, antenna, {re, im, re, im, ...}]. What the base station received in
 * pilot and uplink slots is one capture, in the order of the frame's schedule; slots in which it
 * sent or listened to nothing, and frames that were never written, are gaps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/slots.h"
#include "kernels/core/size.h"

enum { RANK = 5, AXIS_FRAME = 0, AXIS_CELL, AXIS_SLOT, AXIS_ANTENNA, AXIS_SAMPLE };
enum { SCHEDULE_MAX = 4096 };
static const char group[] = "/Data";

/* Data sets by the letter of their slots in the schedule. */
enum { PILOTS, UPLINK, SETS };
static const struct {
    char letter;
    const char *name;
} kinds[SETS] = {[PILOTS] = {'P', "/Data/Pilot_Samples"}, [UPLINK] = {'U', "/Data/UplinkData"}};

typedef struct place {
    unsigned char set;
    size_t frame, slot;
} place;

typedef struct renew {
    cph_slots slots; /* first */
    cph_h5_set set[SETS];
    place *place; /* [slots.count] */
    size_t room;
} renew;

bool cph_renew_probe(const cph_h5 *h5)
{
    return cph_h5_exists(h5, kinds[PILOTS].name) && cph_h5_has_attr(h5, group, "BS_FRAME_SCHED");
}

static void close_layout(cph_data *data)
{
    renew *r = data->layout;
    for (size_t k = 0; k < SETS; k++)
        cph_h5_set_close(&r->set[k]);
    free(r->place);
    free(r);
    data->layout = NULL;
}

static cph_status read_slot(cph_data *data, size_t slot, size_t start, size_t times, size_t first,
                            size_t count, void *planar)
{
    const renew *r = data->layout;
    const place *p = &r->place[slot];
    const size_t from[RANK] = {p->frame, 0, p->slot, first, 2 * start};
    const size_t box[RANK] = {1, 1, 1, count, 2 * times};
    return cph_h5_set_read(&data->h5, &r->set[p->set], cph_data_part(data->header.type), from, box,
                           planar);
}

static const cph_reader reader = {.samples = cph_slots_read, .close = close_layout};

/* ---- opening ---- */

/* Parts of 8 or 16 bits with a sign, or floats; the sets agree. */
static cph_status open_set(cph_data *data, renew *r, size_t k)
{
    const cph_h5_set *pilots = &r->set[PILOTS];
    const size_t any[RANK] = {0, 1, 0, 0, 0};
    const size_t same[RANK] = {0, 1, 0, pilots->dim[AXIS_ANTENNA], pilots->dim[AXIS_SAMPLE]};
    cph_h5_set *set = &r->set[k];
    cph_status status = cph_h5_set_open(&data->h5, kinds[k].name, set);
    if (status == CPH_OK)
        status = cph_h5_set_shape(&data->h5, set, RANK, k == PILOTS ? any : same,
                                  "frame, cell, slot, antenna, 2 * sample");
    if (status != CPH_OK)
        return status;
    const bool integer = set->type_class == H5T_INTEGER && set->type_size <= 2;
    if (!set->is_number || (!integer && set->type_class != H5T_FLOAT))
        return cph_h5_fail(&data->h5, CPH_ERR_UNSUPPORTED, set->name,
                           "holds something else, expected integers of 8 or 16 bits, or floats");
    if (set->dim[AXIS_SAMPLE] % 2 != 0 || set->dim[AXIS_SAMPLE] == 0)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, set->name,
                           "has %zu numbers a slot, expected pairs", set->dim[AXIS_SAMPLE]);
    const cph_type type = !integer ? CPH_C32 : set->type_size == 2 ? CPH_C16 : CPH_C8;
    if (k == PILOTS || (int)type > (int)data->header.type)
        data->header.type = type; /* the wider one */
    return CPH_OK;
}

/* Whether anything of a slot was written: the chunk of its first or last antenna. */
static bool is_written(const cph_h5_set *set, size_t frame, size_t slot)
{
    const size_t *chunk = set->chunk, last = set->dim[AXIS_ANTENNA] - 1;
    const size_t antenna[2] = {0, last / chunk[AXIS_ANTENNA] * chunk[AXIS_ANTENNA]};
    hid_t plist = H5Dget_create_plist(set->id);
    const bool chunked = H5Pget_layout(plist) == H5D_CHUNKED;
    H5Pclose(plist);
    if (!chunked)
        return true;
    for (size_t i = 0; i < 2; i++) {
        const hsize_t at[RANK] = {frame / chunk[AXIS_FRAME] * chunk[AXIS_FRAME], 0,
                                  slot / chunk[AXIS_SLOT] * chunk[AXIS_SLOT], antenna[i], 0};
        hsize_t bytes = 0;
        if (H5Dget_chunk_storage_size(set->id, at, &bytes) >= 0 && bytes > 0)
            return true;
    }
    return false;
}

static cph_status add_place(cph_data *data, renew *r, place p)
{
    if (r->place == NULL || r->slots.count == r->room) {
        const size_t room = 2 * r->room + 64;
        place *more = reallocarray(r->place, room, sizeof *more);
        if (more == NULL)
            return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, kinds[p.set].name, "no memory");
        r->place = more;
        r->room = room;
    }
    r->place[r->slots.count++] = p;
    return CPH_OK;
}

/* Slots of a frame that were written, in the order of the schedule. */
static cph_status add_frame(cph_data *data, renew *r, size_t frame, const char *schedule)
{
    size_t seen[SETS] = {0};
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && schedule[i] != '\0'; i++)
        for (unsigned char k = 0; status == CPH_OK && k < SETS; k++) {
            const cph_h5_set *set = &r->set[k];
            if (schedule[i] != kinds[k].letter)
                continue;
            const size_t slot = seen[k]++;
            if (set->id < 0 || frame >= set->dim[AXIS_FRAME] || slot >= set->dim[AXIS_SLOT] ||
                !is_written(set, frame, slot))
                continue;
            status = add_place(data, r, (place){.set = k, .frame = frame, .slot = slot});
        }
    return status;
}

/* Where a slot stands in its frame. */
static size_t position_of(const char *schedule, const place *p)
{
    size_t seen = 0, i = 0;
    for (; schedule[i] != '\0'; i++)
        if (schedule[i] == kinds[p->set].letter && seen++ == p->slot)
            break;
    return i;
}

/* A slot may be longer than what was kept of it. */
static cph_status add_gaps(cph_data *data, const renew *r, const char *schedule)
{
    double length = NAN;
    cph_status status = cph_h5_number(&data->h5, group, "SLOT_SAMP_LEN", &length);
    const size_t kept = r->slots.length, frame_slots = strlen(schedule);
    const uint64_t slot = length > (double)kept && length < 1e9 ? (uint64_t)length : kept;
    uint64_t begin = 0;
    for (size_t i = 0; status == CPH_OK && i < r->slots.count; i++) {
        const place *p = &r->place[i];
        const uint64_t at = (p->frame * frame_slots + position_of(schedule, p)) * slot;
        begin = i == 0 ? at : begin;
        status = cph_data_add_gap(data, kinds[p->set].name, i * kept, at - begin);
    }
    return status;
}

static cph_status read_numbers(cph_data *data)
{
    cph_data_header *h = &data->header;
    cph_status status = cph_h5_number(&data->h5, group, "RATE", &h->sample_rate_hz);
    if (status == CPH_OK)
        status = cph_h5_number(&data->h5, group, "FREQ", &h->center_freq_hz);
    if (!(h->sample_rate_hz > 0.0) || isinf(h->sample_rate_hz))
        h->sample_rate_hz = NAN;
    if (!(h->center_freq_hz > 0.0) || isinf(h->center_freq_hz))
        h->center_freq_hz = NAN;
    return status;
}

static cph_status read_schedule(cph_data *data, char schedule[SCHEDULE_MAX])
{
    const cph_status status =
        cph_h5_text(&data->h5, group, "BS_FRAME_SCHED", schedule, SCHEDULE_MAX);
    if (status != CPH_OK || strchr(schedule, kinds[PILOTS].letter) != NULL)
        return status;
    return cph_h5_fail(
        &data->h5, CPH_ERR_FORMAT, group,
        "attribute BS_FRAME_SCHED is \"%s\", expected letters of slots, P for pilots", schedule);
}

cph_status cph_renew_open(cph_data *data)
{
    char schedule[SCHEDULE_MAX];
    renew *r = calloc(1, sizeof *r);
    if (r == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    for (size_t k = 0; k < SETS; k++)
        r->set[k].id = -1;
    r->slots.read = read_slot;
    data->header.kind = CPH_KIND_CAPTURE;
    data->layout = r;
    data->reader = &reader;
    cph_status status = read_schedule(data, schedule);
    for (size_t k = 0; status == CPH_OK && k < SETS; k++)
        if (k == PILOTS || cph_h5_exists(&data->h5, kinds[k].name))
            status = open_set(data, r, k);
    r->slots.length = r->set[PILOTS].dim[AXIS_SAMPLE] / 2;
    size_t frames = r->set[PILOTS].dim[AXIS_FRAME];
    if (r->set[UPLINK].dim[AXIS_FRAME] > frames)
        frames = r->set[UPLINK].dim[AXIS_FRAME];
    for (size_t i = 0; status == CPH_OK && i < frames; i++)
        status = add_frame(data, r, i, schedule);
    if (status == CPH_OK)
        status = cph_slots_header(data, kinds[PILOTS].name, r->set[PILOTS].dim[AXIS_ANTENNA]);
    if (status == CPH_OK)
        status = add_gaps(data, r, schedule);
    return status == CPH_OK ? read_numbers(data) : status;
}
