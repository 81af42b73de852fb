/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define ARGUMENTS_MAX 32
#define LIMIT_MS      300000L
#define STEP_MS       2L

extern char **environ;

static pid_t start(char *const *argv, const places *at, const char *out, const char *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, at->work);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid;
    if (posix_spawn(&pid, at->program, &actions, NULL, argv, environ))
        broken("%s: cannot be started", at->program);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static int wait_for(pid_t pid, long limit_ms)
{
    const struct timespec step = {0, STEP_MS * 1000000L};
    int status = 0;
    for (long waited = 0; waitpid(pid, &status, WNOHANG) == 0; waited += STEP_MS) {
        if (waited >= limit_ms) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            break;
        }
        nanosleep(&step, NULL);
    }
    return status;
}

void run_program(outcome *out, const places *at, const json_t *arguments, long kill_after_ms)
{
    char *argv[ARGUMENTS_MAX + 2];
    size_t count = json_array_size(arguments);
    if (count == 0 || count > ARGUMENTS_MAX)
        broken("a case needs 1 to %d arguments", ARGUMENTS_MAX);
    argv[0] = strdup("osarc");
    for (size_t i = 0; i < count; i++) {
        char text[PATH_SIZE];
        expand(text, at, json_string_value(json_array_get(arguments, i)));
        argv[i + 1] = strdup(text);
    }
    argv[count + 1] = NULL;

    char out_path[PATH_SIZE + 32];
    char err_path[PATH_SIZE + 32];
    snprintf(out_path, sizeof(out_path), "%s/stdout.txt", at->work);
    snprintf(err_path, sizeof(err_path), "%s/stderr.txt", at->work);
    int status =
        wait_for(start(argv, at, out_path, err_path), kill_after_ms > 0 ? kill_after_ms : LIMIT_MS);
    if (WIFSIGNALED(status) && kill_after_ms <= 0)
        wrong("ended by signal %d (9: it took over %ld s)", WTERMSIG(status), LIMIT_MS / 1000);
    out->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    out->out = read_text(out_path);
    out->err = read_text(err_path);
    for (size_t i = 0; i <= count; i++)
        free(argv[i]);
}

void free_outcome(outcome *out)
{
    free(out->out);
    free(out->err);
}

char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t size = 0;
    size_t room = 4096;
    char *text = malloc(room);
    while (text) {
        size += fread(text + size, 1, room - size - 1, file);
        if (size < room - 1)
            break;
        room *= 2;
        text = realloc(text, room);
    }
    fclose(file);
    if (!text)
        broken("%s: no memory", path);
    text[size] = '\0';
    return text;
}
