/*
 * Groups of properties. Worked out from the recorded groups of all cameras against their single messages (reference
 * mpu-spells.tsv): mode and its copy, exposure, white balance, picture style, three picture qualities, the exposure in force.
 */
#include "groups.h"

#include "kernel/camera.h"
#include "kernel/memory.h"
#include "mpu/properties.h"

struct field {
    uint8_t at, bytes;
    uint32_t property;
};

#define PROP_CARD2_IMAGE_QUALITY 0x80000030u
#define PROP_CARD3_IMAGE_QUALITY 0x80000031u
#define PROP_AUTO_ISO_RANGE 0x8000003Bu
#define PROP_ISO_RANGE 0x80040033u

/* Id of the group, least payload, fields. Of two layouts of an id the longer stands first. */
struct layout {
    uint8_t id, least;
    uint8_t count;
    struct field fields[20];
};

#define MODE_FIELDS \
    {0, 1, PROP_SHOOTING_MODE}, {1, 1, PROP_SHOOTING_MODE_CUSTOM}, {2, 1, PROP_METERING_MODE}, {3, 1, PROP_DRIVE}, \
        {4, 1, PROP_AF_MODE}, {7, 1, PROP_ISO}
#define COLOUR_FIELDS(at) \
    {at, 1, PROP_WB_MODE_PH}, {at + 1, 2, PROP_WB_KELVIN_PH}, {at + 3, 1, PROP_WBS_GM}, {at + 4, 1, PROP_WBS_BA}, \
        {at + 7, 1, PROP_PICTURE_STYLE}
#define QUALITY_FIELDS(at) {at, 4, PROP_PIC_QUALITY}, {at + 4, 4, PROP_CARD2_IMAGE_QUALITY}, {at + 8, 4, PROP_CARD3_IMAGE_QUALITY}
#define EXPOSURE_FIELDS(at) {at, 1, PROP_SHUTTER}, {at + 1, 1, PROP_APERTURE}

static const struct layout layouts[] = {
    {0x00, 38, 16, {MODE_FIELDS, COLOUR_FIELDS(10), QUALITY_FIELDS(18), EXPOSURE_FIELDS(36)}},
    {0x0E, 100, 18, {MODE_FIELDS, COLOUR_FIELDS(11), QUALITY_FIELDS(19), EXPOSURE_FIELDS(37), {51, 2, PROP_ISO_RANGE},
                     {55, 2, PROP_AUTO_ISO_RANGE}}},
    {0x0E, 70, 18, {MODE_FIELDS, COLOUR_FIELDS(10), QUALITY_FIELDS(18), EXPOSURE_FIELDS(36), {50, 2, PROP_ISO_RANGE},
                    {52, 2, PROP_AUTO_ISO_RANGE}}},
    {0x0F, 30, 1, {{0, 1, PROP_LV_MOVIE_SELECT}}},
    {0x12, 31, 1, {{0, 31, PROP_LENS}}},
    /* cards, focus: nothing that anybody asks for */
    {0x0D, 0, 0, {{0}}},
    {0x10, 0, 0, {{0}}},
    {0x11, 0, 0, {{0}}},
};

/* The first form of the mode group, id 0, has the bytes of a picture quality in another order. */
static void take_quality(uint32_t id, const uint8_t *payload, take_property take)
{
    const uint8_t ordered[4] = {payload[2], payload[1], payload[0], payload[3]};
    take(id, ordered, sizeof(ordered));
}

static void take_fields(const struct layout *layout, const uint8_t *payload, take_property take)
{
    for (uint32_t i = 0; i < layout->count; i++) {
        const struct field *field = &layout->fields[i];
        if (field->bytes == 4 && layout->id == 0)
            take_quality(field->property, payload + field->at, take);
        else
            take(field->property, payload + field->at, field->bytes);
    }
}

/* Size of the picture, frames per second, frames per group; the rest of the record is not in the group. */
static void take_movie(const uint8_t *payload, take_property take)
{
    uint8_t mode[24] = {0};
    memcpy(mode + 4, payload + 8, 12);
    take(PROP_VIDEO_MODE, mode, camera->video_mode_bytes < sizeof(mode) ? camera->video_mode_bytes : sizeof(mode));
}

bool group_take(uint8_t id, bool is_group, const uint8_t *payload, uint32_t bytes, take_property take)
{
    for (uint32_t i = 0; is_group && i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        if (layouts[i].id != id || bytes < layouts[i].least)
            continue;
        take_fields(&layouts[i], payload, take);
        if (id == 0x0F)
            take_movie(payload, take);
        return true;
    }
    return false;
}
