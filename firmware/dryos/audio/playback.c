/*
 * Playing and recording sound buffers. The emulated interface moves no data (reference peripherals.md section 7.5), so what a caller can
 * observe is time: each buffer takes as long as it sounds, then the callback comes. What is recorded is silence.
 */
#include <stdbool.h>

#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/timer.h"

#define DEFAULT_RATE 48000u
#define SAMPLE_BYTES 2u

typedef void (*sound_callback)(uint32_t context);

struct stream {
    bool records;
    uint32_t buffer, bytes, next_buffer, next_bytes;
    sound_callback callback;
    uint32_t context, timer;
};

static struct stream playing, recording = {.records = true};
static uint32_t rate = DEFAULT_RATE, volume;

static void buffer_done(uint32_t time, void *argument);

static void begin(struct stream *stream)
{
    if (stream->records)
        memset((void *)stream->buffer, 0, stream->bytes);
    uint32_t samples = stream->bytes / SAMPLE_BYTES;
    stream->timer = timer_after_ms(samples * 10 / (rate / 100), buffer_done, stream);
}

/* The callback may hand over another buffer or stop the stream. */
static void buffer_done(uint32_t time, void *argument)
{
    (void)time;
    struct stream *stream = argument;
    stream->timer = 0;
    stream->buffer = stream->next_buffer;
    stream->bytes = stream->next_bytes;
    stream->next_bytes = 0;
    if (stream->bytes)
        begin(stream);
    if (stream->callback)
        stream->callback(stream->context);
}

static void start(struct stream *stream, struct stream wanted)
{
    uint32_t saved = interrupts_mask();
    timer_cancel(stream->timer);
    *stream = wanted;
    begin(stream);
    interrupts_restore(saved);
}

static void stop(struct stream *stream, sound_callback callback, uint32_t context)
{
    uint32_t saved = interrupts_mask();
    timer_cancel(stream->timer);
    stream->timer = stream->bytes = stream->next_bytes = 0;
    interrupts_restore(saved);
    if (callback)
        callback(context);
}

/* What comes behind the buffer that runs now; when none runs, it runs at once. */
static void set_next(struct stream *stream, uint32_t buffer, uint32_t bytes)
{
    uint32_t saved = interrupts_mask();
    if (stream->timer) {
        stream->next_buffer = buffer;
        stream->next_bytes = bytes;
    } else {
        stream->buffer = buffer;
        stream->bytes = bytes;
        begin(stream);
    }
    interrupts_restore(saved);
}

#define STREAM_STUBS(direction, which, is_recording)                                                                       \
    void STUB(StartASIFDMA##direction)(uint32_t buffer, uint32_t bytes, uint32_t next, uint32_t next_bytes,                 \
                                       sound_callback callback, uint32_t context)                                           \
    {                                                                                                                       \
        start(&which, (struct stream){.records = is_recording, .buffer = buffer, .bytes = bytes, .next_buffer = next,      \
                                       .next_bytes = next ? next_bytes : 0, .callback = callback, .context = context});     \
    }                                                                                                                       \
    void STUB(StopASIFDMA##direction)(sound_callback callback, uint32_t context)                                            \
    {                                                                                                                       \
        stop(&which, callback, context);                                                                                   \
    }                                                                                                                       \
    void STUB(SetNextASIF##direction##Buffer)(uint32_t buffer, uint32_t bytes)                                              \
    {                                                                                                                       \
        set_next(&which, buffer, bytes);                                                                                   \
    }

STREAM_STUBS(DAC, playing, false)
STREAM_STUBS(ADC, recording, true)

void STUB(SetSamplingRate)(uint32_t hertz)
{
    if (hertz >= 1000)
        rate = hertz;
}

void STUB(SetAudioVolumeOut)(uint32_t wanted)
{
    volume = wanted;
}

/* Nothing here draws power: the caller gets the volume that is in effect. */
uint32_t STUB(PowerAudioOutput)(uint32_t on)
{
    return on ? volume : 0;
}

/* Nor does a microphone listen: recording answers silence whether its amplifier is on or not. */
void STUB(PowerMicAmp)(uint32_t on)
{
    (void)on;
}
