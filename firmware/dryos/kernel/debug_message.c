/*
 * Debug messages, as Magic Lantern and the firmware's rooms send them: on the console, and in a ring that `dmesg` shows and
 * call("dumpf") leaves behind.
 */
#include "console.h"
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/task.h"
#include "kernel/timer.h"

#define MESSAGES 256u
#define MESSAGE_BYTES 120u

static struct message {
    uint32_t ms;
    char text[MESSAGE_BYTES];
} ring[MESSAGES];
static uint32_t sent;

static struct message *next_message(void)
{
    uint32_t saved = interrupts_mask();
    struct message *message = &ring[sent++ % MESSAGES];
    interrupts_restore(saved);
    return message;
}

void STUB(DryosDebugMsg)(int class, int level, const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vformat_text(text, sizeof text, format, arguments);
    va_end(arguments);
    struct message *message = next_message();
    message->ms = time_ms();
    format_text(message->text, MESSAGE_BYTES, "%s: %s", task_self_name(), text);
    print("[%s] (%02x:%02x) %s%s", task_self_name(), class, level, text, text[0] && text[text_length(text) - 1] == '\n' ? "" : "\n");
}

/* The i-th message since start, in `line`; false when it is no longer, or not yet, there. */
bool debug_message(uint32_t i, char *line, uint32_t capacity)
{
    if (i >= sent || sent - i > MESSAGES)
        return false;
    const struct message *message = &ring[i % MESSAGES];
    format_text(line, capacity, "%u.%03u %s", message->ms / 1000, message->ms % 1000, message->text);
    return true;
}

uint32_t debug_messages_first(void)
{
    return sent > MESSAGES ? sent - MESSAGES : 0;
}

static void show_messages(int count, char *words[])
{
    (void)count, (void)words;
    char line[DEBUG_LINE_BYTES];
    for (uint32_t i = debug_messages_first(); debug_message(i, line, sizeof line); i++)
        print("[dmesg] %s\n", line);
}
SHELL_COMMAND("dmesg", show_messages, "the last debug messages");

/* What is stored per class and level: everything, always. */
int STUB(dm_set_store_level)(uint32_t class, uint32_t level)
{
    (void)class, (void)level;
    return 0;
}
