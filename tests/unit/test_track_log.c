/* SPDX-License-Identifier: MIT */
/* What a terminal did, written and read back. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cophase/array.h"
#include "cophase/track_log.h"
#include "tests/unit/data_fixture.h"

enum { C = 2, J = 3, ROWS = 2500 }; /* more than two boxes */

static double level(size_t row, size_t column, size_t null, double scale)
{
    return scale * ((double)row + 0.25 * (double)column + 0.0625 * (double)null);
}

typedef struct beam {
    cph_track_row row;
    double column[7][C], null[C * J], likely[C * J], off[J];
} beam;

static void make_row(size_t i, beam *b)
{
    for (size_t c = 0; c < C; c++) {
        for (size_t k = 0; k < 7; k++)
            b->column[k][c] = level(i, c, 0, (double)(k + 1));
        for (size_t j = 0; j < J; j++)
            b->null[c * J + j] = level(i, c, j, -1.0);
        for (size_t j = 0; j < J; j++)
            b->likely[c * J + j] = level(i, c, j, -2.0);
    }
    for (size_t j = 0; j < J; j++)
        b->off[j] = level(i, j, 0, 2.0);
    b->row = (cph_track_row){.time_unix_s = 1.7e9 + 0.1 * (double)i,
                             .end_unix_s = 1.7e9 + 0.1 * (double)(i + 1),
                             .satellite = (uint32_t)(i % 2),
                             .slot = (int64_t)i - 5,
                             .standby = i % 3 == 0,
                             .az_deg = 17.0 + (double)i,
                             .el_deg = 40.5,
                             .direction = {0.0, 0.6, 0.8},
                             .scan_deg = 36.87,
                             .range_m = i == 7 ? NAN : 7e5 + (double)i,
                             .range_rate_m_s = -3e3,
                             .margin_deg = 15.5,
                             .gain_db = b->column[0],
                             .ideal_db = b->column[1],
                             .loss_db = b->column[2],
                             .pointing_loss_db = b->column[3],
                             .doppler_hz = b->column[4],
                             .sinr_loss_db = b->column[5],
                             .null_off_deg = b->off,
                             .null_db = b->null,
                             .null_price_db = i == 3 ? NULL : b->column[6],
                             .null_likely_db = b->likely};
}

static const cph_gain_path paths[C] = {CPH_GAIN_RECEIVE, CPH_GAIN_TRANSMIT};
static const double freqs[C] = {11.7e9, 14.25e9};
static const char *const nulls[J] = {"sky:120,5", "two", "three"};
static const cph_track_head head = {
    .columns = C,
    .path = paths,
    .freq_hz = freqs,
    .nulls = J,
    .null = nulls,
    .schedule = {.slot_s = 15.0, .floor_rad = 0.4, .hysteresis_rad = 0.1, .overlap_s = 2.0}};

