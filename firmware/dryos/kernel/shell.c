/* A shell on the UART. */
#include "console.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/registers.h"
#include "kernel/sync.h"

#define UART_RECEIVED 0xC0800004u
#define LINE_BYTES 128u
#define WORDS 8
#define TYPED_AHEAD 64u
#define SHELL_PRIORITY 0x1Fu

extern const struct shell_command commands_start[], commands_end[];

static struct queue *typed;

static void received(uint32_t id, void *argument)
{
    (void)id, (void)argument;
    queue_post(typed, reg_read(UART_RECEIVED));
}

/* Reads up to the end of a line, with echo; a backspace takes back. */
static void read_line(char *line)
{
    uint32_t length = 0;
    for (;;) {
        uint32_t c = 0;
        queue_receive(typed, &c, FOREVER);
        if (c == '\r' || c == '\n')
            break;
        if (c == '\b' || c == 0x7F)
            length -= length ? 1 : 0;
        else if (length < LINE_BYTES - 1)
            line[length++] = (char)c;
        print("%c", (char)c);
    }
    line[length] = 0;
    console_write("\n");
}

static int split(char *line, char *words[])
{
    int count = 0;
    while (*line && count < WORDS) {
        while (*line == ' ')
            *line++ = 0;
        if (*line)
            words[count++] = line;
        while (*line && *line != ' ')
            line++;
    }
    return count;
}

static void run(int count, char *words[])
{
    for (const struct shell_command *command = commands_start; command < commands_end; command++) {
        if (!text_compare(command->name, words[0])) {
            command->run(count, words);
            return;
        }
    }
    print("unknown command %s; try help\n", words[0]);
}

static void show_help(int count, char *words[])
{
    (void)count, (void)words;
    for (const struct shell_command *command = commands_start; command < commands_end; command++)
        print("%-12s %s\n", command->name, command->help);
}
SHELL_COMMAND("help", show_help, "this list");

static void shell(void *argument)
{
    (void)argument;
    for (;;) {
        char line[LINE_BYTES], *words[WORDS];
        read_line(line);
        int count = split(line, words);
        if (count)
            run(count, words);
    }
}

static void shell_start(void)
{
    typed = queue_create("typed", TYPED_AHEAD);
    interrupt_attach(camera->uart_receive_interrupt, "uart", received, 0);
    task_create("shell", SHELL_PRIORITY, 0x2000, shell, 0);
}
AT_START(START_SERVICES, shell_start);
