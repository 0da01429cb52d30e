/* SPDX-License-Identifier: MIT */
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* posix_spawn's words are not const. */
static char **copy_words(const char *const *word)
{
    size_t count = 0;
    while (word[count] != NULL)
        count++;
    char **words = calloc(count + 1, sizeof *words);
    for (size_t i = 0; words != NULL && i < count; i++)
        if ((words[i] = strdup(word[i])) == NULL) {
            while (i-- > 0)
                free(words[i]);
            free(words);
            return NULL;
        }
    return words;
}

static int start(char **words, const char *out, const char *err, pid_t *pid)
{
    enum { MODE = 0600 };
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed != 0)
        return failed;
    failed =
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out != NULL ? out : "/dev/null",
                                         O_WRONLY | O_CREAT | O_TRUNC, MODE);
    if (failed == 0 && err != NULL)
        failed = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err,
                                                  O_WRONLY | O_CREAT | O_TRUNC, MODE);
    if (failed == 0)
        failed = posix_spawn(pid, "/proc/self/exe", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

cph_child cph_child_run(const char *const *word, const char *out, const char *err)
{
    cph_child child = {.failed = ENOMEM};
    struct rusage usage = {0};
    pid_t pid = 0;
    int state = 0;
    char **words = copy_words(word);
    if (words == NULL)
        return child;
    child.failed = start(words, out, err, &pid);
    for (size_t i = 0; words[i] != NULL; i++)
        free(words[i]);
    free(words);
    if (child.failed != 0)
        return child;
    while (wait4(pid, &state, 0, &usage) < 0 && errno == EINTR) {
    }
    child.exited = WIFEXITED(state);
    child.code = child.exited ? WEXITSTATUS(state) : 0;
    child.peak = 1024.0 * (double)usage.ru_maxrss;
    return child;
}
