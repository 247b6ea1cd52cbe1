/*
 * The file system against a model and losses of power.
 *
 * Does random steps on a formatted card. For each step up to `cuts` points at which the power may fail are tried, each in a
 * process of its own; now and then it fails for real, and the rest goes on with what the card then has. At each failure the image's
 * file is what a card reader would see, and the standard output says what must be on it (model.h) between `cut` and `end`;
 * the answer `ok` on the standard input lets it go on. So does `done` with the last state, everything closed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "card.h"
#include "fs/fs.h"
#include "host.h"
#include "torture.h"

#define REAL_LOSS_EVERY 40u

static void wait_for_ok(void)
{
    char answer[4] = { 0 };
    fflush(stdout);
    if (read(STDIN_FILENO, answer, 3) != 3 || strcmp(answer, "ok\n"))
        exit(1);
}

/* A loss of power while a folder moves leaves the folders in it with a wrong "..". */
static bool parents_may_be_wrong;
static uint32_t real_losses;

/* The card after a loss of power in the middle of a step, to whoever reads our output. */
static void show_loss(const struct step *step, uint64_t writes)
{
    printf("cut before write %llu of: %s\n", (unsigned long long)writes, step_text(step));
    model_print("before");
    model_print_tails();
    if (parents_may_be_wrong || step->action == RENAME)
        printf("parents may be wrong\n");
    printf("losses %u\n", real_losses + 1);
    print_extra(step);
    expect(step);
    model_print("after");
    model_print_tails();
    printf("end\n");
    wait_for_ok();
}

static void lose_power_in_child(const struct step *step, uint64_t writes)
{
    card_fail_after(writes);
    only_do(step);
    if (card_has_failed()) {
        card_save();
        show_loss(step, writes);
        card_unsave();
    }
    _exit(0);
}

static void in_child(const struct step *step, uint64_t writes)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        give_up("cannot fork");
    if (child == 0)
        lose_power_in_child(step, writes);
    if (waitpid(child, &status, 0) != child || status)
        wrong("while the power failed before write %llu of: %s", (unsigned long long)writes, step_text(step));
}

/* How many sectors a step writes, found out by a process of its own. */
static uint64_t count_writes(const struct step *step)
{
    int ends[2];
    uint64_t count = 0;
    if (pipe(ends))
        give_up("no pipe");
    pid_t child = fork();
    if (child == 0) {
        card_fail_after(NEVER);
        only_do(step);
        count = card_writes();
        _exit(write(ends[1], &count, sizeof count) != sizeof count);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &count, sizeof count) != sizeof count)
        give_up("a process died in: %s", step_text(step));
    close(ends[0]);
    waitpid(child, NULL, 0);
    return count;
}

/* All points if there are few, else the first and the last ones and some between. */
static void try_losses(const struct step *step, uint64_t writes, uint32_t cuts)
{
    if (writes <= cuts) {
        for (uint64_t i = 0; i < writes; i++)
            in_child(step, i);
        return;
    }
    for (uint32_t i = 0; i < cuts; i++) {
        bool first = i == 0 && cuts > 2, last = i == 1 && cuts > 2;
        in_child(step, first ? 0 : last ? writes - 1 : random_below((uint32_t)writes));
    }
}

static void drop_handles(void)
{
    for (uint32_t i = 0; i < USES; i++) {
        if (model.uses[i].handle)
            fio_close(model.uses[i].handle);
        model.uses[i] = (struct use){ 0 };
    }
}

static void lose_power(const struct step *step, uint64_t writes)
{
    card_fail_after(random_below((uint32_t)writes + 1));
    uint64_t at = card_writes();
    only_do(step);
    fs_card_changed('B');
    card_restart();
    card_save();
    card_mark();
    show_loss(step, at);
    parents_may_be_wrong |= step->action == RENAME;
    real_losses++;
    drop_handles();
    model_read_card();
}

static void do_step(uint32_t number, uint32_t cuts)
{
    struct step step;
    plan_step(&step);
    if (getenv("TORTURE_VERBOSE"))
        fprintf(stderr, "%u: %s\n", number, step_text(&step));
    uint64_t writes = cuts ? count_writes(&step) : 0;
    try_losses(&step, writes, cuts);
    if (cuts && random_below(REAL_LOSS_EVERY) == 0) {
        lose_power(&step, writes);
        return;
    }
    carry_out(&step);
    card_save();
    card_mark();
}

static void close_all(void)
{
    for (uint32_t i = 0; i < USES; i++) {
        struct step close = { .action = CLOSE, .use = i };
        carry_out(&close);
    }
    if (fs_sync())
        wrong("the last sync failed");
    card_save();
    printf("done\n");
    model_print("before");
    model_print_tails();
    if (parents_may_be_wrong)
        printf("parents may be wrong\n");
    printf("losses %u\n", real_losses);
    printf("extra\n");
    model_print("after");
    printf("end\n");
    wait_for_ok();
}

void torture(uint64_t seed, uint32_t steps, uint32_t cuts)
{
    random_seed(seed);
    int blocks = heap_blocks();
    model_read_card();
    for (uint32_t i = 0; i < steps; i++)
        do_step(i, cuts);
    close_all();
    if (heap_blocks() != blocks)
        wrong("%d blocks of memory were not given back", heap_blocks() - blocks);
}
