/*
 * What the firmware itself knows before the MPU has spoken: values of properties that a camera keeps in its own memory, at what
 * a new camera has. Sizes are those that Magic Lantern reads or writes; a property that it may ask to change must have one.
 */
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "mpu/properties.h"
#include "store.h"

/* Filled up with zeros; `words` is what differs from zero, at the start. */
struct default_value {
    uint32_t id;
    uint16_t bytes;
    uint32_t words[6];
};

/* Contrast, sharpness, saturation, tone, filter, toning. A monochrome style has no saturation and no tone. */
#define STYLE_BYTES 24
#define NO_VALUE 0xDEADBEEFu
#define COLOUR_STYLE(id, sharpness) {id, STYLE_BYTES, {0, sharpness, 0, 0, NO_VALUE, NO_VALUE}}
#define MONOCHROME_STYLE(id) {id, STYLE_BYTES, {0, 3, NO_VALUE, NO_VALUE, 0, 0}}
#define STANDARD_STYLE 0x81

#define SHUTTER_30S 0x10
#define MANUAL_MODE 3

static const struct default_value defaults[] = {
    /* the camera and its user */
    {PROP_DCIM_DIR_SUFFIX, 8, {0x4E4F4E43 /* CNON */}},
    {PROP_BODY_ID, 8, {0x00000001}},
    {PROP_FILE_PREFIX, 8, {0x5F474D49 /* IMG_ */}},
    {0x0E070000 /* PROP_ARTIST_STRING */, 64, {0}},
    {0x0E070001 /* PROP_COPYRIGHT_STRING */, 64, {0}},
    /* cards: A, B, C */
    {PROP_FOLDER_NUMBER_A, 4, {100}},
    {PROP_FOLDER_NUMBER_A + 1, 4, {100}},
    {PROP_FOLDER_NUMBER_A + 2, 4, {100}},
    {PROP_FILE_NUMBER_A, 4, {0}},
    {PROP_FILE_NUMBER_A + 1, 4, {0}},
    {PROP_FILE_NUMBER_A + 2, 4, {0}},
    {PROP_CLUSTER_SIZE_A, 4, {0}},
    {PROP_CLUSTER_SIZE_A + 1, 4, {0}},
    {PROP_CLUSTER_SIZE_A + 2, 4, {0}},
    {PROP_FREE_SPACE_A, 4, {0}},
    {PROP_FREE_SPACE_A + 1, 4, {0}},
    {PROP_FREE_SPACE_A + 2, 4, {0}},
    {0x02040008 /* PROP_NUMBER_OF_CONTINUOUS_MODE */, 4, {0}},
    /* display */
    {0x02020006 /* PROP_IMAGE_REVIEW_TIME */, 4, {2}},
    {0x02040000 /* PROP_LCD_BRIGHTNESS */, 4, {4}},
    {0x0204000D /* PROP_LCD_BRIGHTNESS_MODE */, 4, {1}},
    {PROP_VIDEO_SYSTEM, 4, {1}},
    {0x02040005 /* PROP_DATE_FORMAT */, 4, {2}},
    {0x80040020 /* PROP_LCD_POSITION */, 4, {1}},
    {0x80020010 /* PROP_DISPSENSOR_CTRL */, 4, {1}},
    {0x8003002C /* PROP_HDMI_CHANGE */, 4, {0}},
    {0x8003002E /* PROP_HDMI_CHANGE_CODE */, 32, {0}},
    {PROP_USBRCA_MONITOR, 4, {0}},
    {0x80030030 /* PROP_LV_OUTPUT_TYPE */, 8, {0}},
    {PROP_GUI_STATE, 4, {0}},
    {PROP_ICU_UILOCK, 4, {0}},
    /* picture */
    {0x02020000 /* PROP_CUSTOM_WB */, 56, {0}},
    {PROP_PIC_QUALITY, 4, {0x04060000 /* raw */}},
    {0x80000030 /* PROP_CARD2_IMAGE_QUALITY */, 4, {0x04060000}},
    {0x80000031 /* PROP_CARD3_IMAGE_QUALITY */, 4, {0x04060000}},
    COLOUR_STYLE(0x0206001E /* auto */, 3),
    COLOUR_STYLE(0x02060001 /* standard */, 3),
    COLOUR_STYLE(0x02060002 /* portrait */, 2),
    COLOUR_STYLE(0x02060003 /* landscape */, 4),
    COLOUR_STYLE(0x02060004 /* neutral */, 0),
    COLOUR_STYLE(0x02060005 /* faithful */, 0),
    MONOCHROME_STYLE(0x02060006),
    COLOUR_STYLE(0x02060007 /* of the user */, 3),
    COLOUR_STYLE(0x02060008, 3),
    COLOUR_STYLE(0x02060009, 3),
    {0x0206000A /* PROP_PICSTYLE_OF_USERDEF1 */, 4, {STANDARD_STYLE}},
    {0x0206000B, 4, {STANDARD_STYLE}},
    {0x0206000C, 4, {STANDARD_STYLE}},
    {0x04010001 /* PROP_PC_FLAVOR1_PARAM */, 68, {0}},
    {0x04010003, 68, {0}},
    {0x04010005, 68, {0}},
    {PROP_PICTURE_STYLE, 4, {STANDARD_STYLE}},
    /* exposure */
    {PROP_SHOOTING_MODE, 4, {MANUAL_MODE}},
    {PROP_SHOOTING_MODE_CUSTOM, 4, {MANUAL_MODE}},
    {PROP_SHUTTER, 4, {SHUTTER_30S}},
    {PROP_APERTURE, 4, {0}},
    {PROP_ISO, 4, {0x48}},
    {PROP_AE, 4, {0}},
    {0x80000009 /* PROP_STROBO_AECOMP */, 4, {0}},
    {0x8000000B /* PROP_AEB */, 4, {0}},
    {PROP_WB_MODE_PH, 4, {0}},
    {PROP_WB_KELVIN_PH, 4, {5200}},
    {PROP_WBS_GM, 4, {0}},
    {PROP_WBS_BA, 4, {0}},
    {PROP_WB_MODE_LV, 4, {0}},
    {PROP_WB_KELVIN_LV, 4, {5200}},
    {0x80000024 /* PROP_AUTO_POWEROFF_TIME */, 4, {0}},
    {0x8000002C /* PROP_SHUTTER_AUTO */, 4, {0}},
    {0x8000002D /* PROP_APERTURE_AUTO */, 4, {0}},
    {0x8000002E /* PROP_ISO_AUTO */, 4, {0}},
    {0x80000042 /* PROP_MOVIE_SERVO_AF */, 4, {0}},
    {0x80040013 /* PROP_STROBO_FIRING */, 4, {0}},
    {0x80040040 /* PROP_CONTINUOUS_AF */, 4, {0}},
    {0x80030012 /* PROP_LAST_JOB_STATE */, 4, {0}},
    {0x8000000A /* PROP_AFPOINT */, 8, {0}},
    {0x8000003B /* PROP_AUTO_ISO_RANGE: the highest, then the lowest */, 4, {0x4868}},
    {0x8000003D /* PROP_ALO */, 4, {0}},
    {0x80000047 /* PROP_MLU */, 4, {0}},
    {0x8000004A /* PROP_HTP */, 4, {0}},
    {0x8004001D /* PROP_LIVE_VIEW_AF_SYSTEM */, 4, {1}},
    {0x8004004C /* PROP_GPS */, 4, {0}},
    {PROP_LENS, 31, {0}},
    {PROP_LENS_NAME, 32, {0}},
    {0x80030014 /* PROP_EFIC_TEMP */, 4, {0x90}},
    {0x80030029 /* PROP_SHUTTER_COUNTER */, 8, {0}},
    /* things that are pressed, plugged, or go on */
    {PROP_HALF_SHUTTER, 4, {0}},
    {0x8005000B /* PROP_DOF_PREVIEW_MAYBE */, 2, {0}},
    {0x80020015 /* PROP_REMOTE_SW1 */, 4, {0}},
    {PROP_REMOTE_SW2, 4, {0}},
    {0x80020017 /* PROP_REMOTE_AFSTART_BUTTON */, 4, {0}},
    {0x8002000C /* PROP_ACTIVE_SWEEP_STATUS */, 4, {0}},
    {0x8003000E /* PROP_LOGICAL_CONNECT */, 4, {0}},
    {0x80030024 /* PROP_ICU_AUTO_POWEROFF */, 4, {0}},
    {0x8003002B /* PROP_MIC_INSERTED */, 4, {0}},
    {0x80030039 /* PROP_ROLLING_PITCHING_LEVEL */, 8, {0}},
    {PROP_REBOOT, 4, {0}},
    {PROP_BATTERY_POWER, 4, {2}},
    {PROP_BATTERY_HISTORY, 76, {0}},
    {PROP_AVAIL_SHOT, 4, {0}},
    {PROP_BURST_COUNT, 4, {0}},
    /* movie and live view, which are not there: stopped */
    {0x0205000C /* PROP_MOVIE_SIZE_50D */, 4, {0}},
    {0x0205000D /* PROP_PLAYMODE_LAUNCH_600D */, 4, {0}},
    {0x0205000E /* PROP_MOVIE_SOUND_RECORD */, 4, {0}},
    {0x0205000F /* PROP_PLAYMODE_VOL_CHANGE_600D */, 4, {0}},
    {0x02050010 /* PROP_VIDEO_MODE of the 500D: size, frames per second */, 8, {0, 20}},
    {0x02050015 /* PROP_MOVIE_SOUND_RECORD of the 5D2 */, 4, {0}},
    {0x02050017 /* PROP_AUDIO_VOL_CHANGE_600D */, 4, {0}},
    {0x8000003A /* PROP_AE_MODE_MOVIE */, 4, {0}},
    {0x80030033 /* PROP_MVR_REC_START */, 4, {0}},
    {0x80040004 /* PROP_SHOOTING_TYPE */, 4, {0}},
    {PROP_LV_MOVIE_SELECT, 4, {0}},
    {0x80000034 /* PROP_LIVE_VIEW_VIEWTYPE */, 4, {1}},
    {0x80050005 /* PROP_LV_LENS_STABILIZE */, 4, {0}},
    {0x80050007 /* PROP_LV_AFFRAME */, 128, {0}},
    {0x80050010 /* PROP_BV */, 4, {0}},
    {PROP_LV_LENS_DRIVE_REMOTE, 4, {0}},
    {0x80050015 /* PROP_LV_DISPSIZE */, 4, {1}},
    {0x8005001C /* PROP_MIRROR_DOWN */, 4, {0}},
    {PROP_LV_ACTION, 4, {1}},
    {0x80050023 /* PROP_LV_FOCUS_STATUS */, 4, {0}},
    {0x80050029 /* PROP_LV_AF_RESULT */, 4, {0}},
    {0x8005002F /* PROP_DIGITAL_ZOOM_RATIO */, 4, {0}},
};

