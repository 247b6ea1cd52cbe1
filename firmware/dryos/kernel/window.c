/* What the window shows (window.h). */
#include "window.h"

#include "heap.h"
#include "kernel/camera.h"

extern const struct window window;

const struct window window = {
    .mark = {'D', 'A', 'R', 'K', 'W', 'I', 'N', '1'},
    .tasks = task_records,
    .task_slots = TASK_SLOTS,
    .task_record_bytes = &camera->task_record_bytes,
    .task_context = &camera->task_context_offset,
    .stack_fill = STACK_FILL,
    .missing = missing_calls,
    .missing_names = MISSING_NAMES,
    .malloc = &small_heap.total,
    .allocate_memory = &large_heap.total,
};
