# The open firmware: one image for all cameras, and a small file of pieces per camera. Every C and assembler file of the rooms
# (dryos/*/) belongs to the image; every camera of DRYOS_CAMERAS has its table in cameras/.
DRYOS_ROOMS := $(filter-out dryos/cameras/ dryos/include/,$(sort $(wildcard dryos/*/)))
DRYOS_SOURCES := $(filter-out dryos/boot/start.S,$(sort $(wildcard $(DRYOS_ROOMS:%=%*.c) $(DRYOS_ROOMS:%=%*.S))))
DRYOS_OBJECTS := $(DRYOS_SOURCES:%=$(BUILD)/%.o) $(BUILD)/lib/memory.c.o $(BUILD)/dryos/stubs.S.o
DRYOS_HEADERS := $(wildcard dryos/include/*/*.h) $(wildcard $(DRYOS_ROOMS:%=%*.h)) $(wildcard $(DRYOS_ROOMS:%=%*.inc)) \
                 $(BUILD)/dryos/camera_fields.inc $(BUILD)/dryos/mpu_properties.inc rom/strokes.inc
DRYOS_CAMERAS := 100D.101 1100D.105 500D.111 50D.109 550D.109 5D2.212 5D3.113 5D3.123 600D.102 60D.111 650D.104 6D.116 \
                 700D.115 70D.112 EOSM.202
DRYOS_FLAGS := -Idryos/include -Idryos/kernel -I$(BUILD)/dryos -Wno-missing-field-initializers -ffunction-sections -fdata-sections

CAMERA_TABLES := dryos/cameras/constants.list rom/cameras.tsv $(BUILD)/dryos/stubs.list dryos/cameras/digic4.tsv dryos/cameras/digic5.tsv
CAMERA_AWK = awk -f dryos/cameras/camera.awk -v model=$(basename $*) -v version=$(patsubst .%,%,$(suffix $*))

$(BUILD)/dryos/camera_fields.inc: dryos/cameras/constants.list dryos/cameras/camera.awk
	@mkdir -p $(@D)
	@awk -f dryos/cameras/camera.awk -v want=fields $< > $@

# Which message carries which property, as the emulated MPU's tables name them.
$(BUILD)/dryos/mpu_properties.inc: ../models/mpu/properties.tsv
	@mkdir -p $(@D)
	@awk -F '\t' '$$3 ~ /^0x/ { print "{" $$1 ", " $$2 ", " $$3 "}," }' $< > $@

$(BUILD)/dryos/%.o: dryos/% $(DRYOS_HEADERS)
	@mkdir -p $(@D)
	@echo "  build $@"; $(CC) $(CFLAGS) $(DRYOS_FLAGS) -c -o $@ $<

# The names that any camera has: a door each, and where it leads when the image does not offer the stub.
STUB_TABLES := $(DRYOS_CAMERAS:%=dryos/cameras/%.tsv)
$(BUILD)/dryos/stubs.list $(BUILD)/dryos/stubs.S $(BUILD)/dryos/provide.ld &: dryos/cameras/stubs.awk $(STUB_TABLES) dryos/rules.mk
	@mkdir -p $(@D)
	@awk -f dryos/cameras/stubs.awk -v want=names $(STUB_TABLES) > $(BUILD)/dryos/stubs.list
	@awk -f dryos/cameras/stubs.awk -v want=doors $(STUB_TABLES) > $(BUILD)/dryos/stubs.S
	@awk -f dryos/cameras/stubs.awk -v want=provide $(STUB_TABLES) > $(BUILD)/dryos/provide.ld

$(BUILD)/dryos/stubs.S.o: $(BUILD)/dryos/stubs.S
	@$(CC) $(CFLAGS) -c -o $@ $<

$(BUILD)/dryos.elf: $(DRYOS_OBJECTS) dryos/dryos.ld $(BUILD)/dryos/provide.ld
	@echo "  build $@"; $(CC) $(CFLAGS) $(LDFLAGS) -Wl,--gc-sections -T dryos/dryos.ld $(BUILD)/dryos/provide.ld \
	    -Wl,-Map=$(BUILD)/dryos.map -o $@ $(DRYOS_OBJECTS)

$(BLOBS)/dryos.bin: $(BUILD)/dryos.elf
	@mkdir -p $(@D)
	@$(OBJCOPY) -O binary $< $@
	@chmod 644 $@

$(BUILD)/cameras/%/camera_defines.h: dryos/cameras/%.tsv dryos/cameras/camera.awk $(CAMERA_TABLES)
	@mkdir -p $(@D)
	@$(CAMERA_AWK) -v want=defines $(CAMERA_TABLES) $< > $@

$(BUILD)/cameras/%/pieces.S: dryos/cameras/%.tsv dryos/cameras/camera.awk $(CAMERA_TABLES)
	@mkdir -p $(@D)
	@$(CAMERA_AWK) -v want=pieces $(CAMERA_TABLES) $< > $@

$(BUILD)/cameras/%/pieces.elf: $(BUILD)/cameras/%/pieces.S $(BUILD)/cameras/%/camera_defines.h dryos/boot/start.S \
                               dryos/boot/doors.h dryos/cameras/rom_data.S dryos/cameras/camera.ld
	@echo "  build $@"; $(CC) $(CFLAGS) -I$(@D) -c -o $(@D)/pieces.o $<
	@arm-none-eabi-ld -T dryos/cameras/camera.ld -o $@ $(@D)/pieces.o

$(BLOBS)/dryos-%.bin: $(BUILD)/cameras/%/pieces.elf
	@mkdir -p $(@D)
	@$(OBJCOPY) -O binary -j .pieces $< $@
	@chmod 644 $@
