/* The audio chip's registers and playing. */
#include "groups.h"

static uint16_t samples[4800];

static void played(void *context)
{
    give_semaphore(context);
}

static void registers(void)
{
    uint32_t value = 0;
    if (!_audio_ic_write || !_audio_ic_read)
        return;
    _audio_ic_write(0x2000 | 0x6D);
    _audio_ic_read(0x2000, &value);
    check(value == 0x6D, "registers keep what is written");
}

void sound_contract(void)
{
    group("sound");
    registers();
    void *done = create_named_semaphore("played", 0);
    uint32_t start = clock_us();
    StartASIFDMADAC(samples, sizeof samples, 0, 0, played, (uint32_t)done);
    check(take_semaphore(done, 500) == 0, "playing calls back");
    check(passed_ms(start) >= 80 && passed_ms(start) <= 140, "when the sound is over");
}
