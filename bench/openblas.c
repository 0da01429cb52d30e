/* SPDX-License-Identifier: MIT */
#include "bench/openblas.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/pin.h"

/* Core types, and the tier without which there is no point in trying one. "" is OpenBLAS's own
 * choice, for machines that the table does not know. */
static const struct core {
    const char *name;
    cph_isa needs;
} cores[BENCH_CORES] = {
#ifdef __x86_64__
    {"HASWELL", CPH_ISA_AVX2},
    {"ZEN", CPH_ISA_AVX2},
    {"SKYLAKEX", CPH_ISA_AVX512},
    {"COOPERLAKE", CPH_ISA_AVX512BF16},
    {"SAPPHIRERAPIDS", CPH_ISA_AVX512BF16},
#else
    {"", CPH_ISA_SCALAR},           {"ARMV8", CPH_ISA_SCALAR},        {"CORTEXA57", CPH_ISA_SCALAR},
    {"NEOVERSEN1", CPH_ISA_SCALAR}, {"THUNDERX2T99", CPH_ISA_SCALAR},
#endif
};

static void lose(bench_child *child)
{
    if (child->pid == 0)
        return;
    close(child->to);
    close(child->from);
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    *child = (bench_child){0};
}

/* Sends a request and waits for its reply; a child that dies or hangs is lost. */
static bool ask(bench_child *child, const bench_request *request, bench_reply *reply)
{
    enum { PATIENCE_MS = 120000 };
    struct pollfd answer = {.fd = child->from, .events = POLLIN};
    *reply = (bench_reply){0};
    if (child->pid == 0)
        return false;
    if (write(child->to, request, sizeof *request) == (ssize_t)sizeof *request &&
        poll(&answer, 1, PATIENCE_MS) == 1 &&
        read(child->from, reply, sizeof *reply) == (ssize_t)sizeof *reply)
        return reply->done;
    lose(child);
    *reply = (bench_reply){0};
    return false;
}

/* The environment with another core type and number of threads. Where a second OpenMP runtime is
   linked in (clang's beside OpenBLAS's), it finds the first thread bound by the first one already:
   it has nothing to do here, and nothing to warn of. */
static char **environment(char *core, char *threads)
{
    static char bind[] = "OMP_PROC_BIND=close", quiet[] = "KMP_WARNINGS=0", places[4096];
    size_t count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    char **const copy = calloc(count + 6, sizeof *copy);
    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "OPENBLAS_", 9) != 0 && strncmp(environ[i], "OMP_", 4) != 0)
            copy[kept++] = environ[i];
    bench_pin_places(places, sizeof places);
    copy[kept++] = threads;
    copy[kept++] = bind;
    copy[kept++] = places;
    copy[kept++] = quiet;
    if (strchr(core, '=')[1] != '\0')
        copy[kept++] = core;
    return copy;
}

static bool start(bench_child *child, const char *core, size_t threads)
{
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    char core_word[64], threads_word[64];
    char program[] = "cophase", verb[] = "bench", argument[] = BENCH_PEER_ARGUMENT;
    char *const words[] = {program, verb, argument, NULL};
    posix_spawn_file_actions_t actions;
    snprintf(core_word, sizeof core_word, "OPENBLAS_CORETYPE=%s", core);
    snprintf(threads_word, sizeof threads_word, "OMP_NUM_THREADS=%zu", threads);
    if (pipe2(to, O_CLOEXEC) != 0)
        return false;
    if (pipe2(from, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return false;
    }
    char **const env = environment(core_word, threads_word);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    *child = (bench_child){.to = to[1], .from = from[0]};
    if (env == NULL ||
        posix_spawn(&child->pid, "/proc/self/exe", &actions, NULL, words, env) != 0) {
        child->pid = 0;
        close(to[1]);
        close(from[0]);
    }
    posix_spawn_file_actions_destroy(&actions);
    free(env);
    close(to[0]);
    close(from[1]);
    return child->pid != 0;
}

static bool known(const bench_openblas *openblas, size_t before, const char *core)
{
    for (size_t i = 0; i < before; i++)
        if (openblas->child[i].pid != 0 && strcmp(openblas->child[i].core, core) == 0)
            return true;
    return false;
}

void bench_openblas_open(bench_openblas *openblas, cph_isa isa, size_t threads)
{
    *openblas = (bench_openblas){.threads = {1, threads}, .rows = threads > 1 ? 2 : 1};
    signal(SIGPIPE, SIG_IGN); /* a child that died is noticed by its pipe */
    for (size_t i = 0; i < BENCH_CORES; i++) {
        bench_child *const child = &openblas->child[i];
        bench_reply reply;
        if (cores[i].needs > isa || !cph_isa_available(cores[i].needs) ||
            !start(child, cores[i].name, threads))
            continue;
        if (!ask(child, &(bench_request){.kind = BENCH_HELLO}, &reply) ||
            known(openblas, i, reply.name))
            lose(child);
        else
            snprintf(child->core, sizeof child->core, "%s", reply.name);
    }
}

void bench_openblas_close(bench_openblas *openblas)
{
    for (size_t i = 0; i < BENCH_CORES; i++)
        lose(&openblas->child[i]);
}

bool bench_openblas_prepare(bench_openblas *openblas, const bench_case *c, size_t ring_bytes)
{
    bench_request request = {.kind = BENCH_TRY,
                             .kernel = c->kernel,
                             .elements = c->elements,
                             .beams = c->beams,
                             .channels = c->channels,
                             .times = c->times};
    bench_reply reply;
    for (size_t row = 0; row < openblas->rows; row++) {
        bench_choice *const choice = &openblas->choice[row];
        *choice = (bench_choice){.seconds = INFINITY};
        request.threads = openblas->threads[row];
        for (size_t i = 0; i < BENCH_CORES; i++) {
            bench_child *const child = &openblas->child[i];
            if (!ask(child, &request, &reply) || reply.seconds >= choice->seconds)
                continue;
            *choice = (bench_choice){child, reply.call, "", reply.seconds};
            memcpy(choice->name, reply.name, sizeof choice->name);
        }
        if (row > 0)
            bench_settle();
    }
    request.kind = BENCH_PREPARE;
    request.ring_bytes = ring_bytes;
    for (size_t row = 0; row < openblas->rows; row++)
        if (openblas->choice[row].child != NULL &&
            (row == 0 || openblas->choice[row].child != openblas->choice[0].child) &&
            !ask(openblas->choice[row].child, &request, &reply))
            openblas->choice[row].child = NULL;
    return openblas->choice[0].child != NULL;
}

double bench_openblas_run(bench_openblas *openblas, size_t row, size_t repeats)
{
    const bench_choice *const choice = &openblas->choice[row];
    const bench_request request = {.kind = BENCH_TIME,
                                   .threads = openblas->threads[row],
                                   .repeats = repeats,
                                   .call = choice->call};
    bench_reply reply;
    return choice->child != NULL && ask(choice->child, &request, &reply) ? reply.seconds : NAN;
}