static void write_log(const char *path)
{
    static const char *const names[] = {"STARLINK-1", "B, \"quoted\""};
    const cph_schedule_piece piece = {.start_unix_s = 1.7e9,
                                      .end_unix_s = 1.7e9 + 15.0,
                                      .standby_unix_s = 1.7e9 - 1.0,
                                      .satellite = 1,
                                      .reason = CPH_SCHEDULE_SETS,
                                      .mean_el_rad = 0.7};
    cph_array array;
    cph_track_writer *writer = NULL;
    cph_error error;
    beam b;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(4, 0.01, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_track_writer_create(path, &array, &head, NULL, &writer, &error),
                          CPH_OK);
    for (size_t i = 0; i < ROWS; i++) {
        make_row(i, &b);
        CU_ASSERT_EQUAL(cph_track_writer_put(writer, &b.row, &error), CPH_OK);
    }
    CU_ASSERT_EQUAL(cph_track_writer_piece(writer, 9, &piece, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_track_writer_rows(writer), ROWS);
    CU_ASSERT_EQUAL(cph_track_writer_finish(writer, 2, names, &error), CPH_OK);
    cph_array_free(&array);
}

static void a_log_comes_back(void)
{
    const char *const path = fixture_path("track.h5");
    cph_track_log log;
    cph_error error;
    beam b;
    write_log(path);
    CU_ASSERT_EQUAL_FATAL(cph_track_log_read(path, &log, &error), CPH_OK);
    CU_ASSERT(log.rows == ROWS && log.columns == C && log.nulls == J && log.pieces == 1 &&
              log.satellites == 2);
    for (size_t i = 0; i < ROWS; i++) {
        make_row(i, &b);
        CU_ASSERT(log.time_unix_s[i] == b.row.time_unix_s && log.slot[i] == b.row.slot);
        CU_ASSERT(log.satellite[i] == b.row.satellite && log.standby[i] == b.row.standby);
        CU_ASSERT(log.direction[3 * i + 2] == 0.8 && log.az_deg[i] == b.row.az_deg);
        CU_ASSERT(i == 7 ? isnan(log.range_m[i]) : log.range_m[i] == b.row.range_m);
        CU_ASSERT(log.null_off_deg[J * i + 1] == b.off[1]);
        for (size_t c = 0; c < C; c++) {
            /* halves to sixteenths of small numbers are floats */
            CU_ASSERT(log.gain_db[C * i + c] == b.column[0][c]);
            CU_ASSERT(log.sinr_loss_db[C * i + c] == b.column[5][c]);
            CU_ASSERT(log.doppler_hz[C * i + c] == b.column[4][c]);
            CU_ASSERT(log.null_db[(C * i + c) * J + 2] == b.null[c * J + 2]);
            CU_ASSERT(log.null_likely_db[(C * i + c) * J + 2] == b.likely[c * J + 2]);
            CU_ASSERT(i == 3 ? isnan(log.null_price_db[C * i + c])
                             : log.null_price_db[C * i + c] == b.column[6][c]);
        }
    }
    CU_ASSERT(log.path[1] == CPH_GAIN_TRANSMIT && log.freq_hz[0] == 11.7e9);
    CU_ASSERT_STRING_EQUAL(log.name[1], "B, \"quoted\"");
    CU_ASSERT_STRING_EQUAL(log.null[0], "sky:120,5");
    CU_ASSERT(log.piece_slot[0] == 9 && log.piece[0].reason == CPH_SCHEDULE_SETS);
    CU_ASSERT_DOUBLE_EQUAL(log.piece[0].mean_el_rad, 0.7, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(log.schedule.floor_rad, 0.4, 1e-15);
    cph_track_log_free(&log);
    unlink(path);
}

/* What the whole log holds, in boxes. */
static void a_log_streams(void)
{
    const char *const path = fixture_path("track.h5");
    cph_track_reader *reader = NULL;
    cph_track_row row = {0};
    cph_schedule_piece piece;
    cph_error error;
    int64_t slot = 0;
    bool more = true;
    size_t i = 0;
    beam b;
    write_log(path);
    CU_ASSERT(cph_track_log_probe(path) && !cph_track_log_probe("/nowhere"));
    CU_ASSERT_EQUAL_FATAL(cph_track_reader_open(path, &reader, &error), CPH_OK);
    const cph_track_log *const log = cph_track_reader_log(reader);
    CU_ASSERT(log->rows == ROWS && log->columns == C && log->nulls == J && log->pieces == 1);
    CU_ASSERT_STRING_EQUAL(log->name[1], "B, \"quoted\"");
    CU_ASSERT(log->time_unix_s == NULL && log->piece == NULL);
    CU_ASSERT(cph_track_reader_header(reader)->array.elements == 4);
    for (; cph_track_reader_next(reader, &row, &more, &error) == CPH_OK && more; i++) {
        make_row(i, &b);
        CU_ASSERT(row.time_unix_s == b.row.time_unix_s && row.slot == b.row.slot);
        CU_ASSERT(row.satellite == b.row.satellite && row.standby == b.row.standby);
        CU_ASSERT(row.direction[1] == 0.6 && row.az_deg == b.row.az_deg);
        CU_ASSERT(i == 7 ? isnan(row.range_m) : row.range_m == b.row.range_m);
        CU_ASSERT(memcmp(row.null_off_deg, b.off, sizeof b.off) == 0);
        CU_ASSERT(memcmp(row.null_db, b.null, sizeof b.null) == 0);
        CU_ASSERT(memcmp(row.null_likely_db, b.likely, sizeof b.likely) == 0);
        CU_ASSERT(i == 3 || memcmp(row.null_price_db, b.column[6], sizeof b.column[6]) == 0);
        CU_ASSERT(memcmp(row.doppler_hz, b.column[4], sizeof b.column[4]) == 0);
        CU_ASSERT(memcmp(row.gain_db, b.column[0], sizeof b.column[0]) == 0);
    }
    CU_ASSERT_EQUAL(i, ROWS);
    CU_ASSERT(cph_track_reader_next(reader, &row, &more, &error) == CPH_OK && !more);
    CU_ASSERT_EQUAL(cph_track_reader_piece(reader, &slot, &piece, &more, &error), CPH_OK);
    CU_ASSERT(more && slot == 9 && piece.reason == CPH_SCHEDULE_SETS);
    CU_ASSERT(cph_track_reader_piece(reader, &slot, &piece, &more, &error) == CPH_OK && !more);
    cph_track_reader_close(reader);
    unlink(path);
}

static void prices_and_chances_may_be_missing(void)
{
    const char *const path = fixture_path("without.h5");
    cph_track_reader *reader = NULL;
    cph_track_row row = {0};
    cph_track_log log;
    cph_error error;
    bool more = true;
    write_log(path);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    CU_ASSERT(H5Ldelete(file, "/null_price_db", H5P_DEFAULT) >= 0);
    CU_ASSERT(H5Ldelete(file, "/null_likely_db", H5P_DEFAULT) >= 0);
    CU_ASSERT(H5Fclose(file) >= 0);
    CU_ASSERT_EQUAL_FATAL(cph_track_log_read(path, &log, &error), CPH_OK);
    CU_ASSERT(log.null_price_db == NULL && log.null_likely_db == NULL && log.null_db != NULL);
    cph_track_log_free(&log);
    CU_ASSERT_EQUAL_FATAL(cph_track_reader_open(path, &reader, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_track_reader_next(reader, &row, &more, &error), CPH_OK);
    CU_ASSERT(more && row.null_price_db == NULL && row.null_likely_db == NULL);
    CU_ASSERT(row.null_db != NULL);
    cph_track_reader_close(reader);
    unlink(path);
}

static void another_kind_is_refused(void)
{
    const char *const path = fixture_path("none.h5");
    cph_track_log log;
    cph_track_writer *writer = NULL;
    cph_error error;
    cph_array array;
    CU_ASSERT_EQUAL(cph_track_log_read(path, &log, &error), CPH_ERR_IO);
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(4, 0.01, &array), CPH_OK);
    cph_track_head none = head;
    none.columns = 0;
    CU_ASSERT_EQUAL(cph_track_writer_create(path, &array, &none, NULL, &writer, &error),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_track_writer_create(path, &array, &head, NULL, &writer, &error),
                          CPH_OK);
    cph_track_writer_abandon(writer);
    CU_ASSERT(access(path, F_OK) != 0);
    cph_array_free(&array);
}

/* Names of no satellites: their numbers say nothing. */
static void numbers_without_a_name_are_refused(void)
{
    static const char *const words[] = {"/satellite: row 0 is 1, expected a number below the 1",
                                        "/piece/satellite: row 0 is 1, expected a number below"};
    static const char *const names[] = {"one"};
    const char *const path = fixture_path("numbers.h5");
    for (size_t i = 0; i < 2; i++) {
        const cph_schedule_piece piece = {.satellite = i == 0 ? CPH_SCHEDULE_NONE : 1};
        cph_track_writer *writer = NULL;
        cph_track_reader *reader = NULL;
        cph_track_log log;
        cph_track_row row;
        cph_schedule_piece read;
        cph_array array;
        cph_error error;
        int64_t slot;
        bool more;
        beam b;
        make_row(1 - i, &b); /* of satellite 1, then 0 */
        CU_ASSERT_EQUAL_FATAL(cph_array_ula(4, 0.01, &array), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_track_writer_create(path, &array, &head, NULL, &writer, &error),
                              CPH_OK);
        CU_ASSERT_EQUAL(cph_track_writer_put(writer, &b.row, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_writer_piece(writer, 0, &piece, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_writer_finish(writer, 1, names, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_log_read(path, &log, &error), CPH_ERR_FORMAT);
        CU_ASSERT(strstr(error.message, words[i]) != NULL);
        error.message[0] = '\0';
        CU_ASSERT_EQUAL_FATAL(cph_track_reader_open(path, &reader, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_reader_next(reader, &row, &more, &error),
                        i == 0 ? CPH_ERR_FORMAT : CPH_OK);
        CU_ASSERT_EQUAL(cph_track_reader_piece(reader, &slot, &read, &more, &error),
                        i == 1 ? CPH_ERR_FORMAT : CPH_OK);
        CU_ASSERT(strstr(error.message, words[i]) != NULL);
        cph_track_reader_close(reader);
        cph_array_free(&array);
        unlink(path);
    }
}

/* Times, and both directions: what the writer takes as it is. */
static void rows_that_are_nowhere_are_refused(void)
{
    static const char *const names[] = {"one", "two"};
    const char *const path = fixture_path("nowhere.h5");
    for (size_t i = 0; i < 10; i++) {
        static const char *const words[] = {"time or direction of row 1 is not finite",
                                            "/direction: row 1 is ("};
        cph_track_writer *writer = NULL;
        cph_track_reader *reader = NULL;
        cph_track_log log;
        cph_track_row row;
        cph_array array;
        cph_error error = {.message = ""};
        bool more;
        beam b;
        CU_ASSERT_EQUAL_FATAL(cph_array_ula(4, 0.01, &array), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_track_writer_create(path, &array, &head, NULL, &writer, &error),
                              CPH_OK);
        make_row(0, &b);
        CU_ASSERT_EQUAL(cph_track_writer_put(writer, &b.row, &error), CPH_OK);
        make_row(1, &b);
        double *const one[] = {&b.row.time_unix_s,  &b.row.end_unix_s,   &b.row.az_deg,
                               &b.row.el_deg,       &b.row.direction[0], &b.row.direction[1],
                               &b.row.direction[2], &b.row.direction[0], &b.row.direction[2],
                               &b.row.direction[2]};
        static const double to[] = {NAN,       INFINITY, NAN,    NAN, NAN,
                                    -INFINITY, NAN,      0.0015, 0.0, 0.8000012};
        *one[i] = to[i]; /* the last: 0.96e-6 too long */
        CU_ASSERT_EQUAL(cph_track_writer_put(writer, &b.row, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_writer_finish(writer, 2, names, &error), CPH_OK);
        const cph_status expected = i == 9 ? CPH_OK : CPH_ERR_FORMAT;
        CU_ASSERT_EQUAL(cph_track_log_read(path, &log, &error), expected);
        CU_ASSERT(i == 9 || strstr(error.message, words[i > 3]) != NULL);
        if (i == 9)
            cph_track_log_free(&log);
        error.message[0] = '\0';
        CU_ASSERT_EQUAL_FATAL(cph_track_reader_open(path, &reader, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_track_reader_next(reader, &row, &more, &error), CPH_OK);
        const double first = row.time_unix_s;
        CU_ASSERT_EQUAL(cph_track_reader_next(reader, &row, &more, &error), expected);
        CU_ASSERT(i == 9 ||
                  (strstr(error.message, words[i > 3]) != NULL && row.time_unix_s == first));
        cph_track_reader_close(reader);
        cph_array_free(&array);
        unlink(path);
    }
}

/* And with it what was written so far; the sanitizers would tell of memory. */
static void finish_without_names_gives_up(void)
{
    const char *const path = fixture_path("given-up.h5");
    const char *const partial = fixture_path("given-up.h5.partial");
    cph_track_writer *writer = NULL;
    cph_array array;
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(4, 0.01, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_track_writer_create(path, &array, &head, NULL, &writer, &error),
                          CPH_OK);
    CU_ASSERT_EQUAL(access(partial, F_OK), 0);
    CU_ASSERT_EQUAL(cph_track_writer_finish(writer, 1, NULL, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT(access(partial, F_OK) != 0 && access(path, F_OK) != 0);
    cph_array_free(&array);
}

CU_TestInfo cph_tests_track_log[] = {
    {"a log comes back", a_log_comes_back},
    {"a log streams", a_log_streams},
    {"prices and chances may be missing", prices_and_chances_may_be_missing},
    {"another kind is refused", another_kind_is_refused},
    {"numbers without a name are refused", numbers_without_a_name_are_refused},
    {"rows that are nowhere are refused", rows_that_are_nowhere_are_refused},
    {"finish without names gives up", finish_without_names_gives_up},
    CU_TEST_INFO_NULL,
};
