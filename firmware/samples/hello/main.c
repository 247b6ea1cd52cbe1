/* Greets: a picture, the card LED, the console, a file on the card; then powers the camera down. */
#include "greeting.h"

#define LOG_FILE "ML/LOGS/HELLO.LOG"
#define BLINKS 3
#define BLINK_MS 50

static void blink(void)
{
    for (int i = 0; i < BLINKS; i++) {
        services()->led(true);
        services()->sleep_ms(BLINK_MS);
        services()->led(false);
        services()->sleep_ms(BLINK_MS);
    }
    say("[hello] LED blinked %d times\n", BLINKS);
}

/* Appends a text; the log below is far larger than all that goes into it. */
static uint32_t append(char *log, uint32_t at, const char *text)
{
    while (*text)
        log[at++] = *text++;
    return at;
}

static void write_log(void)
{
    static char log[128] __attribute__((aligned(4)));
    uint32_t bytes = append(log, 0, "Hello from ");
    bytes = append(log, bytes, services()->camera()->name);
    bytes = append(log, bytes, "\nwritten by the hello sample build\n");
    int written = services()->file_write(LOG_FILE, log, bytes);
    if (written == FILE_OK)
        say("[hello] wrote " LOG_FILE ", %u bytes\n", bytes);
    else
        say("[hello] cannot write " LOG_FILE ": error %d\n", written);
}

void main(void)
{
    if (!services())
        return;
    say("[hello] Hello from %s\n", services()->camera()->name);
    draw_greeting(SPOIL_NOTHING);
    say("[hello] picture drawn\n");
    blink();
    write_log();
    power_down("hello");
}