#define LONGEST_DEFAULT 128u

static void keep(uint32_t id, const void *data, uint32_t bytes)
{
    bool changed;
    struct property *property = bytes ? store_find(id) : 0;
    if (property)
        store_put(property, data, bytes, &changed);
}

static void keep_default(const struct default_value *value)
{
    uint32_t words[LONGEST_DEFAULT / 4] = {0};
    memcpy(words, value->words, sizeof(value->words));
    keep(value->id, words, value->bytes);
}

/* 36 bytes: the name as text, at 32 the camera's number. */
static void keep_model(void)
{
    char record[36] = {0};
    text_copy(record, 32, camera->name);
    memcpy(record + 32, &camera->model_id, 4);
    keep(PROP_CAM_MODEL, record, sizeof(record));
    char version[32] = {0};
    text_copy(version, sizeof(version), camera->firmware);
    keep(PROP_FIRMWARE_VER, version, sizeof(version));
}

/* Equal gains of 1024 where ML looks for red, green and blue. */
static void keep_white_balance(void)
{
    uint16_t gains[28] = {[16] = 1024, [18] = 1024, [19] = 1024};
    keep(0x02020000, gains, sizeof(gains));
}

/* Properties whose size differs between cameras. */
static void keep_sized(void)
{
    static const uint8_t zeros[LONGEST_DEFAULT];
    keep(PROP_LV_LENS, zeros, camera->lv_lens_bytes);
    keep(PROP_VIDEO_MODE, zeros, camera->video_mode_bytes);
    keep(PROP_AFMA, zeros, camera->afma_bytes);
}

static void defaults_start(void)
{
    for (uint32_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        keep_default(&defaults[i]);
    keep_model();
    keep_white_balance();
    keep_sized();
}
AT_START(START_DEVICES, defaults_start);
