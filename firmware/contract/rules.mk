# Guests that call the open firmware as Magic Lantern does, one of each per camera: the contract guest, and the stand-in for Magic
# Lantern. They start alike.
GUEST_COMMON := contract/start.S contract/boot.c contract/report.c
CONTRACT_SOURCES := contract/start.S $(sort $(wildcard contract/*.c))
STAND_IN_SOURCES := $(GUEST_COMMON) $(sort $(wildcard stand_in/*.c))
CONTRACT_OBJECTS := $(CONTRACT_SOURCES:%=$(BUILD)/%.o) $(BUILD)/lib/memory.c.o
STAND_IN_OBJECTS := $(STAND_IN_SOURCES:%=$(BUILD)/%.o) $(BUILD)/lib/memory.c.o $(addprefix $(BUILD)/dryos/lib/divide,.S.o .c.o)

$(BUILD)/contract/%.o: contract/% $(wildcard contract/*.h)
	@mkdir -p $(@D)
	@echo "  build $@"; $(CC) $(CFLAGS) -c -o $@ $<

$(BUILD)/stand_in/%.o: stand_in/% $(wildcard contract/*.h stand_in/*.h)
	@mkdir -p $(@D)
	@echo "  build $@"; $(CC) $(CFLAGS) -c -o $@ $<

$(BUILD)/cameras/%/symbols.ld: dryos/cameras/%.tsv dryos/cameras/camera.awk $(CAMERA_TABLES)
	@mkdir -p $(@D)
	@$(CAMERA_AWK) -v want=symbols $(CAMERA_TABLES) $< > $@

$(BUILD)/cameras/%/contract.elf: $(BUILD)/cameras/%/symbols.ld $(CONTRACT_OBJECTS) contract/guest.ld
	@echo "  build $@"; $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -T contract/guest.ld $(CONTRACT_OBJECTS)

$(BUILD)/cameras/%/stand-in.elf: $(BUILD)/cameras/%/symbols.ld $(STAND_IN_OBJECTS) contract/guest.ld
	@echo "  build $@"; $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -T contract/guest.ld $(STAND_IN_OBJECTS)

$(BLOBS)/contract-%.bin: $(BUILD)/cameras/%/contract.elf
	@mkdir -p $(@D)
	@$(OBJCOPY) -O binary $< $@
	@chmod 644 $@

$(BLOBS)/stand-in-%.bin: $(BUILD)/cameras/%/stand-in.elf
	@mkdir -p $(@D)
	@$(OBJCOPY) -O binary $< $@
	@chmod 644 $@
